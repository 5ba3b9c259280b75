import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { constants, createServer as createHttp2Server, connect as http2Connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createGateway } from "../../src/server/gateway.ts";
import { deferredTransport } from "../deferred-transport.ts";
import { account, compileAt } from "../gateway.ts";

/** Next.js aborts with an error of this name. */
class ResponseAborted extends Error {
  override readonly name = "ResponseAborted";
}

const reasons: [string, unknown][] = [
  ["an AbortError", new DOMException("gone", "AbortError")],
  ["ResponseAborted of Next.js", new ResponseAborted()],
  ["a string", "navigated away"],
  ["undefined", undefined],
  ["null", null],
  ["an object", { left: true }],
  ["an object without a prototype", Object.create(null)],
  ["a GraphQL error's likeness", { message: "x", extensions: {} }],
];

let unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
let logged: unknown[][] = [];
beforeEach(() => {
  unhandled = [];
  logged = [];
  process.on("unhandledRejection", note);
  for (const level of ["error", "warn"] as const) {
    vi.spyOn(console, level).mockImplementation((...words) => void logged.push(words));
  }
});
afterEach(() => {
  process.off("unhandledRejection", note);
  vi.restoreAllMocks();
});

/** A client that left is no bug: nothing is logged above `info`, and no rejection is left alone. */
async function expectQuiet(): Promise<void> {
  // Node tells of unhandled rejections once all microtasks have run.
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
  expect(logged).toEqual([]);
  expect(unhandled).toEqual([]);
}

