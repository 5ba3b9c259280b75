import "./account.ts";
import "./resource-group-mutations.ts";
import "./sso-connector-mutations.ts";
import "./user-group-member-mutations.ts";
import "./user-group-mutations.ts";
import "./user-group-policy-mutations.ts";
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

// A field that only shows a property of its object needs no resolver: compiled queries then read it without a call.
for (const type of Object.values(schema.getTypeMap())) {
  if (!isObjectType(type)) continue;
  for (const field of Object.values(type.getFields())) {
    if (field.resolve === defaultFieldResolver) delete field.resolve;
  }
}
