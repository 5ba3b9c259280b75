import type { Answer, Call } from "../cloudflare/client.ts";
import { type ListEndpoint, type PerPage, placeholders } from "../cloudflare/endpoint.ts";
import { UnreadableRow } from "../cloudflare/error.ts";
import { fewestPages, onePage } from "./plan.ts";

/** A row as lists carry it. Only inside policies may the id be missing. */
export interface Row {
  id?: string | null | undefined;
}

/** A part of a list. */
export interface Window<R> {
  rows: R[];
  /** Length of the whole list; `null` where the vendor gives no total that holds (none, or a filter) and no end was seen. */
  total: number | null;
  /** Whether rows follow. Costs a call only where neither a total, a further row nor a short page has told it. */
  hasNext(): Promise<boolean>;
}

/** One page as it came: `rows[i]` stands at `start + i` of its list. */
interface Page<R> {
  rows: R[];
  start: number;
  /** Rows that a full page has; fewer than were asked for if the vendor cut the size. */
  size: number;
  /** The list ends with this page. */
  last: boolean;
  /** Length of the whole list, where the vendor's word for it holds. */
  total: number | null;
}

type ListParams = Record<string, unknown>;

/** What the lists of one endpoint and parent have shown so far, under whatever filter and order. */
export class Shelf<R extends Row> {
  readonly #byId = new Map<string, R>();
  readonly #shown: R[][] = [];
  #complete = false;
  /** A row was shown whose id could not be read: it may be any. */
  #nameless = false;

  /** Every row was shown, and each under its id: what is not here does not exist. */
  get complete(): boolean {
    return this.#complete && !this.#nameless;
  }

  set complete(complete: boolean) {
    this.#complete = complete;
  }

  /** Notes rows; they are sorted by id only when somebody looks for one. */
  show(rows: R[]): void {
    this.#shown.push(rows);
    this.#nameless ||= rows.some((row) => row instanceof UnreadableRow && !row.id);
  }

  get byId(): Map<string, R> {
    for (const row of this.#shown.splice(0).flat()) if (row.id) this.#byId.set(row.id, row);
    return this.#byId;
  }
}

/** The reader of one list (endpoint and parameters) for one request: pages are read once, and remembered. */
export class List<R extends Row> {
  readonly shelf: Shelf<R>;
  /** The whole list, once it was read to its end. */
  whole: R[] | undefined;
  /** Length of the whole list, once it is known. */
  total: number | null = null;

  readonly #call: Call;
  readonly #endpoint: ListEndpoint<R>;
  readonly #params: ListParams;
  readonly #filtered: boolean;
  readonly #sizes: PerPage | undefined;
  readonly #pages = new Map<string, Promise<Page<R>>>();
  readonly #windows = new Map<string, Promise<Window<R>>>();

  constructor(call: Call, endpoint: ListEndpoint<R>, params: ListParams, shelf: Shelf<R>) {
    this.shelf = shelf;
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

  /** Rows of the largest page that may be asked for. */
  get largest(): number {
    return this.#sizes?.max ?? 0;
  }

  /** One page of the largest size, from 1. */
  page(number: number): Promise<Page<R>> {
    return this.#page(number, this.largest);
  }

  /**
   * The rows `[offset, offset + limit)`. `limit` may be `Infinity`. Asked for again, the same answer is given: with what
   * is known of the list by then, other pages would be asked for.
   */
  window(offset: number, limit: number): Promise<Window<R>> {
    if (this.whole) return Promise.resolve(this.#slice(this.whole, offset, limit));
    const key = `${offset}/${limit}`;
    const before = this.#windows.get(key);
    if (before) return before;
    const window = this.#read(offset, limit, this.#sizes);
    this.#windows.set(key, window);
    return window;
  }

  async #read(offset: number, limit: number, sizes: PerPage | undefined): Promise<Window<R>> {
    if (!sizes) return this.#slice((await this.#page(1, 0)).rows, offset, limit);

    // One row more than asked for tells in the same call whether another follows.
    const known = this.total;
    const end = offset + limit;
    if (known !== null && Math.min(end, known) <= offset) return this.#assemble([], offset, end);
    const plan =
      known === null
        ? (onePage(offset, end + 1, sizes) ?? fewestPages(offset, end, sizes))
        : fewestPages(offset, Math.min(end, known), sizes);

    const pages: Page<R>[] = [];
    let next = plan.first;
    let last = known === null ? plan.first : plan.last;
    while (next <= last) {
      const asked = Array.from({ length: last - next + 1 }, (_, i) => this.#page(next + i, plan.size));
      const read = asked[0] && asked.length === 1 ? [await asked[0]] : await Promise.all(asked);
      const fresh = pages.length === 0 ? read : read.filter((page) => brings(page, pages));
      pages.push(...read);
      const cut = read.find((page) => page.size < plan.size && !page.last);
      if (cut) return this.#read(offset, limit, { ...sizes, min: Math.min(sizes.min, cut.size), max: cut.size });
      // A page that ends the list, or says nothing new, is the last that is worth asking for.
      if (read.some((page) => page.last) || fresh.length === 0) break;
      next = last + 1;
      last = Math.min(plan.last, this.total === null ? next : Math.ceil(this.total / plan.size));
    }
    return this.#assemble(pages, offset, end);
  }

  #assemble(pages: Page<R>[], offset: number, end: number): Window<R> {
    let reached = 0;
    for (const page of pages) reached = Math.max(reached, page.start + page.rows.length);
    const rows = within(pages, offset, end);
    const ended = pages.some((page) => page.last);
    if (ended && offset === 0 && reached <= end) this.#close(rows);
    return {
      rows,
      total: this.total,
      hasNext: async () => {
        if (reached > end) return true;
        if (ended) return false;
        if (this.total !== null) return end < this.total;
        const shown = new Set(rows.map((row) => row.id ?? row));
        return (await this.window(end, 1)).rows.some((row) => !shown.has(row.id ?? row));
      },
    };
  }

  #close(rows: R[]): void {
    this.whole = rows;
    this.total = rows.length;
    this.shelf.complete ||= !this.#filtered;
  }

