import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";
import { type Paging, resolvePageRange } from "../graph/connection.ts";
import type { Cost } from "../graph/cost.ts";
import { capped } from "./pages.ts";
import { type Field, Selections } from "./selection.ts";

/** Tells how long a list is: what its field assumes, where no argument says it. */
export type LengthOf = (field: Field, planned: number) => number;

/** A field of the answer, with all that the document selects below it. */
interface Asked {
  readonly field: Field;
  readonly node: FieldNode;
  readonly sets: SelectionSetNode[];
}

/** Selection on objects of one type. Computed once for any number of them. */
class Level {
  readonly fields: readonly Asked[];
  /** Objects below each value of the schema's own types, which are the same ones many times over. */
  readonly sizes: Map<unknown, number> = new Map();
  readonly #selections: Selections;
  readonly #below = new Map<string, Level>();

  constructor(selections: Selections, type: GraphQLObjectType, sets: readonly SelectionSetNode[]) {
    this.#selections = selections;
    const fields = new Map<string, Asked>();
    const spread = new Set<string>();
    for (const set of sets) {
      selections.fields(
        set,
        type,
        (field, node) => {
          if (!node.selectionSet) return;
          const key = (node.alias ?? node.name).value;
          const asked = fields.get(key);
          if (asked) asked.sets.push(node.selectionSet);
          else fields.set(key, { field, node, sets: [node.selectionSet] });
        },
        spread,
      );
    }
    this.fields = [...fields.values()];
  }

  below({ node, sets }: Asked, type: GraphQLObjectType): Level {
    const key = `${(node.alias ?? node.name).value} ${type.name}`;
    const level = this.#below.get(key) ?? new Level(this.#selections, type, sets);
    this.#below.set(key, level);
    return level;
  }
}

/**
 * Objects of the schema itself that one operation may ask for: several times what GraphiQL and code generators ask. They
 * are all at hand, and where an executor has to make them in one go, no other work is done meanwhile. Counting ends there, too.
 */
export const MAX_SCHEMA_OBJECTS = 10_000;

/**
 * How many objects the answer of an operation has: the product of its lists, aliases and the schema itself included. A list
 * is as long as `first`, `last` or the number of IDs say, and else as its field assumes (`extensions.assumed`). Null counts as an
 * object, and the dearest of the possible types as the type.
 */
export class AnswerSize {
  readonly #schema: GraphQLSchema;
  readonly #selections: Selections;
  readonly #root: Level;
  readonly #lengthOf: LengthOf;
  /** How many of the objects that were counted last are of the schema itself. */
  ofSchema = 0;
  /** Objects of the schema itself that were walked; never more than there are. */
  #walked = 0;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: { selectionSet: SelectionSetNode; type: GraphQLObjectType },
    variables: Record<string, unknown>,
    lengthOf: LengthOf = (_field, planned) => planned,
  ) {
    this.#schema = schema;
    this.#lengthOf = lengthOf;
    this.#selections = new Selections(schema, document, variables);
    this.#root = new Level(this.#selections, operation.type, [operation.selectionSet]);
  }

  /** The number of objects; `most` caps every `first` and `last`. */
  objects(most: number): number {
    this.ofSchema = 0;
    return this.#within(this.#root, undefined, most);
  }

  /** Objects below one object; `records` is how many a page has, where the object is one. */
  #within(level: Level, records: number | undefined, most: number): number {
    let objects = 0;
    for (const asked of level.fields) {
      const args = this.#selections.arguments(asked.field, asked.node);
      if (!args) continue;
      const named = getNamedType(asked.field.type);
      if (named.name.startsWith("__")) {
        const own = this.#ofSchema(level, asked, undefined, args);
        this.ofSchema += own;
        objects += own;
        continue;
      }
      const cost = asked.field.extensions.cost as Cost | undefined;
      const below = isConnection(cost) ? recordsOf(args, most, cost.kind === "evaluation") : undefined;
      const types = isAbstractType(named) ? this.#schema.getPossibleTypes(named) : isObjectType(named) ? [named] : [];
      let dearest = 0;
      for (const type of types) dearest = Math.max(dearest, this.#within(level.below(asked, type), below, most));
      objects += this.#length(asked.field, cost, args, records) * (1 + dearest);
    }
    return objects;
  }

  #length(field: Field, cost: Cost | undefined, args: Record<string, unknown>, records: number | undefined): number {
    if (!isListType(getNullableType(field.type))) return 1;
    const ids = cost?.kind === "refetch" ? (args[cost.argument] as unknown[]).length : undefined;
    return this.#lengthOf(field, ids ?? (field.extensions.assumed as number | undefined) ?? records ?? 1);
  }

  /** Objects of the schema itself are at hand: they are counted one by one. */
  #ofSchema(level: Level, asked: Asked, source: unknown, args: Record<string, unknown>): number {
    const type = getNamedType(asked.field.type) as GraphQLObjectType;
    const { resolve } = asked.field;
    const value = resolve?.(source, args, undefined, { schema: this.#schema } as never);
    if (value == null) return 0;
    const below = level.below(asked, type);
    let objects = 0;
    for (const each of Array.isArray(value) ? value : [value]) objects += 1 + this.#schemaWithin(below, each);
    return objects;
  }

  #schemaWithin(level: Level, source: unknown): number {
    const known = level.sizes.get(source);
    if (known !== undefined) return known;
    if (this.#walked > MAX_SCHEMA_OBJECTS) return 0;
    this.#walked++;
    let objects = 0;
    for (const asked of level.fields) {
      const args = isLeafType(getNamedType(asked.field.type))
        ? undefined
        : this.#selections.arguments(asked.field, asked.node);
      if (args) objects += this.#ofSchema(level, asked, source, args);
    }
    level.sizes.set(source, objects);
    return objects;
  }
}

function isConnection(cost: Cost | undefined): cost is Extract<Cost, { kind: "page" | "evaluation" }> {
  return cost?.kind === "page" || (cost?.kind === "evaluation" && cost.connects);
}

/** Records of a page at most; none where its arguments are refused. Cursors without positions tell nothing. */
function recordsOf(args: Paging, most: number, withoutPositions: boolean): number {
  const { first, last } = args;
  try {
    const {
      start,
      end,
      last: records,
    } = resolvePageRange(undefined, capped(withoutPositions ? { first, last } : args, most));
    return records ?? Math.max(0, end - start);
  } catch {
    return 0;
  }
}
