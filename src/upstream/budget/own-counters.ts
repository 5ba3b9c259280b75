import type { OwnCounters } from "./sliding-window.ts";

interface Counter {
  units: number;
  /** Milliseconds since the epoch. */
  until: number;
  timer: NodeJS.Timeout;
}

/** Milliseconds beyond which a timer fires at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Counters of this process. They change at the moment of the call. (`rate-limiter-flexible` has such counters, and what
 * imports it loads all of its stores, and `cluster`.)
 */
export function ownCounters(): OwnCounters {
  const counters = new Map<string, Counter>();

  /** The counter, if it is not over: its timer may be late. */
  function current(name: string): Counter | undefined {
    const counter = counters.get(name);
    return counter && counter.until > Date.now() ? counter : undefined;
  }

  function forget(name: string): void {
    clearTimeout(counters.get(name)?.timer);
    counters.delete(name);
  }

  function add(name: string, units: number, seconds: number): number {
    const counter = current(name);
    if (counter) {
      counter.units += units;
      return counter.units;
    }
    forget(name);
    const milliseconds = Math.min(seconds * 1000, LONGEST);
    const timer = setTimeout(() => counters.delete(name), milliseconds);
    // Not every runtime has timers that keep a process alive.
    timer.unref?.();
    counters.set(name, { units, until: Date.now() + milliseconds, timer });
    return units;
  }

  return {
    add: async (name, units, seconds) => add(name, units, seconds),
    read: async (names) => names.map((name) => current(name)?.units ?? 0),
    forget: (names) => {
      for (const name of names) forget(name);
    },
  };
}