const names = `query ($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;

function held() {
  const sandbox = createSandbox({ quota: false });
  const network = deferredTransport((request) => sandbox.handle(request));
  const gateway = createGateway({ transport: network.transport, baseUrl: "http://x/client/v4", compileAt });
  return { ...network, gateway };
}

const requestWith = (body: BodyInit, signal: AbortSignal) =>
  new Request("http://gateway/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
    body,
    signal,
    duplex: "half",
  } as RequestInit);

const operation = JSON.stringify({ query: names, variables: { account } });

describe.each(reasons)("a host that aborts with %s", (_, reason) => {
  test("while calls are under way: they end, and nothing is a bug", async () => {
    const { gateway, arrived, held: calls } = held();
    const leaving = new AbortController();
    const answer = gateway.fetch(requestWith(operation, leaving.signal));
    await arrived(1);
    leaving.abort(reason);
    await expect(answer).rejects.toBe(leaving.signal.reason);
    expect(calls[0]?.request.signal?.aborted).toBe(true);
    await expectQuiet();
  });

  test("while a mutation reads what it will write: the read ends, and nothing is written", async () => {
    const { gateway, arrived, held: calls } = held();
    const leaving = new AbortController();
    const query = "mutation ($input: UpdateUserGroupInput!) { updateUserGroup(input: $input) { __typename } }";
    const input = { accountId: account, userGroupId: account, name: "Growth" };
    const answer = gateway.fetch(requestWith(JSON.stringify({ query, variables: { input } }), leaving.signal));
    await arrived(1);
    expect(calls[0]?.request.method).toBe("GET");
    leaving.abort(reason);
    await expect(answer).rejects.toBe(leaving.signal.reason);
    await expectQuiet();
    expect(calls.map(({ request, givenUp }) => [request.method, givenUp])).toEqual([["GET", true]]);
  });

  test("before the gateway has the request", async () => {
    const { gateway, held: calls } = held();
    const leaving = new AbortController();
    const request = requestWith(operation, leaving.signal);
    leaving.abort(reason);
    await expect(gateway.fetch(request)).rejects.toBe(leaving.signal.reason);
    await expectQuiet();
    expect(calls).toEqual([]);
  });

  test("while the body comes", async () => {
    const { gateway, held: calls } = held();
    const leaving = new AbortController();
    const pulled = Promise.withResolvers<void>();
    const body = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new TextEncoder().encode("{"));
        pulled.resolve();
        return new Promise(() => {});
      },
    });
    const answer = gateway.fetch(requestWith(body, leaving.signal));
    await pulled.promise;
    leaving.abort(reason);
    await expect(answer).rejects.toBe(leaving.signal.reason);
    await expectQuiet();
    expect(calls).toEqual([]);
  });

  test("while it reads the answer", async () => {
    const sandbox = createSandbox({ quota: false, groups: 400 });
    const gateway = createGateway({ transport: sandbox.handle, compileAt });
    const leaving = new AbortController();
    const policies = `query ($account: String!) { account(id: $account) { userGroups(first: 400) { nodes { id name policies {
      id permissionGroups { id name } resourceGroups { id name } } } } } }`;
    const request = requestWith(JSON.stringify({ query: policies, variables: { account } }), leaving.signal);
    const response = await gateway.fetch(request);
    const reader = response.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    leaving.abort(reason);
    await reader?.cancel(reason).catch(() => undefined);
    await expectQuiet();
  });
});

test.each(reasons)("a body that breaks with %s is a refused request", async (_, reason) => {
  const { gateway, held: calls } = held();
  const info = vi.spyOn(console, "info").mockReturnValue();
  const body = new ReadableStream({ pull: (controller) => controller.error(reason) });
  const response = await gateway.fetch(requestWith(body, new AbortController().signal));
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  expect(info).toHaveBeenCalledOnce();
  await expectQuiet();
  expect(calls).toEqual([]);
});

/** Asks over a version of HTTP. What it returns is what a browser does whose user goes elsewhere. */
const clients = {
  "HTTP/1.1"(port: number, method: string, path: string) {
    const sent = httpRequest({ port, path, method, headers });
    sent.on("error", () => undefined).end(method === "POST" ? operation : undefined);
    return () => void sent.destroy();
  },
  "HTTP/2"(port: number, method: string, path: string) {
    const session = http2Connect(`http://127.0.0.1:${port}`);
    const sent = session.request({ ":path": path, ":method": method, ...headers });
    sent.on("error", () => undefined).end(method === "POST" ? operation : undefined);
    return () => void sent.once("close", () => session.destroy()).close(constants.NGHTTP2_CANCEL);
  },
};
type Listener = Parameters<typeof createServer>[1] & Parameters<typeof createHttp2Server>[0];
const servers = {
  "HTTP/1.1": (listener: Listener) => createServer(listener),
  "HTTP/2": (listener: Listener) => createHttp2Server(listener),
};
const headers = { "content-type": "application/json", authorization: "Bearer sandbox-admin" };
const asGet = `/graphql?${new URLSearchParams({ query: names, variables: JSON.stringify({ account }) })}`;

describe.each([
  ["HTTP/1.1", "POST", "/graphql"],
  ["HTTP/1.1", "GET", asGet],
  ["HTTP/2", "POST", "/graphql"],
  ["HTTP/2", "GET", asGet],
] as const)("a client of %s that leaves after its %s", (version, method, path) => {
  async function served(listener: Listener) {
    const server = servers[version](listener);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const leave = clients[version]((server.address() as AddressInfo).port, method, path);
    return { leave, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
  }

  test("while calls are under way: they end", async () => {
    const { gateway, arrived, held: calls } = held();
    const answered = Promise.withResolvers<void>();
    await using client = await served((request, response) => void gateway(request, response).then(answered.resolve));
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    client.leave();
    await answered.promise;
    await vi.waitFor(() => expect(calls[0]?.givenUp).toBe(true));
    await arrived(1);
    await expectQuiet();
  });

  test("before the host has asked the gateway: no call is made", async () => {
    const { gateway, held: calls } = held();
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    await using client = await served(async (request, response) => {
      asked.resolve();
      await once(response, "close");
      await gateway(request, response);
      answered.resolve();
    });
    await asked.promise;
    client.leave();
    await answered.promise;
    await expectQuiet();
    expect(calls).toEqual([]);
  });
});
