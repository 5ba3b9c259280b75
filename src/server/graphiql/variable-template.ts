import {
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type TypeNode,
  typeFromAST,
} from "graphql";

/**
 * A value of a variable's type to be filled in: `<name>` for each text, the first value of an enum, one item of a list, and of an input
 * the fields that it must have and the account, or the first where it takes one of several.
 */
export function templateOf(schema: GraphQLSchema, type: TypeNode, name: string): unknown {
  return template(typeFromAST(schema, type as never) as GraphQLInputType | undefined, name);
}

function template(type: GraphQLInputType | undefined, name: string): unknown {
  const inner = type && getNullableType(type);
  if (isListType(inner)) return [template(inner.ofType, name.replace(/s$/, ""))];
  if (isEnumType(inner)) return inner.getValues()[0]?.name;
  if (!isInputObjectType(inner)) return `<${name}>`;
  const fields = Object.values(inner.getFields());
  // An account may be left out where IDs are global; people have those of Cloudflare's.
  const isGiven = ({ name, type, defaultValue }: GraphQLInputField) =>
    name === "accountId" || (isNonNullType(type) && defaultValue === undefined);
  const given = inner.isOneOf ? fields.slice(0, 1) : fields.filter(isGiven);
  return Object.fromEntries(given.map((field) => [field.name, template(field.type, field.name)]));
}
