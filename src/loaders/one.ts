import DataLoader from "dataloader";
import type { Call } from "../cloudflare/client.ts";
import { type Endpoint, placeholders } from "../cloudflare/endpoint.ts";
import { CloudflareError, type Kind, UnreadableRecord } from "../cloudflare/error.ts";
import type { BatchQueue } from "./batch-queue.ts";
import type { List } from "./list.ts";
import type { ApiRecord } from "./page.ts";

/** Why records that were asked for together were read as they were. */
export interface Batch {
  route: string;
  /** Records that were asked for. */
  asked: number;
  /** Those of them that were read one by one; the others were at hand, or came with pages of their list. */
  alone: number;
  why: string;
}

/** A page of a list that was read by another operation, and is young enough for this one. */
export interface RememberedPage {
  records: readonly ApiRecord[];
  /** Notes that the answer uses it. */
  use(): void;
}

/** Failures of a list that say nothing of a single record: no right to the list, a bad record in it, or one that is remembered alone. */
const aloneIsBetter = new Set<Kind>([
  "forbidden",
  "access_denied",
  "rejected",
  "invalid_response",
  "not_found",
  "not_cached",
]);

/**
 * Single records of one resource in one account, read one by one or from their list: the ski-rental problem. The list is read
 * once as many single records as it has pages would have been read. Whatever the order in which keys arrive, the calls are
 * at most twice those of the better of "all one by one" and "the whole list".
 */
export class RecordReader<R extends ApiRecord> {
  readonly #call: Call;
  readonly #get: Endpoint;
  readonly #sameRights: boolean;
  readonly #parent: Record<string, unknown>;
  readonly #list: List<R>;
  readonly #loader: DataLoader<string, R>;
  readonly #onBatch: ((batch: Batch) => void) | undefined;
  readonly #remembered: (() => Promise<readonly RememberedPage[]>) | undefined;
  /** Records that were read alone. */
  #fetchedAlone = 0;
  /** Pages of the list, of the largest size, that were read. */
  #listFetched = 0;
  /** A page is being read: later requests wait for it. */
  #reading: Promise<unknown> | undefined;
  /** The list could not be read (a token may see single records and no list): every record is read alone. */
  #closed = false;
  /** Why the list could not be read, where single records would fare no better. */
  #failed: Error | undefined;

  constructor(
    call: Call,
    { get, sameRights = false }: { get: Endpoint; sameRights?: boolean },
    parent: Record<string, unknown>,
    list: List<R>,
    queue: BatchQueue,
    onBatch?: (batch: Batch) => void,
    remembered?: () => Promise<readonly RememberedPage[]>,
  ) {
    this.#call = call;
    this.#get = get;
    this.#sameRights = sameRights;
    this.#parent = parent;
    this.#list = list;
    this.#onBatch = onBatch;
    this.#remembered = remembered;
    this.#loader = new DataLoader((ids) => this.#batch(ids), { batchScheduleFn: (run) => queue.add(run) });
  }

  /** One record; rejects with `not_found` where there is none. */
  load(id: string): Promise<R> {
    const known = this.#list.cache.byId.get(id);
    if (known instanceof UnreadableRecord) return Promise.reject(known);
    return known ? Promise.resolve(known) : this.#loader.load(id);
  }

