import { ClientQueue } from "./fair-queue/client-queue.ts";
import { Lanes } from "./fair-queue/lanes.ts";
import { QueuedCall } from "./fair-queue/operation-queues.ts";
import { type Rate, RateLimiter } from "./fair-queue/rate-limiter.ts";

export type { Rate } from "./fair-queue/rate-limiter.ts";

/** Options of the fair queue; every field has a default. */
export interface FairQueueOptions {
  /** Calls of one caller on the wire at once, 1 or more; `Infinity` for no limit. @default 128 */
  concurrency?: number;
  /**
   * Calls of all callers that may start in any interval of that length; `false` for no limit. Cloudflare's limit is
   * 200 a second for each IP address. @default { calls: 200, milliseconds: 1000 }
   */
  rate?: Rate | false;
  /** Milliseconds on a monotonic clock. @default performance.now */
  now?: () => number;
  /** Runs something after so many milliseconds; what it returns calls that off. @default setTimeout */
  after?: (milliseconds: number, run: () => void) => () => void;
}

/** The part of the rate that callers whose credential is not known to work may use: the rest is there whenever others come. */
const UNKNOWN_SHARE = 1 / 4;

/**
 * Who may call next, where not everybody can at once. Callers take turns, and so do the operations of one caller; the
 * calls of one operation go in the order in which they came. Between two turns of one that waits, each other has one at
 * most: a short operation behind a long one gets the next slot that falls free, or the one after. Where the rate is short, callers
 * whose credential is known to work go first, but for one start in eight, and the others have a quarter of it at most.
 *
 * Own code, because no well-kept library has turns on two levels: p-queue and cockatiel's bulkhead keep one line for
 * everybody, and one line for each operation would have no limit in common.
 */
export class FairQueue {
  readonly #concurrency: number;
  /** Tasks that run where nothing limits them. */
  #unbounded = 0;
  readonly #pace: RateLimiter | undefined;
  readonly #unknownPace: RateLimiter | undefined;
  readonly #now: () => number;
  readonly #after: (milliseconds: number, run: () => void) => () => void;
  readonly #callers = new Map<string, ClientQueue>();
  /** Calls that wait, by what they may be joined by. */
  readonly #joinable = new Map<object, (operation: object) => void>();
  /** Callers who wait, though they have a free slot: for the rate. */
  readonly #ready = new Lanes<ClientQueue>();
  #callOff: (() => void) | undefined;
  /** When the timer goes off. */
  #due = Number.POSITIVE_INFINITY;

  constructor(options: FairQueueOptions = {}) {
    const { concurrency = 128, rate = { calls: 200, milliseconds: 1000 } } = options;
    const { now = () => performance.now(), after = timer } = options;
    if (!(concurrency >= 1)) throw new RangeError("The concurrency must be 1 or more.");
    this.#concurrency = concurrency;
    this.#pace = rate ? new RateLimiter(rate) : undefined;
    this.#unknownPace = rate ? new RateLimiter({ ...rate, calls: Math.ceil(rate.calls * UNKNOWN_SHARE) }) : undefined;
    this.#now = now;
    this.#after = after;
  }

