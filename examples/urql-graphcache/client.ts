import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { cacheOptions } from "cloudflare-iam-graphql/graphcache";
import schema from "cloudflare-iam-graphql/introspection.json" with { type: "json" };

/** A client of the gateway whose cache knows the schema: what a query lacks is null where the schema allows it, and is read again. */
export function createClient(url: string, token: string, fetcher: typeof fetch = fetch) {
  const { keys, resolvers } = cacheOptions(relayPagination);
  const cache = cacheExchange({
    schema: schema as never,
    keys,
    resolvers,
    updates: {
      Mutation: {
        // A new group stands at the end of the list that is shown.
        createUserGroup(result, _args, cache) {
          const { userGroupEdge: edge } = result.createUserGroup as { userGroupEdge?: Edge };
          if (!edge) return;
          for (const { arguments: given } of cache
            .inspectFields("Query")
            .filter((each) => each.fieldName === "account")) {
            const variables = { account: String(given?.id), first: 5 };
            cache.updateQuery<GroupsData>({ query: Groups, variables }, (data) => {
              data?.account.userGroups.edges.push(edge);
              return data;
            });
          }
        },
      },
    },
  });
  return new Client({
    url,
    preferGetMethod: false,
    exchanges: [cache, fetchExchange],
    fetch: fetcher,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
  });
}

interface Edge {
  cursor: string;
  node: { id: string; name: string; policies: { id: string; access: string }[] };
}

export interface GroupsData {
  account: {
    id: string;
    userGroups: {
      edges: Edge[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  };
}

/** A page of groups. The cache puts all pages that were read together. */
export const Groups = gql<GroupsData>`
  query Groups($account: String!, $first: Int!, $after: String) {
    account(id: $account) {
      id
      userGroups(first: $first, after: $after) {
        edges { cursor node { id name policies { id access permissionGroups { id name } } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;

/** A mutation that selects less of the policies than the list shows. */
export const RenameGroup = gql`
  mutation RenameGroup($input: UpdateUserGroupInput!) {
    updateUserGroup(input: $input) {
      ... on UpdateUserGroupPayload { userGroup { id name policies { id } } }
      ... on MutationError { message }
    }
  }
`;

export const CreateGroup = gql`
  mutation CreateGroup($input: CreateUserGroupInput!) {
    createUserGroup(input: $input) {
      ... on CreateUserGroupPayload {
        userGroupEdge { cursor node { id name policies { id access permissionGroups { id name } } } }
      }
      ... on MutationError { message }
    }
  }
`;
