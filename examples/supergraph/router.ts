import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";

/** A router in front of a supergraph. Only the IAM gateway is sent the caller's credential. */
export function createRouter(supergraph: string) {
  return createGatewayRuntime({
    supergraph,
    logging: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request, subgraphName }) =>
        subgraphName === "iam" ? { authorization: request.headers.get("authorization") } : {},
    },
  });
}