  async #batch(ids: readonly string[]): Promise<(R | Error)[]> {
    if (this.#remembered) await this.#recall(ids);
    for (;;) {
      while (this.#reading) await this.#reading;
      const missing = ids.filter((id) => !this.#list.cache.byId.has(id));
      if (missing.length === 0 || this.#failed || this.#list.cache.complete || !this.#prefersList(missing.length))
        break;
      await this.#fetchList();
    }
    const alone = this.#failed || this.#list.cache.complete ? [] : ids.filter((id) => !this.#list.cache.byId.has(id));
    this.#onBatch?.({ route: this.#get.route, asked: ids.length, alone: alone.length, why: this.#why(alone.length) });
    return Promise.all(
      ids.map(
        (id) =>
          this.#list.cache.byId.get(id) ??
          this.#failed ??
          (this.#list.cache.complete ? this.#missing() : this.#fetchOne(id)),
      ),
    );
  }

  /** Takes records from pages of the list that are remembered, if all are there: else one page would be read twice. */
  async #recall(ids: readonly string[]): Promise<void> {
    const { byId } = this.#list.cache;
    const missing = ids.filter((id) => !byId.has(id));
    const pages = missing.length > 0 ? ((await this.#remembered?.()) ?? []) : [];
    const places = new Map(
      pages.flatMap((page) => page.records.map((record) => [record.id, { record, page }] as const)),
    );
    const found = missing.flatMap((id) => places.get(id) ?? []);
    if (found.length < missing.length) return;
    for (const { record, page } of found) {
      page.use();
      byId.set(record.id as string, record as R);
    }
  }

  #why(alone: number): string {
    const pages = this.#list.pageCount;
    if (this.#failed) return `the list failed, and single records would fare no better: ${this.#failed.message}`;
    if (alone === 0)
      return this.#listFetched > 0 ? "their list is cheaper, or costs the same" : "they were read before";
    if (this.#closed) return "the list cannot be read";
    if (alone === 1) return "one record costs one call, as a page of the list would";
    return `the list has ${pages ?? "an unknown number of"} pages, and so few records are cheaper alone`;
  }

  #prefersList(missing: number): boolean {
    const due = this.#fetchedAlone + missing;
    if (this.#closed || due < 2) return false;
    const listCost = this.#list.pageCount;
    // All of it was read, and one of its records may be any.
    if (listCost !== undefined && this.#listFetched >= listCost) return false;
    // The first page has the total. Without one the list is read page by page, as long as single records would cost more.
    if (listCost === undefined) return this.#listFetched < due;
    return due >= listCost || missing >= listCost - this.#listFetched;
  }

  async #fetchList(): Promise<void> {
    const listCost = this.#list.pageCount;
    const next = this.#listFetched + 1;
    const last = Math.max(next, listCost ?? next);
    this.#listFetched = last;
    const numbers = Array.from({ length: last - next + 1 }, (_, i) => next + i);
    this.#reading = Promise.all(numbers.map((number) => this.#list.page(number)))
      .then(async (pages) => {
        // An upstream that cuts the size of its pages has shown less than was paid for.
        if (pages.some(({ size, last, short }) => short || (size < this.#list.largest && !last)))
          await this.#list.window(0, Infinity);
        // A record that a list of changing length does not show may be there all the same: it is asked for alone.
        if (this.#list.changed) this.#closed = true;
        else if (pages.some((page) => page.last) || listCost !== undefined) this.#list.cache.complete = true;
      })
      .catch((error) => {
        // An upstream that limits, hangs or is down is not asked for every record alone.
        const alone = error instanceof CloudflareError && aloneIsBetter.has(error.kind);
        if (alone && !(this.#sameRights && error.kind === "forbidden")) this.#closed = true;
        else this.#failed = error;
      });
    await this.#reading;
    this.#reading = undefined;
  }

  async #fetchOne(id: string): Promise<R | Error> {
    this.#fetchedAlone++;
    const name = placeholders(this.#get.route).at(-1) as string;
    try {
      const { result } = await this.#call(this.#get, { ...this.#parent, [name]: id } as never);
      const record = result as R;
      if (record.id && record.id !== id)
        return this.#failure("invalid_response", "answered another record than it was asked for");
      this.#list.cache.byId.set(id, record);
      return record;
    } catch (error) {
      return error as Error;
    }
  }

  #missing(): Error {
    return this.#failure("not_found", "has no such record: it is not in the account's list");
  }

  #failure(kind: "invalid_response" | "not_found", what: string): Error {
    return new CloudflareError(this.#get.route, `${this.#get.route} ${what}.`, { kind });
  }
}
