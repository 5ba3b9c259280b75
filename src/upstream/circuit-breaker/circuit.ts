/** When a circuit opens and how long it stays open. */
export interface CircuitOptions {
  /** The last calls that are looked at. */
  last: number;
  /** Calls below which nothing is judged. */
  least: number;
  /** The part of them, in `(0, 1)`, beyond whose failure the circuit opens. */
  share: number;
  /** Milliseconds for which nothing is sent, before one call may probe. */
  pause: number;
}

/** Milliseconds after which another probe goes, whether or not the last one has ended. */
const LONGEST_PROBE = 60_000;

/** Four failures of five, seen in twenty calls or more, open a circuit for five seconds. */
export const circuitDefaults: CircuitOptions = { last: 50, least: 20, share: 0.8, pause: 5_000 };

/**
 * One circuit: closed while calls may go, open while they may not, but for one probe after each pause. Own code in place of
 * `cockatiel`: one of its circuits takes 1.8 kB, which is much for each credential, none can be opened from outside, and
 * callers wait there for the probe of another.
 */
export class Circuit {
  readonly #options: CircuitOptions;
  #failed: boolean[] = [];
  #failures = 0;
  #next = 0;
  /** When a probe may go; `undefined` while the circuit is closed. */
  #until: number | undefined;
  /** When a probe was sent that is under way; `undefined` where none is. */
  #probedAt: number | undefined;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  /** Whether calls are stopped. */
  get isOpen(): boolean {
    return this.#until !== undefined;
  }

  /** Whether it was opened, or a probe has failed, within so many milliseconds. */
  openedWithin(milliseconds: number): boolean {
    return this.#until !== undefined && Date.now() < this.#until - this.#options.pause + milliseconds;
  }

  /** Whether a call must not be sent now. */
  get stops(): boolean {
    // One whose end is never told, because its request was ended by the runtime, is not waited for.
    const probing = this.#probedAt !== undefined && Date.now() < this.#probedAt + LONGEST_PROBE;
    return this.#until !== undefined && (probing || Date.now() < this.#until);
  }

  /** A call is sent as a probe. */
  probe(): void {
    this.#probedAt = Date.now();
  }

  /** The probe has ended: with an answer the circuit closes, else it stays open for another pause. */
  probed(answered: boolean): void {
    this.#probedAt = undefined;
    if (answered) this.close();
    else this.open();
  }

  /** Notes how a call ended while the circuit was closed. Returns whether that has opened it. */
  note(failed: boolean): boolean {
    const { last, least, share } = this.#options;
    if (this.isOpen) return false;
    if (this.#failed[this.#next]) this.#failures--;
    this.#failed[this.#next] = failed;
    this.#next = (this.#next + 1) % last;
    if (failed) this.#failures++;
    if (!failed || this.#failed.length < least || this.#failures <= share * this.#failed.length) return false;
    this.open();
    return true;
  }

  /** Stops calls for a pause, whatever was noted. */
  open(): void {
    this.#until = Date.now() + this.#options.pause;
  }

  /** Lets calls go, and forgets what was noted. */
  close(): void {
    this.#until = undefined;
    this.#failed = [];
    this.#failures = 0;
    this.#next = 0;
  }
}
