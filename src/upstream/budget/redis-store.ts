import type { ClientQuota, ClientQuotas, QuotaUpdate } from "./client-quota.ts";
import type { ActiveUsage, Limit } from "./limit.ts";
import { ownCounters } from "./memory-counters.ts";
import { believed } from "./quota-probe.ts";
import { type RedisClients, RedisConnection, within } from "./redis-connection.ts";
import type { RedisBudgetOptions } from "./redis-options.ts";
import { updateOf } from "./redis-reply.ts";
import { activeUsageOf, bucketNames, type Part, WindowBuckets } from "./sliding-window.ts";
import type { UsageStore } from "./usage-store.ts";

/**
 * What all replicas count. While Redis is away, and for one window after it came back, this one must assume that each of
 * the others takes as much as itself without being seen: units of this time count once for each replica, on top of what
 * was seen last. That may be a moment old, so a tenth of the quota is left alone then.
 */
export class RedisUsageStore implements UsageStore {
  /** The first attempt to reach Redis is over. */
  readonly ready: Promise<void>;
  readonly #connection: RedisConnection;
  readonly #clients: ClientQuotas;
  readonly #replicas: number;
  readonly #commandTimeout: number;
  readonly #onUpdate: (key: string, update: QuotaUpdate) => void;
  /** What this replica took, and what of it since Redis went away. */
  readonly #ownCounters = ownCounters();
  readonly #own = new WindowBuckets(this.#ownCounters);
  #alone = new WindowBuckets(ownCounters());
  /** What Redis does not know yet. */
  #unsynced: WindowBuckets[] = [new WindowBuckets(ownCounters())];
  #moreUnsynced = false;
  /** What all replicas had taken when this one looked last. */
  readonly #seen = new WeakMap<ClientQuota, Map<number, ActiveUsage[]>>();
  readonly #published = new WeakMap<ClientQuota, string>();
  #instanceId: string | undefined;
  #lostAt = 0;
  #backAt = Number.NEGATIVE_INFINITY;

