import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  GraphQLIncludeDirective,
  GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isNonNullType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { accounts } from "../cloudflare/accounts.ts";
import { isPathId, type ListEndpoint, type PerPage } from "../cloudflare/endpoint.ts";
import { DEFAULT_PAGE, listName, type Paging, place } from "../graph/connection.ts";
import type { Again, Cost } from "../graph/cost.ts";
import { parseGlobalId } from "../graph/node.ts";
import { fewestPages, onePage } from "../loaders/plan.ts";
import type { Noun } from "../loaders.ts";
import type { Plan } from "../plan.ts";
import { Bill, shelfOf, times } from "./bill.ts";

/** Objects that a selection stands on, all of one kind. Equal names are the same objects. */
interface Objects {
  /** What has the identity: for a policy its owner. */
  of: string;
  /** What is shown of it, where that is another type. */
  shows?: string | undefined;
  name: string;
  /** How many at most, in all accounts together. */
  count: number;
  /** Whose they are. */
  account: Owner;
  /** Their records are at hand; else only their ids. */
  whole: boolean;
  /** They exist in every answer. */
  sure: boolean;
  /** The page of a list that they are. */
  page?: Page;
}

interface Page {
  parents: Objects;
  shelf: string;
  list: string;
  window: string;
  /** No page can hold one row more: whether one follows may have to be asked for. */
  mayEnd: boolean;
}

interface Owner {
  name: string;
  count: number;
  /** By its id, which is the name. */
  known: boolean;
}

const root: Objects = {
  of: "Query",
  name: "",
  count: 1,
  account: { name: "", count: 1, known: false },
  whole: true,
  sure: true,
};

type Field = GraphQLField<unknown, unknown>;

