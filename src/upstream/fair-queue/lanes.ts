import { LinkedList, type ListNode } from "./linked-list.ts";

/** One of so many turns is the second lane's, if calls wait in both. */
const SHARE = 8;

/** Which of two lanes is next: the first, but for one turn in eight, so that the second never waits for ever. */
export class Preference {
  /** Turns of the first lane since one of the second, while calls waited there. */
  #inRow = 0;

  /** Whether the next turn is the first lane's. `first` and `second`: whether calls wait there. */
  prefers(first: boolean, second: boolean): boolean {
    return first && !(second && this.#inRow >= SHARE - 1);
  }

  /** A turn was taken in the first lane, or in the second; `waits`: whether calls wait in the second. */
  taken(first: boolean, waits: boolean): void {
    this.#inRow = first && waits ? this.#inRow + 1 : 0;
  }
}

/** Credentials known to Cloudflare wait in the first lane, all others in the second. */
export interface LaneEntry extends ListNode {
  known: boolean;
}

/** Two lanes of a queue. */
export class Lanes<T extends LaneEntry> {
  readonly #known = new LinkedList<T>();
  readonly #unknown = new LinkedList<T>();
  readonly #preference = new Preference();

  /** Whether it is empty. */
  get empty(): boolean {
    return !this.#known.first && !this.#unknown.first;
  }

  /** Goes to the end of its lane. */
  add(item: T): void {
    (item.known ? this.#known : this.#unknown).add(item);
  }

  /** The next in turn, which stays in its lane; of the second lane only if it may be sent. */
  next(unknownMayGo: boolean): T | undefined {
    const [known, unknown] = [this.#known.first, unknownMayGo ? this.#unknown.first : undefined];
    return this.#preference.prefers(known !== undefined, unknown !== undefined) ? known : unknown;
  }

  /** Takes out whose turn it was. */
  take(item: T): void {
    item.leave();
    this.#preference.taken(item.known, this.#unknown.first !== undefined);
  }
}
