import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTransport } from "../../src/cloudflare/transport.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createGateway } from "../../src/server/gateway.ts";
import { deferredTransport, oneCall } from "../deferred-transport.ts";
import { account, compileAt, setupOverHttp } from "../gateway.ts";
import { gone, mockUpstream } from "../mock-upstream.ts";

const one = `query ($account: String!) { account(id: $account) { name userGroups { nodes { name } } } }`;
const other = `query ($account: String!) { account(id: $account) { userGroups { nodes { id } } } }`;
const nested = `query ($account: String!) { account(id: $account) { userGroups { nodes { name members { nodes { email } } } } } }`;
const create = `mutation ($account: ID!) { createUserGroup(input: { accountId: $account, name: "Fresh" }) { __typename } }`;
const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const membersRoute = `${groupsRoute}/{user_group_id}/members`;

/** A new one for each request: the server's own `Request` writes its content-length into it. */
const headersOf = () => ({ "content-type": "application/json", authorization: "Bearer sandbox-admin" });
const bodyOf = (query: string) => JSON.stringify({ query, variables: { account } });

/** A gateway on a network that holds every call. */
function setup(operationTimeout?: number) {
  const sandbox = createSandbox({ quota: false });
  const network = deferredTransport(sandbox.handle);
  const gateway = createGateway({
    transport: network.transport,
    baseUrl: "http://x/client/v4",
    logging: false,
    compileAt,
    // It counts in windows, each of which ends by a timer.
    quota: false,
    // The operation's time is what is tested.
    callTimeout: 3_600_000,
    ...(operationTimeout !== undefined && { operationTimeout }),
  });
  const ask = async (query: string) => {
    const init = { method: "POST", headers: headersOf(), body: bodyOf(query) };
    return (await gateway.fetch("http://gateway/graphql", init)).json();
  };
  const openAll = (route: string) => {
    for (const call of network.held) if (call.request.route === route) call.open();
  };
  return { ...network, sandbox, ask, openAll };
}

/** Whether something has come by now. */
function watch<T>(promise: Promise<T>): { done: boolean } {
  const state = { done: false };
  promise.finally(() => {
    state.done = true;
  });
  return state;
}

describe("when the operation's time is up", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  test("after 30 seconds, what is not done fails with TIMEOUT, what is done is answered, and the call is ended", async () => {
    const { ask, knows, arrived, held, openAll } = setup();
    await knows(ask(oneCall));
    const timers = vi.getTimerCount();
    const asked = ask(one);
    const state = watch(asked);
    await arrived(2);
    openAll("GET /accounts/{account_id}");
    await vi.advanceTimersByTimeAsync(29_900);
    expect(state.done).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    const { data, errors } = await asked;
    expect(data).toEqual({ account: { name: "Acme", userGroups: null } });
    expect(errors).toMatchObject([
      {
        path: ["account", "userGroups"],
        message: `${groupsRoute} was not answered before the operation's time was up`,
        extensions: { code: "TIMEOUT", route: groupsRoute },
      },
    ]);
    expect(held.map(({ givenUp }) => givenUp)).toEqual(held.map(({ request }) => request.route === groupsRoute));
    expect(vi.getTimerCount()).toBe(timers);
  });

  test("each field fails on its own: the names of the groups stand", async () => {
    const { ask, arrived, openAll, held } = setup(1_000);
    const asked = ask(nested);
    await arrived(1);
    openAll(groupsRoute);
    await arrived(17);
    held.find(({ request }) => request.route === membersRoute)?.open();
    // The answer is on its way through promises alone.
    await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(1_000);
    const { data, errors } = await asked;
    const nodes: { name: string; members: object | null }[] = data.account.userGroups.nodes;
    expect(nodes.filter(({ name }) => name)).toHaveLength(16);
    expect(nodes.filter(({ members }) => members)).toHaveLength(1);
    expect(errors).toHaveLength(15);
    for (const { extensions } of errors) expect(extensions.code).toBe("TIMEOUT");
  });

  test("nothing is begun any more", async () => {
    const { ask, arrived, held } = setup(0);
    const { data, errors } = await ask(one);
    expect(data).toEqual({ account: { name: null, userGroups: null } });
    expect(errors).toMatchObject([{ extensions: { code: "TIMEOUT" } }, { extensions: { code: "TIMEOUT" } }]);
    await arrived(0);
    expect(held).toEqual([]);
  });

  test("a write goes on", async () => {
    const { ask, arrived, held } = setup(1_000);
    const asked = ask(create);
    await arrived(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(held[0]?.givenUp).toBe(false);
    held[0]?.open();
    expect(await asked).toEqual({ data: { createUserGroup: { __typename: "CreateUserGroupPayload" } } });
    expect(held).toHaveLength(1);
  });

  test("a call that another operation waits for goes on for that one, and ends with it", async () => {
    for (const answered of [true, false]) {
      const { ask, arrived, held } = setup(1_000);
      const first = ask(other);
      await arrived(1);
      await vi.advanceTimersByTimeAsync(600);
      const second = ask(`${other} # later`);
      await arrived(1);
      await vi.advanceTimersByTimeAsync(400);
      expect((await first).errors).toMatchObject([{ extensions: { code: "TIMEOUT" } }]);
      expect(held[0]?.givenUp).toBe(false);
      if (answered) held[0]?.open();
      else await vi.advanceTimersByTimeAsync(600);
      const { data, errors } = await second;
      expect(data.account.userGroups?.nodes.length).toBe(answered ? 16 : undefined);
      expect(errors?.[0].extensions.code).toBe(answered ? undefined : "TIMEOUT");
      expect(held[0]?.givenUp).toBe(!answered);
    }
  });
});

