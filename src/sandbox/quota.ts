import { ApiError } from "./answer.ts";

/** So many requests in so many seconds, per user. */
export interface Quota {
  requests: number;
  seconds: number;
}

/** Cloudflare's own: 1,200 in five minutes [D]. */
export const cloudflareQuota: Quota = { requests: 1200, seconds: 300 };

/** Counts one request of a user and gives the headers that tell; throws the 429 once the quota is exceeded. */
export type Spend = (user: string) => Record<string, string>;

/**
 * A window opens with a user's first request. The request that exceeds the quota opens a new one in which everything is
 * refused: "blocks all calls for the next five minutes" [D]. `false` counts nothing and sends no headers.
 */
export function createQuota(quota: Quota | false, clock: () => Date): Spend {
  if (!quota) return () => ({});
  const { requests, seconds } = quota;
  const windows = new Map<string, { ends: number; used: number }>();

  return (user) => {
    const now = clock().getTime();
    const length = seconds * 1000;
    let window = windows.get(user);
    if (!window || window.ends <= now) {
      window = { ends: now + length, used: 0 };
      windows.set(user, window);
    }
    window.used++;
    if (window.used === requests + 1) window.ends = now + length;

    const left = Math.ceil((window.ends - now) / 1000);
    const headers = {
      ratelimit: `"default";r=${Math.max(requests - window.used, 0)};t=${left}`,
      "ratelimit-policy": `"default";q=${requests};w=${seconds}`,
    };
    if (window.used <= requests) return headers;
    throw new ApiError(429, 971, "Please wait and consider throttling your request speed", {
      headers: { ...headers, "retry-after": String(left) },
    });
  };
}
