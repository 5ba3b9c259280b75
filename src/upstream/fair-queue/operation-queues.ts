import { LinkedList, ListNode } from "./linked-list.ts";

/** A call that waits for its turn, in the line of each operation that waits for it. */
export class QueuedCall {
  /** Starts it. */
  readonly start: () => void;
  /** Ends its waiting without starting it. */
  readonly fail: (reason: unknown) => void;
  readonly nodes: QueueEntry[] = [];

  constructor(start: () => void, fail: (reason: unknown) => void) {
    this.start = start;
    this.fail = fail;
  }
}

class QueueEntry extends ListNode {
  readonly queue: OperationQueue;
  readonly call: QueuedCall;

  constructor(line: OperationQueue, waiter: QueuedCall) {
    super();
    this.queue = line;
    this.call = waiter;
  }
}

/** The waiting calls of one operation. */
class OperationQueue extends ListNode {
  readonly operation: object | string;
  readonly entries = new LinkedList<QueueEntry>();

  constructor(operation: object | string) {
    super();
    this.operation = operation;
  }
}

/** Operations that take turns; within each, first come is first served. One that waits for nothing leaves no trace. */
export class OperationQueues {
  readonly #queues = new Map<object | string, OperationQueue>();
  readonly #turns = new LinkedList<OperationQueue>();

  /** Whether it is empty. */
  get empty(): boolean {
    return this.#queues.size === 0;
  }

  /** Puts a call at the end of an operation's line, beside the places it has. A new line comes after all that are there. */
  add(operation: object | string, waiter: QueuedCall): void {
    let line = this.#queues.get(operation);
    if (!line) {
      line = new OperationQueue(operation);
      this.#queues.set(operation, line);
      this.#turns.add(line);
    }
    const place = new QueueEntry(line, waiter);
    line.entries.add(place);
    waiter.nodes.push(place);
  }

  /** Takes out whose turn it is, and puts their operation behind all others. */
  next(): QueuedCall | undefined {
    const line = this.#turns.first;
    const waiter = line?.entries.first?.call;
    if (!line || !waiter) return undefined;
    this.#turns.add(line);
    this.remove(waiter);
    return waiter;
  }

  /** Takes out one who waits, from wherever they are. */
  remove(waiter: QueuedCall): void {
    for (const place of waiter.nodes) {
      place.leave();
      if (place.queue.entries.first) continue;
      place.queue.leave();
      this.#queues.delete(place.queue.operation);
    }
  }
}