/** One walk over an operation. What is met twice is noted once: everything has a name. */
export class Walk {
  readonly #schema: GraphQLSchema;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #variables: Record<string, unknown>;
  readonly #most: number;
  #bill = new Bill();
  #seen = new Map<SelectionSetNode, Set<string>>();
  readonly #names = new Map<string, string>();
  /** A field that cannot be null is refused: nothing but an error may come of the operation. */
  #void = false;

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Record<string, unknown>, most: number) {
    this.#schema = schema;
    this.#variables = variables;
    this.#most = most;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  reads(selectionSet: SelectionSetNode, type: GraphQLObjectType): Plan {
    this.#select(selectionSet, type, root);
    const { min, max } = this.#bill.sum();
    return { min: this.#void ? 0 : min, max: Number.isFinite(max) ? max : null };
  }

  /** Writes follow one another, and each forgets what was read before. */
  writes(selectionSet: SelectionSetNode, type: GraphQLObjectType): Plan {
    const writes = new Map<string, { field: Field; args: Record<string, unknown>; selections: SelectionSetNode[] }>();
    this.#fields(selectionSet, type, (field, node) => {
      const args = this.#arguments(field, node);
      const name = node.alias?.value ?? node.name.value;
      const write = writes.get(name) ?? { field, args: args ?? {}, selections: [] };
      if (node.selectionSet) write.selections.push(node.selectionSet);
      if (args) writes.set(name, write);
    });
    let max = 0;
    for (const { field, args, selections } of writes.values()) {
      const cost = field.extensions.cost as Cost | undefined;
      if (cost?.kind === "write") max += (cost.calls(args.input) ?? Infinity) + this.#outcome(field, cost, selections);
    }
    return { min: 0, max: Number.isFinite(max) ? max : null };
  }

  /** What the dearest of a mutation's possible results asks for. */
  #outcome(field: Field, { leaves }: Extract<Cost, { kind: "write" }>, selections: SelectionSetNode[]): number {
    const result = getNamedType(field.type);
    if (!isAbstractType(result)) return 0;
    const types = this.#schema.getPossibleTypes(result);
    const of = types.map(nodeOf).find(Boolean) ?? "";
    const account = { name: field.name, count: 1, known: false };
    const left: Objects = { of, name: field.name, count: 1, account, whole: leaves === "whole", sure: false };
    const costs = types.map((type) => {
      this.#bill = new Bill();
      this.#seen = new Map();
      for (const selection of selections) this.#select(selection, type, left);
      return this.#bill.sum().max;
    });
    return Math.max(0, ...costs);
  }

  #select(selectionSet: SelectionSetNode, type: GraphQLObjectType, at: Objects): void {
    const here = `${type.name} ${at.whole} ${at.name}`;
    const seen = this.#seen.get(selectionSet) ?? new Set();
    if (seen.has(here)) return;
    this.#seen.set(selectionSet, seen.add(here));
    this.#fields(selectionSet, type, (field, node) => {
      const cost = field.extensions.cost as Cost | undefined;
      const below = cost && cost.kind !== "leftOut" ? this.#note(cost, field, node, at) : [at];
      if (!node.selectionSet) return;
      const shown = getNamedType(field.type);
      for (const objects of below) {
        const { shows = objects.of, ...rest } = objects;
        const object = isAbstractType(shown) ? this.#schema.getType(shows) : shown;
        if (object instanceof GraphQLObjectType) this.#select(node.selectionSet, object, rest);
      }
    });
  }

  /** What a field's cost puts on the bill, and the objects that it gives; none where its arguments are refused. */
  #note(cost: Cost, field: Field, node: FieldNode, at: Objects): Objects[] {
    if (at.count === 0) return [];
    const args = this.#arguments(field, node);
    if (!args) return [];
    try {
      switch (cost.kind) {
        case "stub":
          return [account(cost.of, cost.id(args))];
        case "page":
          return [this.#page(cost, args, at)];
        case "end":
          if (at.page?.mayEnd) this.#probe(at.page);
          return [];
        case "rest":
          if (at.page) this.#list(cost.list, at.page.parents, {}, "0-Infinity", Infinity);
          return [];
        case "record":
          return [this.#record({ of: cost.of, noun: cost.noun, id: cost.id(args) }, at.account, at.sure)];
        case "again":
          return this.#again(cost.ids(args));
        case "whole":
          if (!at.whole)
            this.#bill.record(cost.noun, ownerOf(cost.noun, at), at.name, at.count / at.account.count, at.sure);
          return [{ ...at, whole: true }];
        default:
          return [];
      }
    } catch (error) {
      return this.#refused(error, field);
    }
  }

  /** The row behind a page. */
  #probe({ parents, shelf, list, window }: Page): void {
    this.#bill.list({ shelf, list, window: `${window}?`, calls: parents.count, sure: false });
  }

  #page({ of, list, sent, kept, stubs }: Of<"page">, args: Record<string, unknown>, at: Objects): Objects {
    const given = sent(args) as Record<string, unknown>;
    const placed = at.sure
      ? { ...(at.account.known && { account_id: at.account.name }), ...given, ...kept(args) }
      : null;
    place(placed ? listName(list, placed) : undefined, args);
    const { start, end, last } = place(undefined, this.#capped(args));

    const sizes = list.perPage;
    const window = last === undefined ? `${start}-${end}` : `${start} last ${last}`;
    const rows = last ?? Math.max(0, end - start);
    let calls = 1;
    let mayEnd = false;
    if (sizes && last === undefined) {
      mayEnd = !onePage(start, start + rows + 1, sizes);
      if (mayEnd) calls = pagesOf(start, start + rows, sizes);
    } else if (sizes && last !== undefined) {
      const filtered = Object.entries(given).some(([name, value]) => value !== undefined && !orders.has(name));
      calls = filtered ? Infinity : pagesOf(0, last || 1, sizes) + (last && Math.ceil(last / sizes.max) + 1);
    }
    const shelf = this.#list(list, at, given, sizes ? window : "", calls);
    const name = `${shelf.list} ${window}`;
    const count = times(at.count, rows);
    const owner = of === "Account" ? { name, count, known: false } : at.account;
    const page = { ...shelf, parents: at, window, mayEnd };
    return { of, name, count, account: owner, whole: !stubs, sure: false, page };
  }

  /** A list below its parents, each of which has its own. */
  #list({ route }: ListEndpoint, parents: Objects, sent: object, window: string, calls: number) {
    const shelf = shelfOf(route, parents.name);
    const list = `${shelf} ${JSON.stringify(sent)}`;
    this.#bill.list({ shelf, list, window, calls: times(parents.count, calls), sure: parents.sure });
    return { shelf, list };
  }

  /** A record that is looked up, and perhaps its account: only that tells what a path that leads nowhere means. */
  #record({ of, noun, id }: { of: string; noun: Noun; id: string }, owner: Owner, sure: boolean): Objects {
    this.#bill.record(noun, owner, id, 1, sure);
    if (owner.known) this.#bill.record(accounts, root.account, owner.name, 1, false);
    const name = `${shelfOf(noun.list.route, owner.name)} ${id}`;
    return { of, name, count: owner.count, account: owner, whole: true, sure: false };
  }

  /** Objects by global id; those of one type and account are one set. */
  #again(ids: readonly string[]): Objects[] {
    const sets = new Map<string, { shows: string; again: Again[] }>();
    for (const { type, parts, reads } of ids.map((id) => parseGlobalId(id, "ids"))) {
      const again = reads(parts);
      if (!again) continue;
      const key = `${type} ${again.of} ${again.accountId}`;
      const set = sets.get(key) ?? { shows: type, again: [] };
      sets.set(key, set);
      set.again.push(again);
    }
    return Array.from(sets.values(), ({ shows, again }) => this.#set(shows, again));
  }

  #set(shows: string, again: Again[]): Objects {
    const [{ of, accountId }] = again as [Again];
    if (of === "Account") return { ...account(of, accountId), sure: isPathId(accountId) };
    const owner = { name: accountId, count: 1, known: true };
    const distinct = new Map(again.map((each) => [each.id, each]));
    for (const { id, noun, list } of distinct.values()) {
      const sure = isPathId(accountId) && isPathId(id);
      if (noun) this.#record({ of, noun, id }, owner, sure);
      else if (list) this.#list(list, { ...account(of, accountId), sure: isPathId(accountId) }, {}, "", 1);
    }
    const name = this.#short(`${of} ${accountId} ${[...distinct.keys()].join()}`);
    return { of, shows, name, count: distinct.size, account: owner, whole: true, sure: false };
  }

  /** A short name for a long one. */
  #short(name: string): string {
    const short = this.#names.get(name) ?? `#${this.#names.size}`;
    this.#names.set(name, short);
    return short;
  }

  /** Paging with no more rows than the walk allows. */
  #capped(paging: Paging): Paging {
    const { first, last } = paging;
    if (last != null) return { ...paging, last: Math.min(last, this.#most) };
    return { ...paging, first: Math.min(first ?? DEFAULT_PAGE, this.#most) };
  }

  /** A field's arguments, unless they are refused: a variable that is not there. */
  #arguments(field: Field, node: FieldNode): Record<string, unknown> | undefined {
    try {
      return getArgumentValues(field, node, this.#variables);
    } catch (error) {
      this.#refused(error, field);
      return undefined;
    }
  }

  #refused(error: unknown, field: Field): [] {
    if (!(error instanceof GraphQLError)) throw error;
    if (isNonNullType(field.type)) this.#void = true;
    return [];
  }

  /** Every field of a selection on one type, through fragments; equal fields may come more than once. */
  #fields({ selections }: SelectionSetNode, type: GraphQLObjectType, visit: Visit, spread = new Set<string>()): void {
    for (const selection of selections) {
      if (selection.directives?.length && !this.#included(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const field = type.getFields()[selection.name.value];
        if (field) visit(field, selection);
        continue;
      }
      let fragment: FragmentDefinitionNode | InlineFragmentNode | undefined = selection as InlineFragmentNode;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(selection.name.value)) continue;
        spread.add(selection.name.value);
        fragment = this.#fragments.get(selection.name.value);
      }
      if (fragment && this.#applies(fragment, type)) this.#fields(fragment.selectionSet, type, visit, spread);
    }
  }

  #applies({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode, type: GraphQLObjectType): boolean {
    if (!typeCondition || typeCondition.name.value === type.name) return true;
    const condition = this.#schema.getType(typeCondition.name.value);
    return isAbstractType(condition) && this.#schema.isSubType(condition, type);
  }

  #included(selection: SelectionNode): boolean {
    try {
      if (getDirectiveValues(GraphQLSkipDirective, selection, this.#variables)?.if === true) return false;
      return getDirectiveValues(GraphQLIncludeDirective, selection, this.#variables)?.if !== false;
    } catch {
      // A null for `if`: the execution fails there, whatever it did before.
      this.#void = true;
      return true;
    }
  }
}

type Visit = (field: Field, node: FieldNode) => void;
type Of<K extends Cost["kind"]> = Extract<Cost, { kind: K }>;

/** Parameters of lists that leave no row out. */
const orders = new Set(["direction", "order"]);

function account(of: string, id: string): Objects {
  const owner = { name: id, count: 1, known: true };
  return { of, name: id, count: 1, account: owner, whole: false, sure: true };
}

/** Whose records of a noun are: accounts are nobody's. */
function ownerOf({ list }: Noun, { account }: Objects): { name: string; count: number } {
  return list.route === accounts.list.route ? root.account : account;
}

function pagesOf(from: number, to: number, sizes: PerPage): number {
  const { first, last } = fewestPages(from, to, sizes);
  return last - first + 1;
}

/** The type of the node in a mutation's payload. */
function nodeOf(payload: GraphQLObjectType): string | undefined {
  const types = Object.values(payload.getFields()).map(({ type }) => getNamedType(type));
  return types.find((type) => type instanceof GraphQLObjectType && type.getInterfaces().some(isNode))?.name;
}

function isNode({ name }: { name: string }): boolean {
  return name === "Node";
}
