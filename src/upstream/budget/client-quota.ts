import { Sweep } from "../sweep.ts";
import type { ActiveUsage, Limit } from "./limit.ts";
import { QuotaProbe } from "./quota-probe.ts";
import { type Policy, policiesOf, type Remainder, remaindersOf } from "./ratelimit-headers.ts";

/** What Cloudflare said to have counted under one policy, and until when that holds. */
export interface ReportedUsage {
  used: number;
  until: number;
}

/** Update of a caller's quota between replicas, beside the counters. Its numbers are absolute, so that nothing is counted twice. */
export interface QuotaUpdate {
  policies?: string | undefined;
  closedUntil: number;
  /** When an answer has last opened the gate: updates from before it do not hold any more. */
  opened: number;
  others: [name: string, held: ActiveUsage][];
}

/** What this process knows of one caller, beyond what it counts. */
export class ClientQuota {
  /** The policies that hold: the assumed one, until Cloudflare announced its own. */
  policies: Policy[];
  /** Use by others than this gateway (dashboard, other tools), by policy. */
  readonly others: Map<string, ActiveUsage> = new Map();
  /** Reports of the upstream that were not compared with our count yet, by policy. */
  reported: Map<string, ReportedUsage> = new Map();
  /** Nothing is granted before this moment, but a call that asks. */
  closedUntil = 0;
  /** When an answer has last opened the gate, and decided which policies hold. */
  opened = 0;
  readonly probe: QuotaProbe;
  /** Units that count, while it is not decided yet whether they are granted. */
  undecided = 0;
  /** Units that were given back, and may still count: the store has not said that they are gone. */
  releasing = 0;
  /** What is being learnt; a reservation waits for it. */
  learning: Promise<void> | undefined;
  /** By length of window: at least so many units of ours count until that moment. */
  readonly #counted = new Map<number, ActiveUsage>();
  #returned = 0;
  #announced: string | undefined;
  /** The announcement, where all policies that hold are its. */
  #only: string | undefined;
  #remainderText: string | undefined;
  #remainders: Remainder[] = [];

  readonly #assumed: Policy[];

  constructor(assumed: Policy[], now: number) {
    this.policies = assumed;
    this.#assumed = assumed;
    this.probe = new QuotaProbe(now);
  }

  /** The lengths of the windows in which units are counted, in seconds. */
  get windows(): number[] {
    const [only, ...more] = this.policies;
    if (more.length === 0) return only ? [only.seconds] : [];
    return [...new Set(this.policies.map(({ seconds }) => seconds))];
  }

  /** The announcement that was read last. */
  get announced(): string | undefined {
    return this.#announced;
  }

