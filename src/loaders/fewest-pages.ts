import type { PerPage } from "../cloudflare/endpoint.ts";

/** Pages `first` to `last` (from 1) of `size` records each. */
export interface PageRange {
  size: number;
  first: number;
  last: number;
}

type Sizes = Pick<PerPage, "min" | "max">;

/** The smallest page that holds all of `[from, to)`, if any size has one. */
export function onePage(from: number, to: number, { min, max }: Sizes): PageRange | undefined {
  for (let size = Math.max(min, to - from); size <= max; size++) {
    const page = Math.floor(from / size);
    if ((page + 1) * size >= to) return { size, first: page + 1, last: page + 1 };
  }
  return undefined;
}

/**
 * The fewest pages that hold `[from, to)`: one where {@link onePage} finds it, else those of the largest size that needs
 * no more of them than any other. `to` may be `Infinity`: all pages, of the largest size.
 */
export function fewestPages(from: number, to: number, sizes: Sizes): PageRange {
  const one = onePage(from, to, sizes);
  if (one) return one;
  let best = pagesOf(sizes.max, from, to);
  if (to === Number.POSITIVE_INFINITY) return best;
  for (let size = sizes.max - 1; size >= sizes.min; size--) {
    const plan = pagesOf(size, from, to);
    if (plan.last - plan.first < best.last - best.first) best = plan;
  }
  return best;
}

/**
 * The pages to ask for to see `[offset, end)` of a list, of which the length may be known. Where one page does, it is one
 * that shows the records next to them as well, if any does: they tell whether the list has changed.
 *
 * @param isRead whether a page was read already
 */
export function pagesOfWindow(
  offset: number,
  end: number,
  known: number | null,
  sizes: Sizes,
  isRead: (plan: PageRange) => boolean,
): PageRange {
  // One record more than asked for tells in the same call whether another follows.
  const withNext = known === null ? onePage(offset, end + 1, sizes) : undefined;
  const to = withNext ? end + 1 : Math.min(end, known ?? end);
  const plan = withNext ?? fewestPages(offset, to, sizes);
  // How many of several pages are read depends on what the first of them shows.
  if (plan.last > plan.first || isRead(plan)) return plan;
  const front = Math.max(0, offset - 1);
  const beyond = known === null ? to : Math.min(end + 1, known);
  return onePage(front, beyond, sizes) ?? onePage(front, to, sizes) ?? onePage(offset, beyond, sizes) ?? plan;
}

/** The page that shows most of `[from, to)`, all that it shows being next to one end; none of no records. */
export function partOf(from: number, to: number, nearest: "start" | "end", sizes: Sizes): PageRange | undefined {
  for (let records = Math.min(sizes.max, to - from); records > 0; records--) {
    const plan = nearest === "start" ? onePage(from, from + records, sizes) : onePage(to - records, to, sizes);
    if (plan) return plan;
  }
  return undefined;
}

function pagesOf(size: number, from: number, to: number): PageRange {
  return { size, first: Math.floor(from / size) + 1, last: Math.ceil(to / size) };
}
