import type { CallDeadline } from "../cloudflare/client.ts";

/** Why waiting ends: the deadline has passed, or the client has disconnected. */
export type CancelReason = "timeout" | "aborted";

/** Is called when waiting ends. */
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

  /** Adds a listener. It is called once when waiting ends, unless it was deleted before. */
  add(listener: DeadlineListener): void {
    if (this.#listeners.size === 0) this.#watch();
    this.#listeners.add(listener);
  }

  /** Deletes a listener. */
  delete(listener: DeadlineListener): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#rest();
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
    for (const listener of all) listener.cancel(why);
  }
}
