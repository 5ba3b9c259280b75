import { Lines, Waiter } from "./turns/lines.ts";
import { Pace, type Rate } from "./turns/pace.ts";
import { Place, Queue } from "./turns/queue.ts";

export type { Rate } from "./turns/pace.ts";

/** What may be told; every field has a default. */
export interface TurnsOptions {
  /** Calls of one caller on the wire at once, 1 or more; `Infinity` for no limit. @default 128 */
  concurrency?: number;
  /**
   * Calls of all callers that may start in any interval of that length; `false` for no limit. Cloudflare's limit is
   * 200 a second for each IP address. @default { calls: 200, milliseconds: 1000 }
   */
  rate?: Rate | false;
  /** Milliseconds on a clock that nobody sets. @default performance.now */
  now?: () => number;
  /** Runs something after so many milliseconds; what it returns calls that off. @default setTimeout */
  after?: (milliseconds: number, run: () => void) => () => void;
}

/** Somebody with calls under way or waiting. */
class Caller extends Place {
  readonly key: string;
  readonly reads = new Lines();
  readonly writes = new Lines();
  running = 0;
  /** The last one that had waited was a write. */
  wrote = false;

  constructor(key: string) {
    super();
    this.key = key;
  }

  get waits(): boolean {
    return !this.reads.empty || !this.writes.empty;
  }

  /** Takes out whose turn it is: a write, but not two in succession while a read waits. */
  next(): Waiter | undefined {
    this.wrote = this.reads.empty || (!this.wrote && !this.writes.empty);
    return (this.wrote ? this.writes : this.reads).next();
  }
}

/**
 * Who may call next, where not everybody can at once. Callers take turns, and so do the operations of one caller; the
 * calls of one operation go in the order in which they came. Between two turns of one that waits, each other has one at
 * most: a short operation behind a long one gets the next slot that falls free, or the one after.
 *
 * Own code, because no well-kept library has turns on two levels: p-queue and cockatiel's bulkhead keep one line for
 * everybody, and one line for each operation would have no limit in common.
 */
export class Turns {
  readonly #concurrency: number;
  readonly #pace: Pace | undefined;
  readonly #now: () => number;
  readonly #after: (milliseconds: number, run: () => void) => () => void;
  readonly #callers = new Map<string, Caller>();
  /** Calls that wait, by what they may be joined by. */
  readonly #joinable = new Map<object, (operation: object) => void>();
  /** Callers who wait, though they have a free slot: for the rate. */
  readonly #ready = new Queue<Caller>();
  #callOff: (() => void) | undefined;

  constructor(options: TurnsOptions = {}) {
    const { concurrency = 128, rate = { calls: 200, milliseconds: 1000 } } = options;
    const { now = () => performance.now(), after = timer } = options;
    if (!(concurrency >= 1)) throw new RangeError("The concurrency must be 1 or more.");
    this.#concurrency = concurrency;
    this.#pace = rate ? new Pace(rate) : undefined;
    this.#now = now;
    this.#after = after;
  }

  /**
   * Runs a task when it is its turn: before this returns, if nothing limits it. `caller` is opaque and never a credential;
   * an operation is known by its identity. If `signal` aborts while the task waits, this rejects with the signal's reason
   * and the task never runs; once it runs, it is its own business. `first` is for writes, which nobody can give up and
   * which go by what was read just before: they go before the caller's reads, but one in two turns at most. `call` is
   * what `join` knows it by while it waits.
   */
  run<T>(
    caller: string,
    operation: object,
    signal: AbortSignal | undefined,
    task: () => Promise<T>,
    first = false,
    call?: object,
  ): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#pace === undefined && this.#concurrency === Number.POSITIVE_INFINITY) return attempt(task);
    const known = this.#callers.get(caller) ?? this.#welcome(caller);
    if (known.running < this.#concurrency && !this.#ready.first && this.#pause() === 0) return this.#start(known, task);
    return new Promise((resolve, reject) => {
      const lines = first ? known.writes : known.reads;
      const gone = () => {
        lines.remove(waiter);
        if (call) this.#joinable.delete(call);
        signal?.removeEventListener("abort", leave);
      };
      const leave = () => {
        gone();
        this.#place(known);
        reject(signal?.reason);
      };
      const waiter = new Waiter(() => {
        // Whoever was told of it before us may have made us get here.
        if (signal?.aborted) return leave();
        gone();
        resolve(this.#start(known, task));
      });
      if (call) this.#joinable.set(call, (joins) => lines.add(joins, waiter));
      signal?.addEventListener("abort", leave, { once: true });
      lines.add(operation, waiter);
      this.#serve(known);
    });
  }

  /**
   * One more operation waits for a call: it starts when it is the turn of either, so that a short operation does not wait
   * for the line of a long one that has asked for the same before. Nothing happens if the call does not wait.
   */
  join(call: object, operation: object): void {
    this.#joinable.get(call)?.(operation);
  }

  #welcome(key: string): Caller {
    const caller = new Caller(key);
    this.#callers.set(key, caller);
    return caller;
  }

  /** 0 if the rate allows a start, which is then counted, else the milliseconds until it does. */
  #pause(): number {
    return this.#pace?.start(this.#now()) ?? 0;
  }

  #start<T>(caller: Caller, task: () => Promise<T>): Promise<T> {
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
  #serve(changed: Caller): void {
    this.#place(changed);
    for (let caller = this.#ready.first; caller; caller = this.#ready.first) {
      const pause = this.#pause();
      if (pause > 0) {
        this.#wait(pause);
        return;
      }
      caller.leave();
      caller.next()?.start();
    }
  }

  /** Puts a caller where they belong: behind all who are ready, or nowhere. The timer is for those who are ready. */
  #place(caller: Caller): void {
    const { waits, running } = caller;
    if (!waits || running >= this.#concurrency) caller.leave();
    else if (!caller.queued) this.#ready.add(caller);
    if (!waits && running === 0) this.#callers.delete(caller.key);
    if (this.#ready.first) return;
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #wait(pause: number): void {
    this.#callOff ??= this.#after(pause, () => {
      this.#callOff = undefined;
      const caller = this.#ready.first;
      if (caller) this.#serve(caller);
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
