import { HttpError } from "./http-error.ts";

/** What is served, and where. */
export interface Routes {
  /** The path of the endpoint, compared as it is: no other spelling of it counts. */
  path: string;
  /** Whether browsers get a page at the endpoint. */
  page: boolean;
  /** Whether a path is that of a file which the page loads. */
  isAsset(path: string): boolean;
  /** Whether a path is the one at which a POST resets the sandbox. */
  isReset(path: string): boolean;
}

/** Paths that may be repeated in an answer and in a log: short, and of plain characters. */
const plainPath = /^\/[\w./~-]{0,79}$/;

/** Rejects a path at which nothing is, and names the one at which the gateway answers, for the developer who mounted it. */
export function nothingAt(endpoint: string, asked: string): HttpError {
  const place = plainPath.test(asked) ? asked : "this path";
  const message = `There is nothing at ${place}: the gateway answers at ${endpoint}, which is its option \`path\`.`;
  return new HttpError(404, message);
}

/** Refuses every path but the endpoint's and those of its page, and every method that they do not have. */
export function checkRoute(
  { path, page, isAsset, isReset }: Routes,
  method: string,
  asked: string,
): HttpError | undefined {
  const endpoint = asked === path;
  const resets = isReset(asked);
  if (!endpoint && !resets && !isAsset(asked)) return nothingAt(path, asked);
  const ofPage = resets ? ["POST"] : ["GET", "HEAD"];
  const allowed = endpoint ? ["GET", ...(page ? ["HEAD"] : []), "POST"] : ofPage;
  if (allowed.includes(method)) return undefined;
  const allow = allowed.join(", ");
  return new HttpError(405, `This method is not allowed here: use one of ${allow}.`, { headers: { allow } });
}

/** The path of a request target such as `/graphql?query={__typename}`: all that is before the first `?`, as it was sent. */
export function pathOf(target: string): string {
  const end = target.indexOf("?");
  return end === -1 ? target : target.slice(0, end);
}
