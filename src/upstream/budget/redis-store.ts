import { believed } from "./asking.ts";
import type { Caller, Callers } from "./client-quota.ts";
import type { Held, Limit } from "./limit.ts";
import { ownCounters } from "./memory.ts";
import { type Connection, Link, within } from "./redis-connection.ts";
import type { RedisBudgetOptions } from "./redis-options.ts";
import { toldOf } from "./redis-reply.ts";
import { heldOf, type Part, Slots, slotNames } from "./sliding-window.ts";
import type { Books, Told } from "./usage-store.ts";

/**
 * What all replicas count. While Redis is away, and for one window after it came back, this one must assume that each of
 * the others takes as much as itself without being seen: units of this time count once for each replica, on top of what
 * was seen last. That may be a moment old, so a tenth of the quota is left alone then.
 */
export class SharedBooks implements Books {
  /** The first attempt to reach Redis is over. */
  readonly ready: Promise<void>;
  readonly #link: Link;
  readonly #callers: Callers;
  readonly #replicas: number;
  readonly #patience: number;
  readonly #hear: (key: string, told: Told) => void;
  /** What this replica took, and what of it since Redis went away. */
  readonly #ownCounters = ownCounters();
  readonly #own = new Slots(this.#ownCounters);
  #alone = new Slots(ownCounters());
  /** What Redis does not know yet. */
  #unsaid: Slots[] = [new Slots(ownCounters())];
  #unsaidMore = false;
  /** What all replicas had taken when this one looked last. */
  readonly #seen = new WeakMap<Caller, Map<number, Held[]>>();
  readonly #told = new WeakMap<Caller, string>();
  #marker: string | undefined;
  #lostAt = 0;
  #backAt = Number.NEGATIVE_INFINITY;

