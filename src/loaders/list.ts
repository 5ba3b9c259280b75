import type { ApiResponse, Call } from "../cloudflare/client.ts";
import type { ListEndpoint, PerPage } from "../cloudflare/endpoint.ts";
import { type PageRange, pagesOfWindow, partOf } from "./fewest-pages.ts";
import { type ApiRecord, isFiltered, type Page, placePage, repeats, within } from "./page.ts";
import { PageWalk } from "./page-walk.ts";
import type { Source } from "./range.ts";
import type { RecordCache } from "./record-cache.ts";
import { type Window, windowOf } from "./window.ts";

type ListParams = Record<string, unknown>;

/** Pages that are asked for at once: an upstream may count more records than there can be. */
const MOST_AT_ONCE = 1000;

/** The reader of one list (endpoint and parameters) for one request: pages are read once, and remembered. */
export class List<R extends ApiRecord> implements Source<R> {
  readonly cache: RecordCache<R>;
  /** The whole list, once it was read to its end. */
  whole: R[] | undefined;
  /** Length of the whole list, once it is known. */
  total: number | null = null;
  /** Two pages of this request counted differently: what neither shows may be there all the same. */
  changed = false;

  readonly #call: Call;
  readonly #endpoint: ListEndpoint<R>;
  readonly #params: ListParams;
  readonly #filtered: boolean;
  readonly #sizes: PerPage | undefined;
  readonly #pages = new Map<string, Promise<Page<R>>>();
  readonly #shown: Page<R>[] = [];
  readonly #windows = new Map<string, Promise<Window<R>>>();
  #walk: PageWalk<R> | undefined;
  /** The upstream's latest count. */
  #count: number | null = null;

  constructor(call: Call, endpoint: ListEndpoint<R>, params: ListParams, cache: RecordCache<R>) {
    this.cache = cache;
    this.#call = call;
    this.#endpoint = endpoint;
    this.#params = params;
    this.#sizes = endpoint.perPage;
    this.#filtered = isFiltered(endpoint, params);
  }

