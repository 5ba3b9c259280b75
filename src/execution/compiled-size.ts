import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from "graphql";
import { NotCompiled, Selections } from "./selection.ts";

/** Bytes of a compiled field, of each place that asks for it, and of one type of an object; measured with Node 24. */
const FIELD = 600;
const PLACE = 10;
const OBJECT = 1000;

/**
 * What the compiled queries of a valid document take in memory, in bytes. An abstract type is compiled once for each of its
 * possible types. What is left to the plain executor takes nothing; that bounds the time, too.
 */
export function compiledSize(schema: GraphQLSchema, document: DocumentNode): number {
  const query = schema.getQueryType();
  if (!query) return 0;
  let bytes = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation !== "query") continue;
    const size = sizeOf(schema, new Selections(schema, document));
    try {
      bytes += size(query, [definition]);
    } catch (error) {
      if (!(error instanceof NotCompiled)) throw error;
    }
  }
  return bytes;
}

function sizeOf(schema: GraphQLSchema, selections: Selections) {
  const fieldOf = (type: GraphQLObjectType, name: string) =>
    type.getFields()[name] ?? [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name);
  const size = (type: GraphQLObjectType, nodes: readonly Pick<FieldNode, "selectionSet">[]): number => {
    let bytes = OBJECT;
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    for (const { nodes } of selections.of(type, sets)) {
      bytes += FIELD + PLACE * nodes.length;
      const field = fieldOf(type, nodes[0].name.value);
      const below = field && getNamedType(field.type);
      if (isObjectType(below)) bytes += size(below, nodes);
      else if (isAbstractType(below)) for (const each of schema.getPossibleTypes(below)) bytes += size(each, nodes);
    }
    return bytes;
  };
  return size;
}
