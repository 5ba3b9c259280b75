import type { ApiResponse } from "../cloudflare/client.ts";
import { type ListEndpoint, parentNames } from "../cloudflare/endpoint.ts";

/** A record as lists carry it. Only inside policies may the ID be missing. */
export interface ApiRecord {
  id?: string | null | undefined;
}

/** One page as it came: `records[i]` stands at `start + i` of its list. */
export interface Page<R> {
  records: R[];
  start: number;
  /** Records that a full page has; fewer than were asked for if the upstream cut the size, `Infinity` where nothing tells. */
  size: number;
  /** The list ends with this page. */
  last: boolean;
  /** Records are missing here: the page is not full, and the upstream counts more than it showed up to here. */
  short: boolean;
  /** The upstream's count of records: with a filter perhaps more than it finds. */
  count: number | null;
  /** Pages that it counts. */
  pages: number | null;
  /** Length of the whole list, where the upstream's word for it holds. */
  total: number | null;
}

/** Records that no list has; a greater count is no count. */
const MOST = 2 ** 31 - 1;

function plausible(number: number | null | undefined): number | null {
  return number == null || number > MOST ? null : number;
}

/**
 * Positions of the records of page `number` (from 1), by what the upstream says of it and else by what was asked: so many records,
 * or `Infinity` for all.
 */
export function placePage<R>(answer: ApiResponse<R[]>, number: number, asked: number, filtered: boolean): Page<R> {
  const { result: records, info } = answer;
  const [count, pages] = [plausible(info?.total_count), plausible(info?.total_pages)];
  const told = info?.per_page ?? asked;
  const size = told > 0 && records.length <= told ? Math.min(asked, told) : asked;
  // `/accounts` may ignore the page that was asked for; it does say which one it gave.
  const before = (info?.page ?? number) - 1;
  const start = before === 0 ? 0 : before * size;
  const reached = start + records.length;
  const full = records.length >= size;
  const empty = records.length === 0;
  // With a filter `total_count` counts what does not match, too: then it is a bound, and tells the end only.
  const holds = filtered ? count === reached && !empty : count !== null && (count >= reached || empty);
  const total = holds ? count : null;
  const short = !full && !filtered && count !== null && count > reached;
  const lastOfPages = !filtered && total === null && pages !== null && pages * size <= reached;
  const last = !short && (!full || total === reached || lastOfPages);
  return { records, start, size, last, short, count, pages, total };
}

/** The records `[offset, end)` of some pages. A list that changes between two of its pages may show a record twice. */
export function within<R extends ApiRecord>(
  pages: Page<R>[],
  offset: number,
  end: number,
): { records: R[]; repeated: boolean } {
  const [only, ...more] = pages;
  if (only && more.length === 0) {
    const records = only.records.slice(Math.max(0, offset - only.start), Math.max(0, end - only.start));
    return { records, repeated: false };
  }
  const records = new Map<unknown, R>();
  let repeated = false;
  for (const page of pages) {
    page.records.forEach((record, i) => {
      const position = page.start + i;
      if (position < offset || position >= end) return;
      if (records.has(record.id ?? record)) repeated = true;
      else records.set(record.id ?? record, record);
    });
  }
  return { records: [...records.values()], repeated };
}

/** Whether one of several pages shows records, and none that those before it did not. */
export function repeats<R extends ApiRecord>(pages: readonly Page<R>[]): boolean {
  if (pages.length < 2) return false;
  const seen = new Set<unknown>();
  for (const { records } of pages) {
    const before = seen.size;
    for (const record of records) seen.add(record.id ?? record);
    if (records.length > 0 && seen.size === before) return true;
  }
  return false;
}

/** Whether the parameters leave records out; an order does not. */
export function isFiltered(list: ListEndpoint, params: Record<string, unknown>): boolean {
  const parent = parentNames(list);
  for (const name in params) {
    if (params[name] === undefined || name === "direction" || name === "order" || parent.includes(name)) continue;
    return true;
  }
  return false;
}
