import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  type SelectionSetNode,
} from "graphql";
import { accounts } from "../cloudflare/accounts.ts";
import { isPathId, type ListEndpoint } from "../cloudflare/endpoint.ts";
import { listName, resolvePageRange } from "../graph/connection.ts";
import type { Cost, Refetch } from "../graph/cost.ts";
import { readGlobalId } from "../graph/node.ts";
import { CostAccumulator, type Plan } from "./cost-accumulator.ts";
import { noteEvaluation, noteField } from "./evaluation.ts";
import { isFiltered, pageCost } from "./pages.ts";
import { accountBy, ownerOf, type ParentSet, root, someAccounts } from "./parent-set.ts";
import { costOf, type Field, nodeOf, Selections } from "./selection.ts";

type Of<K extends Cost["kind"]> = Extract<Cost, { kind: K }>;
type Args = Record<string, unknown>;

/**
 * Fields that are looked at for one plan, each once for each set of objects. A thousand accounts under a hundred aliases are
 * 100,000 of them, at some 5 µs each.
 */
export const MAX_PLAN_STEPS = 15_000;

/** One walk over an operation. Every read has a name, so that a repeated one counts once. */
export class CostVisitor {
  readonly #schema: GraphQLSchema;
  readonly #selections: Selections;
  readonly #most: number;
  /** Accounts that the caller has a right to, by name: their list is not read then. */
  readonly #accounts: readonly string[] | "*";
  readonly #names = new Map<string, string>();
  /** Objects that are refetched, by the given IDs. */
  readonly #given = new Map<unknown, ParentSet[]>();
  #costs: CostAccumulator;
  #steps = 0;
  #seen = new Map<SelectionSetNode, Set<string>>();

