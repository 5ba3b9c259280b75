import type { Sending, Waiting } from "../cloudflare/client.ts";
import type { Trace } from "../cloudflare/transport.ts";
import type { Impatient, Left, Patience } from "./deadline.ts";

/** One of those who wait for the same. */
class Waiter implements Impatient {
  readonly patience: Patience;
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: unknown) => void;
  readonly #flight: Flight;
  readonly #left: (why: Left) => unknown;

  constructor(
    flight: Flight,
    patience: Patience,
    left: (why: Left) => unknown,
    resolve: (answer: never) => void,
    reject: (reason: unknown) => void,
  ) {
    this.patience = patience;
    this.resolve = resolve;
    this.reject = reject;
    this.#flight = flight;
    this.#left = left;
  }

  leave(why: Left): void {
    const reason = this.#left(why);
    this.#flight.leaves(this, reason);
    this.reject(reason);
  }
}

/** Something under way. It ends with its last waiter. */
class Flight implements Sending {
  readonly trace?: Trace;
  readonly #giveUp = new AbortController();
  readonly #waiters = new Set<Waiter>();
  readonly #first: number;
  readonly #landed: () => void;

  constructor(until: number, landed: () => void) {
    this.#first = until;
    this.#landed = landed;
  }

  get signal(): AbortSignal {
    return this.#giveUp.signal;
  }

  get until(): number {
    // Whoever starts it has not joined yet.
    if (this.#waiters.size === 0) return this.#first;
    return Math.max(...Array.from(this.#waiters, ({ patience }) => patience.until));
  }

  joins(waiter: Waiter): void {
    this.#waiters.add(waiter);
    waiter.patience.add(waiter);
  }

  leaves(waiter: Waiter, reason: unknown): void {
    this.#waiters.delete(waiter);
    if (this.#waiters.size > 0) return;
    this.#landed();
    this.#giveUp.abort(reason);
  }

  /** Tells everybody. */
  lands(tell: (waiter: Waiter) => void): void {
    this.#landed();
    for (const waiter of this.#waiters) {
      waiter.patience.delete(waiter);
      tell(waiter);
    }
  }
}

/**
 * What is asked by several at the same moment and done once. A flight ends with its last waiter: whoever leaves lets go
 * of it, and nothing is kept once it has landed.
 */
export class Flights {
  readonly #flights = new Map<string, Flight>();

  /**
   * Waits for what is under way under this key, or starts it. `patience` ends the waiting of this caller alone, who then
   * gets what `left` says; what is started waits as long as the last of its waiters.
   */
  join<T>(
    key: string,
    patience: Patience,
    start: (waiting: Sending & Waiting) => Promise<T>,
    left: (why: Left) => unknown,
  ): Promise<T> {
    const { over } = patience;
    if (over) return Promise.reject(left(over));
    const flight = this.#flights.get(key) ?? this.#start(key, patience.until, start);
    return new Promise((resolve, reject) => {
      flight.joins(new Waiter(flight, patience, left, resolve as (answer: never) => void, reject));
    });
  }

  /** What was given to the one under way under this key, if there is one. */
  underWay(key: string): Sending | undefined {
    return this.#flights.get(key);
  }

  #start<T>(key: string, until: number, start: (waiting: Sending & Waiting) => Promise<T>): Flight {
    const flight = new Flight(until, () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    const answer = start(flight);
    this.#flights.set(key, flight);
    answer.then(
      (value) => flight.lands(({ resolve }) => resolve(value as never)),
      (reason) => flight.lands(({ reject }) => reject(reason)),
    );
    return flight;
  }
}
