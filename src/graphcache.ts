/** `cloudflare-iam-graphql/graphcache`: options of urql's normalised cache. */
import { connectionFields, embeddedTypes } from "./client-schema.ts";

/**
 * Options of `cacheExchange`: a resolver for each connection, under which further pages are added to those before them, and no key for
 * types without an ID. With `schema`, the introspection of `cloudflare-iam-graphql/introspection.json`, the cache knows what may be
 * null.
 *
 * @param relayPagination that of `@urql/exchange-graphcache/extras`
 */
export function cacheOptions<Resolver>(relayPagination: () => Resolver): {
  keys: Record<string, () => null>;
  resolvers: Record<string, Record<string, Resolver>>;
} {
  const keys = Object.fromEntries(embeddedTypes.map((name) => [name, () => null]));
  const resolvers = Object.entries(connectionFields).map(([type, fields]) => {
    return [type, Object.fromEntries(Object.keys(fields).map((field) => [field, relayPagination()]))];
  });
  return { keys, resolvers: Object.fromEntries(resolvers) };
}