  /** @param most upper bound for the records of a page, also if `first` or `last` is larger */
  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Args,
    most: number,
    accounts: readonly string[] | "*",
  ) {
    this.#schema = schema;
    this.#selections = new Selections(schema, document, variables);
    this.#most = most;
    this.#accounts = accounts;
    this.#costs = this.#newCosts();
  }

  /** The plan of a query. */
  reads(selectionSet: SelectionSetNode, type: GraphQLObjectType): Plan {
    this.#select(selectionSet, type, root);
    const { min, max } = this.#costs.sum();
    return { min: this.#selections.refusedWhole ? 0 : min, max: this.#max(max) };
  }

  /** A walk that was cut short knows no bound; what it has found so far is still the least. */
  #max(found: number): number | null {
    return Number.isFinite(found) && this.#steps <= MAX_PLAN_STEPS ? found : null;
  }

  /** The plan of a mutation: writes follow one another, and each forgets what was read before. */
  writes(selectionSet: SelectionSetNode, type: GraphQLObjectType): Plan {
    const writes = new Map<string, { field: Field; args: Args; selections: SelectionSetNode[] }>();
    this.#selections.fields(selectionSet, type, (field, node) => {
      const name = node.alias?.value ?? node.name.value;
      const args = writes.get(name)?.args ?? this.#selections.arguments(field, node);
      if (!args) return;
      const write = writes.get(name) ?? { field, args, selections: [] };
      if (node.selectionSet) write.selections.push(node.selectionSet);
      writes.set(name, write);
    });
    let max = 0;
    for (const { field, args, selections } of writes.values()) {
      const cost = costOf(field);
      if (cost?.kind === "write") max += (cost.calls(args.input) ?? Infinity) + this.#outcome(field, cost, selections);
    }
    return { min: 0, max: this.#max(max) };
  }

  /** Cost of the most expensive of a mutation's possible results. */
  #outcome(field: Field, { leaves }: Of<"write">, selections: SelectionSetNode[]): number {
    const result = getNamedType(field.type);
    if (!isAbstractType(result)) return 0;
    const types = this.#schema.getPossibleTypes(result);
    const of = types.map(nodeOf).find(Boolean) ?? "";
    const account = { name: field.name, count: 1, known: false };
    const left: ParentSet = {
      ...root,
      of,
      name: field.name,
      account,
      whole: leaves === "fullRecord",
      guaranteed: false,
    };
    const costs = types.map((type) => {
      this.#costs = this.#newCosts();
      this.#seen = new Map();
      for (const selection of selections) this.#select(selection, type, left);
      return this.#costs.sum().max;
    });
    return Math.max(0, ...costs);
  }

  #select(selectionSet: SelectionSetNode, type: GraphQLObjectType, at: ParentSet): void {
    if (this.#steps > MAX_PLAN_STEPS) return;
    const here = `${type.name} ${at.name}`;
    const seen = this.#seen.get(selectionSet) ?? new Set();
    if (seen.has(here)) return;
    this.#seen.set(selectionSet, seen.add(here));
    this.#selections.fields(selectionSet, type, (field, node) => {
      if (++this.#steps > MAX_PLAN_STEPS) return;
      const cost = costOf(field);
      const given = cost ? this.#note(cost, field, node, at) : [at];
      if (!node.selectionSet || !given) return;
      for (const { shows, ...objects } of given) {
        const below = this.#selections.typeBelow(field, shows ?? objects.of);
        if (below) this.#select(node.selectionSet, below, objects);
      }
    });
  }

  /** Notes what a field costs. The objects that it gives; none where its arguments are refused. */
  #note(cost: Cost, field: Field, node: FieldNode, at: ParentSet): ParentSet[] | undefined {
    if (cost.kind === "hasNextPage") at.page?.end?.();
    if (cost.kind === "fullList" && at.page) this.#list(cost.list, at.page.parents, at.page.order, "all", Infinity);
    if (cost.kind === "hasNextPage" || cost.kind === "fullList" || at.count === 0) return undefined;
    if (cost.kind === "fullRecord") return this.#whole(cost, at);
    const args = this.#selections.arguments(field, node);
    return args && this.#selections.unlessRefused(() => this.#give(cost, args, at, field));
  }

  #give(cost: Cost, args: Args, at: ParentSet, field: Field): ParentSet[] {
    switch (cost.kind) {
      case "reference":
        return [accountBy(cost.id(args))];
      case "page":
        return [this.#page(cost, args, at)];
      case "refetch": {
        // A list that is a variable is the same one wherever it is given.
        const given = args[cost.argument];
        const objects = this.#given.get(given) ?? this.#again(cost.ids(args));
        this.#given.set(given, objects);
        return objects;
      }
      case "record": {
        const id = cost.id(args);
        this.#find({ ...cost, id }, at);
        const name = `${at.account.name} ${cost.of} ${id}`;
        return [{ ...at, of: cost.of, name, count: at.account.count, whole: true, guaranteed: false }];
      }
      case "evaluation":
        noteField(this.#costs, { cost, args, inputs: field.args }, at);
        return [];
      default:
        return [];
    }
  }

  #whole({ resource }: Of<"fullRecord">, at: ParentSet): ParentSet[] {
    const owner = ownerOf(resource, at.account);
    if (!at.whole) this.#costs.record(resource, owner, at.name, at.count / owner.count, at.guaranteed);
    return [at];
  }

  #newCosts = () => new CostAccumulator(this.#accounts === "*" ? undefined : accounts.list.route);

  #page(cost: Of<"page">, args: Args, at: ParentSet): ParentSet {
    const { of, list, sent, kept, also, stubs } = cost;
    const [filters, own] = [sent(args), kept(args)];
    // Only of one list that is known can it be told whether a cursor is its own.
    const account = at.account.known ? { account_id: at.account.name } : {};
    resolvePageRange(at.guaranteed ? () => listName(list, { ...account, ...filters, ...own }) : undefined, args);
    const { records, window, calls, mayEnd } = pageCost(list.perPage, { sent: filters, kept: own }, args, this.#most);
    noteEvaluation(this.#costs, also(args), at);
    if (of === "Account" && this.#accounts !== "*") return this.#namedAccounts(this.#accounts, records);
    const name = `${this.#list(list, at, filters, list.perPage ? window : "", calls)} ${window}`;
    const count = at.count * records;
    const owner = of === "Account" ? { name, count, known: false } : at.account;
    const order = isFiltered(filters) ? {} : filters;
    const page = { parents: at, order, ...(mayEnd && { end: () => this.#list(list, at, filters, `${window}?`, 1) }) };
    return { of, name, count, account: owner, whole: !stubs, guaranteed: false, page };
  }

  /** A page of the accounts that the caller has a right to: each is read, because only that tells which are on it. */
  #namedAccounts(ids: readonly string[], records: number): ParentSet {
    for (const id of ids) this.#costs.record(accounts, root.account, id, 1, true);
    return someAccounts(`accounts ${records}`, Math.min(records, ids.length));
  }

  /** A list below its parents, each of which has its own. Its name among all. */
  #list({ route }: ListEndpoint, parents: ParentSet, filters: object, window: string, calls: number): string {
    const list = JSON.stringify(filters);
    const { name, count, guaranteed } = parents;
    this.#costs.list({ route, parents: name, list, window, calls: count * calls, guaranteed });
    return `${route} ${name} ${list}`;
  }

  /** A look-up, and perhaps one of the account: only that tells what a path that leads nowhere means. */
  #find({ resource, id }: Pick<Refetch, "resource" | "id">, { account, guaranteed }: ParentSet): void {
    if (!resource) return;
    this.#costs.record(resource, account, id, 1, guaranteed && isPathId(id));
    if (account.known) this.#costs.record(accounts, root.account, account.name, 1, false);
  }

  /** Objects by global ID; those of one type and account are one set. */
  #again(ids: readonly string[]): ParentSet[] {
    const sets = new Map<string, { shows: string; again: Refetch[] }>();
    for (const id of ids) {
      const known = readGlobalId(id);
      const again = known?.reads(known.parts);
      if (!known || !again) continue;
      const { type } = known;
      const key = `${type} ${again.of} ${again.accountId}`;
      const set = sets.get(key) ?? { shows: type, again: [] };
      sets.set(key, set);
      set.again.push(again);
    }
    return Array.from(sets.values(), ({ shows, again }) => this.#set(shows, again));
  }

  #set(shows: string, again: Refetch[]): ParentSet {
    const [{ of, accountId }] = again as [Refetch];
    const account = { ...accountBy(accountId), guaranteed: isPathId(accountId) };
    if (of === "Account") return account;
    const distinct = new Map(again.map((each) => [each.id, each]));
    for (const each of distinct.values()) {
      this.#find(each, account);
      if (each.list) this.#list(each.list, account, {}, "", 1);
    }
    const name = this.#short(`${of} ${accountId} ${[...distinct.keys()].join()}`);
    return { ...account, of, shows, name, count: distinct.size, whole: true, guaranteed: false };
  }

  /** A short name for a long one. */
  #short(name: string): string {
    const short = this.#names.get(name) ?? `#${this.#names.size}`;
    this.#names.set(name, short);
    return short;
  }
}
