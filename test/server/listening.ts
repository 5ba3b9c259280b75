import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { GatewayOptions } from "../../src/server/gateway.ts";
import { setup } from "../gateway.ts";

/** An answer over HTTP, with the first of its errors. */
export interface Answer {
  status: number;
  text: string;
  data?: unknown;
  error: { message: string; code: string; limit: { name: string; allowed: number; found: number } } | undefined;
}

/** A gateway on a port of its own, with a sandbox behind it. */
export interface Listening {
  url: string;
  sandbox: Sandbox;
  /** Posts a text as it is, and anything else as JSON. */
  ask(body: unknown, authorization?: string): Promise<Answer>;
  close(): void;
}

/** Listens, and asks with `accept: application/json`, which gets a 4xx only where whoever accepts more does, too. */
export async function listening(options: Partial<GatewayOptions> = {}): Promise<Listening> {
  const { gateway, sandbox } = setup({}, undefined, options);
  const server = createServer(gateway);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return {
    url,
    sandbox,
    ask: async (body, authorization = "Bearer sandbox-admin") => {
      const headers = { "content-type": "application/json", authorization, accept: "application/json" };
      const response = await fetch(url, {
        method: "POST",
        headers,
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
      const text = await response.text();
      const { data, errors } = JSON.parse(text) as {
        data?: unknown;
        errors?: [{ message: string; extensions: object }];
      };
      const error = errors && ({ message: errors[0].message, ...errors[0].extensions } as Answer["error"]);
      return { status: response.status, text, data, error };
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
