import { value } from "../../options.ts";
import type { Quota } from "../budget.ts";

/** How a budget in Redis is made. */
export interface RedisBudgetOptions {
  /** `redis://` or `rediss://`, with user, password and database where it needs them. No cluster; no eviction of keys. */
  url: string;
  /** Rate limit assumed while responses report none; `false` for no limit. */
  quota: Quota | false;
  /** Number of gateways that share this Redis. While it cannot be reached, each uses its share of the remaining quota. */
  replicas: number;
  /** Called when Redis cannot be reached any more (`true`), and when it can again (`false`). */
  onChange?: (away: boolean) => void;
  /** Called once when Redis holds something that no gateway has written, which is then ignored. `what` describes it. */
  onInvalid?: (what: string) => void;
  /** Milliseconds for a reply of Redis, after which it counts as unreachable. @default 250 */
  commandTimeout?: number;
}

const isRedisUrl = (given: unknown) => typeof given === "string" && /^rediss?:$/.test(URL.parse(given)?.protocol ?? "");

/** Where a Redis is. */
export const redisUrl = value("a redis or rediss URL", isRedisUrl);
