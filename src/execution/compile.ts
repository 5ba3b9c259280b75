import {
  type DocumentNode,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLNullableType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";
import { NotCompiled, type Selected, Selections } from "./selection.ts";
import { Text } from "./text.ts";
import {
  type Field,
  fail,
  type Make,
  makeLeaf,
  makeList,
  makeObject,
  type Property,
  Run,
  type Write,
  writeList,
  writeObject,
} from "./write.ts";

/** Executes a query and gives its `data` as JSON; `undefined` where anything is an error or not at hand. Never rejects. */
export type Compiled = (root: unknown, context: unknown, variables: object) => Promise<Text | undefined>;

/** How a value is written; with `make` where everything below it is at hand, too. */
interface Plan {
  readonly write: Write;
  readonly make?: Make;
}

function atHand(make: Make): Plan {
  return { make, write: (value, text) => text.add(JSON.stringify(make(value))) };
}

/** Compiles a query; `null` where it has something that only the plain executor can do. */
export function compile(schema: GraphQLSchema, document: DocumentNode, name?: string | null): Compiled | null {
  const operation = getOperationAST(document, name);
  const query = schema.getQueryType();
  if (operation?.operation !== "query" || !query) return null;
  try {
    const { write } = new Compiler(schema, document).object(query, [operation.selectionSet]);
    return async (root, context, given) => {
      const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], { ...given });
      if (!coerced) return undefined;
      return new Promise((resolve) => {
        const text = new Text();
        const run = new Run(context, coerced, () => resolve(run.troubled ? undefined : text));
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
  readonly #selections: Selections;
  #resolvers = 0;

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    this.#schema = schema;
    this.#selections = new Selections(schema, document);
  }

  object(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Plan {
    if (type.isTypeOf) throw new NotCompiled("isTypeOf");
    const fields = this.#selections.of(type, sets).map((selected) => this.#field(type, selected));
    const properties = fields.filter((field): field is Field & Property => "property" in field);
    const alone = properties.length === fields.length;
    return alone ? atHand(makeObject(properties)) : { write: writeObject(fields) };
  }

  #field(type: GraphQLObjectType, { key, nodes, when }: Selected): Field | (Field & Property) {
    const [node] = nodes;
    const property = node.name.value;
    const field = type.getFields()[property];
    const always = when.length === 0;
    if (property === "__typename") {
      const { make, write } = {
        make: () => type.name,
        write: (_: unknown, text: Text) => text.add(JSON.stringify(type.name)),
      };
      return { key, when, write, read: () => undefined, ...(always && { property, make }) };
    }
    // Questions about the schema itself.
    if (!field) throw new NotCompiled(property);
    const { write, make } = this.#value(field.type, nodes);
    const { resolve } = field;
    if (!resolve) {
      const read = (source: unknown) => (source as Record<string, unknown>)[property];
      return { key, when, write, read, ...(always && make && { property, make }) };
    }
    const place = this.#resolvers++;
    const { fragments } = this.#selections;
    const infoOf = (variables: Run["variables"]) =>
      ({ fieldNodes: nodes, fragments, variableValues: variables }) as unknown as GraphQLResolveInfo;
    const looksAhead = field.extensions.looksAhead === true;
    const read = (source: unknown, { args, variables, context }: Run) => {
      args[place] ??= getArgumentValues(field, node, variables);
      return resolve(source, args[place], context, looksAhead ? infoOf(variables) : unknown);
    };
    return { key, when, write, read };
  }

  #value(type: GraphQLOutputType, nodes: readonly FieldNode[]): Plan {
    const { write, make } = this.#present(getNullableType(type), nodes);
    const missing = isNonNullType(type) ? fail : () => null;
    if (make) return atHand((value) => (value == null ? missing() : make(value)));
    return { write: (value, text, run) => (value == null ? text.add(String(missing())) : write(value, text, run)) };
  }

  /** Of a value that is not null. */
  #present(type: GraphQLNullableType & GraphQLOutputType, nodes: readonly FieldNode[]): Plan {
    if (isLeafType(type)) return atHand(makeLeaf(type));
    if (isListType(type)) {
      const { write, make } = this.#value(type.ofType, nodes);
      return make ? atHand(makeList(make)) : { write: writeList(write) };
    }
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return isObjectType(type) ? this.object(type, sets) : this.#abstract(type, sets);
  }

  #abstract(type: GraphQLAbstractType, sets: readonly SelectionSetNode[]): Plan {
    const possible = this.#schema.getPossibleTypes(type);
    const writes = new Map<unknown, Write>(possible.map((each) => [each.name, this.object(each, sets).write]));
    const { resolveType } = type;
    if (!resolveType) throw new NotCompiled(type.name);
    const write: Write = (value, text, run) => {
      const named = writes.get(resolveType(value, run.context, unknown, type)) ?? fail();
      named(value, text, run);
    };
    return { write };
  }
}

/** No resolver of ours asks where it stands, but those that say so, and they ask for what is selected below. */
const unknown = undefined as unknown as GraphQLResolveInfo;
