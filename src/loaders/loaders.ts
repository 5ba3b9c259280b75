import type { ApiResponse, Call, WriteOrigin } from "../cloudflare/client.ts";
import {
  type Body,
  type Endpoint,
  isRead,
  type ListEndpoint,
  type Params,
  type ParentParams,
  parentNames,
  type Result,
} from "../cloudflare/endpoint.ts";
import { UnreadableRecord } from "../cloudflare/error.ts";
import { BatchQueue } from "./batch-queue.ts";
import { List } from "./list.ts";
import { type Batch, RecordReader, type RememberedPage } from "./one.ts";
import type { ApiRecord } from "./page.ts";
import { type Range, readRange } from "./range.ts";
import { RecordCache } from "./record-cache.ts";
import type { Window } from "./window.ts";

export type { Batch, RememberedPage } from "./one.ts";
export type { ApiRecord } from "./page.ts";
export { type Anchor, cut, type Range, rangeOf } from "./range.ts";
export { type Window, windowOf } from "./window.ts";

type RecordOf<L extends ListEndpoint> = Result<L>[number];
type Readable<L extends ListEndpoint> = Exclude<RecordOf<L>, UnreadableRecord>;

/** A resource whose records can be read alone (`get`) or in a list that carries the same fields. */
export interface Resource {
  readonly list: ListEndpoint<ApiRecord>;
  readonly get: Endpoint;
  /** Whoever may not read the list may read no record alone either. */
  readonly sameRights?: boolean;
}

/** Calls for one request of one caller: each read is made once, however often it is requested, in any order. */
export interface Loaders {
  /** Every record of a list, none of which may be unreadable: as many calls as it has pages of the largest size, the first alone if its length is unknown. */
  list<L extends ListEndpoint<ApiRecord>>(list: L, params: Params<L>): Promise<Readable<L>[]>;
  /** The records `[offset, offset + limit)` of a list: one call whenever a page of some size covers them. */
  window<L extends ListEndpoint<ApiRecord>>(
    list: L,
    params: Params<L>,
    offset: number,
    limit: number,
  ): Promise<Window<RecordOf<L>>>;
  /** The first or last records of a list between two cursors: what the window costs, and one call more if the list changed. */
  range<L extends ListEndpoint<ApiRecord>>(list: L, params: Params<L>, range: Range): Promise<Window<RecordOf<L>>>;
  /** One record by ID, alone or from its list, whichever is cheaper; rejects with `not_found` where there is none. */
  one<N extends Resource>(resource: N, parent: ParentParams<N["list"]>, id: string): Promise<Result<N["get"]>>;
  /**
   * Calls an endpoint, once; a write as a part of a mutation. After a write all earlier reads are forgotten, also when it fails:
   * it may have been done.
   */
  send<E extends Endpoint>(
    endpoint: E,
    params: Params<E>,
    body?: Body<E>,
    mutation?: WriteOrigin,
  ): Promise<ApiResponse<Result<E>>>;
  /** Stores a record that a write has returned, so that it is not read again. */
  prime<N extends Resource>(resource: N, parent: ParentParams<N["list"]>, record: Result<N["get"]>): void;
  /** Something worked out of what was read, once under each name, until a write forgets what was read. */
  derived<T>(name: string, make: () => Promise<T>): Promise<T>;
  /** Forgets everything that was read: the next read asks Cloudflare. */
  forget(): void;
  /** Holds back single records until the returned function is called: more of them are about to be requested. */
  hold(): () => void;
}

/** The pages of a list that other operations have read, as far as this one may use them. */
export type Remembered = (list: ListEndpoint<ApiRecord>, params: object) => Promise<readonly RememberedPage[]>;

/**
 * Loaders on one caller's client; `onBatch` is told why records are read as they are, and single records are looked for in what is
 * `remembered`. Make new ones for every request: nothing here expires, and only a write forgets.
 */
export function createLoaders(call: Call, onBatch?: (batch: Batch) => void, remembered?: Remembered): Loaders {
  const lists = new Map<string, List<ApiRecord>>();
  const caches = new Map<string, RecordCache<ApiRecord>>();
  const readers = new Map<string, RecordReader<ApiRecord>>();
  const queue = new BatchQueue();
  const derived = new Map<string, Promise<unknown>>();
  const forget = () => {
    for (const memory of [lists, caches, readers, derived]) memory.clear();
  };

  function listOf(list: ListEndpoint<ApiRecord>, params: Record<string, unknown>): List<ApiRecord> {
    return remember(lists, keyOf(list, params), () => {
      let parent = list.route as string;
      for (const name of parentNames(list)) parent += `\n${params[name]}`;
      const cache = remember(caches, parent, () => new RecordCache());
      return new List(call, list, params, cache);
    });
  }

  return {
    list: async (list, params) => {
      const { records } = await listOf(list, params as Record<string, unknown>).window(0, Number.POSITIVE_INFINITY);
      const unreadable = records.find((record) => record instanceof UnreadableRecord);
      if (unreadable) throw unreadable;
      return records as never;
    },
    window: (list, params, offset, limit) =>
      listOf(list, params as Record<string, unknown>).window(offset, limit) as Promise<Window<never>>,
    range: (list, params, range) =>
      readRange(listOf(list, params as Record<string, unknown>), range) as Promise<Window<never>>,
    one: (resource, parent, id) => {
      const params = parent as Record<string, unknown>;
      const recall = remembered && (() => remembered(resource.list, params));
      const make = () =>
        new RecordReader(call, resource, params, listOf(resource.list, params), queue, onBatch, recall);
      return remember(readers, keyOf(resource.get, params), make).load(id) as Promise<never>;
    },
    send: async (endpoint, params, body, mutation) => {
      try {
        return await call(endpoint, params, body, mutation && { mutation });
      } finally {
        if (!isRead(endpoint.route)) forget();
      }
    },
    prime: (resource, parent, record) => {
      const { id } = record as ApiRecord;
      if (id) listOf(resource.list, parent as Record<string, unknown>).cache.byId.set(id, record as ApiRecord);
    },
    derived: (name, make) => remember(derived, name, make) as Promise<never>,
    forget,
    hold: () => queue.hold(),
  };
}

/** Route and parameters as one text. Parameters are given in the same order wherever a list is asked for. */
function keyOf({ route }: Endpoint, params: Record<string, unknown>): string {
  let key = route;
  for (const name in params) if (params[name] !== undefined) key += `\n${name}=${JSON.stringify(params[name])}`;
  return key;
}

function remember<V>(known: Map<string, V>, key: string, make: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}
