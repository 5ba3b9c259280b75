import { LinkedList, ListNode } from "../fair-queue/linked-list.ts";
import type { Credentials } from "./credentials.ts";

/** Milliseconds after which one more call goes while none of an unknown credential is answered. */
const NEXT_AFTER = 2_000;

/** A call that waits for what an earlier one of its credential shows. */
class WaitingCall extends ListNode {
  readonly go: () => void;

  constructor(go: () => void) {
    super();
    this.go = go;
  }
}

/** The calls of one unknown credential. */
class Probe {
  readonly waiting = new LinkedList<WaitingCall>();
  sending = 0;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Lets the calls of a credential that is not known to work go one at a time: the first goes alone, and all others go once it has
 * shown that the credential works. So a credential that is none costs one call, whatever was asked with it. A call that is not
 * answered for two seconds delays no other call for longer: one more is sent then, and so on.
 */
export class Probes {
  readonly #credentials: Credentials;
  readonly #nextAfter: number;
  readonly #probes = new Map<string, Probe>();

  constructor(credentials: Credentials, nextAfter: number = NEXT_AFTER) {
    this.#credentials = credentials;
    this.#nextAfter = nextAfter;
  }

  /** How many unknown credentials have calls under way. */
  get size(): number {
    return this.#probes.size;
  }

  /**
   * Sends a call, at once if its credential is known. Waiting calls are released when the credential is known, when it is refused
   * (so `send` has to look at that), or when no other call is being sent. Rejects with the signal's reason if that aborts meanwhile.
   */
  run<T>(key: string, signal: AbortSignal, send: () => Promise<T>): Promise<T> {
    return this.#credentials.isKnown(key) ? send() : this.#probe(key, signal, send);
  }

  async #probe<T>(key: string, signal: AbortSignal, send: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const probe = this.#probes.get(key) ?? new Probe();
    this.#probes.set(key, probe);
    if (probe.sending === 0) probe.sending++;
    else await this.#wait(probe, signal);
    try {
      return await send();
    } finally {
      probe.sending--;
      this.#next(key, probe);
    }
  }

  #wait(probe: Probe, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.leave();
        if (!probe.waiting.first) this.#rest(probe);
        reject(signal.reason);
      };
      const waiting = new WaitingCall(() => {
        signal.removeEventListener("abort", leave);
        waiting.leave();
        probe.sending++;
        resolve();
      });
      signal.addEventListener("abort", leave, { once: true });
      probe.waiting.add(waiting);
      this.#watch(probe);
    });
  }

  #next(key: string, probe: Probe): void {
    if (this.#credentials.isKnown(key) || this.#credentials.refusedUntil(key)) {
      for (let next = probe.waiting.first; next; next = probe.waiting.first) next.go();
    } else if (probe.sending === 0) probe.waiting.first?.go();
    // The next one has the whole time to be answered.
    this.#rest(probe);
    if (probe.waiting.first) this.#watch(probe);
    if (probe.sending === 0 && this.#probes.get(key) === probe) this.#probes.delete(key);
  }

  #watch(probe: Probe): void {
    probe.timer ??= setTimeout(() => {
      probe.timer = undefined;
      probe.waiting.first?.go();
      if (probe.waiting.first) this.#watch(probe);
    }, this.#nextAfter);
  }

  #rest(probe: Probe): void {
    clearTimeout(probe.timer);
    probe.timer = undefined;
  }
}
