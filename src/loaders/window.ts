/** A part of a list. */
export interface Window<R> {
  rows: R[];
  /** Position of the first of them. */
  start: number;
  /** Length of the whole list; `null` where the upstream gives no total that holds (none, or a filter) and no end was seen. */
  total: number | null;
  /** The upstream's count: it changes when records are added or deleted. */
  count: number | null;
  /** The list is known to have changed while it was read, or since a cursor was given: records may be missing or repeated. */
  shifted: boolean;
  /** Whether records follow. Costs a call only where neither a total, a further record nor a short page has told it. */
  hasNext(): Promise<boolean>;
}
