/** Milliseconds of one part of the minute. */
const PART = 10_000;
const PARTS = 6;

/** The least number of the last minute, in steps of ten seconds. */
export class LeastOfMinute {
  readonly #now: () => number;
  readonly #least: number[] = new Array(PARTS).fill(Number.POSITIVE_INFINITY);
  #last: number;

  /** @param now milliseconds on a monotonic clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#last = Math.floor(now() / PART);
  }

  /** `NaN` where there was none. */
  get value(): number {
    this.#forget();
    const least = Math.min(...this.#least);
    return least === Number.POSITIVE_INFINITY ? Number.NaN : least;
  }

  /** One more number. */
  add(value: number): void {
    this.#forget();
    const at = this.#last % PARTS;
    this.#least[at] = Math.min(this.#least[at] ?? value, value);
  }

  /** Empties the parts that began more than a minute ago. */
  #forget(): void {
    const part = Math.floor(this.#now() / PART);
    const passed = Math.min(PARTS, part - this.#last);
    for (let i = 1; i <= passed; i++) this.#least[(this.#last + i) % PARTS] = Number.POSITIVE_INFINITY;
    this.#last = Math.max(this.#last, part);
  }
}
