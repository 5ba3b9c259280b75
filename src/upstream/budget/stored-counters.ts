import type { OwnCounters } from "./sliding-window.ts";

/** Counters of one Durable Object, which are stored as a whole. There are a few dozen, and no timers. */
export class StoredCounters implements OwnCounters {
  readonly #counters = new Map<string, { units: number; until: number }>();

  /** All that count, as they are stored. */
  entries(): [name: string, units: number, until: number][] {
    const now = Date.now();
    for (const [name, { until }] of this.#counters) if (until <= now) this.#counters.delete(name);
    return Array.from(this.#counters, ([name, { units, until }]) => [name, units, until]);
  }

  /** Goes on from what was stored. */
  restore(entries: readonly [name: string, units: number, until: number][]): void {
    for (const [name, units, until] of entries) this.#counters.set(name, { units, until });
  }

  async add(name: string, units: number, seconds: number): Promise<number> {
    const now = Date.now();
    const known = this.#counters.get(name);
    const counter = known && known.until > now ? known : { units: 0, until: now + seconds * 1000 };
    counter.units += units;
    this.#counters.set(name, counter);
    return counter.units;
  }

  async read(names: string[]): Promise<number[]> {
    const now = Date.now();
    return names.map((name) => {
      const counter = this.#counters.get(name);
      return counter && counter.until > now ? counter.units : 0;
    });
  }

  forget(names: string[]): void {
    for (const name of names) this.#counters.delete(name);
  }
}
