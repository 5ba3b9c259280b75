import { Place, Queue } from "./queue.ts";

/** A call that waits for its turn. */
export class Waiter extends Place {
  readonly operation: object;
  /** Starts it. */
  readonly start: () => void;

  constructor(operation: object, start: () => void) {
    super();
    this.operation = operation;
    this.start = start;
  }
}

/** The waiting calls of one operation. */
class Line extends Place {
  readonly waiters = new Queue<Waiter>();
}

/** Operations that take turns; within each, first come is first served. One that waits for nothing leaves no trace. */
export class Lines {
  readonly #lines = new Map<object, Line>();
  readonly #turns = new Queue<Line>();

  /** Whether nobody waits. */
  get empty(): boolean {
    return this.#lines.size === 0;
  }

  /** Goes to the end of its operation's line. A new line comes after all that are there. */
  add(waiter: Waiter): void {
    let line = this.#lines.get(waiter.operation);
    if (!line) {
      line = new Line();
      this.#lines.set(waiter.operation, line);
      this.#turns.add(line);
    }
    line.waiters.add(waiter);
  }

  /** Takes out whose turn it is, and puts their operation behind all others. */
  next(): Waiter | undefined {
    const line = this.#turns.first;
    const waiter = line?.waiters.first;
    if (!line || !waiter) return undefined;
    this.#turns.add(line);
    this.remove(waiter);
    return waiter;
  }

  /** Takes out one who waits, from wherever they are. */
  remove(waiter: Waiter): void {
    waiter.leave();
    const line = this.#lines.get(waiter.operation);
    if (!line || line.waiters.first) return;
    line.leave();
    this.#lines.delete(waiter.operation);
  }
}
