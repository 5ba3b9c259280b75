import type { PerPage } from "../cloudflare/endpoint.ts";
import { DEFAULT_PAGE, type Paging, resolvePageRange } from "../graph/connection.ts";
import { fewestPages, onePage } from "../loaders/fewest-pages.ts";

/** Parameters of lists that leave no record out. */
const orders = new Set(["direction", "order"]);

/** Whether filters may leave records of a list out. */
export function isFiltered(filters: object): boolean {
  return Object.entries(filters).some(([name, value]) => value !== undefined && !orders.has(name));
}

/** Pages that the records `[from, to)` of a list take. */
function pagesOf(from: number, to: number, sizes: PerPage): number {
  const { first, last } = fewestPages(from, to, sizes);
  return last - first + 1;
}

/** Pages for so many records wherever they stand: none is asked for where there are none. */
function pagesAnywhere(records: number, { max }: PerPage): number {
  return records === 0 ? 0 : Math.ceil(records / max) + 1;
}

/** What a page of a list costs at most, in calls. */
interface PageCost {
  /** Records that it has at most. */
  records: number;
  /** Names the page among those of its list. */
  window: string;
  calls: number;
  /** Whether a call more may be needed to tell if records follow. */
  mayEnd: boolean;
}

/** Filters and order that Cloudflare knows, and filters that we keep. */
interface Filters {
  sent: object;
  kept: object;
}

/** Cost of the page that arguments ask of a list with these page sizes. `most` caps `first` and `last`. */
export function pageCost(sizes: PerPage | undefined, { sent, kept }: Filters, args: Paging, most: number): PageCost {
  const { start, end, last } = resolvePageRange(undefined, capped(args, most));
  const records = last ?? Math.max(0, end - start);
  // The records of a cursor are looked for where the list has changed since: each cursor's with one call more.
  const cursors = [args.after, args.before].filter((cursor) => cursor != null).join();
  const looks = sizes && cursors !== "" && records > 0 ? 1 : 0;
  const window = `${last === undefined ? `${start}-${end}` : `${start} last ${last}`} ${looks ? cursors : ""}`;
  if (!sizes) return { records, window, calls: 1, mayEnd: false };
  // What a filter of ours finds is anywhere in the list, of which nothing bounds the length.
  if (isFiltered(kept)) return { records, window: "all", calls: Number.POSITIVE_INFINITY, mayEnd: false };
  if (last !== undefined) {
    const calls = isFiltered(sent) ? Infinity : pagesOf(0, last || 1, sizes) + pagesAnywhere(last, sizes);
    return { records, window, calls: calls + looks, mayEnd: false };
  }
  const oneMore = onePage(start, start + records + 1, sizes);
  const calls = oneMore ? 1 : pagesOf(start, start + records, sizes);
  return { records, window, calls: calls + looks, mayEnd: !oneMore || looks > 0 };
}

/** Paging with so many records at most. */
export function capped(paging: Paging, most: number): Paging {
  const { first, last } = paging;
  if (last != null) return { ...paging, last: Math.min(last, most) };
  return { ...paging, first: Math.min(first ?? DEFAULT_PAGE, most) };
}
