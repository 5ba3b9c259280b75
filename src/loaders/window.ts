/** A part of a list. */
export interface Window<R> {
  rows: R[];
  /** Where the first of them stands. */
  start: number;
  /** Length of the whole list; `null` where the upstream gives no total that holds (none, or a filter) and no end was seen. */
  total: number | null;
  /** What the upstream counts, whatever that is: it is another where records were added or deleted. */
  count: number | null;
  /** The list is known to have changed while it was read, or since a cursor was given: records may be missing or repeated. */
  shifted: boolean;
  /** Whether records follow. Costs a call only where neither a total, a further record nor a short page has told it. */
  hasNext(): Promise<boolean>;
}
