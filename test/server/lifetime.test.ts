import { createServer } from "node:http";
import { describe, vi } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createGateway } from "../../src/server/gateway.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { deferredTransport, oneCall } from "../deferred-transport.ts";
import { account, expect, setup, test } from "../gateway.ts";

const credential = { token: "sandbox-admin" };
const message = "This gateway was disposed and answers nothing any more.";
const body = { errors: [{ message, extensions: { code: "INTERNAL_SERVER_ERROR" } }] };

describe("dispose", () => {
  test("lets what is under way end, and refuses whatever comes then", async () => {
    const sandbox = createSandbox({ quota: false });
    const { transport, arrived, held: calls } = deferredTransport((request) => sandbox.handle(request));
    const gateway = createGateway({ transport, logging: false });
    const result = gateway.execute(oneCall, { credential });
    await arrived(1);
    let over = false;
    const disposed = gateway.dispose().then(() => {
      over = true;
    });
    expect(JSON.parse(JSON.stringify(await gateway.execute(oneCall, { credential })))).toEqual(body);
    const response = await gateway.fetch("http://gateway/graphql?query={__typename}");
    expect([response.status, await response.json()]).toEqual([503, body]);
    await using server = createServer(gateway).listen(0, "127.0.0.1");
    await vi.waitUntil(() => server.listening);
    const { port } = server.address() as { port: number };
    const answer = await fetch(`http://127.0.0.1:${port}/graphql?query={__typename}`);
    expect([answer.status, await answer.json()]).toEqual([503, body]);
    expect(over).toBe(false);
    calls[0]?.open();
    expect((await result).data?.accounts).toEqual(expect.anything());
    await disposed;
  });

  test("does not wait for a client that left while its answer was sent, and waits for the write of one", async () => {
    const sandbox = createSandbox({ quota: false });
    const { transport, arrived, held: calls } = deferredTransport((request) => sandbox.handle(request));
    await using gateway = createGateway({ transport, logging: false });
    await using server = createServer((request, response) => {
      const write = response.write.bind(response);
      // The client leaves just when its answer is sent.
      response.write = (chunk: unknown) => {
        request.socket.destroy();
        return write(chunk);
      };
      void gateway(request, response);
    }).listen(0, "127.0.0.1");
    await vi.waitUntil(() => server.listening);
    const { port } = server.address() as { port: number };
    const left = new AbortController();
    const send = (query: string) => {
      const headers = { "content-type": "application/json", authorization: "Bearer sandbox-admin" };
      const body = JSON.stringify({ query });
      return fetch(`http://127.0.0.1:${port}/graphql`, { method: "POST", headers, body, signal: left.signal });
    };
    await expect(send("{ __typename }")).rejects.toThrow();

    const written = send(`mutation { createUserGroup(input: { accountId: "${account}", name: "x" }) { __typename } }`);
    await arrived(1);
    left.abort();
    await expect(written).rejects.toThrow();
    let over = false;
    const disposed = gateway.dispose().then(() => {
      over = true;
    });
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(over).toBe(false);
    calls[0]?.open();
    await disposed;
    expect(sandbox.calls.map(({ method }) => method)).toEqual(["POST"]);
  });

  test("disposes plugins once, and leaves a budget that was given to its owner", async () => {
    const onDispose = vi.fn();
    const budget = memoryBudget({ quota: false });
    const disposed = vi.spyOn(budget, "dispose");
    const { gateway } = setup({}, undefined, { plugins: [{ onDispose }], budget });
    {
      await using again = gateway;
      await again.dispose();
    }
    expect(onDispose).toHaveBeenCalledTimes(1);
    expect(disposed).not.toHaveBeenCalled();
  });
});

describe("fetch", () => {
  test("stands in for the platform's", async ({ gateway }) => {
    const standIn: typeof fetch = gateway.fetch;
    const url = new URL("http://gateway/graphql?query={__typename}");
    for (const input of [url, url.href, new Request(url)]) expect((await standIn(input)).status).toBe(200);
  });

  test("takes from its second argument what replaces a part of a request", async ({ gateway }) => {
    const headers = { "content-type": "application/json" };
    const request = () =>
      new Request("http://gateway/graphql", { method: "POST", headers, body: JSON.stringify({ query: oneCall }) });
    const authorised = { headers: { ...headers, authorization: "Bearer sandbox-admin" } };
    expect(await (await gateway.fetch(request(), authorised)).json()).toMatchObject({ data: { accounts: {} } });
    // What Hono passes there.
    const environment: object = { incoming: {}, outgoing: {} };
    expect((await gateway.fetch(request(), environment)).status).toBe(200);
    // Next.js gives a route handler such a proxy, which `new Request` does not take.
    const get = (target: Request, name: keyof Request) => target[name];
    const proxy = new Proxy(request(), { get });
    expect(await (await gateway.fetch(proxy, authorised)).json()).toMatchObject({ data: { accounts: {} } });
  });
});
