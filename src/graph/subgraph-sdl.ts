import {
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  lexicographicSortSchema,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
} from "graphql";

/** Keys of the entities besides `id`: what other subgraphs of a company know of them. */
const otherKeys: Readonly<Record<string, string[]>> = { Account: ["cloudflareId"] };

const header = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@inaccessible", "@key", "@shareable"])
"Exactly one field of the input is given, and it is not null. Composition libraries know no such directive by themselves."
directive @oneOf on INPUT_OBJECT
`;

/**
 * The schema as a subgraph of Apollo Federation 2, for composition. Every type that implements `Node` is an entity. `PageInfo` is
 * shareable, because every subgraph with connections has one; its field `shifted`, which others lack, is then inaccessible.
 *
 * @param schema without the fields of the subgraph protocol, which composition adds
 */
export function subgraphSdl(schema: GraphQLSchema): string {
  const { definitions } = parse(printSchema(lexicographicSortSchema(schema)), { noLocation: true });
  // The header extends the schema; its root types have the usual names.
  const types = definitions.filter(({ kind }) => kind !== Kind.SCHEMA_DEFINITION);
  const marked = types.map((each) => (each.kind === Kind.OBJECT_TYPE_DEFINITION ? withDirectives(each) : each));
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [...parse(header).definitions, ...marked] };
  return `${print(document)}\n`;
}

function withDirectives(type: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode {
  const name = type.name.value;
  if (name === "PageInfo") {
    const fields = type.fields?.map((field) =>
      field.name.value === "shifted" ? { ...field, directives: [directive("@inaccessible")] } : field,
    );
    return { ...type, ...(fields && { fields }), directives: [directive("@shareable")] };
  }
  if (!type.interfaces?.some((each) => each.name.value === "Node")) return type;
  const keys = ["id", ...(otherKeys[name] ?? [])];
  return { ...type, directives: keys.map((fields) => directive(`@key(fields: "${fields}")`)) };
}

/** A directive as the parser reads it. */
export function directive(text: string): ConstDirectiveNode {
  const [definition] = parse(`type T ${text}`, { noLocation: true }).definitions as ObjectTypeDefinitionNode[];
  return definition?.directives?.[0] as ConstDirectiveNode;
}
