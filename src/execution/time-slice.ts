/** Milliseconds of long work in one event-loop tick; the rest is deferred to later ticks. */
const BUDGET = 5;

/** Tells long work when to let others have their turn, and gives it the next one. */
export interface Slice {
  readonly over: boolean;
  turn(): Promise<void>;
}

/** Never over, for runtimes where one request may not wait for what is done in another one's, and whose clock stands still meanwhile. */
export const endlessSlice: Slice = { over: false, turn: async () => {} };

/**
 * Cooperative scheduling for one process. Long work asks {@link over} as it goes, and leaves the rest to {@link later} once
 * its time is used up. All work of the process has one budget for each turn of the event loop, however many operations
 * there are; what is left for later runs in the order in which it came.
 */
export class TimeSlice implements Slice {
  readonly #now: () => number;
  readonly #waiting = new Set<() => void>();
  /** Goes on where it stands; a new iterator would step over all that was deleted before, each time. */
  #order = this.#waiting.values();
  /** When the work of this turn began; `undefined` where none has begun yet. */
  #began: number | undefined;
  #scheduled = false;

  /** @param now milliseconds on a monotonic clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether the time of this turn is used up. */
  get over(): boolean {
    if (this.#began === undefined) {
      this.#began = this.#now();
      // Whatever else runs before the event loop comes to its immediates belongs to the same turn.
      this.#schedule();
      return false;
    }
    return this.#now() - this.#began >= BUDGET;
  }

  /** Runs something when its time has come: in a later turn, behind all that wait. It must not throw. */
  later(run: () => void): void {
    this.#waiting.add(run);
    this.#schedule();
  }

  /** Resolves in a turn that has time left, behind all that wait. What follows counts in that turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.later(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#began = this.#waiting.size > 0 ? this.#now() : undefined;
      this.#serve();
    });
  }

  #serve(): void {
    let { value: next, done } = this.#order.next();
    if (done) {
      // One that has come to its end does not see what is added later.
      this.#order = this.#waiting.values();
      next = this.#order.next().value;
    }
    if (next === undefined) {
      // The turn ends with its immediates: what comes after an idle while has a slice of its own.
      if (this.#began !== undefined) this.#schedule();
      return;
    }
    this.#waiting.delete(next);
    next();
    // What a promise has set off by then belongs to the time of its turn: microtasks first, then the next one.
    queueMicrotask(() =>
      process.nextTick(() => {
        if (this.over) this.#schedule();
        else this.#serve();
      }),
    );
  }
}
