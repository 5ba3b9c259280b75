import { randomUUID } from "node:crypto";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { redisClient } from "./redis-client.ts";
import { redisNames } from "./redis-names.ts";
import type { RedisServer } from "./redis-options.ts";
import { clockOf, countOf, InvalidReply, instanceIdOf, isNoCounter, sumOf, textsOf } from "./redis-reply.ts";
import type { Counters } from "./sliding-window.ts";

/** A Redis that answers, and is known not to have forgotten anything since its instanceId was made. */
export interface RedisClients {
  /** The same for as long as this Redis forgets nothing. */
  instanceId: string;
  counters: Counters;
  /** Texts by name, as they are; null for one that is not there. */
  texts(names: string[]): Promise<(string | null)[]>;
  /** Values of counters, from their texts: 0 for one in which no gateway can have counted. */
  counts(texts: (string | null)[]): number[];
  /** Keeps a text for so many milliseconds. */
  keep(name: string, text: string, milliseconds: number): Promise<void>;
  /** Claims a name with a text, unless it was claimed in the last so many milliseconds; says whether it did. */
  claim(name: string, milliseconds: number, text?: string): Promise<boolean>;
}

/** How a link is made. */
export interface RedisConnectionOptions extends RedisServer {
  /** Milliseconds that Redis may take for an answer; four times as long at the beginning, while no call waits for it. */
  commandTimeout: number;
  /**
   * Redis answers; it is not used until `use` was called. A rejection here is tried again with the next connection.
   */
  onOpen: (connection: RedisClients, use: () => void) => Promise<void>;
  /** Redis is not used any more (true), or is used again (false). */
  onChange: (away: boolean) => void;
  /** Called once when Redis holds something that no gateway has written. */
  onInvalid: (what: string) => void;
}

const prefix = "cloudflare-iam-graphql";

/**
 * The way to one Redis. Whatever goes wrong or takes too long ends the connection, and another one is tried for twice a
 * second: Redis may have been restarted meanwhile, so that each connection begins with a look at its instanceId.
 */
