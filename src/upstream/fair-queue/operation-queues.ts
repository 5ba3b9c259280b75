import { Place, Queue } from "./linked-list.ts";

/** A call that waits for its turn, in the line of each operation that waits for it. */
export class Waiter {
  /** Starts it. */
  readonly start: () => void;
  /** Ends its waiting without starting it. */
  readonly fail: (reason: unknown) => void;
  readonly places: InLine[] = [];

  constructor(start: () => void, fail: (reason: unknown) => void) {
    this.start = start;
    this.fail = fail;
  }
}

class InLine extends Place {
  readonly line: Line;
  readonly waiter: Waiter;

  constructor(line: Line, waiter: Waiter) {
    super();
    this.line = line;
    this.waiter = waiter;
  }
}

/** The waiting calls of one operation. */
class Line extends Place {
  readonly operation: object | string;
  readonly places = new Queue<InLine>();

  constructor(operation: object | string) {
    super();
    this.operation = operation;
  }
}

/** Operations that take turns; within each, first come is first served. One that waits for nothing leaves no trace. */
export class Lines {
  readonly #lines = new Map<object | string, Line>();
  readonly #turns = new Queue<Line>();

  /** Whether nobody waits. */
  get empty(): boolean {
    return this.#lines.size === 0;
  }

  /** Puts a call at the end of an operation's line, beside the places it has. A new line comes after all that are there. */
  add(operation: object | string, waiter: Waiter): void {
    let line = this.#lines.get(operation);
    if (!line) {
      line = new Line(operation);
      this.#lines.set(operation, line);
      this.#turns.add(line);
    }
    const place = new InLine(line, waiter);
    line.places.add(place);
    waiter.places.push(place);
  }

  /** Takes out whose turn it is, and puts their operation behind all others. */
  next(): Waiter | undefined {
    const line = this.#turns.first;
    const waiter = line?.places.first?.waiter;
    if (!line || !waiter) return undefined;
    this.#turns.add(line);
    this.remove(waiter);
    return waiter;
  }

  /** Takes out one who waits, from wherever they are. */
  remove(waiter: Waiter): void {
    for (const place of waiter.places) {
      place.leave();
      if (place.line.places.first) continue;
      place.line.leave();
      this.#lines.delete(place.line.operation);
    }
  }
}
