import type { ActiveUsage } from "./limit.ts";

/** Counters by name, which forget themselves. */
export interface Counters {
  /** Adds so many units (takes them away, if negative) to a counter that lives so many seconds from its first unit. Returns its new value. */
  add(name: string, units: number, seconds: number): Promise<number>;
  /** What these counters hold; 0 for one that is not there. Seen at the moment of the call, or later, never earlier. */
  read(names: string[]): Promise<number[]>;
}

/** Counters of this process. */
export interface OwnCounters extends Counters {
  /** Forgets counters before their time. */
  forget(names: string[]): void;
}

/** A window is counted in so many slots. */
const BUCKETS_PER_WINDOW = 20;

/** A slot counts while so many more begin after it: at least 1/20 of the window beyond its length, at most 2/20. */
const BUCKETS_AFTER_WINDOW = BUCKETS_PER_WINDOW + 1;

/**
 * What each caller took, in windows that slide. A slot of a future moment counts, too: the clock of another replica, or
 * ours before it was set back, may be ahead by a slot.
 */
export class WindowBuckets {
  readonly #counters: Counters;

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  /** Adds units (takes them away, if negative) that were taken at that moment. Returns the new value of the bucket. */
  add(caller: string, seconds: number, at: number, units: number): Promise<number> {
    const slot = Math.floor(at / lengthOf(seconds));
    return this.#counters.add(nameOf(caller, seconds, slot), units, seconds + Math.ceil(seconds / 5));
  }

  /**
   * Takes away units that were taken at that moment or later, the oldest first: what is still counted then counts for
   * longer than it would have to, never for less. Returns those that were there; none that are older than the window.
   */
  async takeAway(caller: string, seconds: number, from: number, now: number, units: number): Promise<Part[]> {
    const removed: Part[] = [];
    let wanted = units;
    const remove = async (at: number) => {
      const over = Math.min(wanted, Math.max(0, -(await this.add(caller, seconds, at, -wanted))));
      if (over > 0) await this.add(caller, seconds, at, over);
      if (wanted > over) removed.push({ at, units: wanted - over });
      wanted = over;
    };
    // Most often all of them are there: then it is done at once.
    const since = Math.max(from, now - seconds * 1000);
    if (since === from) await remove(from);
    if (wanted === 0) return removed;
    for (const { at } of await this.parts(caller, seconds, now)) if (at >= since && wanted > 0) await remove(at);
    return removed;
  }

  /** Begins to count in another window, from what counts in the closest of those before. */
  async open(caller: string, seconds: number, before: number[], now: number): Promise<void> {
    const from = Math.min(...before.filter((length) => length >= seconds), Math.max(...before, 0) || seconds);
    if (from === seconds) return;
    for (const { units, at } of await this.parts(caller, from, now)) {
      if (at > now - seconds * 1100) await this.add(caller, seconds, Math.min(now, at), units);
    }
  }

  /** What counts at this moment, oldest first. */
  async activeUsage(caller: string, seconds: number, now: number): Promise<ActiveUsage[]> {
    return activeUsageOf(await this.#counters.read(bucketNames(caller, seconds, now)), seconds, now);
  }

  /** The same as units and the last moments at which they may have been taken. */
  async parts(caller: string, seconds: number, now: number): Promise<Part[]> {
    const active = await this.activeUsage(caller, seconds, now);
    return active.map(({ units, until }) => ({ units, at: lastMoment(until, seconds) }));
  }
}

/** Units that were taken at a moment. */
export interface Part {
  at: number;
  units: number;
}

/** The counters of all slots that count at this moment, oldest first. */
export function bucketNames(caller: string, seconds: number, now: number): string[] {
  const oldest = Math.floor(now / lengthOf(seconds)) - BUCKETS_AFTER_WINDOW;
  return Array.from({ length: BUCKETS_AFTER_WINDOW + 2 }, (_, index) => nameOf(caller, seconds, oldest + index));
}

/** What counts, from the contents of {@link bucketNames}. */
export function activeUsageOf(contents: number[], seconds: number, now: number): ActiveUsage[] {
  const length = lengthOf(seconds);
  const oldest = Math.floor(now / length) - BUCKETS_AFTER_WINDOW;
  const active: ActiveUsage[] = [];
  for (const [index, units] of contents.entries()) {
    if (units > 0) active.push({ units, until: (oldest + index + BUCKETS_AFTER_WINDOW + 1) * length });
  }
  return active;
}

/** The last moment of the slot that counts until then. */
function lastMoment(until: number, seconds: number): number {
  return until - BUCKETS_AFTER_WINDOW * lengthOf(seconds) - 1;
}

/** Whether something that was taken then is decided too late: half of what it counts longer than its window is over. */
export function isLate(seconds: number, at: number, now: number): boolean {
  return now - at > lengthOf(seconds) / 2;
}

function lengthOf(seconds: number): number {
  return (seconds * 1000) / BUCKETS_PER_WINDOW;
}

function nameOf(caller: string, seconds: number, slot: number): string {
  return `${caller}:${seconds}:${slot}`;
}
