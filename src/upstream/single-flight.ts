import type { CallDeadline, CallOptions } from "../cloudflare/client.ts";
import type { Trace } from "../cloudflare/wire.ts";
import type { CancelReason, Deadline, DeadlineListener } from "./deadline.ts";

/** One of those who wait for the same. */
class Waiter implements DeadlineListener {
  readonly deadline: Deadline;
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: unknown) => void;
  readonly #call: InFlightCall;
  readonly #left: (why: CancelReason) => unknown;

  constructor(
    flight: InFlightCall,
    deadline: Deadline,
    left: (why: CancelReason) => unknown,
    resolve: (answer: never) => void,
    reject: (reason: unknown) => void,
  ) {
    this.deadline = deadline;
    this.resolve = resolve;
    this.reject = reject;
    this.#call = flight;
    this.#left = left;
  }

  cancel(why: CancelReason): void {
    const reason = this.#left(why);
    this.#call.remove(this, reason);
    this.reject(reason);
  }
}

/** Something under way. It ends with its last waiter. */
class InFlightCall implements CallOptions {
  readonly trace?: Trace;
  readonly #giveUp = new AbortController();
  readonly #waiters = new Set<Waiter>();
  readonly #first: number;
  readonly #onSettled: () => void;

  constructor(until: number, landed: () => void) {
    this.#first = until;
    this.#onSettled = landed;
  }

  get signal(): AbortSignal {
    return this.#giveUp.signal;
  }

  get until(): number {
    // The first waiter has not joined yet.
    if (this.#waiters.size === 0) return this.#first;
    return Math.max(...Array.from(this.#waiters, ({ deadline }) => deadline.until));
  }

  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
    waiter.deadline.add(waiter);
  }

  remove(waiter: Waiter, reason: unknown): void {
    this.#waiters.delete(waiter);
    if (this.#waiters.size > 0) return;
    this.#onSettled();
    this.#giveUp.abort(reason);
  }

  /** Settles every waiter. */
  settle(each: (waiter: Waiter) => void): void {
    this.#onSettled();
    for (const waiter of this.#waiters) {
      waiter.deadline.delete(waiter);
      each(waiter);
    }
  }
}

/**
 * Runs work that several ask for at the same moment once. It is given up when its last waiter leaves, and nothing is kept
 * once it has ended.
 */
export class SingleFlight {
  readonly #calls = new Map<string, InFlightCall>();

  /**
   * Waits for what is under way under this key, or starts it. `deadline` ends the waiting of this caller alone, who then
   * gets what `left` says; what is started waits as long as the last of its waiters.
   */
  run<T>(
    key: string,
    deadline: Deadline,
    start: (waiting: CallOptions & CallDeadline) => Promise<T>,
    left: (why: CancelReason) => unknown,
  ): Promise<T> {
    const { passed } = deadline;
    if (passed) return Promise.reject(left(passed));
    const flight = this.#calls.get(key) ?? this.#start(key, deadline.until, start);
    return new Promise((resolve, reject) => {
      flight.add(new Waiter(flight, deadline, left, resolve as (answer: never) => void, reject));
    });
  }

  /** What was given to the one under way under this key, if there is one. */
  inFlight(key: string): CallOptions | undefined {
    return this.#calls.get(key);
  }

  #start<T>(key: string, until: number, start: (waiting: CallOptions & CallDeadline) => Promise<T>): InFlightCall {
    const flight = new InFlightCall(until, () => {
      if (this.#calls.get(key) === flight) this.#calls.delete(key);
    });
    const answer = start(flight);
    this.#calls.set(key, flight);
    answer.then(
      (value) => flight.settle(({ resolve }) => resolve(value as never)),
      (reason) => flight.settle(({ reject }) => reject(reason)),
    );
    return flight;
  }
}
