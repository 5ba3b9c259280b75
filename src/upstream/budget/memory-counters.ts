import { Sweep } from "../sweep.ts";
import type { OwnCounters } from "./sliding-window.ts";

/** Milliseconds from one look at what is over to the next. */
const SWEEP = 60_000;

/** One counter, as it may be stored: `until` is in milliseconds since the epoch. */
type Entry = [name: string, units: number, until: number];

/**
 * Counters in memory, which change at the moment of the call. They have no timers: what is over is left out of
 * {@link entries}. (`rate-limiter-flexible` has such counters, and what imports it loads all of its stores, and `cluster`.)
 */
export class MemoryCounters implements OwnCounters {
  readonly #counters = new Map<string, { units: number; until: number }>();
  readonly #onNew: () => void;

  /** @param onNew called when there is one more */
  constructor(onNew: () => void = () => {}) {
    this.#onNew = onNew;
  }

  /** All that count. The others are forgotten. */
  entries(): Entry[] {
    const now = Date.now();
    for (const [name, { until }] of this.#counters) if (until <= now) this.#counters.delete(name);
    return Array.from(this.#counters, ([name, { units, until }]) => [name, units, until]);
  }

  /** Goes on from what was stored. */
  restore(entries: readonly Entry[]): void {
    for (const [name, units, until] of entries) this.#counters.set(name, { units, until });
  }

  async add(name: string, units: number, seconds: number): Promise<number> {
    const counter = this.#current(name);
    if (counter) {
      counter.units += units;
      return counter.units;
    }
    this.#counters.set(name, { units, until: Date.now() + seconds * 1000 });
    this.#onNew();
    return units;
  }

  async read(names: string[]): Promise<number[]> {
    return names.map((name) => this.#current(name)?.units ?? 0);
  }

  forget(names: string[]): void {
    for (const name of names) this.#counters.delete(name);
  }

  /** The counter, if it is not over. */
  #current(name: string): { units: number; until: number } | undefined {
    const counter = this.#counters.get(name);
    return counter && counter.until > Date.now() ? counter : undefined;
  }
}

/** Counters of this process, which forgets from time to time those that are over. */
export function ownCounters(): OwnCounters {
  const counters = new MemoryCounters(() => sweep.watch());
  const sweep = new Sweep(SWEEP, () => counters.entries().length > 0);
  return counters;
}
