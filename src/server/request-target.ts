import { HttpError } from "./http-error.ts";

/** Refuses a target that is no path: one with a host in it (`http://elsewhere/graphql`), `*`, or an authority. */
export function checkTarget(target: string): HttpError | undefined {
  if (target.startsWith("/")) return undefined;
  return new HttpError(400, "The request target must be a path, such as /graphql.");
}

/** RFC 3986's characters of a name, or an IPv6 address, and a port. Nothing that could become a path or a query. */
const plainHost = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const longestHost = 261;

/**
 * Refuses what is no host: it decides nothing here, but libraries make URLs of it. Since HTTP/1.1 there must be exactly
 * one (RFC 9112, 3.2).
 */
export function checkHost(hosts: string[], mandatory: boolean): HttpError | undefined {
  const [host, ...more] = hosts;
  if (host === undefined) return mandatory ? new HttpError(400, "The header `Host` is missing.") : undefined;
  const valid = more.length === 0 && host.length <= longestHost && plainHost.test(host);
  if (valid && URL.canParse(`http://${host}`)) return undefined;
  return new HttpError(400, "The header `Host` must be one host name or address, with or without a port.");
}
