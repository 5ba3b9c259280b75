import type { ReadKey } from "./read-cache.ts";

/**
 * The lists of one operation that are read by pages. A later page is taken from memory only if it was sent after the first
 * page that the operation has of the same list: together they are one walk through it.
 */
export class ListPages {
  /** By list and size of its pages: the order in which the first page was sent; `Infinity` while it is on its way. */
  readonly #first = new Map<string, number>();

  /** The first page that a later one belongs to was sent in this order. */
  firstOf({ list, size }: ReadKey): number {
    return this.#first.get(`${list} ${size}`) ?? Number.NEGATIVE_INFINITY;
  }

  /** A page is at hand that was sent in this order, or is on its way. */
  note({ list, size, page }: ReadKey, order: number = Number.POSITIVE_INFINITY): void {
    if (page === 1 && size > 0) this.#first.set(`${list} ${size}`, order);
  }
}
