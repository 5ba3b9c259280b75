import type { ListEndpoint, Params, Result } from "../cloudflare/endpoint.ts";
import { UnreadableRecord } from "../cloudflare/error.ts";
import {
  type Anchor,
  type ApiRecord,
  cut,
  type Loaders,
  type Range,
  rangeOf,
  type Window,
} from "../loaders/loaders.ts";
import { Cursors } from "./cursor.ts";
import { badInput } from "./error.ts";
import { orderOf, type SortedBy } from "./order.ts";

/** Arguments of every connection. */
export interface Paging {
  first?: number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** Records of a connection when neither `first` nor `last` is given. */
export const DEFAULT_PAGE = 50;
/** Records of a connection at most. */
export const MAX_PAGE = 1000;

type Readable<L extends ListEndpoint> = Exclude<Result<L>[number], UnreadableRecord>;

/**
 * A page of a list endpoint as a connection. A list that is described as sorted says by what: where the page is the whole
 * list and Cloudflare sent it in another order, it is put in order here.
 */
export async function connect<L extends ListEndpoint<ApiRecord>, N extends object>(
  loaders: Loaders,
  list: L,
  params: Params<L>,
  paging: Paging,
  node: (record: Readable<L>) => N,
  sortedBy?: SortedBy<Readable<L>>,
): Promise<Connection<Result<L>[number], N>> {
  const cursors = new Cursors(() => listName(list, params as object));
  const window = await loaders.range(list, params, asked(cursors, paging));
  // An error in the place of a node fails that place alone.
  const nodeOrError = (record: Result<L>[number]) =>
    record instanceof UnreadableRecord ? (record as never) : node(record as never);
  return new Connection(window, cursors, nodeOrError, sortedBy as never);
}

/** Identity of a list: cursors are valid for one list only. Parameters always come in the same order. */
export function listName({ route }: ListEndpoint, params: object): unknown[] {
  return [route, ...Object.entries(params).filter(([, value]) => value !== undefined)];
}

/** A page of records that are read as a whole. `name` tells this list from every other, filters included. */
export async function connectRecords<R extends ApiRecord, N extends object>(
  read: () => Promise<R[]>,
  name: unknown[],
  paging: Paging,
  node: (record: R) => N,
): Promise<Connection<R, N>> {
  const cursors = new Cursors(() => name);
  const range = asked(cursors, paging);
  return new Connection(await rangeOf(await read(), range), cursors, node);
}

/** A filter of ours. */
interface Filter<Item, Wanted> {
  /** What cursors hold of it. */
  kept: object;
  /** Reads what to look for, beside the list. */
  wanted?: () => Promise<Wanted>;
  find: (records: Item[], wanted: Wanted) => Item[] | Promise<Item[]>;
}

/**
 * A page of the records that a filter of ours finds in a list, which is read as a whole: Cloudflare has no such filter. `kept` is what
 * the filter was given. A record that cannot be read may be one of them: it is an error at its place.
 */
export async function connectFound<L extends ListEndpoint<ApiRecord>, N extends object, Wanted>(
  loaders: Loaders,
  list: L,
  params: Params<L>,
  { kept, wanted, find }: Filter<Readable<L>, Wanted>,
  paging: Paging,
  node: (record: Readable<L>) => N,
): Promise<Connection<Result<L>[number], N>> {
  const cursors = new Cursors(() => listName(list, { ...(params as object), ...kept }));
  const range = asked(cursors, paging);
  const sought = wanted?.();
  // An account that is not there fails as a list.
  sought?.catch(() => {});
  const { records, shifted } = await loaders.window(list, params, 0, Number.POSITIVE_INFINITY);
  const isReadable = (record: Result<L>[number]): record is Readable<L> => !(record instanceof UnreadableRecord);
  const found = new Set<unknown>(await find(records.filter(isReadable), (await sought) as Wanted));
  const window = await rangeOf(
    records.filter((record) => found.has(record) || !isReadable(record)),
    range,
  );
  const nodeOrError = (record: Result<L>[number]) => (isReadable(record) ? node(record) : (record as never));
  return new Connection({ ...window, shifted: shifted || window.shifted }, cursors, nodeOrError);
}

/** Whether a text has another in it, whatever the case. */
export function includesText(text: string | null | undefined, part: string): boolean {
  return (text ?? "").toLowerCase().includes(part.toLowerCase());
}

/**
 * Position of a page: the records `[start, end)` or, if the end has to be found first, the `last` before it. Throws the caller's
 * mistake for invalid arguments. Without a list the cursors of any list are accepted.
 */
export function resolvePageRange(
  list: (() => unknown[]) | undefined,
  paging: Paging,
): { start: number; end: number; last?: number } {
  const { after, before, ...sizes } = asked(new Cursors(list), paging);
  const { last } = sizes;
  const start = (after?.position ?? -1) + 1;
  if (last !== undefined && !before) return { start, end: Number.POSITIVE_INFINITY, last };
  return cut(start - 1, before?.position ?? Number.POSITIVE_INFINITY, sizes);
}

/** The range that is asked for; throws what the caller is told of arguments that are refused. */
function asked(cursors: Cursors, paging: Paging): Range {
  const sizes = pageSize(paging);
  const after = paging.after == null ? undefined : cursors.parse(paging.after, "after");
  const before = paging.before == null ? undefined : cursors.parse(paging.before, "before");
  return { after, before, ...sizes };
}

/** How many records are asked for, and from which end; throws what the caller is told of numbers that are refused. */
export function pageSize(paging: Paging): { first: number; last?: undefined } | { last: number } {
  const first = size(paging.first, "first");
  const last = size(paging.last, "last");
  if (first !== undefined && last !== undefined) throw badInput("last", "must not be given together with `first`");
  return last === undefined ? { first: first ?? DEFAULT_PAGE } : { last };
}

function size(records: number | null | undefined, argument: string): number | undefined {
  if (records == null) return undefined;
  if (records >= 0 && records <= MAX_PAGE) return records;
  throw badInput(argument, `must be 0 to ${MAX_PAGE}, not ${records}`);
}

/** Source of a connection's fields. Edges, cursors and the end of the list are computed only when they are selected. */
export class Connection<R extends ApiRecord, N extends object> {
  readonly totalCount: number | null;
  readonly nodes: N[];
  readonly #window: Window<R>;
  readonly #cursors: Cursors;
  /** Index in the window of each node, if the order differs. */
  readonly #order: number[] | undefined;

