import { type Paging, pageSize } from "../connection.ts";
import { compareKeys, type Key, KeyCursors } from "./key-cursor.ts";

/** A page of records that are all at hand, in the order of their keys. */
export interface KeyPage<R> {
  records: R[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
    shifted: boolean;
  };
  cursorOf(record: R): string;
}

/** Where a page begins and ends, checked before anything is read; throws the caller's mistake. */
export interface KeyRange {
  cursors: KeyCursors;
  after: Key | undefined;
  before: Key | undefined;
  size: ReturnType<typeof pageSize>;
}

/** The range that is asked for. `name` tells this list from every other. */
export function keyRange(name: unknown[], paging: Paging): KeyRange {
  const cursors = new KeyCursors(name);
  const size = pageSize(paging);
  const after = paging.after == null ? undefined : cursors.parse(paging.after, "after");
  const before = paging.before == null ? undefined : cursors.parse(paging.before, "before");
  return { cursors, after, before, size };
}

/** The records of a range. */
export function keyPage<R>(sorted: readonly R[], keyOf: (record: R) => Key, range: KeyRange): KeyPage<R> {
  const { cursors, after, before, size } = range;
  const from = after ? firstAt(sorted, (record) => compareKeys(keyOf(record), after) > 0) : 0;
  const to = before
    ? Math.max(
        from,
        firstAt(sorted, (record) => compareKeys(keyOf(record), before) >= 0),
      )
    : sorted.length;
  const start = size.last === undefined ? from : Math.max(from, to - size.last);
  const end = size.last === undefined ? Math.min(to, from + size.first) : to;
  const records = sorted.slice(start, end);
  const cursorOf = (record: R) => cursors.print(keyOf(record));
  const [first, last] = [records[0], records.at(-1)];
  return {
    records,
    cursorOf,
    pageInfo: {
      hasNextPage: end < sorted.length,
      hasPreviousPage: start > 0,
      startCursor: first === undefined ? null : cursorOf(first),
      endCursor: last === undefined ? null : cursorOf(last),
      shifted: false,
    },
  };
}

/** Index of the first record that is beyond something; the length where none is. */
function firstAt<R>(sorted: readonly R[], beyond: (record: R) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beyond(sorted[middle] as R)) high = middle;
    else low = middle + 1;
  }
  return low;
}
