import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import possible from "cloudflare-iam-graphql/possible-types.json";
import { costLink } from "./cost";
import { credential } from "./credential";

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
const credentialLink = new SetContextLink(({ headers }) => {
  const token = credential();
  return { headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) } };
});

/** Talks to the gateway of the page's own origin. */
export const client = new ApolloClient({
  link: ApolloLink.from([costLink, credentialLink, new HttpLink({ uri: "/graphql" })]),
  cache: new InMemoryCache({ possibleTypes: possible.possibleTypes }),
  defaultOptions: { watchQuery: all, query: all, mutate: all },
});
