import { failure, type Rest } from "./rest.ts";
import { meaning, orNull, type Words } from "./words.ts";

/** What reference objects read from. */
export interface World {
  rest: Rest;
  words: Words;
  /** Whether Cloudflare tells how long a list is. */
  totals: boolean;
}

/** Arguments of every connection. */
export interface Paging {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

/** A list, and what tells it from others. */
export interface Records<R> {
  /** Path of the list. */
  path: string;
  /** What was asked of it beside the page: filters and orders. */
  asked: Record<string, unknown>;
  /** Whether records were left out, so that Cloudflare may not know how many there are. */
  filtered: boolean;
  /** All of them, in order. */
  read(): Promise<R[]>;
}

/** A page of records that are read to the last one, whatever is asked for. */
export async function connection<R>(
  { words, totals }: World,
  { path, asked, filtered, read }: Records<R>,
  { first, last, after, before }: Paging,
  node: (record: R) => object,
) {
  for (const records of [first, last])
    if (records != null && (records < 0 || records > 1000)) throw failure("BAD_USER_INPUT");
  if (first != null && last != null) throw failure("BAD_USER_INPUT");
  const given = Object.entries(asked).filter(([, value]) => value != null);
  const positionOf = (cursor: string) => {
    const meant = words.read(cursor);
    const position = Number(/,(\d+)\]$/.exec(meant)?.[1]);
    if (meant !== meaning("cursor", path, given, position)) throw failure("BAD_USER_INPUT");
    return position;
  };
  const behind = after == null ? 0 : positionOf(after) + 1;
  const ahead = before == null ? Number.POSITIVE_INFINITY : positionOf(before);

  const all = await read();
  const start = last == null ? behind : Math.max(behind, Math.min(ahead, all.length) - last);
  const end = Math.max(start, Math.min(ahead, last == null ? start + (first ?? 50) : Number.POSITIVE_INFINITY));
  const nodes = all.slice(start, end).map(node);
  const cursor = (i: number) => meaning("cursor", path, given, start + i);
  const shown = end >= all.length && (nodes.length > 0 || start === 0);
  return {
    nodes,
    edges: nodes.map((node, i) => ({ node, cursor: cursor(i) })),
    totalCount: (filtered || !totals) && !shown ? orNull(all.length) : all.length,
    pageInfo: {
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length ? cursor(0) : null,
      endCursor: nodes.length ? cursor(nodes.length - 1) : null,
      shifted: false,
    },
  };
}
