/** A part of a list. */
export interface Window<R> {
  records: R[];
  /** Position of the first of them. */
  start: number;
  /** Length of the whole list; `null` where the upstream gives no total that holds (none, or a filter) and no end was seen. */
  total: number | null;
  /** The upstream's count: it changes when records are added or deleted. */
  count: number | null;
  /** The list is known to have changed while it was read, or since a cursor was given: records may be missing or repeated. Read it after `hasNext`, which may find out. */
  readonly shifted: boolean;
  /** Whether records follow. Costs a call only where neither a total, a further record nor a short page has told it. */
  hasNext(): Promise<boolean>;
}

/** The records `[offset, offset + limit)` of a whole list that is at hand. */
export function windowOf<R>(all: R[], offset: number, limit: number, count: number | null = all.length): Window<R> {
  return {
    records: all.slice(offset, offset + limit),
    start: offset,
    total: all.length,
    count,
    shifted: false,
    hasNext: async () => offset + limit < all.length,
  };
}
