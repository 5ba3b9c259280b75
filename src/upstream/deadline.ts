import type { CallDeadline } from "../cloudflare/client.ts";

/** Why somebody waits no longer: their time is up, or their client has left. */
export type CancelReason = "timeout" | "aborted";

/** Who is told when the waiting is over. */
export interface DeadlineListener {
  cancel(why: CancelReason): void;
}

/** Milliseconds beyond which a timer of Node's fires at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * How long one operation waits. Its calls, perhaps hundreds at once, have one timer and one listener between them, and
 * none while none is under way.
 */
export class Deadline implements CallDeadline {
  readonly signal: AbortSignal;
  readonly until: number;
  readonly #listeners = new Set<DeadlineListener>();
  readonly #onAbort = () => this.#end("aborted");
  #timer: NodeJS.Timeout | undefined;

  /** @param until when it ends at the latest, in milliseconds since the epoch; may be `Infinity` */
  constructor(signal: AbortSignal, until: number) {
    this.signal = signal;
    this.until = until;
  }

  /** Why it is over; `undefined` while it is not. */
  get passed(): CancelReason | undefined {
    if (this.signal.aborted) return "aborted";
    return this.until <= Date.now() ? "timeout" : undefined;
  }

  /** Somebody waits. They are told once when it is over, unless they have said before that they wait no longer. */
  add(somebody: DeadlineListener): void {
    if (this.#listeners.size === 0) this.#watch();
    this.#listeners.add(somebody);
  }

  /** Somebody waits no longer. */
  delete(somebody: DeadlineListener): void {
    if (this.#listeners.delete(somebody) && this.#listeners.size === 0) this.#rest();
  }

  #watch(): void {
    const remaining = Math.max(0, this.until - Date.now());
    if (remaining <= longestTimer) this.#timer = setTimeout(() => this.#end("timeout"), remaining);
    this.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.signal.removeEventListener("abort", this.#onAbort);
  }

  #end(why: CancelReason): void {
    this.#rest();
    const all = [...this.#listeners];
    this.#listeners.clear();
    for (const somebody of all) somebody.cancel(why);
  }
}
