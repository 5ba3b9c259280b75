import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** A variable by which `@skip` or `@include` decides, and the value with which it lets its field through. */
export interface Condition {
  readonly variable: string;
  readonly value: boolean;
}

/** A field of an object by its name in the answer, with every place in the document that asks for it. */
export interface Selected {
  readonly key: string;
  readonly nodes: [FieldNode, ...FieldNode[]];
  readonly when: readonly Condition[];
}

/** Thrown where a document is left to the plain executor. */
export class NotCompiled extends Error {}

/** Fields of which a compiled document may consist. Fragments that use fragments can make many of a short document. */
const MOST = 5000;

/** Collects the fields that a document selects of an object: fragments are expanded, repeated fields are merged. */
export class FieldCollector {
  readonly #schema: GraphQLSchema;
  /** The fragments of the document by their names. */
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  #left = MOST;

  /** Fields that were looked at so far. */
  get visited(): number {
    return MOST - this.#left;
  }

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    this.#schema = schema;
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.fragments = Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  /**
   * The fields, in the order of the document. A field that comes more than once under conditions is left to the plain
   * executor ({@link NotCompiled}): its place in the answer depends on them.
   */
  of(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Selected[] {
    const fields = new Map<string, Selected>();
    const opened = new Set<string>();
    const add = (selection: SelectionNode, before: readonly Condition[]): void => {
      const own = conditionsOf(selection);
      if (!own) return;
      const when = [...before, ...own];
      if (selection.kind === Kind.FIELD) {
        if (this.#left-- === 0) throw new NotCompiled("too many fields");
        const key = (selection.alias ?? selection.name).value;
        const known = fields.get(key);
        if (known && known.when.length + when.length > 0) throw new NotCompiled("merged under conditions");
        if (known) known.nodes.push(selection);
        else fields.set(key, { key, nodes: [selection], when });
        return;
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? this.#open(selection.name.value, opened, when) : selection;
      if (!fragment || !this.#applies(fragment.typeCondition?.name.value, type)) return;
      for (const each of fragment.selectionSet.selections) add(each, when);
    };
    for (const set of sets) for (const selection of set.selections) add(selection, []);
    return [...fields.values()];
  }

  #open(name: string, opened: Set<string>, when: readonly Condition[]): FragmentDefinitionNode | undefined {
    if (when.length === 0 && opened.has(name)) return undefined;
    if (when.length === 0) opened.add(name);
    return this.fragments[name];
  }

  #applies(condition: string | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const named = this.#schema.getType(condition);
    return isAbstractType(named) && this.#schema.isSubType(named, type);
  }
}

/** Under what a selection is there; `undefined` where the document itself says never. */
function conditionsOf({ directives = [] }: SelectionNode): Condition[] | undefined {
  const conditions: Condition[] = [];
  for (const { name, arguments: [argument] = [] } of directives) {
    if (name.value !== "skip" && name.value !== "include") throw new NotCompiled(`@${name.value}`);
    const value = name.value === "include";
    if (argument?.value.kind === Kind.VARIABLE) conditions.push({ variable: argument.value.name.value, value });
    else if (argument?.value.kind === Kind.BOOLEAN && argument.value.value !== value) return undefined;
  }
  return conditions;
}
