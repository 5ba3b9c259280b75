/** `cloudflare-iam-graphql/apollo`: options of Apollo Client's cache. */
import { connectionFields, embeddedTypes, possibleTypes } from "./client-schema.ts";

/** Arguments that make one list another one. */
type KeyArgs = string[] | false;

/** A page as Apollo's `relayStylePagination` keeps it. */
interface Page {
  edges?: readonly object[] | null;
  nodes?: readonly unknown[] | null | undefined;
}

interface Options {
  readField(field: string, from: object): unknown;
  args: { after?: string | null; before?: string | null } | null;
}

type Read = (existing: Page | undefined, options: Options) => Page | undefined;
type Merge = (existing: Page | null | undefined, incoming: Page, options: Options) => Page;

/**
 * Options of `InMemoryCache`: the types of interfaces and unions, and a policy for each connection, under which a further page is
 * added to those before it, whether `edges` or `nodes` are selected. `pageInfo` has to be selected with its cursors.
 *
 * @param relayStylePagination that of `@apollo/client/utilities`
 */
export function cacheOptions<Policy>(relayStylePagination: (keyArgs: KeyArgs) => Policy): {
  possibleTypes: Record<string, string[]>;
  typePolicies: Record<string, { fields?: Record<string, Policy>; merge?: boolean }>;
} {
  const parts = embeddedTypes.filter((name) => !/(Connection|Edge|Payload|Error)$/.test(name));
  const typePolicies: Record<string, { fields?: Record<string, Policy>; merge?: boolean }> = {};
  for (const name of parts) typePolicies[name] = { merge: true };
  for (const [type, fields] of Object.entries(connectionFields)) {
    const policies = Object.entries(fields).map(([field, filters]) => {
      const keyArgs = filters.length > 0 ? filters : (false as const);
      return [field, withNodes(relayStylePagination(keyArgs))];
    });
    typePolicies[type] = { ...typePolicies[type], fields: Object.fromEntries(policies) };
  }
  return { possibleTypes, typePolicies };
}

/** The policy with `nodes`, too: they are kept as edges, and what an edge lacks then is missing in the cache. */
function withNodes<Policy>(policy: Policy): Policy {
  const { read, merge } = policy as { read: Read; merge: Merge };
  const readBoth: Read = (existing, options) => {
    const page = read(existing, options);
    const nodes = page?.edges?.map((edge) => options.readField("node", edge));
    return page && { ...page, nodes: nodes?.includes(undefined) ? undefined : nodes };
  };
  const mergeBoth = (existing: Page | null | undefined, incoming: Page | null, options: Options) => {
    // A list that could not be read is null. Apollo's policy would make it an empty one.
    if (!incoming) return options.args?.after || options.args?.before ? (existing ?? null) : null;
    const edges = incoming.edges ?? incoming.nodes?.map((node) => ({ node }));
    return merge(existing, { ...incoming, ...(edges && { edges }) }, options);
  };
  return { ...policy, read: readBoth, merge: mergeBoth };
}
