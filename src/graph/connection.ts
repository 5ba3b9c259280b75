import { createHash } from "node:crypto";
import type { ListEndpoint, Params, Result } from "../cloudflare/endpoint.ts";
import { UnreadableRow } from "../cloudflare/error.ts";
import type { Loaders, Window } from "../loaders.ts";
import { badInput } from "./error.ts";

/** Arguments of every connection. */
export interface Paging {
  first?: number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** Rows of a connection when neither `first` nor `last` is given. */
export const DEFAULT_PAGE = 50;
/** Rows of a connection at most. */
export const MAX_PAGE = 1000;

/** A page of a list endpoint as a connection. */
export function connect<L extends ListEndpoint<{ id?: string | null | undefined }>, N extends object>(
  loaders: Loaders,
  list: L,
  params: Params<L>,
  paging: Paging,
  node: (row: Exclude<Result<L>[number], UnreadableRow>) => N,
): Promise<Connection<Result<L>[number], N>> {
  const name = () => listName(list, params as object);
  // An error in the place of a node fails that place alone.
  const nodeOrError = (row: Result<L>[number]) => (row instanceof UnreadableRow ? (row as never) : node(row as never));
  return page(name, paging, (offset, limit) => loaders.window(list, params, offset, limit), nodeOrError);
}

/** What tells a list from every other: its cursors belong to it alone. Parameters always come in the same order. */
export function listName({ route }: ListEndpoint, params: object): unknown[] {
  return [route, ...Object.entries(params).filter(([, value]) => value !== undefined)];
}

/** A page of rows that are read as a whole. `name` tells this list from every other, filters included. */
export function connectRows<R, N extends object>(
  read: () => Promise<R[]>,
  name: unknown[],
  paging: Paging,
  node: (row: R) => N,
): Promise<Connection<R, N>> {
  const slice = async (offset: number, limit: number): Promise<Window<R>> => {
    const rows = await read();
    const end = offset + limit;
    return { rows: rows.slice(offset, end), total: rows.length, hasNext: async () => end < rows.length };
  };
  return page(() => name, paging, slice, node);
}

async function page<R, N extends object>(
  list: () => unknown[],
  paging: Paging,
  read: (offset: number, limit: number) => Promise<Window<R>>,
  node: (row: R) => N,
): Promise<Connection<R, N>> {
  let { start, end, last } = place(list, paging);
  if (last !== undefined) {
    end = (await read(0, last || 1)).total ?? (await read(0, end)).rows.length;
    start = Math.max(start, end - last);
  }
  return new Connection(await read(start, Math.max(0, end - start)), start, new Cursor(list), node);
}

/**
 * Where a page stands: the rows `[start, end)` or, where the end has to be found first, the `last` before it. Throws what
 * the caller is told of arguments that are refused. Without a list the cursors of any list are taken.
 */
export function place(
  list: (() => unknown[]) | undefined,
  paging: Paging,
): { start: number; end: number; last?: number } {
  const cursor = new Cursor(list);
  const first = size(paging.first, "first");
  const last = size(paging.last, "last");
  if (first !== undefined && last !== undefined) throw badInput("last", "must not be given together with `first`");
  const start = paging.after == null ? 0 : cursor.parse(paging.after, "after") + 1;
  const end = paging.before == null ? Number.POSITIVE_INFINITY : cursor.parse(paging.before, "before");
  if (last === undefined) return { start, end: Math.min(end, start + (first ?? DEFAULT_PAGE)) };
  return end === Number.POSITIVE_INFINITY ? { start, end, last } : { start: Math.max(start, end - last), end };
}

function size(rows: number | null | undefined, argument: string): number | undefined {
  if (rows == null) return undefined;
  if (rows >= 0 && rows <= MAX_PAGE) return rows;
  throw badInput(argument, `must be 0 to ${MAX_PAGE}, not ${rows}`);
}

/** Positions in one list as opaque strings that no other list accepts: parent, filters and order are hashed into them. */
class Cursor {
  readonly #list: (() => unknown[]) | undefined;
  #name: string | undefined;

  constructor(list: (() => unknown[]) | undefined) {
    this.#list = list;
  }

  get #hash(): string {
    this.#name ??= createHash("sha256").update(JSON.stringify(this.#list?.())).digest("base64url").slice(0, 8);
    return this.#name;
  }

  print(position: number): string {
    return Buffer.from(`${this.#hash}:${position}`).toString("base64url");
  }

  parse(cursor: string, argument: string): number {
    const [hash, position = ""] = Buffer.from(cursor, "base64url").toString().split(":");
    if ((!this.#list || hash === this.#hash) && /^\d{1,9}$/.test(position)) return Number(position);
    throw badInput(argument, "must be a cursor of this list, with the same filters and order");
  }
}

/** What a connection's fields are read from. Edges and cursors are made, and the list's end looked for, when asked for. */
export class Connection<R, N extends object> {
  readonly totalCount: number | null;
  readonly nodes: N[];
  readonly #window: Window<R>;
  readonly #start: number;
  readonly #cursor: Cursor;

  constructor(window: Window<R>, start: number, cursor: Cursor, node: (row: R) => N) {
    this.totalCount = window.total;
    this.nodes = window.rows.map(node);
    this.#window = window;
    this.#start = start;
    this.#cursor = cursor;
  }

  get edges(): Edge<N>[] {
    return this.nodes.map((node, i) => new Edge(node, this.#start + i, this.#cursor));
  }

  get pageInfo() {
    const { length } = this.nodes;
    const cursorAt = (i: number) => (length === 0 ? null : this.#cursor.print(this.#start + i));
    return this.#window.hasNext().then((hasNextPage) => ({
      hasNextPage,
      hasPreviousPage: this.#start > 0,
      startCursor: cursorAt(0),
      endCursor: cursorAt(length - 1),
    }));
  }
}

class Edge<N> {
  readonly node: N;
  readonly #position: number;
  readonly #cursor: Cursor;

  constructor(node: N, position: number, cursor: Cursor) {
    this.node = node;
    this.#position = position;
    this.#cursor = cursor;
  }

  get cursor(): string {
    return this.#cursor.print(this.#position);
  }
}