describe("waiting counts", () => {
  test("for a connection: the operation ends in time, and what waits is never sent", async () => {
    const asked: (string | undefined)[] = [];
    await using api = await mockUpstream(({ url }) => void asked.push(url));
    const transport = createTransport({ concurrency: 1 });
    const gateway = createGateway({
      transport,
      baseUrl: api.url,
      logging: false,
      compileAt,
      operationTimeout: 200,
    });
    const response = await gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers: headersOf(),
      body: bodyOf(one),
    });
    const { errors } = await response.json();
    expect(errors).toMatchObject([{ extensions: { code: "TIMEOUT" } }, { extensions: { code: "TIMEOUT" } }]);
    await gone(api);
    expect(asked).toHaveLength(1);
    await transport.close();
  });

  test("for a group that Cloudflare has just made and does not know yet", async () => {
    await using fixture = await setupOverHttp({}, {}, { operationTimeout: 600 });
    await fixture.run(create, { account });
    fixture.sandbox.stub(membersRoute, () => ({
      status: 404,
      headers: {},
      text: JSON.stringify({ success: false, errors: [{ code: 404, message: "User group not found" }], result: null }),
    }));
    const started = performance.now();
    const { errors, calls } = await fixture.run(
      `query ($account: String!) { account(id: $account) { userGroups(search: "Fresh") { nodes { members { totalCount } } } } }`,
      { account },
    );
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(errors).toMatchObject([{ extensions: { code: "NOT_FOUND" } }]);
    expect(calls.filter((route) => route === membersRoute).length).toBe(2);
  });
});

describe("a client that leaves, seen at the upstream's socket", () => {
  /** A gateway behind a real listener, in front of an upstream that never answers but for the accounts of the credential. */
  async function behindSockets() {
    const asked: string[] = [];
    const api = await mockUpstream(({ method, url }, outgoing) => {
      if (url?.startsWith("/accounts?")) outgoing.end('{"success":true,"errors":[],"messages":[],"result":[]}');
      else asked.push(`${method} ${url}`);
    });
    const transport = createTransport();
    const gateway = createGateway({ transport, baseUrl: api.url, logging: false, compileAt });
    const server = createServer((request, response) => void gateway(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    /** Asks, and leaves when told to. */
    const ask = (query: string) => {
      const leaving = new AbortController();
      const init = { method: "POST", headers: headersOf(), body: bodyOf(query), signal: leaving.signal };
      fetch(url, init).catch(() => undefined);
      return () => leaving.abort();
    };
    // Calls of a credential that has not worked yet wait for each other for two seconds.
    const accounts = { method: "POST", headers: headersOf(), body: bodyOf("{ accounts { totalCount } }") };
    expect(await (await fetch(url, accounts)).json()).not.toHaveProperty("errors");
    await vi.waitFor(() => expect(api.sockets.size).toBeLessThanOrEqual(1));
    return {
      api,
      ask,
      arrived: (count: number) => vi.waitFor(() => expect(asked).toHaveLength(count), { timeout: 5_000, interval: 5 }),
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        server.close();
        await api[Symbol.asyncDispose]();
        await transport.close();
      },
    };
  }

  test("its reads end", async () => {
    await using fixture = await behindSockets();
    const leave = fixture.ask(one);
    await fixture.arrived(2);
    expect(fixture.api.sockets.size).toBe(2);
    leave();
    await gone(fixture.api);
  });

  test("a read that somebody else waits for ends with the last of them", async () => {
    await using fixture = await behindSockets();
    const leave = [fixture.ask(one)];
    await fixture.arrived(2);
    leave.push(fixture.ask(other));
    // The second asks for nothing of its own; this tells that it has come.
    leave.push(fixture.ask(`query ($account: String!) { account(id: $account) { ssoConnectors { totalCount } } }`));
    await fixture.arrived(3);
    leave[0]?.();
    await vi.waitFor(() => expect(fixture.api.sockets.size).toBe(2), { timeout: 5_000, interval: 5 });
    leave[2]?.();
    await vi.waitFor(() => expect(fixture.api.sockets.size).toBe(1), { timeout: 5_000, interval: 5 });
    leave[1]?.();
    await gone(fixture.api);
  });

  test("its write goes on", async () => {
    await using fixture = await behindSockets();
    const leaveWrite = fixture.ask(create);
    await fixture.arrived(1);
    const [socket] = fixture.api.sockets;
    const leaveRead = fixture.ask(other);
    await fixture.arrived(2);
    leaveWrite();
    leaveRead();
    await vi.waitFor(() => expect(fixture.api.sockets.size).toBe(1), { timeout: 5_000, interval: 5 });
    // By the time that another read has come and gone, the write would have gone, too.
    const leaveLater = fixture.ask(other);
    await fixture.arrived(3);
    leaveLater();
    await vi.waitFor(() => expect([...fixture.api.sockets]).toEqual([socket]), { timeout: 5_000, interval: 5 });
  });
});