  constructor(options: RedisBudgetOptions, callers: Callers, hear: (key: string, told: Told) => void) {
    const { url, replicas, patience = 250, onChange = () => {}, onInvalid = () => {} } = options;
    this.#callers = callers;
    this.#replicas = replicas;
    this.#patience = 4 * patience;
    this.#hear = hear;
    this.#link = new Link({
      url,
      patience,
      onOpen: (connection, use) => this.#bring(connection, use),
      onChange: (away) => {
        if (away) this.#lost();
        onChange(away);
      },
      onInvalid,
    });
    this.ready = this.#link.tried;
  }

  get ahead(): number {
    return this.#link.ahead;
  }

  now(): number {
    return Date.now() + this.#link.ahead;
  }

  async take(key: string, caller: Caller, units: number): Promise<{ at: number; limits: Limit[] }> {
    const { windows } = caller;
    let at = this.now();
    const shared = await this.#link.ask(async (connection) => {
      const slots = new Slots(connection.counters);
      const added = Promise.all(windows.map((seconds) => slots.add(key, seconds, at, units)));
      const [limits] = await Promise.all([this.#look(connection, key, caller, at), added]);
      return limits;
    });
    if (!shared) at = this.now();
    for (const seconds of windows) {
      void this.#own.add(key, seconds, at, units);
      if (this.#isAlone(seconds, at)) void this.#alone.add(key, seconds, at, units);
      if (!shared) await this.#say(key, seconds, [{ at, units }]);
    }
    return { at, limits: [...(await this.#aloneLimits(key, caller, at)), ...(shared ?? [])] };
  }

  async limits(key: string, caller: Caller, now: number): Promise<Limit[]> {
    const shared = await this.#link.ask((connection) => this.#look(connection, key, caller, now));
    return [...(await this.#aloneLimits(key, caller, now)), ...(shared ?? [])];
  }

  async untake(key: string, windows: number[], from: number, units: number): Promise<void> {
    const now = this.now();
    const lostAt = this.#lostAt;
    await Promise.all(
      windows.map(async (seconds) => {
        const removed = await this.#own.takeAway(key, seconds, from, now, units);
        const less = removed.map((part) => ({ at: part.at, units: -part.units }));
        const since = from < lostAt ? [] : less;
        if (this.#isAlone(seconds, now)) await addAll(this.#alone, key, seconds, since);
        if (this.#link.open) await this.#link.ask(({ counters }) => addAll(new Slots(counters), key, seconds, less));
        else await this.#say(key, seconds, since);
      }),
    );
  }

  async open(key: string, windows: number[], before: number[], now: number): Promise<void> {
    for (const seconds of windows) {
      await this.#own.open(key, seconds, before, now);
      await this.#alone.open(key, seconds, before, now);
      await this.#say(key, seconds, await this.#own.parts(key, seconds, now));
    }
  }

  forget(key: string, windows: number[]): void {
    for (const seconds of windows) this.#ownCounters.forget(slotNames(key, seconds, this.now()));
  }

  tell(key: string, caller: Caller, now: number): void {
    const { announced, closedUntil, opened } = caller;
    const others = [...caller.others].filter(([, { until }]) => until > now);
    const told: Told = { policies: announced, closedUntil, opened, others };
    const longest = Math.max(0, ...caller.windows) * 2000;
    void this.#link.ask(({ keep }) =>
      keep(nameOfTold(key), JSON.stringify(told), Math.max(longest, closedUntil - now, 1000)),
    );
  }

  async mayAsk(key: string): Promise<boolean> {
    // It is over when this replica's own five minutes are.
    return (await this.#link.ask(({ claim }) => claim(`${key}:asked`, believed - 1000))) ?? true;
  }

  async end(): Promise<void> {
    this.#link.end();
    this.#unsaid.push(new Slots(ownCounters()));
  }

  /** Whether a window may hold units of other replicas that were never seen here. */
  #isAlone(seconds: number, now: number): boolean {
    return !this.#link.open || now < this.#backAt + seconds * 1100;
  }

  /** Counts in Redis, or among what it will be told. */
  async #say(key: string, seconds: number, parts: Part[]): Promise<void> {
    for (;;) {
      if (await this.#link.ask(({ counters }) => addAll(new Slots(counters), key, seconds, parts))) return;
      const unsaid = this.#unsaid.at(-1);
      // Without one Redis has just come back.
      if (!unsaid) continue;
      this.#unsaidMore = true;
      await addAll(unsaid, key, seconds, parts);
      return;
    }
  }

  async #look({ texts, counts }: Connection, key: string, caller: Caller, now: number): Promise<Limit[]> {
    const { windows, policies } = caller;
    const names = windows.flatMap((seconds) => slotNames(key, seconds, now));
    const [told, ...counted] = await texts([nameOfTold(key), ...names]);
    if (told && this.#told.get(caller) !== told) {
      this.#told.set(caller, told);
      const heard = toldOf(told);
      // Another version of the gateway may tell it in other words.
      if (heard) this.#hear(key, heard);
      else this.#link.distrust("what is told of a caller is not in a gateway's words");
    }
    const each = counted.length / windows.length;
    const byWindow = new Map(
      windows.map((seconds, index) => {
        const units = counts(counted.slice(index * each, (index + 1) * each));
        return [seconds, heldOf(units, seconds, now)];
      }),
    );
    let seen = this.#seen.get(caller);
    seen ??= new Map();
    this.#seen.set(caller, seen);
    for (const [seconds, held] of byWindow) if (!this.#isAlone(seconds, now)) seen.set(seconds, held);
    return policies.map(({ name, units, seconds }) => {
      return { name, seconds, quota: units, held: byWindow.get(seconds) ?? [], weight: 1 };
    });
  }

  #aloneLimits(key: string, caller: Caller, now: number): Promise<Limit[]> {
    const weight = this.#replicas;
    const policies = caller.policies.filter(({ seconds }) => this.#isAlone(seconds, now));
    return Promise.all(
      policies.map(async ({ name, units, seconds }) => {
        const seen = (this.#seen.get(caller)?.get(seconds) ?? []).filter(({ until }) => until > now);
        const alone = await this.#alone.held(key, seconds, now);
        const held = [...seen, ...alone.map(({ units, until }) => ({ units: units * weight, until }))];
        return { name, seconds, quota: weight > 1 ? units - Math.ceil(units / 10) : units, held, weight };
      }),
    );
  }

  #lost(): void {
    const now = this.now();
    const longest = Math.max(0, ...this.#callers.all().flatMap(([, { windows }]) => windows));
    if (now >= this.#backAt + longest * 1100) this.#alone = new Slots(ownCounters());
    this.#lostAt = now;
    this.#unsaid.push(new Slots(ownCounters()));
  }

  /** Brings what Redis does not know: all that this replica took, if it has forgotten. What comes twice counts twice. */
  async #bring(connection: Connection, use: () => void): Promise<void> {
    const slots = new Slots(connection.counters);
    const forgotten = this.#marker !== undefined && this.#marker !== connection.marker;
    let missing = forgotten ? [this.#own] : this.#unsaid;
    do {
      const meanwhile = new Slots(ownCounters());
      this.#unsaid = [...this.#unsaid, meanwhile];
      this.#unsaidMore = false;
      for (const part of missing) await this.#copy(part, slots);
      missing = [meanwhile];
    } while (this.#unsaidMore);
    use();
    this.#unsaid = [];
    this.#marker = connection.marker;
    const now = this.now();
    if (this.#lostAt > 0) this.#backAt = now;
    for (const [key, caller] of this.#callers.all()) {
      if (caller.closedUntil > now || caller.others.size > 0) this.tell(key, caller, now);
    }
  }

  async #copy(from: Slots, to: Slots): Promise<void> {
    const now = this.now();
    for (const [key, { windows }] of this.#callers.all()) {
      for (const seconds of windows) {
        await within(this.#patience, addAll(to, key, seconds, await from.parts(key, seconds, now)));
      }
    }
  }
}

async function addAll(slots: Slots, key: string, seconds: number, parts: Part[]): Promise<true> {
  await Promise.all(parts.map(({ at, units }) => slots.add(key, seconds, at, units)));
  return true;
}

/** The name of what replicas tell each other of a caller. */
function nameOfTold(key: string): string {
  return `${key}:told`;
}
