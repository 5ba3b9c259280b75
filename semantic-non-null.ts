import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isListType,
  isNullableType,
  isObjectType,
  Kind,
  lexicographicSortSchema,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
} from "graphql";
import { directive } from "./src/graph/subgraph-sdl.ts";

/** Fields that are null only beside an error, if Cloudflare keeps to its reference, which requires them. */
const required = [
  "Account.name",
  "Account.type",
  "Policy.access",
  "Role.description",
  "Role.name",
  "UserGroup.createdAt",
  "UserGroup.name",
  "UserGroup.updatedAt",
];

/** The same of what the gateway makes itself. */
const made = [
  "ApiToken.policies",
  "Member.effectiveAccess",
  "Member.policies",
  "Member.revision",
  "Member.roles",
  "PermissionGroup.usedBy",
  "Query.nodes",
  "ResourceGroup.usedBy",
  "UserGroup.policies",
  "UserGroup.revision",
  "UserGroupMemberConnection.revision",
];

type Field = GraphQLField<unknown, unknown>;

/** Levels of a field at which a null is an error: 0 for the field, 1 for the items of its list. */
export function semanticLevels(type: GraphQLObjectType, field: Field): number[] {
  const coordinate = `${type.name}.${field.name}`;
  const isNull = isNullableType(field.type);
  if (type.name.endsWith("Connection") && field.name === "nodes") return hasNullableItems(field) ? [1] : [];
  if (type.name.endsWith("Connection") && field.name === "pageInfo") return isNull ? [0] : [];
  if (type.name.endsWith("Edge") && field.name === "node") return isNull ? [0] : [];
  if (type.name === "Mutation" || getNamedType(field.type).name.endsWith("Connection")) return isNull ? [0] : [];
  return [...required, ...made].includes(coordinate) ? [0] : [];
}

function hasNullableItems({ type }: Field): boolean {
  const list = isNullableType(type) ? type : (type as { ofType: unknown }).ofType;
  return isListType(list) && isNullableType(list.ofType);
}

const header = `
"The field is null only if it has failed: \`errors\` says why."
directive @semanticNonNull(levels: [Int!]! = [0]) on FIELD_DEFINITION
`;

/** The SDL for clients that take a failed field apart from one that is null, such as Relay. */
export function semanticSdl(schema: GraphQLSchema): string {
  const { definitions } = parse(printSchema(lexicographicSortSchema(schema)), { noLocation: true });
  const marked = definitions.map((each) =>
    each.kind === Kind.OBJECT_TYPE_DEFINITION ? withLevels(each, schema.getType(each.name.value)) : each,
  );
  return `${print({ kind: Kind.DOCUMENT, definitions: [...parse(header).definitions, ...marked] })}\n`;
}

function withLevels(node: ObjectTypeDefinitionNode, type: unknown): ObjectTypeDefinitionNode {
  if (!isObjectType(type)) return node;
  const fields = node.fields?.map((field) => {
    const levels = semanticLevels(type, type.getFields()[field.name.value] as Field);
    return levels.length === 0
      ? field
      : { ...field, directives: [...(field.directives ?? []), semanticNonNull(levels)] };
  });
  return { ...node, ...(fields && { fields }) };
}

function semanticNonNull(levels: number[]) {
  return directive(`@semanticNonNull${String(levels) === "0" ? "" : `(levels: [${levels}])`}`);
}
