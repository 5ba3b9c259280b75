import type { PerPage } from "../cloudflare/endpoint.ts";
import { DEFAULT_PAGE, type Paging } from "../graph/connection.ts";
import { fewestPages } from "../loaders/plan.ts";

/** Parameters of lists that leave no record out. */
const orders = new Set(["direction", "order"]);

/** Whether filters may leave records of a list out. */
export function isFiltered(filters: object): boolean {
  return Object.entries(filters).some(([name, value]) => value !== undefined && !orders.has(name));
}

/** Pages that the records `[from, to)` of a list take. */
export function pagesOf(from: number, to: number, sizes: PerPage): number {
  const { first, last } = fewestPages(from, to, sizes);
  return last - first + 1;
}

/** Pages for so many records wherever they stand: none is asked for where there are none. */
export function pagesAnywhere(rows: number, { max }: PerPage): number {
  return rows === 0 ? 0 : Math.ceil(rows / max) + 1;
}

/** Paging with so many rows at most. */
export function capped(paging: Paging, most: number): Paging {
  const { first, last } = paging;
  if (last != null) return { ...paging, last: Math.min(last, most) };
  return { ...paging, first: Math.min(first ?? DEFAULT_PAGE, most) };
}
