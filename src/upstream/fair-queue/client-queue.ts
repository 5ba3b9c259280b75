import type { LaneEntry } from "./lanes.ts";
import { ListNode } from "./linked-list.ts";
import { OperationQueues, type QueuedCall } from "./operation-queues.ts";

/** A client with calls in flight or waiting. */
export class ClientQueue extends ListNode implements LaneEntry {
  readonly key: string;
  known: boolean;
  readonly reads = new OperationQueues();
  readonly writes = new OperationQueues();
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
  next(): QueuedCall | undefined {
    this.wrote = this.reads.empty || (!this.wrote && !this.writes.empty);
    return (this.wrote ? this.writes : this.reads).next();
  }
}
