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
import { FieldCollector, NotCompiled } from "./collect-fields.ts";

/** Bytes of a compiled field, of each place that asks for it, and of one type of an object; measured with Node 24. */
const FIELD = 600;
const PLACE = 10;
const OBJECT = 1000;

/** Fields that are looked at for one document: some milliseconds. One operation of several may have a third of them. */
const MOST_FIELDS = 15_000;

/**
 * What the compiled queries of a valid document take in memory, in bytes. An abstract type is compiled once for each of its
 * possible types. What is left to the plain executor takes nothing. More than can be counted in some milliseconds is
 * `Number.MAX_SAFE_INTEGER`.
 */
export function compiledSize(schema: GraphQLSchema, document: DocumentNode): number {
  const query = schema.getQueryType();
  if (!query) return 0;
  let [bytes, visited] = [0, 0];
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation !== "query") continue;
    if (visited > MOST_FIELDS) return Number.MAX_SAFE_INTEGER;
    const selections = new FieldCollector(schema, document);
    try {
      bytes += sizeOf(schema, selections)(query, [definition]);
    } catch (error) {
      if (!(error instanceof NotCompiled)) throw error;
    }
    visited += selections.visited;
  }
  return bytes;
}

function sizeOf(schema: GraphQLSchema, selections: FieldCollector) {
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
