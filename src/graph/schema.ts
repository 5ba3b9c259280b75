import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
} from "graphql";
import { builder } from "./entities.ts";

/** The executable schema; its resolvers need the context that `createGateway` makes for each request. */
export const schema: GraphQLSchema = builder.toSchema({ sortSchema: false });

/** Resolvers as they are before an executor changes them, of all fields that need one. */
const resolvers = new Map<object, GraphQLFieldResolver<unknown, unknown>>();

/** Keeps the resolvers of a schema for compiled queries, before an executor is given the schema. */
export function keepResolvers(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve, extensions } = field;
      if (resolve && resolve !== defaultFieldResolver && !extensions.plainProperty) resolvers.set(field, resolve);
    }
  }
}

keepResolvers(schema);

/**
 * The resolver that a compiled query calls. A field whose value is a property of its object needs none there: it is read
 * without a call, without a closure, and gives `NEEDS_RESOLVER` (plain-property.ts) where it is not at hand.
 */
export function compiledResolver(
  field: GraphQLField<unknown, unknown>,
): GraphQLFieldResolver<unknown, unknown> | undefined {
  // Of all fields only `__schema` and `__type` belong to no type.
  return resolvers.get(field) ?? (field.name.startsWith("__") ? field.resolve : undefined);
}
