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

// Pothos has no option for it.
schema.description =
  "Who may do what in Cloudflare accounts: members, user groups, policies, permission groups, resource groups, API tokens and single " +
  "sign-on, read from Cloudflare's REST API and written to it.\n\n" +
  "**Where to begin**: `accounts` lists the accounts that your credential sees. `account(id:)` leads to all that is in one. Any object " +
  "that has a global `id` is read again with `node(id:)`. `account { whoCan }` and `account { access }` answer who can do something, " +
  "and why. A mutation answers with what it did, or with an error that says what is wrong.\n\n" +
  "**What things cost**: REST calls. Cloudflare allows 1,200 per user in five minutes, then rejects everything for five minutes. A list " +
  "costs 1 call per page of Cloudflare's, and what comes with its items costs nothing; members of a user group cost 1 call per group. " +
  "Each description says its own cost where it has one. With the header `x-upstream-explain: plan` a gateway that explains answers what " +
  "an operation would cost, and sends nothing; the answer to an operation has its cost under `extensions.upstream`.";

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
