import { callable, checkOptions, milliseconds, object } from "../../options.ts";
import { RedisConnection } from "../budget/redis-connection.ts";
import { checkServer, type RedisServer, redisClientOptions, redisUrl } from "../budget/redis-options.ts";
import { READ_AFTER_WRITE } from "./invalidations.ts";
import type { AccountWrites, WriteCounters } from "./write-counters.ts";

/** How counters of writes in Redis are made. The same Redis will do as for `redisBudget`. */
export interface RedisWriteCountersOptions extends RedisServer {
  /** Redis went away, or is back: without it nothing is answered from memory. */
  onChange?: (away: boolean) => void;
  /** Redis says what no gateway has written, and it is not believed: `what` that is. Told once. */
  onInvalid?: (what: string) => void;
  /** Milliseconds that Redis may take for an answer before it counts as away. @default 250 */
  commandTimeout?: number;
}

/** A counter that began anew could come to where it was. There is one for each account that was ever written to. */
const FOREVER = 0;

/** Milliseconds that a write may take: one whose end is not told, because its process has died, is over then. */
const LONGEST_WRITE = 60_000;

/**
 * Counters of writes that replicas share: each is raised before a write is sent and when it has ended. Redis holds numbers by
 * account, and nothing that was read. Throws `OptionsError`.
 */
export function redisWriteCounters(options: RedisWriteCountersOptions): WriteCounters {
  const allowed = object<RedisWriteCountersOptions>({
    url: redisUrl,
    client: redisClientOptions,
    onChange: callable(),
    onInvalid: callable(),
    commandTimeout: milliseconds,
  });
  checkOptions("redisWriteCounters", allowed, options);
  checkServer("redisWriteCounters", options);
  const { url, client, onChange = () => {}, onInvalid = () => {}, commandTimeout = 250 } = options;
  const connection = new RedisConnection({
    url,
    client,
    commandTimeout,
    onOpen: async (_, use) => use(),
    onChange,
    onInvalid,
  });

  return {
    read: async (accounts) => {
      await connection.firstAttempt;
      const names = accounts.flatMap((account) => [`writes:${account}`, `written:${account}`]);
      return connection.ask(async ({ texts, counts, instanceId }) => {
        const [instance, ...found] = await texts(["instance", ...names]);
        // It has forgotten what it counted, and the connection has not noticed.
        if (instance !== instanceId) throw new Error("Redis has lost its data");
        const now = Date.now();
        return accounts.map((_, i): AccountWrites => {
          const [count = 0] = counts([found[2 * i] ?? null]);
          const quiet = found[2 * i + 1] !== null;
          return { count: `${instance} ${count}`, quietUntil: quiet ? now + READ_AFTER_WRITE : 0 };
        });
      });
    },
    raise: async (account, ended) => {
      await connection.firstAttempt;
      const quiet = ended ? READ_AFTER_WRITE : LONGEST_WRITE + READ_AFTER_WRITE;
      const names = [...new Set([account, "*"])];
      await connection.ask(({ counters, keep }) =>
        Promise.all(
          // In this order: whoever learns the new count learns, too, that reads may not show the write yet.
          names.flatMap((name) => [keep(`written:${name}`, "1", quiet), counters.add(`writes:${name}`, 1, FOREVER)]),
        ),
      );
    },
    dispose: async () => connection.end(),
  };
}
