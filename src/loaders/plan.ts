import type { PerPage } from "../cloudflare/endpoint.ts";

/** Pages `first` to `last` (from 1) of `size` rows each. */
export interface Plan {
  size: number;
  first: number;
  last: number;
}

type Sizes = Pick<PerPage, "min" | "max">;

/** The smallest page that holds all of `[from, to)`, if any size has one. */
export function onePage(from: number, to: number, { min, max }: Sizes): Plan | undefined {
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
export function fewestPages(from: number, to: number, sizes: Sizes): Plan {
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

function pagesOf(size: number, from: number, to: number): Plan {
  return { size, first: Math.floor(from / size) + 1, last: Math.ceil(to / size) };
}
