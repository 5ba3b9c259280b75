import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Rate } from "../upstream/fair-queue.ts";
import { HttpError } from "./http-error.ts";

/**
 * Bounds the requests that each caller sends to this process. Throws the refusal: 429, with the time until the next one.
 * Memory is bounded by the callers who asked within one interval; callers are known by then.
 */
export function callerRate({ calls, milliseconds }: Rate): (caller: string) => Promise<void> {
  const seconds = milliseconds / 1000;
  const limiter = new RateLimiterMemory({ points: calls, duration: seconds });
  return async (caller) => {
    try {
      await limiter.consume(caller);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const wait = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      const message = `This caller has sent ${calls} requests within ${seconds} s, and no more are allowed (CALLER_RATE). Come back in ${wait} s.`;
      throw new HttpError(429, message, {
        code: "RATE_LIMITED",
        headers: { "retry-after": String(wait) },
        limit: { name: "CALLER_RATE", allowed: calls, found: calls + 1 },
      });
    }
  };
}
