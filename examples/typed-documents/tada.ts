import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./generated/graphql-env.d.ts";

/** Types come from the text of a document, by the schema of the gateway; scalars as they are in JSON. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; JSON: unknown };
}>();

export const GroupName = graphql(`
  fragment GroupName on UserGroup { id name createdAt }
`);

export const Groups = graphql(
  `query Groups($account: String!, $first: Int!) {
    account(id: $account) { userGroups(first: $first) { nodes { ...GroupName } } }
  }`,
  [GroupName],
);
