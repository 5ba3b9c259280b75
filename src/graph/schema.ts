import "./account.ts";
import "./mutations/resource-group.ts";
import "./mutations/sso-connector.ts";
import "./mutations/user-group-member.ts";
import "./mutations/user-group.ts";
import "./mutations/user-group-policy.ts";
import "./member.ts";
import "./permission-group.ts";
import "./policy.ts";
import "./resource-group.ts";
import "./sso-connector.ts";
import "./user-group.ts";
import { defaultFieldResolver, isObjectType } from "graphql";
import { builder } from "./builder.ts";

/** The executable schema; its resolvers need the context that `createGateway` makes for each request. */
export const schema = builder.toSchema();

/**
 * The same schema for compiled queries. A field whose value is a property of its object needs no resolver there: it is
 * read without a call, without a closure, and gives `elsewhere` (at-hand.ts) where it is not at hand.
 */
export const compiledSchema = builder.toSchema();

for (const type of Object.values(compiledSchema.getTypeMap())) {
  if (!isObjectType(type)) continue;
  for (const field of Object.values(type.getFields())) {
    if (field.resolve === defaultFieldResolver || field.extensions.atHand) delete field.resolve;
  }
}
