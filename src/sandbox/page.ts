import type { PerPage } from "../cloudflare/endpoint.ts";
import { ApiError } from "./answer.ts";

/** The page that a list call asks for. */
export interface Page {
  page: number;
  per_page: number;
  /** Whether the total counts the matches; otherwise it counts the whole list, without the filter. */
  counts?: "found";
  /** Records that went from the front of the list since the reader began, or came there if negative; `told` by the total. */
  moved?: { records: number; told: boolean };
}

/** Position of a page. `count` is the records on it; only user groups and their members tell `total_pages` [D]. */
export interface ResultInfo {
  page: number;
  per_page: number;
  count: number;
  total_count: number;
  total_pages?: number;
}

/**
 * Reads `page` and `per_page`. How these endpoints refuse a size out of range was never seen: the form is that of an
 * older endpoint (6008 over 11000), assumed here.
 */
export function pageOf(query: Record<string, string>, perPage: PerPage | undefined): Page {
  if (!perPage) return { page: 1, per_page: Number.POSITIVE_INFINITY };
  const { min, max } = perPage;
  const page = Number(query.page ?? 1);
  const per_page = Number(query.per_page ?? perPage.default);
  if (!Number.isInteger(page) || page < 1) throw invalidParameter("page variable must be a number of at least 1");
  if (!Number.isInteger(per_page) || per_page < min || per_page > max) {
    throw invalidParameter(`per_page variable must be a number between ${min} and ${max}`);
  }
  return { page, per_page };
}

/** A query parameter that Cloudflare does not take. */
export function invalidParameter(message: string): ApiError {
  return new ApiError(400, 6008, "Invalid request parameters", { chain: { code: 11000, message } });
}

/**
 * One page of the records found. `total` counts the list without its filters, which is how Cloudflare documents
 * `total_count`; a page past the end is empty.
 */
export function paginate<Item>({ page, per_page, counts, moved }: Page, found: Item[], total: number) {
  const start = Math.max(0, (page - 1) * per_page + (moved?.records ?? 0));
  const result = found.slice(start, start + per_page);
  const total_count = (counts ? found.length : total) - (moved?.told ? moved.records : 0);
  return { result, result_info: { page, per_page, count: result.length, total_count } };
}

/** {@link paginate} with `total_pages`, which follows from `total_count` (assumed: with filters, too many). */
export function paginateWithPages<Item>(page: Page, found: Item[], total: number) {
  const { result, result_info } = paginate(page, found, total);
  return { result, result_info: { ...result_info, total_pages: Math.ceil(result_info.total_count / page.per_page) } };
}

/** Compares records by one text of theirs, without regard to case (assumed), ascending unless told. */
export function byText<Item>(textOf: (record: Item) => string | null | undefined, direction: "asc" | "desc" = "asc") {
  const sign = direction === "asc" ? 1 : -1;
  return (one: Item, other: Item): number => {
    const a = (textOf(one) ?? "").toLowerCase();
    const b = (textOf(other) ?? "").toLowerCase();
    return a < b ? -sign : a > b ? sign : 0;
  };
}

/** Whether a text contains another, without regard to case (assumed). Everything contains nothing. */
export function contains(text: string, part: string | undefined): boolean {
  return part === undefined || text.toLowerCase().includes(part.toLowerCase());
}
