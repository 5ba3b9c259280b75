import { count, millisecondsOrNone, object, value } from "../options.ts";
import { isWriteCounters, type WriteCounters } from "../upstream/freshness/write-counters.ts";
import type { FreshnessOptions } from "../upstream/freshness.ts";
import type { CacheLimits } from "./cache-control.ts";

/** What is remembered of reads. Times in milliseconds. */
export interface CacheOptions {
  /** The greatest age that a caller may accept (`Cache-Control: max-age`); 0 keeps nothing. @default 0 */
  maxAge?: number;
  /** The age that a request accepts which does not say one. @default 0 */
  defaultAge?: number;
  /** The greatest age that a caller may accept where Cloudflare cannot answer (`stale-if-error`). @default 0 */
  staleIfError?: number;
  /** Bytes that all reads together may take in memory; those used longest ago go first. @default 67108864 */
  size?: number;
  /** Tells replicas of each other's writes: `redisWriteCounters(…)`. @default none, for one process alone */
  counters?: WriteCounters;
}

/** What {@link CacheOptions} may be, in JavaScript, too. */
export const cacheOptions = object<CacheOptions>({
  maxAge: millisecondsOrNone,
  defaultAge: millisecondsOrNone,
  staleIfError: millisecondsOrNone,
  size: count("bytes"),
  counters: value("counters of writes: `redisWriteCounters(…)`", isWriteCounters),
});

/** The options with their defaults. Where nothing is kept there is nothing old to accept. */
export function withCacheDefaults(options: CacheOptions = {}): CacheLimits & FreshnessOptions {
  const { maxAge = 0, defaultAge = 0, staleIfError = 0, size = 64 * 1024 * 1024, counters } = options;
  return {
    maxAge,
    defaultAge: Math.min(defaultAge, maxAge),
    staleIfError: maxAge === 0 ? 0 : staleIfError,
    size,
    counters,
  };
}
