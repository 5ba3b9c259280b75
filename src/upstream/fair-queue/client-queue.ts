import type { InLane } from "./lanes.ts";
import { Place } from "./linked-list.ts";
import { Lines, type Waiter } from "./operation-queues.ts";

/** Somebody with calls under way or waiting. */
export class Caller extends Place implements InLane {
  readonly key: string;
  known: boolean;
  readonly reads = new Lines();
  readonly writes = new Lines();
  running = 0;
  /** The last one that had waited was a write. */
  wrote = false;

  constructor(key: string, known: boolean) {
    super();
    this.key = key;
    this.known = known;
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
