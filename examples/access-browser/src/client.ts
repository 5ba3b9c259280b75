import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { relayStylePagination } from "@apollo/client/utilities";
import { cacheOptions } from "cloudflare-iam-graphql/apollo";
import { OperationTypeNode } from "graphql";
import { costLink } from "./cost";
import { credential } from "./credential";
import { eventsLink } from "./events-link";

/** A field that fails is null and an error; the rest of the answer is shown. */
const all = { errorPolicy: "all" } as const;

declare module "@apollo/client" {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: "all";
      }
      interface Query {
        errorPolicy: "all";
      }
      interface Mutate {
        errorPolicy: "all";
      }
    }
  }
}

/** Every request has the credential of that moment. */
function headers(): Record<string, string> {
  const token = credential();
  return token ? { authorization: `Bearer ${token}` } : {};
}

const credentialLink = new SetContextLink((context) => ({ headers: { ...context.headers, ...headers() } }));

/** Talks to the gateway of the page's own origin. */
export const client = new ApolloClient({
  link: costLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    eventsLink("/graphql", headers),
    ApolloLink.from([credentialLink, new HttpLink({ uri: "/graphql" })]),
  ),
  cache: new InMemoryCache(cacheOptions(relayStylePagination)),
  defaultOptions: { watchQuery: all, query: all, mutate: all },
});