  constructor(options: RedisBudgetOptions, clients: ClientQuotas, hear: (key: string, update: QuotaUpdate) => void) {
    const { replicas, commandTimeout = 250, onChange = () => {}, onInvalid = () => {}, ...server } = options;
    this.#clients = clients;
    this.#replicas = replicas;
    this.#commandTimeout = 4 * commandTimeout;
    this.#onUpdate = hear;
    this.#connection = new RedisConnection({
      ...server,
      commandTimeout,
      onOpen: (connection, use) => this.#bring(connection, use),
      onChange: (away) => {
        if (away) this.#lost();
        onChange(away);
      },
      onInvalid,
    });
    this.ready = this.#connection.firstAttempt;
  }

  get clockOffset(): number {
    return this.#connection.clockOffset;
  }

  now(): number {
    return Date.now() + this.#connection.clockOffset;
  }

  async reserve(key: string, caller: ClientQuota, units: number): Promise<{ at: number; limits: Limit[] }> {
    const { windows } = caller;
    let at = this.now();
    const shared = await this.#connection.ask(async (connection) => {
      const slots = new WindowBuckets(connection.counters);
      const added = Promise.all(windows.map((seconds) => slots.add(key, seconds, at, units)));
      const [limits] = await Promise.all([this.#look(connection, key, caller, at), added]);
      return limits;
    });
    if (!shared) at = this.now();
    for (const seconds of windows) {
      void this.#own.add(key, seconds, at, units);
      if (this.#isAlone(seconds, at)) void this.#alone.add(key, seconds, at, units);
      if (!shared) await this.#sync(key, seconds, [{ at, units }]);
    }
    return { at, limits: [...(await this.#aloneLimits(key, caller, at)), ...(shared ?? [])] };
  }

  async limits(key: string, caller: ClientQuota, now: number): Promise<Limit[]> {
    const shared = await this.#connection.ask((connection) => this.#look(connection, key, caller, now));
    return [...(await this.#aloneLimits(key, caller, now)), ...(shared ?? [])];
  }

  async release(key: string, windows: number[], from: number, units: number): Promise<void> {
    const now = this.now();
    const lostAt = this.#lostAt;
    await Promise.all(
      windows.map(async (seconds) => {
        const removed = await this.#own.takeAway(key, seconds, from, now, units);
        const less = removed.map((part) => ({ at: part.at, units: -part.units }));
        const since = from < lostAt ? [] : less;
        if (this.#isAlone(seconds, now)) await addAll(this.#alone, key, seconds, since);
        if (this.#connection.open)
          await this.#connection.ask(({ counters }) => addAll(new WindowBuckets(counters), key, seconds, less));
        else await this.#sync(key, seconds, since);
      }),
    );
  }

  async open(key: string, windows: number[], before: number[], now: number): Promise<void> {
    for (const seconds of windows) {
      await this.#own.open(key, seconds, before, now);
      await this.#alone.open(key, seconds, before, now);
      await this.#sync(key, seconds, await this.#own.parts(key, seconds, now));
    }
  }

  forget(key: string, windows: number[]): void {
    for (const seconds of windows) this.#ownCounters.forget(bucketNames(key, seconds, this.now()));
  }

  publish(key: string, caller: ClientQuota, now: number): void {
    const update = caller.update(now);
    const longest = Math.max(0, ...caller.windows) * 2000;
    void this.#connection.ask(({ keep }) =>
      keep(updateKey(key), JSON.stringify(update), Math.max(longest, update.closedUntil - now, 1000)),
    );
  }

  async mayAsk(key: string): Promise<boolean> {
    // It is over when this replica's own five minutes are.
    return (await this.#connection.ask(({ claim }) => claim(`${key}:asked`, believed - 1000))) ?? true;
  }

  async dispose(): Promise<void> {
    this.#connection.end();
    this.#unsynced.push(new WindowBuckets(ownCounters()));
  }

  /** Whether a window may hold units of other replicas that were never seen here. */
  #isAlone(seconds: number, now: number): boolean {
    return !this.#connection.open || now < this.#backAt + seconds * 1100;
  }

  /** Counts in Redis, or among what it will be update. */
  async #sync(key: string, seconds: number, parts: Part[]): Promise<void> {
    for (;;) {
      if (await this.#connection.ask(({ counters }) => addAll(new WindowBuckets(counters), key, seconds, parts)))
        return;
      const unsaid = this.#unsynced.at(-1);
      // Without one Redis has just come back.
      if (!unsaid) continue;
      this.#moreUnsynced = true;
      await addAll(unsaid, key, seconds, parts);
      return;
    }
  }

  async #look({ texts, counts }: RedisClients, key: string, caller: ClientQuota, now: number): Promise<Limit[]> {
    const { windows, policies } = caller;
    const names = windows.flatMap((seconds) => bucketNames(key, seconds, now));
    const [update, ...counted] = await texts([updateKey(key), ...names]);
    if (update && this.#published.get(caller) !== update) {
      this.#published.set(caller, update);
      const heard = updateOf(update);
      // Another version of the gateway may use another format.
      if (heard) this.#onUpdate(key, heard);
      else this.#connection.distrust("what is told of a caller is not in a gateway's words");
    }
    const each = counted.length / windows.length;
    const byWindow = new Map(
      windows.map((seconds, index) => {
        const units = counts(counted.slice(index * each, (index + 1) * each));
        return [seconds, activeUsageOf(units, seconds, now)];
      }),
    );
    let seen = this.#seen.get(caller);
    seen ??= new Map();
    this.#seen.set(caller, seen);
    for (const [seconds, active] of byWindow) if (!this.#isAlone(seconds, now)) seen.set(seconds, active);
    return policies.map(({ name, units, seconds }) => {
      return { name, seconds, quota: units, active: byWindow.get(seconds) ?? [], weight: 1 };
    });
  }

  #aloneLimits(key: string, caller: ClientQuota, now: number): Promise<Limit[]> {
    const weight = this.#replicas;
    const policies = caller.policies.filter(({ seconds }) => this.#isAlone(seconds, now));
    return Promise.all(
      policies.map(async ({ name, units, seconds }) => {
        const seen = (this.#seen.get(caller)?.get(seconds) ?? []).filter(({ until }) => until > now);
        const alone = await this.#alone.activeUsage(key, seconds, now);
        const active = [...seen, ...alone.map(({ units, until }) => ({ units: units * weight, until }))];
        return { name, seconds, quota: weight > 1 ? units - Math.ceil(units / 10) : units, active, weight };
      }),
    );
  }

  #lost(): void {
    const now = this.now();
    const longest = Math.max(0, ...this.#clients.all().flatMap(([, { windows }]) => windows));
    if (now >= this.#backAt + longest * 1100) this.#alone = new WindowBuckets(ownCounters());
    this.#lostAt = now;
    this.#unsynced.push(new WindowBuckets(ownCounters()));
  }

  /** Brings what Redis does not know: all that this replica took, if it has forgotten. What comes twice counts twice. */
  async #bring(connection: RedisClients, use: () => void): Promise<void> {
    const slots = new WindowBuckets(connection.counters);
    const forgotten = this.#instanceId !== undefined && this.#instanceId !== connection.instanceId;
    let missing = forgotten ? [this.#own] : this.#unsynced;
    do {
      const meanwhile = new WindowBuckets(ownCounters());
      this.#unsynced = [...this.#unsynced, meanwhile];
      this.#moreUnsynced = false;
      for (const part of missing) await this.#copy(part, slots);
      missing = [meanwhile];
    } while (this.#moreUnsynced);
    use();
    this.#unsynced = [];
    this.#instanceId = connection.instanceId;
    const now = this.now();
    if (this.#lostAt > 0) this.#backAt = now;
    for (const [key, caller] of this.#clients.all()) {
      if (caller.closedUntil > now || caller.others.size > 0) this.publish(key, caller, now);
    }
  }

  async #copy(from: WindowBuckets, to: WindowBuckets): Promise<void> {
    const now = this.now();
    for (const [key, { windows }] of this.#clients.all()) {
      for (const seconds of windows) {
        await within(this.#commandTimeout, addAll(to, key, seconds, await from.parts(key, seconds, now)));
      }
    }
  }
}

async function addAll(slots: WindowBuckets, key: string, seconds: number, parts: Part[]): Promise<true> {
  await Promise.all(parts.map(({ at, units }) => slots.add(key, seconds, at, units)));
  return true;
}

/** Name of the key under which replicas keep quota updates of a caller. */
function updateKey(key: string): string {
  return `${key}:update`;
}
