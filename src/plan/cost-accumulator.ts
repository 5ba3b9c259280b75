import type { Resource } from "../loaders/loaders.ts";
import { type Owner, root } from "./parent-set.ts";

/** Cost of an operation in REST calls. */
export interface Plan {
  /** Least cost without faults: every list empty, every look-up perhaps null. */
  min: number;
  /** Cost if every list is as long as its arguments allow; `null` without a bound. */
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
  guaranteed: boolean;
}

/** Reads that the loaders share: the lists of one endpoint and parents, and the single records of that entity. */
class ListCost {
  readonly route: string;
  /** Calls of each part. */
  readonly windows = new Map<string, number>();
  /** Lists that are read in every answer. */
  readonly guaranteed = new Set<string>();
  /** How many records of each name are looked up, in each account. */
  readonly records = new Map<string, number>();
  guaranteedRecord = false;
  /** Parents of the records. */
  owner: Owner = root.account;
  paged = true;
  /** The list is never read. */
  closed = false;

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
export class CostAccumulator {
  readonly #lists = new Map<string, ListCost>();
  readonly #closed: string | undefined;

  /** @param closed route of a list that is never read: its records are read alone */
  constructor(closed?: string) {
    this.#closed = closed;
  }

  /** Part of a list. */
  list({ route, parents, list, window, calls, guaranteed }: Reading): void {
    const { windows, guaranteed: lists } = this.#listCost(route, parents);
    windows.set(`${list} ${window}`, calls);
    if (guaranteed) lists.add(list);
  }

  /** So many records of one name, in each account of the owner. */
  record({ list }: Resource, owner: Owner, name: string, each: number, guaranteed: boolean): void {
    const cost = this.#listCost(list.route, owner.name);
    cost.records.set(name, each);
    cost.owner = owner;
    cost.paged = list.perPage !== undefined;
    cost.closed = list.route === this.#closed;
    cost.guaranteedRecord ||= guaranteed;
  }

  /** The least and the greatest number of calls. */
  sum(): { min: number; max: number } {
    let [min, max] = [0, 0];
    const resources = new Map<string, ListCost[]>();
    for (const cost of this.#lists.values()) {
      // A record is not looked up where a list has shown it before.
      min += cost.guaranteed.size || (cost.guaranteedRecord ? 1 : 0);
      for (const calls of cost.windows.values()) max += calls;
      if (cost.records.size > 0) resources.set(cost.route, [...(resources.get(cost.route) ?? []), cost]);
    }
    for (const costs of resources.values()) max += lookUps(costs);
    return { min, max };
  }

  #listCost(route: string, parents: string): ListCost {
    const name = `${route} ${parents}`;
    const cost = this.#lists.get(name) ?? new ListCost(route);
    this.#lists.set(name, cost);
    return cost;
  }
}

/**
 * Calls for the records of one entity, requested in any order (loaders/one.ts). In one account one record is
 * read alone. More are read alone or from the list: at most one page more than there are records, and each record alone
 * before, or after a page that failed. A list without pages is one call.
 */
function lookUps(costs: ListCost[]): number {
  // An account of a list may be another that is named, or of another list: then their records are looked up together.
  const overlap = costs.length > 1 && costs.some(({ owner }) => !owner.known);
  let calls = 0;
  for (const { each, owner, paged, closed } of costs) {
    let pages = overlap || (paged && each > 1) ? each + 1 : Number(each > 1);
    if (closed) pages = 0;
    calls += owner.count * (each + pages);
  }
  return calls;
}
