import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from "graphql";
import type { Cost } from "../graph/cost.ts";

/** A field of any type. */
export type Field = GraphQLField<unknown, unknown>;

/** Selection of a document with its variables: fragments, type conditions and directives resolved, arguments coerced. */
export class Selections {
  /** An error may make the whole answer null: then the remaining calls are unknown. */
  refusedWhole = false;

  readonly #schema: GraphQLSchema;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #variables: Record<string, unknown>;

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Record<string, unknown>) {
    this.#schema = schema;
    this.#variables = variables;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  /** Every field of a selection on one type; equal fields may come more than once. */
  fields(
    { selections }: SelectionSetNode,
    type: GraphQLObjectType,
    visit: (field: Field, node: FieldNode) => void,
    spread: Set<string> = new Set(),
  ): void {
    for (const selection of selections) {
      if (selection.directives?.length && !this.#included(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const field = type.getFields()[selection.name.value] ?? this.#ofTheSchema(type, selection.name.value);
        if (field) visit(field, selection);
        continue;
      }
      let fragment: FragmentDefinitionNode | InlineFragmentNode | undefined;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        fragment = selection;
      } else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        fragment = this.#fragments.get(selection.name.value);
      }
      if (fragment && this.#applies(fragment, type)) this.fields(fragment.selectionSet, type, visit, spread);
    }
  }

  /** A field's arguments; `undefined` where they are refused, such as a variable that must not be null and is. */
  arguments(field: Field, node: FieldNode): Record<string, unknown> | undefined {
    return this.unlessRefused(() => getArgumentValues(field, node, this.#variables));
  }

  /** A field's arguments; `undefined` if they are invalid: then only the field is null. */
  unlessRefused<T>(make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return undefined;
    }
  }

  /** The type of what a field gives, if anything below it can cost; `shows` is the type of an object in an abstract one. */
  typeBelow(field: Field, shows: string): GraphQLObjectType | undefined {
    const declared = getNamedType(field.type);
    const type = isAbstractType(declared) ? this.#schema.getType(shows) : declared;
    return type instanceof GraphQLObjectType && dearTypes(this.#schema).has(type) ? type : undefined;
  }

  /** The fields by which the schema itself is asked for. */
  #ofTheSchema(type: GraphQLObjectType, name: string): Field | undefined {
    if (type !== this.#schema.getQueryType()) return undefined;
    return [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name);
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
      // A null for `if`: the execution fails there.
      this.refusedWhole = true;
      return true;
    }
  }
}

/** Cost that a field declares, unless the planner has nothing to count there. */
export function costOf({ extensions }: Field): Cost | undefined {
  const cost = extensions.cost as Cost | undefined;
  return cost?.kind === "fallbackLookup" ? undefined : cost;
}

/** The type of the node in a mutation's payload; none for its other results. */
export function nodeOf(payload: GraphQLObjectType): string | undefined {
  const types = Object.values(payload.getFields()).map(({ type }) => getNamedType(type));
  return types.find((type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === "Node"))?.name;
}

const dear = new WeakMap<GraphQLSchema, Set<GraphQLNamedType>>();

/** The types that have a cost, or lead to one that has. All others need no walk. */
function dearTypes(schema: GraphQLSchema): Set<GraphQLNamedType> {
  const known = dear.get(schema);
  if (known) return known;
  const found = new Set<GraphQLNamedType>();
  const objects = Object.values(schema.getTypeMap()).filter((type) => type instanceof GraphQLObjectType);
  const leads = (type: GraphQLNamedType) =>
    isAbstractType(type) ? schema.getPossibleTypes(type).some((each) => found.has(each)) : found.has(type);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const type of objects) {
      const fields = Object.values(type.getFields());
      if (fields.some((field) => costOf(field) || leads(getNamedType(field.type)))) found.add(type);
    }
  }
  dear.set(schema, found);
  return found;
}