  /** Calls on the wire, and calls that wait; where nothing is limited, none is counted. */
  get status(): { running: number; waiting: number } {
    let running = this.#unbounded;
    for (const caller of this.#callers.values()) running += caller.running;
    return { running, waiting: this.#joinable.size };
  }

  /**
   * Runs a task when it is its turn: before this returns, if nothing limits it. `caller` is opaque and never a credential;
   * an operation is known by its identity. If `signal` aborts while the task waits, this rejects with the signal's reason
   * and the task never runs; once it runs, it is its own business. `first` is for writes, which cannot be given up and
   * which go by what was read just before: they go before the caller's reads, but one in two turns at most. `call` is
   * what `join` knows it by while it waits. `known`: whether the caller's credential is known to work.
   */
  run<T>(
    caller: string,
    operation: object,
    signal: AbortSignal | undefined,
    task: () => Promise<T>,
    first = false,
    call?: object,
    known = true,
  ): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#pace === undefined && this.#concurrency === Number.POSITIVE_INFINITY) return this.#runUnbounded(task);
    const who = this.#callers.get(caller) ?? this.#welcome(caller, known);
    if (known) this.#promote(who);
    if (who.running < this.#concurrency && this.#ready.empty) {
      const now = this.#now();
      if (this.#pause(who, now) === 0) {
        this.#count(who, now);
        return this.#start(who, task);
      }
    }
    return new Promise((resolve, reject) => {
      const lines = first ? who.writes : who.reads;
      const gone = () => {
        lines.remove(waiter);
        if (call) this.#joinable.delete(call);
        signal?.removeEventListener("abort", leave);
      };
      const leave = () => {
        gone();
        this.#place(who);
        reject(signal?.reason);
      };
      const start = () => {
        // A listener that ran before may have caused this call.
        if (signal?.aborted) return leave();
        gone();
        resolve(this.#start(who, task));
      };
      const waiter = new QueuedCall(start, (reason) => {
        gone();
        reject(reason);
      });
      if (call) this.#joinable.set(call, (joins) => lines.add(joins, waiter));
      signal?.addEventListener("abort", leave, { once: true });
      lines.add(operation, waiter);
      this.#serve(who);
    });
  }

  /**
   * One more operation waits for a call: it starts when it is the turn of either, so that a short operation does not wait
   * for the line of a long one that has asked for the same before. Nothing happens if the call does not wait.
   */
  join(call: object, operation: object): void {
    this.#joinable.get(call)?.(operation);
  }

  /** A caller goes in the first lane from now on, for as long as they have calls: they are known, or somebody known waits for them. */
  prefer(caller: string): void {
    const who = this.#callers.get(caller);
    if (!who) return;
    this.#promote(who);
    this.#serve(who);
  }

  /** Ends the waiting of all of a caller's calls, none of which would get an answer: each rejects with this reason. */
  reject(caller: string, reason: unknown): void {
    const who = this.#callers.get(caller);
    if (!who) return;
    for (let waiter = who.next(); waiter; waiter = who.next()) waiter.fail(reason);
    this.#place(who);
  }

  #welcome(key: string, known: boolean): ClientQueue {
    const caller = new ClientQueue(key, known);
    this.#callers.set(key, caller);
    return caller;
  }

  #promote(caller: ClientQueue): void {
    if (caller.known) return;
    caller.known = true;
    if (caller.queued) this.#ready.add(caller);
  }

  /** The milliseconds until the rate allows a start to a caller. */
  #pause({ known }: { known: boolean }, now: number): number {
    return Math.max(this.#pace?.pause(now) ?? 0, known ? 0 : (this.#unknownPace?.pause(now) ?? 0));
  }

  /** Counts a start. */
  #count({ known }: ClientQueue, now: number): void {
    this.#pace?.start(now);
    if (!known) this.#unknownPace?.start(now);
  }

  #runUnbounded<T>(task: () => Promise<T>): Promise<T> {
    this.#unbounded++;
    const answer = attempt(task);
    answer.catch(() => {}).then(() => this.#unbounded--);
    return answer;
  }

  #start<T>(caller: ClientQueue, task: () => Promise<T>): Promise<T> {
    caller.running++;
    this.#place(caller);
    const ended = () => {
      caller.running--;
      this.#serve(caller);
    };
    const answer = attempt(task);
    answer.then(ended, ended);
    return answer;
  }

  /** Starts whatever may start, after something has changed for one caller. */
  #serve(changed?: ClientQueue): void {
    if (changed) this.#place(changed);
    while (!this.#ready.empty) {
      const now = this.#now();
      const unknownPause = this.#pause({ known: false }, now);
      const caller = this.#ready.next(unknownPause === 0);
      const pause = caller ? this.#pause(caller, now) : unknownPause;
      if (!caller || pause > 0) {
        this.#wait(now, pause);
        return;
      }
      this.#count(caller, now);
      this.#ready.take(caller);
      caller.next()?.start();
    }
  }

  /** Puts a caller where they belong: behind all who are ready, or nowhere. The timer is for those who are ready. */
  #place(caller: ClientQueue): void {
    const { waits, running } = caller;
    if (!waits || running >= this.#concurrency) caller.leave();
    else if (!caller.queued) this.#ready.add(caller);
    if (!waits && running === 0) this.#callers.delete(caller.key);
    if (this.#ready.empty) this.#rest();
  }

  #rest(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#due = Number.POSITIVE_INFINITY;
  }

  #wait(now: number, pause: number): void {
    const due = now + pause;
    if (due >= this.#due) return;
    this.#rest();
    this.#due = due;
    this.#callOff = this.#after(pause, () => {
      this.#callOff = undefined;
      this.#due = Number.POSITIVE_INFINITY;
      this.#serve();
    });
  }
}

/** A task that throws has failed like any other. */
function attempt<T>(task: () => Promise<T>): Promise<T> {
  try {
    return task();
  } catch (error) {
    return Promise.reject(error);
  }
}

function timer(milliseconds: number, run: () => void): () => void {
  const timeout = setTimeout(run, Math.ceil(milliseconds));
  return () => clearTimeout(timeout);
}
