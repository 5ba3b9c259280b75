import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import { account, setupOverHttp } from "../../gateway.ts";

test("a subscription over HTTP, whose client disconnects", async () => {
  await using made = await setupOverHttp();
  const { gateway, run } = made;
  await using server = await listening(gateway);
  const { data } = await run<{ createSsoConnector: { ssoConnector: { id: string } } }, object>(
    `mutation { createSsoConnector(input: { accountId: "${account}", emailDomain: "new.example" }) {
      ... on CreateSsoConnectorPayload { ssoConnector { id } } } }`,
  );
  const id = data?.createSsoConnector.ssoConnector.id;
  const client = new AbortController();
  const response = await fetch(server.url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", authorization: "Bearer sandbox-admin" },
    body: JSON.stringify({
      query: `subscription { ssoConnectorVerification(id: "${id}") { ended ssoConnector { verification { status } } } }`,
    }),
    signal: client.signal,
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("PENDING")) text += decoder.decode((await reader.read()).value);
  expect(gateway.status().subscriptions).toEqual({ active: 1, polls: 1 });
  client.abort();
  await vi.waitFor(() => expect(gateway.status().subscriptions).toEqual({ active: 0, polls: 0 }));
  await gateway.dispose();
});

async function listening(gateway: Parameters<typeof createServer>[1] & object) {
  const server = createServer(gateway as never).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
