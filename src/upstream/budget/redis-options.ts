import { OptionsError, value } from "../../options.ts";
import type { Quota } from "../budget.ts";
import { isKeySecret, KEY_SECRET } from "./key-secret.ts";

/** Where a Redis is: one of the two. No cluster; no eviction of keys. */
export interface RedisServer {
  /** `redis://` or `rediss://`, with user, password and database where it needs them. */
  url?: string | undefined;
  /**
   * Options of the client (`@redis/client`): those of `createClient`, or of `createSentinel` where they have `sentinelRootNodes`. How
   * long it tries to connect, and when it does again, is decided here.
   */
  client?: object | undefined;
  /**
   * A secret of at least 32 characters, the same for all replicas. All keys are then HMACs under it, so that those who
   * read Redis cannot recognise a credential, a caller or an account that they know. @default none
   */
  keySecret?: string | undefined;
}

/** A secret, as an option. {@link checkServer} looks at it, because other refusals show what was given. */
export const keySecretOption = value("", () => true);

/** How a budget in Redis is made. */
export interface RedisBudgetOptions extends RedisServer {
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

/** Options of a client, as far as they are looked at. */
export const redisClientOptions = value(
  "an object with options of createClient, or of createSentinel, of @redis/client",
  (given) => typeof given === "object" && given !== null && !Array.isArray(given),
);

/** Throws `OptionsError` unless exactly one of the two is given, and the secret is one. */
export function checkServer(maker: string, { url, client, keySecret }: RedisServer): void {
  if (keySecret !== undefined && !isKeySecret(keySecret))
    throw new OptionsError(`${maker}: \`keySecret\` must be ${KEY_SECRET}.`);
  if ((url === undefined) === (client === undefined))
    throw new OptionsError(`${maker}: give either \`url\` or \`client\`.`);
}

/** Where a Redis is, as a URL. */
export const redisUrl = value("a redis or rediss URL", isRedisUrl);
