import * as z from "zod";
import { type Endpoint, isRead, type Result } from "./endpoint.ts";
import { CloudflareError, UnreadableRecord } from "./error.ts";
import { errorsOf, header, rayIdOf, toCloudflareError } from "./error-response.ts";
import { read } from "./reader.ts";
import { readInTurns, type Slice } from "./reader-in-turns.ts";
import { firstWords, redact } from "./redaction.ts";
import { Message, Misfit, ResultInfo } from "./result.ts";
import type { WireResponse } from "./transport.ts";

/** One successful answer: the result as its schema reads it, its place in the list, and Cloudflare's remarks. */
export interface ApiResponse<T> {
  result: T;
  info: ResultInfo | undefined;
  messages: Message[];
  /**
   * When it was sent, where somebody has noted it: among all calls of the process, in milliseconds since the epoch, and on a
   * clock that nobody sets.
   */
  sent?: { readonly order: number; readonly at: number; readonly ticks: number };
  /** Of a write: `cf-ray`, Cloudflare's ID of the answer. */
  rayId?: string | null;
}

/** Characters of an answer beyond which reading it takes turns: up to there it takes some milliseconds. */
const LONG = 256 * 1024;

const Envelope = z.object({
  result_info: ResultInfo.nullish().catch(null),
  messages: z.array(Message).nullish().catch(null),
});

/**
 * Content of an answer, once it is known to be Cloudflare's. Every answer of the API is an envelope: a JSON object with
 * `success: true`, or with `success: false` and at least one error. Only that is a yes or a no. Of anything else (a page of
 * a proxy, an empty body, other JSON) two statuses say enough by themselves: 429 is a rate limit, and 5xx a failure of
 * Cloudflare or its edge, which answers in HTML [S]. Everything else is `invalid` with any status. 204 to a write is a success.
 *
 * With a slice a long answer is read in several turns of the event loop; `JSON.parse` is one of them, about 5 ms for each MB.
 */
export function readAnswer<E extends Endpoint>(
  endpoint: E,
  response: WireResponse,
  secret: string,
  slice?: Slice,
): ApiResponse<Result<E>> | Promise<ApiResponse<Result<E>>> {
  const { route } = endpoint;
  const { status } = response;
  const write = !isRead(route);
  const json = status === 204 && write ? { success: true } : parse(response.text);
  const success = typeof json === "object" && json !== null && "success" in json ? json.success : undefined;
  if (success !== true || status < 200 || status > 299) {
    const errors = errorsOf(json, secret);
    if (status === 429 || status >= 500 || (success === false && errors.length > 0)) {
      throw toCloudflareError(route, response, errors, secret);
    }
    throw notCloudflares(route, response, secret);
  }

  const { result } = json as { result?: unknown };
  const info = read(Envelope, json).data;
  const answered = (data: z.ZodSafeParseResult<unknown>): ApiResponse<Result<E>> => ({
    result: fitting(endpoint, data, response, secret) as Result<E>,
    info: info?.result_info ?? undefined,
    messages: info?.messages ?? [],
    ...(write && { rayId: rayIdOf(response, secret) }),
  });
  if (!slice || response.text.length <= LONG) return answered(read(endpoint.result, result));
  return slice
    .turn()
    .then(() => readInTurns(endpoint.result, result, slice))
    .then(answered);
}

/** The result that was read, with an error in the place of each record that could not be; throws where that is the whole. */
function fitting({ route }: Endpoint, read: z.ZodSafeParseResult<unknown>, response: WireResponse, secret: string) {
  const { status } = response;
  const rayId = rayIdOf(response, secret);
  // A place may be a key of the upstream's.
  const unexpected = (place: PropertyKey[], problem: string | undefined) =>
    `${route} answered something unexpected at ${redact(["result", ...place].join("."), secret)}: ${problem}`;
  if (!read.success) {
    const [issue] = read.error.issues;
    const message = unexpected(issue?.path ?? [], issue?.message);
    throw new CloudflareError(route, message, {
      kind: "invalid_response",
      status,
      rayId,
      done: !isRead(route),
    });
  }
  if (Array.isArray(read.data)) {
    read.data.forEach((record: unknown, i, records: unknown[]) => {
      if (!(record instanceof Misfit)) return;
      const message = unexpected([i, ...record.place], record.problem);
      records[i] = new UnreadableRecord(route, message, { status, rayId }, record.id);
    });
  }
  return read.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

/** Error for an answer that is not Cloudflare's, with its first words, unless these may be of a record: that may be anybody's. */
function notCloudflares(route: string, response: WireResponse, secret: string): CloudflareError {
  const { status, text, unreadable } = response;
  const type = header(response, "content-type");
  const words = status < 300 && /^\s*[[{]/.test(text) ? "" : firstWords(text, secret);
  const body = text === "" ? "an empty body" : "a body";
  const typed = `${body} ${type === null ? "without a content type" : `of type ${firstWords(type, secret)}`}`;
  const what = unreadable ?? `${typed}, which is none of Cloudflare's answers${words ? `: “${words}”` : ""}`;
  const location = header(response, "location");
  const message =
    location !== null && status >= 300 && status < 400
      ? `${route} was redirected (${status}) to ${target(location, secret)}, which is not followed: the credential stays here.`
      : `${route} was answered with ${status} and ${what}`;
  return new CloudflareError(route, message, { kind: "invalid_response", status, rayId: rayIdOf(response, secret) });
}

/** Target of a redirect: origin and path only, because the rest may hold secrets. */
function target(location: string, secret: string): string {
  const url = URL.parse(location, "relative://here");
  if (!url) return "somewhere that cannot be read";
  const place = url.protocol === "relative:" ? url.pathname : `${url.protocol}//${url.host}${url.pathname}`;
  return firstWords(place, secret);
}