  #slice(all: R[], offset: number, limit: number): Window<R> {
    return {
      rows: all.slice(offset, offset + limit),
      total: all.length,
      hasNext: async () => offset + limit < all.length,
    };
  }

  #page(number: number, size: number): Promise<Page<R>> {
    const key = `${number}/${size}`;
    const before = this.#pages.get(key);
    if (before) return before;
    const params = this.#sizes ? { ...this.#params, page: number, per_page: size } : this.#params;
    const page = (this.#call(this.#endpoint, params as never) as Promise<Answer<R[]>>).then((answer) =>
      this.#place(answer, number, size),
    );
    this.#pages.set(key, page);
    return page;
  }

  /** Where the answer's rows stand, by what the vendor says of the page and else by what was asked. */
  #place({ result: rows, info }: Answer<R[]>, number: number, asked: number): Page<R> {
    this.shelf.show(rows);
    if (!this.#sizes) {
      this.#close(rows);
      return { rows, start: 0, size: rows.length, last: true, total: rows.length };
    }
    const told = info?.per_page ?? asked;
    const size = told > 0 && rows.length <= told ? Math.min(asked, told) : asked;
    // `/accounts` may ignore the page that was asked for; it does say which one it gave.
    const start = ((info?.page ?? number) - 1) * size;
    const reached = start + rows.length;
    const short = rows.length < size;
    const said = info?.total_count ?? null;
    // With a filter `total_count` counts what does not match, too: then it is a bound, and tells the end only.
    const empty = rows.length === 0;
    const holds = this.#filtered ? said === reached && !empty : said !== null && (said >= reached || empty);
    const total = holds ? said : null;
    const pages = this.#filtered ? null : (info?.total_pages ?? null);
    const last = short || total === reached || (total === null && pages !== null && pages * size <= reached);
    if (last && (!empty || start === 0)) this.total = reached;
    else if (total !== null) this.total ??= total;
    return { rows, start, size, last, total: this.total };
  }
}

/** The rows `[offset, end)` of some pages. A list that changes between two of its pages may show a row twice. */
function within<R extends Row>(pages: Page<R>[], offset: number, end: number): R[] {
  const [only, ...more] = pages;
  if (only && more.length === 0)
    return only.rows.slice(Math.max(0, offset - only.start), Math.max(0, end - only.start));
  const rows = new Map<unknown, R>();
  for (const page of pages) {
    page.rows.forEach((row, i) => {
      const position = page.start + i;
      if (position >= offset && position < end && !rows.has(row.id ?? row)) rows.set(row.id ?? row, row);
    });
  }
  return [...rows.values()];
}

function brings<R extends Row>(page: Page<R>, before: Page<R>[]): boolean {
  const seen = new Set(before.flatMap((each) => each.rows.map((row) => row.id)));
  return page.rows.some((row) => !row.id || !seen.has(row.id));
}

/** Whether the parameters leave rows out; an order does not. */
function isFiltered({ route }: ListEndpoint, params: ListParams): boolean {
  const parent = placeholders(route);
  for (const name in params) {
    if (params[name] === undefined || name === "direction" || name === "order" || parent.includes(name)) continue;
    return true;
  }
  return false;
}
