import type { CacheDirective } from "../upstream/freshness/directive.ts";

/** What the operator allows callers to accept. Times in milliseconds. */
export interface CacheLimits {
  /** The greatest `max-age`. */
  maxAge: number;
  /** What a request accepts that says nothing of it. */
  defaultAge: number;
  /** The greatest `stale-if-error`. */
  staleIfError: number;
}

/** The parts between commas, of which there may be some in quoted strings. */
const parts = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
/** The name of a directive, and its value as a token or a quoted string. */
const directive = /^\s*([!#$%&'*+.^`|~\w-]+)(?:=(?:"([^"\\]*)"|([^\s"]*)))?(.*)$/s;

/**
 * Reads the header `Cache-Control` of a request (RFC 9111, 5.2.1; `stale-if-error` is RFC 5861). Directives that are not known here
 * are ignored. An age that cannot be read, or is there twice, is 0; one beyond the operator's limit is cut to it.
 */
export function cacheDirective(
  header: string | null,
  { maxAge, defaultAge, staleIfError }: CacheLimits,
): CacheDirective {
  const given = new Map<string, string[]>();
  for (const [part] of (header ?? "").matchAll(parts)) {
    const [, written = "", quoted, token, rest = ""] = directive.exec(part) ?? [];
    const name = written.toLowerCase();
    const value = rest.trim() === "" ? (quoted ?? token ?? "") : "";
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  const nothingOld = given.has("no-cache") || given.has("no-store");
  return {
    maxAge: nothingOld ? 0 : Math.min(maxAge, ageOf(given.get("max-age")) ?? defaultAge),
    staleIfError: nothingOld ? 0 : Math.min(staleIfError, ageOf(given.get("stale-if-error")) ?? 0),
    onlyIfCached: given.has("only-if-cached"),
    noStore: given.has("no-store"),
    stated: header !== null,
  };
}

/** Seconds of one directive as milliseconds; `undefined` where it is not there. */
function ageOf(values: string[] | undefined): number | undefined {
  if (!values) return undefined;
  const [value = "", ...more] = values;
  return more.length === 0 && /^\d+$/.test(value) ? Number(value) * 1000 : 0;
}
