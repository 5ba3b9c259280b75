import { LRUCache } from "lru-cache";
import { Sweep } from "../sweep.ts";

/**
 * Values by key that go by themselves: some time after they were set or got last, or when there are too many, the one that was
 * not used for longest first. A timer runs only while there are entries, and keeps no process alive.
 */
export class ExpiringCache<V extends object | number | true> {
  readonly #entries: LRUCache<string, V>;
  readonly #sweep: Sweep;

  /** @param max entries at most @param milliseconds for which an unused entry is kept, up to twice as long */
  constructor(max: number, milliseconds: number) {
    const perf = { now: () => Date.now() };
    this.#entries = new LRUCache({ max, ttl: milliseconds, updateAgeOnGet: true, ttlResolution: 0, perf });
    this.#sweep = new Sweep(milliseconds, () => {
      this.#entries.purgeStale();
      return this.#entries.size > 0;
    });
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value, which is kept for its whole time again. */
  get(key: string): V | undefined {
    return this.#entries.size === 0 ? undefined : this.#entries.get(key);
  }

  /** Keeps a value. */
  set(key: string, value: V): void {
    this.#entries.set(key, value);
    this.#sweep.watch();
  }

  /** Forgets a value. */
  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** All values. */
  values(): IterableIterator<V> {
    return this.#entries.values() as IterableIterator<V>;
  }
}
