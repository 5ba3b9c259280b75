import type { Noun } from "../loaders/loaders.ts";
import { type Owner, root } from "./parent-set.ts";

/** What an operation costs in REST calls. */
export interface Plan {
  /** What any answer must cost without faults: every list empty, every look-up perhaps null. */
  min: number;
  /** What it costs when every list is as long as its arguments allow; `null` where no bound can be told. */
  max: number | null;
}

/** One part of a list that is read, for each of its parents. */
interface Reading {
  route: string;
  /** Name of what each has such a list. */
  parents: string;
  /** Filters and order. */
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
  readonly route: string;
  /** Calls of each part. */
  readonly windows = new Map<string, number>();
  /** Lists that are read in every answer. */
  readonly sure = new Set<string>();
  /** How many records of each name are looked up, in each account. */
  readonly records = new Map<string, number>();
  sureRecord = false;
  /** Whose the records are. */
  owner: Owner = root.account;
  paged = true;

  constructor(route: string) {
    this.route = route;
  }

  /** Records that are looked up in each account. */
  get each(): number {
    let each = 0;
    for (const count of this.records.values()) each += count;
    return each;
  }
}

/** Everything that an operation may read, each thing once however often it is asked for. */
export class Bill {
  readonly #shelves = new Map<string, Shelf>();

  /** Part of a list. */
  list({ route, parents, list, window, calls, sure }: Reading): void {
    const { windows, sure: lists } = this.#shelf(route, parents);
    windows.set(`${list} ${window}`, calls);
    if (sure) lists.add(list);
  }

  /** So many records of one name, in each account of the owner. */
  record({ list }: Noun, owner: Owner, name: string, each: number, sure: boolean): void {
    const shelf = this.#shelf(list.route, owner.name);
    shelf.records.set(name, each);
    shelf.owner = owner;
    shelf.paged = list.perPage !== undefined;
    shelf.sureRecord ||= sure;
  }

  /** The least and the greatest number of calls. */
  sum(): { min: number; max: number } {
    let [min, max] = [0, 0];
    const nouns = new Map<string, Shelf[]>();
    for (const shelf of this.#shelves.values()) {
      // A record is not looked up where a list has shown it before.
      min += shelf.sure.size || (shelf.sureRecord ? 1 : 0);
      for (const calls of shelf.windows.values()) max += calls;
      if (shelf.records.size > 0) nouns.set(shelf.route, [...(nouns.get(shelf.route) ?? []), shelf]);
    }
    for (const shelves of nouns.values()) max += lookUps(shelves);
    return { min, max };
  }

  #shelf(route: string, parents: string): Shelf {
    const name = `${route} ${parents}`;
    const shelf = this.#shelves.get(name) ?? new Shelf(route);
    this.#shelves.set(name, shelf);
    return shelf;
  }
}

/**
 * Calls for the records of one noun, in whatever order they are asked for (loaders/one.ts). In one account one record is
 * read alone. More are read alone or from the list: at most one page more than there are records, and each record alone
 * before, or after a page that failed. A list without pages is one call.
 */
function lookUps(shelves: Shelf[]): number {
  // An account of a list may be another that is named, or of another list: then their records are looked up together.
  const overlap = shelves.length > 1 && shelves.some(({ owner }) => !owner.known);
  let calls = 0;
  for (const { each, owner, paged } of shelves) {
    const pages = overlap || (paged && each > 1) ? each + 1 : Number(each > 1);
    calls += owner.count * (each + pages);
  }
  return calls;
}
