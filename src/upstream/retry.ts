import { setTimeout as pauseFor } from "node:timers/promises";
import type { Call } from "../cloudflare/client.ts";
import { isRead } from "../cloudflare/endpoint.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import type { Link } from "./link.ts";

/** Options of the link; every field has a default. */
export interface RetryOptions {
  /** Attempts in all. @default 3 */
  attempts?: number;
  /** Milliseconds of the longest pause after the first attempt; it doubles with each. @default 500 */
  first?: number;
  /** A number in `[0, 1)`. @default Math.random */
  random?: () => number;
  /** Milliseconds since the epoch. @default Date.now */
  now?: () => number;
  /** Asked before each further attempt: `false` where nothing may be spent on it. */
  again?: (route: string) => Promise<boolean>;
  /** Ends after so many milliseconds, or rejects as soon as the signal says so. */
  wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>;
}

/** Milliseconds that a call without a deadline waits. */
const defaultDeadline = 30_000;

/**
 * Link: repeats reads after transient failures: a rate limit (after its `Retry-After`), 502, 503, 504, 520 to 527, a reset. A
 * pause is random, up to its bound ("full jitter"), so that those who failed together do not come back together. What
 * does not fit before `options.until` is not waited for: the failure is thrown at once, a rate limit with its `resetAt`.
 * Writes pass through: they may have been done. Only a rate limit's `Retry-After` is honoured: under 52x Cloudflare's edge
 * asks its visitors for two minutes, whatever ails the origin.
 */
export function retry(options: RetryOptions = {}): Link {
  const { attempts = 3, first = 500, random = Math.random, now = () => Date.now() } = options;
  const { again = async () => true } = options;
  const { wait = (milliseconds, signal) => pauseFor(milliseconds, undefined, signal && { signal }) } = options;

  return (next): Call =>
    async (endpoint, params, body, waiting) => {
      if (!isRead(endpoint.route)) return next(endpoint, params, body, waiting);
      const alone = now() + defaultDeadline;
      const late = (pause: number) => now() + pause >= (waiting?.until ?? alone);
      for (let attempt = 1; ; attempt++) {
        try {
          return await next(endpoint, params, body, waiting);
        } catch (error) {
          if (attempt >= attempts || !isPassing(error)) throw error;
          const pause = Math.max(0, (error.resetAt?.getTime() ?? 0) - now()) + random() * first * 2 ** (attempt - 1);
          if (late(pause)) throw error;
          await wait(pause, waiting?.signal).catch(() => {
            throw error;
          });
          // A busy process wakes up late.
          if (late(0) || !(await again(endpoint.route))) throw error;
        }
      }
    };
}

const statuses = new Set([502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527]);
const resets = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

function isPassing(error: unknown): error is CloudflareError {
  if (!(error instanceof CloudflareError)) return false;
  if (error.kind === "rate_limited") return true;
  if (error.status !== null) return statuses.has(error.status);
  return resets.has((error.cause as { code?: string } | undefined)?.code ?? "");
}