  constructor(window: Window<R>, cursors: Cursors, node: (record: R) => N, sortedBy?: SortedBy<R>) {
    const { records, total, start } = window;
    this.totalCount = total;
    this.#window = window;
    this.#cursors = cursors;
    this.#order = sortedBy && start === 0 && records.length === total ? orderOf(records, sortedBy) : undefined;
    this.nodes = (this.#order?.map((i) => records[i] as R) ?? records).map(node);
  }

  get edges(): Edge<N>[] {
    return this.nodes.map((node, i) => new Edge(node, () => this.#cursorOf(i)));
  }

  get pageInfo() {
    const { length } = this.nodes;
    const window = this.#window;
    return window.hasNext().then((hasNextPage) => ({
      hasNextPage,
      hasPreviousPage: window.start > 0,
      startCursor: length === 0 ? null : this.#cursorOf(0),
      endCursor: length === 0 ? null : this.#cursorOf(length - 1),
      shifted: window.shifted,
    }));
  }

  /** Cursors refer to Cloudflare's order of the list, even if the nodes are ordered differently. */
  #cursorOf(node: number): string {
    const i = this.#order?.[node] ?? node;
    const { records, start, count } = this.#window;
    const anchor: Anchor = { position: start + i, id: records[i]?.id ?? null, count };
    return this.#cursors.print(anchor);
  }
}

/** Beyond the end of every list, and within what a cursor can hold. */
const UNKNOWN_POSITION = 999_999_999;

/** Something of an account that a list of the account has. */
interface Listed {
  accountId: string;
  record: ApiRecord;
}

/**
 * Edge of something that was created a moment ago, for clients that add it to a list they have shown. Where it stands in the list is
 * not known: a page after or before its cursor says that items may have shifted.
 */
export function edgeOf<N extends Listed>(list: ListEndpoint, node: N): Edge<N> {
  const cursors = new Cursors(() => listName(list, { account_id: node.accountId }));
  const anchor = { position: UNKNOWN_POSITION, id: node.record.id ?? null, count: null };
  return new Edge(node, () => cursors.print(anchor));
}

/** An item of a list with its cursor. */
class Edge<N> {
  readonly node: N;
  readonly #print: () => string;

  constructor(node: N, print: () => string) {
    this.node = node;
    this.#print = print;
  }

  get cursor(): string {
    return this.#print();
  }
}
