import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gateway } from "../../src/server/gateway.ts";

/** What a client gets. */
export interface Served {
  status: number;
  errors: { message: string; extensions: Record<string, string> }[] | undefined;
  data: unknown;
  retryAfter: string | null;
}

/** A gateway on a port, as `npm start` serves it, so that its clients have an address. */
export async function served(gateway: Gateway) {
  const server = createServer((request, response) => void gateway(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return {
    /** Asks with a token, by default as a client that wants the specification's statuses. */
    ask: async (token: string, query: string, accept = "application/graphql-response+json"): Promise<Served> => {
      const headers = { "content-type": "application/json", accept, authorization: `Bearer ${token}` };
      const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) });
      const { errors, data } = (await response.json()) as Pick<Served, "errors" | "data">;
      return { status: response.status, errors, data, retryAfter: response.headers.get("retry-after") };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