export class RedisConnection {
  /** The first attempt is over, whatever it found. */
  readonly firstAttempt: Promise<void>;
  /** How far the clock of Redis is ahead of ours, in milliseconds. */
  clockOffset = 0;
  readonly #options: RedisConnectionOptions;
  readonly #named: (name: string) => string;
  #connection: RedisClients | undefined;
  #disconnected = false;
  #invalid = false;
  #ended = false;
  #destroy: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#named = redisNames(options.keySecret);
    this.firstAttempt = this.#attempt();
  }

  /** Whether Redis can be used. */
  get open(): boolean {
    return this.#connection !== undefined;
  }

  /** Asks Redis; null if it is away, or is found to be. The commands may have been done all the same. */
  async ask<T>(commands: (connection: RedisClients) => Promise<T>): Promise<T | null> {
    const connection = this.#connection;
    if (!connection) return null;
    try {
      return await within(this.#options.commandTimeout, commands(connection));
    } catch (error) {
      if (error instanceof InvalidReply) this.distrust(error.message);
      if (this.#connection === connection) this.#lose();
      return null;
    }
  }

  /** Redis says something that is not believed. */
  distrust(what: string): void {
    if (!this.#invalid) this.#options.onInvalid(what);
    this.#invalid = true;
  }

  end(): void {
    this.#ended = true;
    this.#connection = undefined;
    clearTimeout(this.#timer);
    this.#destroy();
  }

  async #attempt(): Promise<void> {
    const { onOpen } = this.#options;
    const commandTimeout = 4 * this.#options.commandTimeout;
    try {
      const client = await redisClient(this.#options, commandTimeout);
      const destroy = () => client.isOpen && client.destroy();
      this.#destroy = destroy;
      const lost = () => this.#destroy === destroy && this.#lose();
      client.on("error", lost).on("end", lost);
      // A client that is destroyed while it dials connects all the same, and would keep the process alive.
      const unwanted = () => (this.#ended || this.#destroy !== destroy) && client.destroy();
      await within(commandTimeout, client.connect().then(unwanted));
      this.clockOffset = await clockOffsetOf(() => within(commandTimeout, client.time()));
      const mine = randomUUID();
      const instance = `${prefix}:${this.#named("instance")}`;
      await within(commandTimeout, client.set(instance, mine, { condition: "NX" }));
      const instanceId = instanceIdOf(await within(commandTimeout, client.get(instance)));

      const limiter = new RateLimiterRedis({
        storeClient: client,
        useRedisPackage: true,
        // Only as a counter: what is too much depends on more than one of them.
        points: Number.MAX_SAFE_INTEGER,
        duration: 0,
        keyPrefix: prefix,
      });
      const keyOf = (name: string) => limiter.getKey(this.#named(name));
      const texts = async (names: string[]) => textsOf(await client.mGet(names.map(keyOf)), names.length);
      const add = async (name: string, units: number, seconds: number) =>
        sumOf((await limiter.penalty(this.#named(name), units, { customDuration: seconds })).consumedPoints);
      const counts = (texts: (string | null)[]) =>
        texts.map((text) => {
          const count = countOf(text);
          if (count === undefined) this.distrust("a counter holds no count");
          return count ?? 0;
        });
      const connection: RedisClients = {
        instanceId,
        counters: {
          add: async (name, units, seconds) => {
            try {
              return await add(name, units, seconds);
            } catch (error) {
              if (!isNoCounter(error)) throw error;
              // This value was not written by a gateway, and no gateway could count in it until it is deleted.
              this.distrust("a counter holds no count");
              await client.del(keyOf(name));
              return add(name, units, seconds);
            }
          },
          read: async (names) => counts(await texts(names)),
        },
        texts,
        counts,
        keep: async (name, text, milliseconds) => {
          await client.set(keyOf(name), text, { expiration: { type: "PX", value: milliseconds } });
        },
        claim: async (name, milliseconds, text = "1") => {
          const expiration = { type: "PX", value: milliseconds } as const;
          return (await client.set(keyOf(name), text, { expiration, condition: "NX" })) !== null;
        },
      };
      const name = `probe:${mine}`;
      await within(commandTimeout, probe(connection, name));
      await within(commandTimeout, client.del(keyOf(name)));
      await onOpen(connection, () => {
        if (this.#destroy !== destroy || !client.isReady || this.#ended) throw new Error("lost meanwhile");
        this.#connection = connection;
        this.#tell(false);
      });
    } catch (error) {
      if (error instanceof InvalidReply) this.distrust(error.message);
      this.#lose();
    }
  }

  #lose(): void {
    this.#connection = undefined;
    const destroy = this.#destroy;
    this.#destroy = () => {};
    destroy();
    if (this.#ended) return;
    this.#tell(true);
    clearTimeout(this.#timer);
    // Not all replicas in the same moment.
    this.#timer = setTimeout(() => void this.#attempt(), 250 + 500 * Math.random()).unref();
  }

  #tell(away: boolean): void {
    if (this.#disconnected === away) return;
    this.#disconnected = away;
    this.#options.onChange(away);
  }
}

/** Milliseconds beyond which a timer of Node's fires at once. */
const longestTimer = 2 ** 31 - 1;

/** How far another clock is ahead, in milliseconds, by the answer that came fastest: it is wrong by half its time at most. */
async function clockOffsetOf(time: () => Promise<unknown>): Promise<number> {
  let [ahead, fastest] = [0, Number.POSITIVE_INFINITY];
  for (let asked = 0; asked < 5; asked++) {
    const before = Date.now();
    const clock = clockOf(await time());
    const after = Date.now();
    if (after - before >= fastest) continue;
    fastest = after - before;
    ahead = Math.round(clock - (before + after) / 2);
  }
  return ahead;
}

/** Whether Redis counts: one that does not would come and go with each attempt to use it. */
async function probe({ counters }: RedisClients, name: string): Promise<void> {
  const sums = [await counters.add(name, 1, 1), ...(await counters.read([name]))];
  if (sums[0] !== 1 || sums[1] !== 1) throw new InvalidReply("it does not count");
}

/** Rejects if something takes too long. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  // What has come while this process was busy is read before the verdict.
  const timer = setTimeout(
    () => setImmediate(reject, new Error("took too long")),
    Math.min(milliseconds, longestTimer),
  );
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
