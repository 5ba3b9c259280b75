import { performance as node } from "node:perf_hooks";

/** Milliseconds between two looks at how busy the process is, while somebody waits. */
const LOOK = 1;
/** The part of that time for which a process that has nothing to do has worked at most. */
const IDLE = 0.05;
/** Milliseconds after which the next one begins, however busy the process is. */
const LONGEST = 20;

/** Gives a function that tells for which part of the time since its last call, or since now, the event loop has worked. */
function eventLoop(): () => number {
  let before = node.eventLoopUtilization();
  return () => {
    const now = node.eventLoopUtilization();
    const { utilization } = node.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}

/**
 * Lets operations begin, in the order in which their parties come: at once in an idle process, and in a busy one as others
 * end. As many are answered per second, or more: few are half done at a time, so their memory is young when it is let go
 * of, and in the processor's caches while it is used. Those of one party go in together: they may share their calls.
 */
export class Entrance {
  readonly #waiting = new Map<unknown, (() => void)[]>();
  /** How many operations of each party have begun and not ended. */
  readonly #inside = new Map<unknown, number>();
  readonly #watch: () => () => number;
  #lastBegan = 0;
  #looking = false;

  /** @param watch begins to watch the process, and gives what tells for which part of the time it has worked since */
  constructor(watch: () => () => number = eventLoop) {
    this.#watch = watch;
  }

  /** Runs an operation as soon as it may begin. A party is known by its identity. */
  async run<T>(party: unknown, operation: () => Promise<T>): Promise<T> {
    const inside = this.#inside;
    if (!inside.has(party) && inside.size + this.#waiting.size > 0) await this.#turn(party);
    inside.set(party, (inside.get(party) ?? 0) + 1);
    this.#lastBegan = performance.now();
    try {
      return await operation();
    } finally {
      const left = (inside.get(party) ?? 0) - 1;
      if (left > 0) inside.set(party, left);
      else inside.delete(party);
      // After the answer is on its way.
      setImmediate(() => inside.size === 0 && this.#begin(1));
    }
  }

  #turn(party: unknown): Promise<void> {
    if (!this.#looking) this.#lookAgain(this.#watch(), 1);
    const waiting = this.#waiting.get(party) ?? [];
    this.#waiting.set(party, waiting);
    return new Promise((resolve) => {
      waiting.push(resolve);
    });
  }

  /** Lets in those of so many parties. */
  #begin(many: number): void {
    for (const [party, waiting] of [...this.#waiting].slice(0, many)) {
      this.#waiting.delete(party);
      for (const begin of waiting) begin();
    }
  }

  /** Those of `many` parties begin at the next look, if there is nothing to do; twice as many at the one after. */
  #lookAgain(worked: () => number, many: number): void {
    this.#looking = true;
    setTimeout(() => {
      const idle = worked() < IDLE;
      if (idle) this.#begin(many);
      else if (performance.now() - this.#lastBegan > LONGEST) this.#begin(1);
      this.#looking = this.#waiting.size > 0;
      if (this.#looking) this.#lookAgain(worked, idle ? 2 * many : 1);
    }, LOOK);
  }
}
