import { LRUCache } from "lru-cache";
import type { Rate } from "../upstream/fair-queue.ts";
import { HttpError } from "./http-error.ts";

/** Callers that are counted at once; beyond it the one who has not asked for longest is forgotten. */
const MAX_CALLERS = 100_000;

/**
 * Bounds the requests that each caller sends to this process: so many in an interval that begins with the caller's first
 * request. Throws the refusal: 429, with the time until the next interval.
 */
export function callerRate({ calls, milliseconds }: Rate): (caller: string) => void {
  const intervals = new LRUCache<string, { sent: number; until: number }>({ max: MAX_CALLERS });
  return (caller) => {
    const now = Date.now();
    let interval = intervals.get(caller);
    // One that ends later than it could was begun before the clock was set back: nobody waits that out.
    if (!interval || interval.until <= now || interval.until > now + milliseconds) {
      interval = { sent: 0, until: now + milliseconds };
      intervals.set(caller, interval);
    }
    if (++interval.sent > calls) throw refused(calls, milliseconds, interval.until - now);
  };
}

function refused(calls: number, milliseconds: number, left: number): HttpError {
  const wait = Math.max(1, Math.ceil(left / 1000));
  const within = `${calls} requests within ${milliseconds / 1000} s`;
  return new HttpError(
    429,
    `This caller has sent ${within}, and no more are allowed (CALLER_RATE). Come back in ${wait} s.`,
    {
      code: "RATE_LIMITED",
      headers: { "retry-after": String(wait) },
      limit: { name: "CALLER_RATE", allowed: calls, found: calls + 1 },
    },
  );
}
