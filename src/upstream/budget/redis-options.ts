import { value } from "../../options.ts";
import type { Quota } from "../budget.ts";

/** How a budget in Redis is made. */
export interface RedisBudgetOptions {
  /** `redis://` or `rediss://`, with user, password and database where it needs them. No cluster; no eviction of keys. */
  url: string;
  /** What is assumed where answers announce no policy; `false` for no limit. */
  quota: Quota | false;
  /** How many gateways share this Redis: while it is away each goes on with its share of what was left. */
  replicas: number;
  /** Redis went away, or is back. */
  onChange?: (away: boolean) => void;
  /** Redis says what no gateway has written, and it is not believed: `what` that is. Told once. */
  onInvalid?: (what: string) => void;
  /** Milliseconds that Redis may take for an answer before it counts as away. @default 250 */
  commandTimeout?: number;
}

const isRedisUrl = (given: unknown) => typeof given === "string" && /^rediss?:$/.test(URL.parse(given)?.protocol ?? "");

/** Where a Redis is. */
export const redisUrl = value("a redis or rediss URL", isRedisUrl);
