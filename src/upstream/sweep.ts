/** Milliseconds by which a timer may be late before it counts as lost. */
const LATE = 60_000;

/**
 * Forgets what is over, from time to time while there is anything. Its timer keeps no process alive. Where a runtime drops timers
 * with the request that has set them, the next use does what the timer has not.
 */
export class Sweep {
  readonly #milliseconds: number;
  readonly #run: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;

  /** @param milliseconds from one look to the next @param run forgets what is over, and says whether anything is left */
  constructor(milliseconds: number, run: () => boolean) {
    this.#milliseconds = milliseconds;
    this.#run = run;
  }

  /** There is something now that may have to be forgotten. */
  watch(): void {
    const now = Date.now();
    if (this.#timer !== undefined) {
      if (now < this.#due + LATE) return;
      this.#run();
      this.end();
    }
    this.#due = now + this.#milliseconds;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#run()) this.watch();
    }, this.#milliseconds).unref();
  }

  /** Lets go of the timer. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
