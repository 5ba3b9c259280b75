import { CloudflareError } from "../cloudflare/error.ts";
import { Preference } from "./fair-queue/lanes.ts";
import { OperationQueues, QueuedCall } from "./fair-queue/operation-queues.ts";

/** Who goes first. */
export type Rank = 0 | 1 | 2;

/** Who writes. */
export interface Writer {
  /** Who it is among all callers of the process. */
  readonly caller: string;
  /** 0 if the credential has worked in the account that it writes to, 1 if it has worked elsewhere, 2 if it is unknown. */
  readonly rank: Rank;
  /** Called when a writer of a higher rank waits for it: its calls must then not wait behind theirs. */
  hurry(): void;
}

/** One turn at a lock. */
export class Lease {
  /** Another writer holds the lock now: this one may not write any more. */
  lost = false;
  readonly writer: Writer;
  /** The lock that the writer holds already, around this one. */
  readonly outer: Lease | undefined;
  #sending = 0;
  #idleSince = Date.now();

  constructor(writer: Writer, outer?: Lease) {
    this.writer = writer;
    this.outer = outer;
  }

  /** Whether this lock, or one around it, is another writer's now. */
  get over(): boolean {
    return this.lost || (this.outer?.over ?? false);
  }

  /** Milliseconds for which nothing of the holder has been on the wire. */
  get idle(): number {
    return this.#sending > 0 ? 0 : Date.now() - this.#idleSince;
  }

  /** A call of the holder leaves. */
  sends(): void {
    this.outer?.sends();
    this.#sending++;
  }

  /** It has ended. */
  ended(): void {
    this.outer?.ended();
    this.#sending--;
    this.#idleSince = Date.now();
  }

  /** Something that the holder does or waits for without a call, and that has an end: the lock is not idle meanwhile. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.sends();
    try {
      return await work();
    } finally {
      this.ended();
    }
  }
}

/** What one thing is locked by, and who waits for it. */
class Lock {
  readonly queues: [OperationQueues, OperationQueues, OperationQueues] = [
    new OperationQueues(),
    new OperationQueues(),
    new OperationQueues(),
  ];
  /** Between the first rank and the others, and between these. */
  readonly #preferences: [Preference, Preference] = [new Preference(), new Preference()];
  lease: Lease;
  timer: NodeJS.Timeout | undefined;

  constructor(lease: Lease) {
    this.lease = lease;
  }

  get contended(): boolean {
    return this.queues.some(({ empty }) => !empty);
  }

  next(): QueuedCall | undefined {
    const [first, second, third] = this.queues;
    const [outer, inner] = this.#preferences;
    const rest = !second.empty || !third.empty;
    const isFirst = outer.prefers(!first.empty, rest);
    outer.taken(isFirst, rest);
    if (isFirst) return first.next();
    const isSecond = inner.prefers(!second.empty, !third.empty);
    inner.taken(isSecond, !third.empty);
    return (isSecond ? second : third).next();
  }

  /** Hurries the holder if a writer of a higher rank waits. */
  hurry(): void {
    const { writer } = this.lease;
    if (this.queues.some(({ empty }, rank) => !empty && rank < writer.rank)) writer.hurry();
  }
}

/**
 * Lets writes to one thing happen one after the other, and writes to different things at the same time, in one process: other
 * processes, and Cloudflare's dashboard, are not held up. Callers take turns, and each one's writes go in order. Those whose
 * credential has worked in the account go first, and then those whose has worked elsewhere, but for one turn in eight. The waiting has an end: then nothing was sent. A holder of whom
 * nothing is on the wire, because its own calls wait elsewhere, loses its turn to those who wait after a quarter of that time.
 */
export class WriteLocks {
  readonly #locks = new Map<string, Lock>();
  readonly #longest: number;

  /** @param longest milliseconds that a write waits for its turn */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** How many things are locked. */
  get size(): number {
    return this.#locks.size;
  }

  /**
   * Runs `write` when it is its turn among the writes to a thing, whether those before it ended well or badly. `outer` is the lock
   * that it holds already: it then waits for this one with the other held.
   */
  async run<T>(thing: string, writer: Writer, write: (lease: Lease) => Promise<T>, outer?: Lease): Promise<T> {
    const lease = new Lease(writer, outer);
    const lock = this.#locks.get(thing);
    if (lock) await this.#wait(thing, lock, lease);
    else this.#locks.set(thing, new Lock(lease));
    try {
      return await write(lease);
    } finally {
      if (!lease.lost) this.#next(thing);
    }
  }

  #wait(thing: string, lock: Lock, lease: Lease): Promise<void> {
    const { writer } = lease;
    const lines = lock.queues[writer.rank];
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        lock.lease = lease;
        lock.hurry();
        resolve();
      };
      const waiter = new QueuedCall(start, reject);
      const timer = setTimeout(() => {
        lines.remove(waiter);
        if (!lock.contended) this.#rest(lock);
        waiter.fail(late(this.#longest));
      }, this.#longest);
      lines.add(writer.caller, waiter);
      lock.hurry();
      this.#watch(thing, lock);
    });
  }

  #next(thing: string): void {
    const lock = this.#locks.get(thing);
    if (!lock) return;
    this.#rest(lock);
    const next = lock.next();
    if (!next) this.#locks.delete(thing);
    else {
      next.start();
      if (lock.contended) this.#watch(thing, lock);
    }
  }

  /** Takes the turn from a holder of whom nothing is on the wire for so long. */
  #watch(thing: string, lock: Lock, longest = this.#longest / 4): void {
    lock.timer ??= setTimeout(() => {
      lock.timer = undefined;
      const left = this.#longest / 4 - lock.lease.idle;
      if (left > 0) return this.#watch(thing, lock, left);
      lock.lease.lost = true;
      this.#next(thing);
    }, longest);
  }

  #rest(lock: Lock): void {
    clearTimeout(lock.timer);
    lock.timer = undefined;
  }
}

function late(longest: number): CloudflareError {
  const message = `The write was not sent: others to the same thing were not done within ${longest} ms.`;
  return new CloudflareError("", message, { kind: "unavailable" });
}
