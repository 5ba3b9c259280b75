import { Sweep } from "../sweep.ts";
import type { OwnCounters } from "./sliding-window.ts";

interface Counter {
  units: number;
  /** Milliseconds since the epoch. */
  until: number;
}

/** Milliseconds from one look at what is over to the next. */
const SWEEP = 60_000;

/**
 * Counters of this process. They change at the moment of the call. (`rate-limiter-flexible` has such counters, and what
 * imports it loads all of its stores, and `cluster`.)
 */
export function ownCounters(): OwnCounters {
  const counters = new Map<string, Counter>();
  const sweep = new Sweep(SWEEP, () => {
    const now = Date.now();
    for (const [name, { until }] of counters) if (until <= now) counters.delete(name);
    return counters.size > 0;
  });

  /** The counter, if it is not over. */
  function current(name: string): Counter | undefined {
    const counter = counters.get(name);
    return counter && counter.until > Date.now() ? counter : undefined;
  }

  function add(name: string, units: number, seconds: number): number {
    const counter = current(name);
    if (counter) {
      counter.units += units;
      return counter.units;
    }
    counters.set(name, { units, until: Date.now() + seconds * 1000 });
    sweep.watch();
    return units;
  }

  return {
    add: async (name, units, seconds) => add(name, units, seconds),
    read: async (names) => names.map((name) => current(name)?.units ?? 0),
    forget: (names) => {
      for (const name of names) counters.delete(name);
    },
  };
}
