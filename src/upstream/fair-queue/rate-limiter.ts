/** So many in so many milliseconds. */
export interface Rate {
  /** 1 or more. */
  calls: number;
  /** 1 or more, and not longer than a timer can be: 24 days. */
  milliseconds: number;
}

const longestTimer = 2 ** 31 - 1;

/** When the last calls were started: as many as may be in one interval, the oldest first. */
export class RateLimiter {
  readonly #starts: Float64Array;
  readonly #milliseconds: number;
  #oldest = 0;

  constructor({ calls, milliseconds }: Rate) {
    if (!(calls >= 1 && milliseconds >= 1 && milliseconds <= longestTimer)) {
      throw new RangeError("The rate must be 1 call or more in 1 millisecond to 24 days.");
    }
    this.#starts = new Float64Array(calls).fill(Number.NEGATIVE_INFINITY);
    this.#milliseconds = milliseconds;
  }

  /** The milliseconds until one may start: 0 when no interval that ends now, wherever it begins, would have one too many. */
  pause(now: number): number {
    return Math.max(0, (this.#starts[this.#oldest] as number) + this.#milliseconds - now);
  }

  /** One starts now. */
  start(now: number): void {
    this.#starts[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % this.#starts.length;
  }
}
