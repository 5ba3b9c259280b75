import { CloudflareError } from "../cloudflare/error.ts";
import type { ApiRecord, Page } from "./page.ts";

/**
 * Reads a list page by page from its front, where the numbers of pages do not tell which records are on them: a list that is
 * documented as one page and counts more, or one whose page came short of what the upstream counts. A record stands behind all
 * that were shown before it.
 */
export class PageWalk<R extends ApiRecord> {
  /** The records so far, in order, none twice. */
  readonly records: R[] = [];
  /** Whether these are all records of the list. */
  complete = false;
  readonly #route: string;
  readonly #filtered: boolean;
  readonly #read: (number: number) => Promise<Page<R>>;
  readonly #shown = new Set<unknown>();
  #pages = 0;
  /** Records and pages that the upstream counts. */
  #count: number | null = null;
  #ofPages: number | null = null;
  #going: Promise<void> | undefined;

  /** @param read reads a page by its number, from 1 */
  constructor(route: string, filtered: boolean, read: (number: number) => Promise<Page<R>>) {
    this.#route = route;
    this.#filtered = filtered;
    this.#read = read;
  }

  /**
   * Reads on until there are so many records, or the list ends. Rejects with “n of m” where it ends before the records that the
   * upstream counts: the records must not be taken for the whole list.
   */
  until(records: number): Promise<void> {
    const before = this.#going;
    // The first page is asked for at once, with all else that is.
    this.#going = before ? before.catch(() => {}).then(() => this.#go(records)) : this.#go(records);
    return this.#going;
  }

  async #go(records: number): Promise<void> {
    while (!this.complete && this.records.length < records) {
      const number = this.#pages + 1;
      const page = await this.#read(number);
      const before = this.records.length;
      for (const record of page.records) {
        const name = record.id ?? record;
        if (this.#shown.has(name)) continue;
        this.#shown.add(name);
        this.records.push(record);
      }
      this.#count = page.count ?? this.#count;
      this.#ofPages = page.pages ?? this.#ofPages;
      const ends = number > 1 && this.records.length === before;
      if (ends) this.#refuseIfShort(page, number);
      this.complete = ends || !this.#goesOn(page, number);
      this.#pages = number;
    }
  }

  /** Whether the upstream tells that records follow. With a filter it may count what does not match: only a full page tells. */
  #goesOn({ records, size }: Page<R>, number: number): boolean {
    const morePages = this.#ofPages !== null && this.#ofPages > number;
    if (this.#filtered) return morePages && (records.length >= size || !Number.isFinite(size));
    return morePages || (this.#count !== null && this.#count > this.records.length);
  }

  /** A page brought nothing new, although the one before it told that records follow. */
  #refuseIfShort({ records }: Page<R>, number: number): void {
    const shown = this.records.length;
    // After the last match of a filter there is nothing, even if the count ignores the filter.
    if (this.#filtered && records.length === 0) return;
    if (!this.#filtered && this.#count !== null && this.#count <= shown) return;
    const byItems = !this.#filtered && this.#count !== null;
    const told = byItems ? `${shown} of ${this.#count} items` : `${number - 1} of ${this.#ofPages} pages`;
    throw new CloudflareError(
      this.#route,
      `${this.#route} showed ${told}, and nothing new on page ${number}: the rest of the list cannot be read.`,
      { kind: "invalid_response" },
    );
  }
}
