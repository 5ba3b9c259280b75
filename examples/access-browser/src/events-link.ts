import { ApolloLink } from "@apollo/client";
import { print } from "graphql";
import { createClient } from "graphql-sse";
import { Observable } from "rxjs";

/** Subscriptions over server-sent events, each on a connection of its own. It is opened again when it breaks. */
export function eventsLink(url: string, headers: () => Record<string, string>): ApolloLink {
  const client = createClient({ url, headers });
  return new ApolloLink(
    ({ query, variables }) =>
      new Observable<ApolloLink.Result>((observer) =>
        client.subscribe(
          { query: print(query), variables },
          {
            next: (result) => observer.next(result as ApolloLink.Result),
            error: (error) => observer.error(error),
            complete: () => observer.complete(),
          },
        ),
      ),
  );
}
