import type { Noun } from "../loaders.ts";

/** One part of a list that is read, for each of its parents. */
interface Reading {
  /** What the list shares with every other list of the same endpoint and parents. */
  shelf: string;
  /** The list: endpoint, parents, filters and order. */
  list: string;
  /** Which part of it. */
  window: string;
  /** Calls at most, for all parents together. */
  calls: number;
  /** Whether it is read in every answer. */
  sure: boolean;
}

/** What the loaders share: the lists of one endpoint and parents, and the single records of that noun. */
class Shelf {
  /** Calls of each part. */
  readonly windows = new Map<string, number>();
  /** Lists that are read in every answer. */
  readonly sure = new Set<string>();
  /** How many records of each name are looked up, in each account. */
  readonly records = new Map<string, number>();
  accounts = 1;
  paged = true;
  sureRecord = false;
}

/** Everything that an operation may read, each thing once however often it is asked for. */
export class Bill {
  readonly #shelves = new Map<string, Shelf>();

  /** Part of a list. */
  list({ shelf, list, window, calls, sure }: Reading): void {
    const { windows, sure: lists } = this.#shelf(shelf);
    windows.set(`${list} ${window}`, calls);
    if (sure) lists.add(list);
  }

  /** So many records of one name, in each of so many accounts. */
  record({ list }: Noun, owner: { name: string; count: number }, name: string, each: number, sure: boolean): void {
    const shelf = this.#shelf(shelfOf(list.route, owner.name));
    shelf.records.set(name, each);
    shelf.accounts = owner.count;
    shelf.paged = list.perPage !== undefined;
    shelf.sureRecord ||= sure;
  }

  /** The least and the greatest number of calls. */
  sum(): { min: number; max: number } {
    let [min, max] = [0, 0];
    for (const { windows, sure, records, accounts, paged, sureRecord } of this.#shelves.values()) {
      // A record is not looked up where a list has shown it before.
      min += sure.size || (sureRecord ? 1 : 0);
      for (const calls of windows.values()) max += calls;
      let each = 0;
      for (const count of records.values()) each += count;
      max += accounts * lookUps(each, paged);
    }
    return { min, max };
  }

  #shelf(name: string): Shelf {
    const shelf = this.#shelves.get(name) ?? new Shelf();
    this.#shelves.set(name, shelf);
    return shelf;
  }
}

/** Name of a shelf: the list's route and its parents. */
export function shelfOf(route: string, parents: string): string {
  return `${route} ${parents}`;
}

/**
 * Calls for so many records of one noun and account, in whatever order they are asked for (loaders/one.ts). One is read
 * alone. More are read alone or from the list: as many pages as records at most, each beside a record that was read alone
 * before; a list without pages is one call, and where it is refused the records are read alone after all.
 */
function lookUps(records: number, paged: boolean): number {
  if (records < 2) return records;
  return paged ? 2 * records : records + 1;
}

/** So many times so many calls; none of something unbounded is nothing. */
export function times(count: number, calls: number): number {
  return count === 0 ? 0 : count * calls;
}
