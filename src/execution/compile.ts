import {
  type DocumentNode,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLList,
  type GraphQLNullableType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  getNullableType,
  getOperationAST,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from "graphql";
import { coerceVariables } from "../variable-values.ts";
import type { Paced, TooManyObjects } from "./answer-limits.ts";
import { FieldCollector, NotCompiled, type Selected } from "./collect-fields.ts";
import { JsonBuffer, type TextTooLong } from "./json-buffer.ts";
import type { TimeSlice } from "./time-slice.ts";
import {
  type Done,
  ExecutionState,
  type Field,
  fail,
  type Make,
  makeCounted,
  makeLeaf,
  makeList,
  makeObject,
  type Property,
  type Write,
  writeAtOnce,
  writeCounted,
  writeList,
  writeObject,
} from "./write.ts";

/**
 * Executes a query and gives its `data` as JSON; `undefined` where anything is an error or not at hand, and the error where
 * the answer is larger than it may be. Never rejects.
 */
export type Compiled = (
  root: unknown,
  context: Paced,
  variables: object,
) => Promise<JsonBuffer | TooManyObjects | TextTooLong | undefined>;

/** What compiling has to know beside the document. */
export interface CompileOptions {
  schema: GraphQLSchema;
  /** The resolver that a compiled query calls; `undefined` for a field that is a property of its object. @default the field's */
  resolverOf?: (field: GraphQLField<unknown, unknown>) => GraphQLFieldResolver<unknown, unknown> | undefined;
  /** Whether a field's resolver may ask for reads. */
  asks?: (field: GraphQLField<unknown, unknown>) => boolean;
  /** Characters that an answer may have. */
  characters?: number;
  slice: TimeSlice;
}

/** A compiled field; with `property` if it is a property of its object. */
type CompiledField = Field | (Field & Property);

/** How a value is written; with `make` if everything below it is resolved already. */
interface Plan {
  readonly write: Write;
  readonly make?: Make;
  /** Something within it may ask for reads. */
  readonly asks: boolean;
}

const uncounted: Done = { objects: 0, values: 0 };

/** Of a leaf. */
function leaf(make: Make): Plan {
  const write: Write = (value, text) => text.add(JSON.stringify(make(value, uncounted)));
  return { make, write, asks: false };
}

/** Compiles a query; `null` where it has something that only the plain executor can do. */
export function compile(compiling: CompileOptions, document: DocumentNode, name?: string | null): Compiled | null {
  const { schema, characters, slice } = compiling;
  const operation = getOperationAST(document, name);
  const query = schema.getQueryType();
  if (operation?.operation !== "query" || !query) return null;
  try {
    const { write } = new Compiler(compiling, document).object(query, [operation.selectionSet]);
    return async (root, context, given) => {
      const { variables } = coerceVariables(schema, operation.variableDefinitions, { ...given });
      if (!variables) return undefined;
      return new Promise((resolve) => {
        const text = new JsonBuffer(characters);
        const run = new ExecutionState(context, variables, slice, () => resolve(run.bailedOut ? run.exceeded : text));
        run.end(() => write(root ?? {}, text, run));
      });
    };
  } catch (error) {
    // Code from text is forbidden in some runtimes.
    if (error instanceof NotCompiled || error instanceof EvalError) return null;
    throw error;
  }
}

class Compiler {
  readonly #schema: GraphQLSchema;
  readonly #selections: FieldCollector;
  readonly #asks: (field: GraphQLField<unknown, unknown>) => boolean;
  readonly #resolverOf: NonNullable<CompileOptions["resolverOf"]>;
  /** The `info` of a resolver. Ours do not use it; those of introspection use its schema. */
  readonly #info: GraphQLResolveInfo;
  #resolvers = 0;

  constructor(
    { schema, resolverOf = ({ resolve }) => resolve, asks = () => true }: CompileOptions,
    document: DocumentNode,
  ) {
    this.#schema = schema;
    this.#selections = new FieldCollector(schema, document);
    this.#asks = asks;
    this.#resolverOf = resolverOf;
    this.#info = { schema } as GraphQLResolveInfo;
  }

  object(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Plan {
    if (type.isTypeOf) throw new NotCompiled("isTypeOf");
    const fields = this.#selections.of(type, sets).map((selected) => this.#field(type, selected));
    const properties = fields.filter((field): field is CompiledField & Property => "property" in field);
    const asks = fields.some((field) => field.asks);
    const write = writeObject(fields, asks);
    if (properties.length < fields.length) return { write, asks };
    const make = makeObject(properties);
    return { make, write: writeAtOnce(make, write), asks };
  }

  #field(type: GraphQLObjectType, { key, nodes, when }: Selected): CompiledField {
    const [node] = nodes;
    const property = node.name.value;
    const always = when.length === 0;
    if (property === "__typename") {
      const make = () => type.name;
      const write: Write = (_, text) => text.add(JSON.stringify(type.name));
      return {
        key,
        when,
        write,
        asks: false,
        resolves: false,
        read: () => undefined,
        ...(always && { property, make }),
      };
    }
    const field = type.getFields()[property] ?? this.#ofTheSchema(type, property);
    if (!field) throw new NotCompiled(property);
    const { write, make, asks: below } = this.#value(field.type, nodes);
    const resolve = this.#resolverOf(field);
    if (!resolve) {
      const read = (source: unknown) => (source as Record<string, unknown>)[property];
      return { key, when, write, read, asks: below, resolves: false, ...(always && make && { property, make }) };
    }
    const place = this.#resolvers++;
    const { fragments } = this.#selections;
    const infoOf = (variables: ExecutionState["variables"]) =>
      ({ fieldNodes: nodes, fragments, variableValues: variables }) as unknown as GraphQLResolveInfo;
    const looksAhead = field.extensions.looksAhead === true;
    const read = (source: unknown, { args, variables, context }: ExecutionState) => {
      args[place] ??= getArgumentValues(field, node, variables);
      return resolve(source, args[place], context, looksAhead ? infoOf(variables) : this.#info);
    };
    return { key, when, write, read, asks: below || this.#asks(field), resolves: true };
  }

  #ofTheSchema(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (type !== this.#schema.getQueryType()) return undefined;
    return [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name);
  }

  #value(type: GraphQLOutputType, nodes: readonly FieldNode[]): Plan {
    const { write, make, asks } = this.#single(getNullableType(type), nodes);
    const missing = isNonNullType(type) ? fail : () => null;
    return {
      asks,
      ...(make && { make: (value, done) => (value == null ? missing() : make(value, done)) }),
      write: (value, text, run) => (value == null ? text.add(String(missing())) : write(value, text, run)),
    };
  }

  /** Of a value that is not null. An object counts where it stands alone; those of a list are counted by the list. */
  #single(type: GraphQLNullableType & GraphQLOutputType, nodes: readonly FieldNode[]): Plan {
    const { write, make, asks } = this.#present(type, nodes);
    if (isLeafType(type) || isListType(type)) return { write, asks, ...(make && { make }) };
    return { write: writeCounted(write), asks, ...(make && { make: makeCounted(make) }) };
  }

  #present(type: GraphQLNullableType & GraphQLOutputType, nodes: readonly FieldNode[]): Plan {
    if (isLeafType(type)) return leaf(makeLeaf(type));
    if (isListType(type)) return this.#list(type, nodes);
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return isObjectType(type) ? this.object(type, sets) : this.#abstract(type, sets);
  }

  #list({ ofType }: GraphQLList<GraphQLOutputType>, nodes: readonly FieldNode[]): Plan {
    const item = getNullableType(ofType);
    const ofObjects = !isLeafType(item) && !isListType(item);
    const missing = isNonNullType(ofType) ? fail : () => null;
    const { write, make, asks } = this.#present(item, nodes);
    const writeItem: Write = (value, text, run) =>
      value == null ? text.add(String(missing())) : write(value, text, run);
    const piecewise = writeList(writeItem, ofObjects, asks);
    if (!make) return { write: piecewise, asks };
    const makeAll = makeList((value, done) => (value == null ? missing() : make(value, done)), ofObjects);
    return { make: makeAll, write: writeAtOnce(makeAll, piecewise), asks };
  }

  #abstract(type: GraphQLAbstractType, sets: readonly SelectionSetNode[]): Plan {
    const possible = this.#schema.getPossibleTypes(type);
    const plans = possible.map((each) => [each.name, this.object(each, sets)] as const);
    const writes = new Map<unknown, Write>(plans.map(([name, { write }]) => [name, write]));
    const { resolveType } = type;
    if (!resolveType) throw new NotCompiled(type.name);
    const write: Write = (value, text, run) => {
      const named = writes.get(resolveType(value, run.context, this.#info, type)) ?? fail();
      named(value, text, run);
    };
    return { write, asks: plans.some(([, { asks }]) => asks) };
  }
}