  /** Reads an announcement of policies. Those that were announced before and are not named now still hold. */
  announce(text: string): void {
    if (text === this.#announced) return;
    const policies = policiesOf(text);
    if (policies.length === 0) return;
    const before = this.policies;
    const known = this.#announced === undefined ? [] : before;
    this.#only = known.length === 0 ? text : undefined;
    this.#announced = text;
    const byName = new Map([...policies, ...known, ...policies].map((policy) => [policy.name, policy]));
    this.policies = [...byName.values()].slice(0, 8);
    // What was said of a longer window says nothing of this one.
    const kept = (one: Policy) =>
      before.some(({ name, seconds }) => name === one.name && seconds <= one.seconds) ? [one.name] : [];
    const names = new Set(this.policies.flatMap(kept));
    for (const name of this.others.keys()) if (!names.has(name)) this.others.delete(name);
  }

  /** Forgets what was announced, but for these policies. */
  reopen(at: number, text: string): void {
    this.opened = at;
    this.closedUntil = 0;
    if (text === this.#announced && text === this.#only) return;
    this.#announced = undefined;
    this.policies = this.#assumed;
    this.others.clear();
    this.announce(text);
  }

  /** Reads what remains. */
  remainders(text: string): Remainder[] {
    if (text !== this.#remainderText) {
      this.#remainderText = text;
      this.#remainders = remaindersOf(text);
    }
    return this.#remainders;
  }

  /** The use by others that still counts under a policy. */
  othersOf(name: string, now: number): ActiveUsage | undefined {
    const others = this.others.get(name);
    if (!others || others.until > now) return others;
    this.others.delete(name);
    return undefined;
  }

  /** What others have to know of it, beside what is counted. */
  update(now: number): QuotaUpdate {
    const { announced, closedUntil, opened } = this;
    const others = [...this.others].filter(([, { until }]) => until > now);
    return { policies: announced, closedUntil, opened, others };
  }

  /** Limits of ours, with what others use. */
  complete(limits: Limit[], now: number): Limit[] {
    return limits.map((limit) => {
      const others = this.othersOf(limit.name, now);
      return others ? { ...limit, active: [...limit.active, others] } : limit;
    });
  }

  /** At least so many units count now under a policy, ours and those of others. */
  countedOf({ name, seconds }: Policy, now: number): number {
    const counted = this.#counted.get(seconds);
    return (counted && counted.until > now ? counted.units : 0) + (this.othersOf(name, now)?.units ?? 0);
  }

  /** What {@link count} needs to know of the moment at which somebody begins to look. */
  get unsure(): number {
    return this.undecided + this.releasing - this.#returned;
  }

  /** Notes how many units were counted, and until when none of them leaves. `unsure` is from when the look began. */
  count(seconds: number, { units, until }: ActiveUsage, unsure: number): void {
    this.#counted.set(seconds, { units: units - unsure - this.#returned, until });
  }

  /** Units were granted. */
  granted(units: number): void {
    for (const counted of this.#counted.values()) counted.units += units;
  }

  /** Units were given back. */
  returned(units: number): void {
    this.#returned += units;
    for (const counted of this.#counted.values()) counted.units -= units;
  }
}

/** Milliseconds for which announced policies are remembered, even if nothing counts any more. */
const remembered = 600_000;

/** Callers that are remembered at most, those that were seen last. */
const most = 50_000;

/** Milliseconds from one look at who may be forgotten to the next. */
const sweep = 60_000;

/** The clients that this process knows. One that was not asked about, and of which nothing counts, is forgotten by itself. */
export class ClientQuotas {
  /** Those that were not seen for longest come first. */
  readonly #known = new Map<string, { caller: ClientQuota; seen: number }>();
  readonly #assumed: Policy[];
  readonly #sweep: Sweep;

  constructor(assumed: Policy[], now: () => number = Date.now) {
    this.#assumed = assumed;
    this.#sweep = new Sweep(sweep, () => {
      this.#forget(now());
      return this.#known.size > 0;
    });
  }

  /** How many are known. */
  get size(): number {
    return this.#known.size;
  }

  /** One caller. */
  of(key: string, now: number): ClientQuota {
    const found = this.#known.get(key);
    this.#known.delete(key);
    const entry = found ?? { caller: new ClientQuota(this.#assumed, now), seen: now };
    entry.seen = now;
    this.#known.set(key, entry);
    if (!found) this.#watch();
    return entry.caller;
  }

  /** All that are known. */
  all(): [key: string, caller: ClientQuota][] {
    return Array.from(this.#known, ([key, { caller }]) => [key, caller]);
  }

  /** One caller, if it is known. */
  peek(key: string): ClientQuota | undefined {
    return this.#known.get(key)?.caller;
  }

  /** Forgets a caller. */
  delete(key: string): void {
    this.#known.delete(key);
  }

  #watch(): void {
    const [oldest] = this.#known.size > most ? this.#known.keys() : [];
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#sweep.watch();
  }

  #forget(now: number): void {
    for (const [key, { caller, seen }] of this.#known) {
      if (seen + remembered > now) return;
      const counts = Math.max(0, ...caller.windows) * 1100;
      if (seen + counts < now && caller.closedUntil < now) this.#known.delete(key);
    }
  }
}