  /** Pages that the whole list takes at the largest size; `undefined` while its length is unknown. */
  get pageCount(): number | undefined {
    if (!this.#sizes) return 1;
    return this.total === null ? undefined : Math.max(1, Math.ceil(this.total / this.#sizes.max));
  }

  /** Records of the largest page that may be asked for. */
  get largest(): number {
    return this.#sizes?.max ?? 0;
  }

  /** Count of the list: the upstream's or, if it is documented as one page, ours. */
  get count(): number | null {
    return this.#sizes ? this.#count : (this.whole?.length ?? null);
  }

  /** The part of the list that was read: consecutive records, and the position of the first. */
  get spans(): readonly { start: number; records: R[] }[] {
    const [whole, walked] = [this.whole, this.#walk?.records];
    return whole ? [{ start: 0, records: whole }] : walked ? [{ start: 0, records: walked }] : this.#shown;
  }

  /** One page of the largest size, from 1; of a list without pages the whole. */
  async page(number: number): Promise<Pick<Page<R>, "size" | "last" | "short">> {
    if (this.#sizes) return this.#page(number, this.largest);
    await this.window(0, Number.POSITIVE_INFINITY);
    return { size: 0, last: true, short: false };
  }

  /**
   * The records `[offset, offset + limit)`. `limit` may be `Infinity`. Asked for again, the same answer is given: with what
   * is known of the list by then, other pages would be asked for.
   */
  window(offset: number, limit: number): Promise<Window<R>> {
    if (this.whole) return Promise.resolve(windowOf(this.whole, offset, limit, this.count));
    const key = `${offset}/${limit}`;
    const before = this.#windows.get(key);
    if (before) return before;
    const window = this.#sizes ? this.#read(offset, limit, this.#sizes) : this.#walked(offset, limit, undefined);
    this.#windows.set(key, window);
    return window;
  }

  /** Reads one page that holds records around these, as many of them as one page can. */
  async reach(from: number, to: number, nearest: "start" | "end"): Promise<void> {
    if (this.whole || !this.#sizes) return;
    if (this.#walk) return this.#walk.until(to);
    const plan = partOf(from, to, nearest, this.#sizes);
    if (plan) await this.#page(plan.first, plan.size);
  }

  async #read(offset: number, limit: number, sizes: PerPage): Promise<Window<R>> {
    if (this.#walk) return this.#walked(offset, limit, sizes.max);
    const known = this.total;
    const end = offset + limit;
    if (known !== null && Math.min(end, known) <= offset) return this.#assemble([], offset, end);
    const isRead = ({ first, size }: PageRange) => this.#pages.has(`${first}/${size}`);
    const plan = pagesOfWindow(offset, end, known, sizes, isRead);

    const pages: Page<R>[] = [];
    let next = plan.first;
    let last = known === null ? plan.first : Math.min(plan.last, plan.first + MOST_AT_ONCE - 1);
    while (next <= last) {
      const asked = Array.from({ length: last - next + 1 }, (_, i) => this.#page(next + i, plan.size));
      const read = asked[0] && asked.length === 1 ? [await asked[0]] : await Promise.all(asked);
      pages.push(...read);
      const cut = read.find((page) => page.size < plan.size && !page.last);
      if (cut) return this.#read(offset, limit, { ...sizes, min: Math.min(sizes.min, cut.size), max: cut.size });
      const stalled = repeats(pages);
      if (read.some((page) => page.short) || (stalled && this.#counts(pages, end))) {
        return this.#walked(offset, limit, plan.first === 1 ? plan.size : sizes.max);
      }
      // A page that ends the list, or says nothing new, is the last that is worth asking for.
      if (read.some((page) => page.last) || stalled) break;
      next = last + 1;
      last = Math.min(plan.last, this.total === null ? next : Math.ceil(this.total / plan.size), last + MOST_AT_ONCE);
    }
    return this.#assemble(pages, offset, end);
  }

  /** Whether the upstream counts more records before a position than some pages, and those before them, show. */
  #counts([first, ...more]: Page<R>[], end: number): boolean {
    if (this.#filtered || this.total === null || !first) return false;
    const shown = within([first, ...more], 0, Number.POSITIVE_INFINITY).records.length;
    return first.start + shown < Math.min(end, this.total);
  }

  /** The records of a list of which only the order of its pages can be relied on. */
  async #walked(offset: number, limit: number, size: number | undefined): Promise<Window<R>> {
    this.#walk ??= new PageWalk(this.#endpoint.route, this.#filtered, (number) => this.#page(number, size));
    const walk = this.#walk;
    // Without sizes there is one page by the reference, and what it costs is known: more is read where it is counted.
    await walk.until(size === undefined ? Number.POSITIVE_INFINITY : offset + limit);
    if (!walk.complete) {
      return { ...windowOf(walk.records, offset, limit, this.count), total: this.total, hasNext: async () => true };
    }
    this.#close(walk.records);
    return windowOf(walk.records, offset, limit, this.count);
  }

  #assemble(pages: Page<R>[], offset: number, end: number): Window<R> {
    let reached = 0;
    for (const page of pages) reached = Math.max(reached, page.start + page.records.length);
    const { records, repeated } = within(pages, offset, end);
    const ended = pages.some((page) => page.last);
    if (ended && offset === 0 && reached <= end) this.#close(records);
    return {
      records,
      start: offset,
      total: this.total,
      count: this.count,
      shifted: repeated || pages.some(({ count }) => count !== pages[0]?.count),
      hasNext: async () => {
        if (reached > end) return true;
        if (ended) return false;
        if (this.total !== null) return end < this.total;
        const shown = new Set(records.map((record) => record.id ?? record));
        return (await this.window(end, 1)).records.some((record) => !shown.has(record.id ?? record));
      },
    };
  }

  #close(records: R[]): void {
    this.whole = records;
    this.total = records.length;
    this.cache.complete ||= !this.#filtered && !this.changed;
  }

  /** One page, from 1, of so many records; without a size the first is the whole list by the reference. */
  #page(number: number, size?: number): Promise<Page<R>> {
    const key = `${number}/${size}`;
    const before = this.#pages.get(key);
    if (before) return before;
    const asked = size === undefined ? number > 1 && { page: number } : { page: number, per_page: size };
    const params = asked ? { ...this.#params, ...asked } : this.#params;
    const page = (this.#call(this.#endpoint, params as never) as Promise<ApiResponse<R[]>>).then((answer) =>
      this.#note(placePage(answer, number, size ?? Number.POSITIVE_INFINITY, this.#filtered)),
    );
    this.#pages.set(key, page);
    return page;
  }

  /** Notes what a page tells of the list. */
  #note(page: Page<R>): Page<R> {
    const { records, start, last, total, count } = page;
    this.cache.show(records);
    if (!this.#sizes) return page;
    this.#shown.push(page);
    if (last && (records.length > 0 || start === 0)) this.total = start + records.length;
    else if (total !== null) this.total ??= total;
    if (count !== null) {
      this.changed ||= this.#count !== null && this.#count !== count;
      this.#count = count;
    }
    return { ...page, total: this.total };
  }
}
