import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createTransport, type TransportOptions } from "../src/cloudflare/transport.ts";
import type { SandboxResponse } from "../src/sandbox/answer.ts";
import type { GatewayOptions } from "../src/server/gateway.ts";
import { type Setup, setup } from "./gateway.ts";
import { createWire, type Mutate, mutateBy, still, type Wire } from "./graph/mutations/mutation.ts";

/** A gateway whose calls cross a real socket to a sandbox whose answers are changed on their way back. */
export interface Altered extends Setup, AsyncDisposable {
  wire: Wire;
  mutate: Mutate;
  /** Changes the `result` of every answer of a route that is an envelope with one. */
  result(route: string, change: (result: Json) => unknown): void;
}

// biome-ignore lint/suspicious/noExplicitAny: as JSON.parse has it
export type Json = any;

/** Makes one. */
export async function alteredUpstream(
  options: Partial<GatewayOptions> = {},
  transportOptions: TransportOptions = {},
): Promise<Altered> {
  const wire = createWire();
  const sandbox = wire.to(still());
  const server = createServer(async (incoming, outgoing) => {
    let body = "";
    for await (const chunk of incoming.setEncoding("utf8")) body += chunk;
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const url = new URL(incoming.url ?? "/", "http://sandbox").href;
    const { method = "GET" } = incoming;
    const answer = await sandbox.handle({ method, url, headers, ...(body && { body }) });
    outgoing.writeHead(answer.status, answer.headers).end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const transport = createTransport(transportOptions);
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`;
  const { gateway } = setup({}, () => transport, { baseUrl, ...options });
  const run: Setup["run"] = async (document, variables, given) => {
    const before = sandbox.calls.length;
    const { run } = setup({}, () => transport, { baseUrl, ...options });
    const answer = await run(document, variables, given);
    return { ...answer, calls: sandbox.calls.slice(before).map(({ route }) => route) };
  };
  return {
    wire,
    sandbox,
    gateway,
    run,
    mutate: mutateBy(run),
    result: (route, change) =>
      wire.answer(route, (answer) => {
        const envelope = JSON.parse(answer.text) as Json;
        if (!envelope.success) return answer;
        return { ...answer, text: JSON.stringify({ ...envelope, result: change(envelope.result) }) };
      }),
    [Symbol.asyncDispose]: async () => {
      await transport.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An answer that says nothing of a success: another status, body or type. */
export function instead(answer: Partial<SandboxResponse>): (real: SandboxResponse) => SandboxResponse {
  return (real) => ({ ...real, ...answer, headers: { ...answer.headers } });
}
