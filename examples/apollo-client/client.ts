import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, type Reference } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { cacheOptions } from "cloudflare-iam-graphql/apollo";

/** A client of the gateway: documents by their hash, objects by their global ID, and lists that grow by the page. */
export function createClient(url: string, token: string, fetcher: typeof fetch = fetch) {
  const byHash = new PersistedQueryLink({ sha256: (text) => createHash("sha256").update(text).digest("hex") });
  const http = new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` }, fetch: fetcher });
  return new ApolloClient({
    link: ApolloLink.from([byHash, http]),
    cache: new InMemoryCache(cacheOptions(relayStylePagination)),
  });
}

/** A page of groups; a next one is added to it: `fetchMore({ variables: { after: pageInfo.endCursor } })`. */
export const Groups = gql`
  query Groups($account: String!, $first: Int!, $after: String) {
    account(id: $account) {
      id
      userGroups(first: $first, after: $after) {
        nodes { id name }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;

/** The same list by its edges. */
export const GroupEdges = gql`
  query GroupEdges($account: String!, $first: Int!, $after: String) {
    account(id: $account) {
      id
      userGroups(first: $first, after: $after) {
        edges { cursor node { id name } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;

/** The result is a union: the payload, or one of the errors, which all have a message. */
export const CreateGroup = gql`
  mutation CreateGroup($input: CreateUserGroupInput!) {
    createUserGroup(input: $input) {
      ... on CreateUserGroupPayload { userGroupEdge { cursor node { id name } } }
      ... on InvalidInputError { fields { path message } }
      ... on MutationError { message }
    }
  }
`;

interface List {
  edges: readonly object[];
}

/** Creates a group, and puts it at the end of the list that is shown. */
export function createGroup(client: ApolloClient, accountRef: string, input: { accountId: string; name: string }) {
  return client.mutate<{ createUserGroup: { __typename: string; message?: string; userGroupEdge?: object } }>({
    mutation: CreateGroup,
    variables: { input },
    update(cache, { data }) {
      const edge = data?.createUserGroup.userGroupEdge;
      if (!edge) return;
      cache.modify<Record<string, List | Reference>>({
        id: cache.identify({ __typename: "Account", id: accountRef }),
        fields: { userGroups: (list) => ("edges" in list ? { ...list, edges: [...list.edges, edge] } : list) },
      });
    },
  });
}
