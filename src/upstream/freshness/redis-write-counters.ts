import { randomUUID } from "node:crypto";
import { callable, checkOptions, milliseconds, object } from "../../options.ts";
import { type RedisClients, RedisConnection } from "../budget/redis-connection.ts";
import {
  checkServer,
  keySecretOption,
  type RedisServer,
  redisClientOptions,
  redisUrl,
} from "../budget/redis-options.ts";
import { isUuid } from "../budget/redis-reply.ts";
import { LONGEST_WRITE, READ_AFTER_WRITE } from "./invalidations.ts";
import type { WriteCount, WriteCounters } from "./write-counters.ts";

/** How counters of writes in Redis are made. The same Redis will do as for `redisBudget`. */
export interface RedisWriteCountersOptions extends RedisServer {
  /** Redis went away, or is back: without it nothing is answered from memory. */
  onChange?: (away: boolean) => void;
  /** Redis says what no gateway has written, and it is not believed: `what` that is. Told once. */
  onInvalid?: (what: string) => void;
  /** Milliseconds that Redis may take for an answer before it counts as away. @default 250 */
  commandTimeout?: number;
}

/** Milliseconds for which an epoch lasts: what was read of accounts without a known write is not shown beyond its end. */
export const EPOCH = 86_400_000;

/**
 * Milliseconds for which a write is known. It is longer than an epoch: “no known write” is said with the epoch's ID, and the epoch
 * in which that was true before a write is over when the write is forgotten. Both end by the clock of Redis, which may be set back by
 * a day meanwhile.
 */
export const WRITE_LIFETIME = 2 * EPOCH;

/** Attempts to find an epoch: each replica begins one where there is none. */
const ATTEMPTS = 3;

/**
 * Counters of writes that replicas share: each changes before a write is sent and when it has ended. Redis holds a random ID for each
 * account that was written to in the last two days, and nothing that was read. Throws `OptionsError`.
 */
export function redisWriteCounters(options: RedisWriteCountersOptions): WriteCounters {
  const allowed = object<RedisWriteCountersOptions>({
    url: redisUrl,
    client: redisClientOptions,
    keySecret: keySecretOption,
    onChange: callable(),
    onInvalid: callable(),
    commandTimeout: milliseconds,
  });
  checkOptions("redisWriteCounters", allowed, options);
  checkServer("redisWriteCounters", options);
  const { url, client, keySecret, onChange = () => {}, onInvalid = () => {}, commandTimeout = 250 } = options;
  const connection = new RedisConnection({
    url,
    client,
    keySecret,
    commandTimeout,
    onOpen: async ({ claim }, use) => {
      await claim("epoch", EPOCH, randomUUID());
      use();
    },
    onChange,
    onInvalid,
  });
  /** An ID as it was written; whatever else is there is another one each time, so that nothing is shown because of it. */
  const idOf = (text: string) => {
    if (isUuid(text)) return text;
    connection.distrust("an account's last write has no id");
    return randomUUID();
  };

  return {
    read: async (accounts) => {
      await connection.firstAttempt;
      const names = accounts.flatMap((account) => [`writes:${account}`, `written:${account}`]);
      return connection.ask(async (redis) => {
        const [epoch, ...found] = await inEpoch(redis, names);
        const now = Date.now();
        return accounts.map((_, i): WriteCount => {
          const last = found[2 * i];
          const quiet = found[2 * i + 1] !== null;
          const version = typeof last === "string" ? idOf(last) : `none in ${epoch}`;
          return { version: `${redis.instanceId} ${version}`, quietUntil: quiet ? now + READ_AFTER_WRITE : 0 };
        });
      });
    },
    raise: async (account, ended) => {
      await connection.firstAttempt;
      const quiet = ended ? READ_AFTER_WRITE : LONGEST_WRITE + READ_AFTER_WRITE;
      const names = [...new Set([account, "*"])];
      await connection.ask(({ keep }) =>
        Promise.all(
          // In this order: whoever learns of the write learns, too, that reads may not show it yet.
          names.flatMap((name) => [
            keep(`written:${name}`, "1", quiet),
            keep(`writes:${name}`, randomUUID(), WRITE_LIFETIME),
          ]),
        ),
      );
    },
    dispose: async () => connection.end(),
  };
}

/** The ID of the epoch, and texts by name, all of one moment. Begins an epoch where there is none. */
async function inEpoch({ texts, claim, instanceId }: RedisClients, names: string[]): Promise<(string | null)[]> {
  for (let left = ATTEMPTS; left > 0; left--) {
    const [instance, epoch, ...found] = await texts(["instance", "epoch", ...names]);
    // It has forgotten what it knew, and the connection has not noticed.
    if (instance !== instanceId) throw new Error("Redis has lost its data");
    if (typeof epoch === "string") return [epoch, ...found];
    // A write may come before it: what was found belongs to no epoch.
    await claim("epoch", EPOCH, randomUUID());
  }
  throw new Error("Redis keeps no epoch");
}
