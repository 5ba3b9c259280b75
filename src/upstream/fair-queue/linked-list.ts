/** A node of a linked list, in at most one at a time. Queue entries extend it, so that removal needs no search. */
export class ListNode {
  /** The previous and the next node; the node itself in an empty list. */
  before: ListNode = this;
  after: ListNode = this;

  /** Whether it is in a queue. */
  get queued(): boolean {
    return this.after !== this;
  }

  /** Goes out of the queue, from wherever it is in it. */
  leave(): void {
    this.before.after = this.after;
    this.after.before = this.before;
    this.before = this;
    this.after = this;
  }
}

/** Who waits, in the order of coming. Everything takes the same short time, however many they are. */
export class LinkedList<T extends ListNode> {
  readonly #end = new ListNode();

  /** Whose turn is next. */
  get first(): T | undefined {
    return this.#end.after === this.#end ? undefined : (this.#end.after as T);
  }

  /** Goes to the end, also from a place further ahead. */
  add(item: T): void {
    item.leave();
    item.before = this.#end.before;
    item.after = this.#end;
    this.#end.before.after = item;
    this.#end.before = item;
  }
}
