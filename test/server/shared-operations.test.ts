import { setImmediate as turn } from "node:timers/promises";
import { describe } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createGateway } from "../../src/server/gateway.ts";
import { deferredTransport, oneCall } from "../deferred-transport.ts";
import { account, compileAt, expect, test } from "../gateway.ts";

const names = `query Names($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;
const other = `query Others($account: String!) { account(id: $account) { userGroups { nodes { name id } } } }`;

function setup(requestDeduplication = true) {
  const sandboxes = { one: createSandbox({ quota: false }), two: createSandbox({ quota: false, groups: 7 }) };
  const network = deferredTransport((request) => {
    const sandbox = request.headers.authorization === "Bearer two" ? sandboxes.two : sandboxes.one;
    return sandbox.handle({ ...request, headers: { ...request.headers, authorization: "Bearer sandbox-admin" } });
  });
  const gateway = createGateway({
    transport: network.transport,
    baseUrl: "http://x/client/v4",
    logging: false,
    compileAt,
    retry: false,
    requestDeduplication,
  });
  const ask = async (token: string, query: string, signal?: AbortSignal, variables: object = { account }) =>
    gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      ...(signal && { signal }),
    });
  return { ...network, sandboxes, gateway, ask };
}

describe("what is asked at the same moment", () => {
  test("equal operations of one caller are one execution, each with its own request id", async () => {
    const { ask, arrived, held } = setup();
    const asked = Array.from({ length: 20 }, () => ask("one", names));
    await arrived(1);
    held[0]?.open();
    const responses = await Promise.all(asked);
    const bodies = await Promise.all(responses.map((response) => response.text()));
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toContain("Platform Engineering");
    expect(new Set(responses.map(({ headers }) => headers.get("x-request-id"))).size).toBe(20);
  });

  test("different operations of one caller share the calls they have in common", async () => {
    const { ask, arrived, held } = setup();
    const asked = [ask("one", names), ask("one", other)];
    await arrived(1);
    held[0]?.open();
    const [first, second] = await Promise.all(asked.map(async (response) => (await response).json()));
    expect(first.data.account.userGroups.nodes).toHaveLength(16);
    expect(second.data.account.userGroups.nodes).toHaveLength(16);
  });

  test("different variables are different operations", async () => {
    const { ask, knows, arrived } = setup();
    await knows(ask("one", oneCall));
    void ask("one", names);
    void ask("one", names, undefined, { account: "0".repeat(32) });
    await arrived(2);
  });

  test("100 interleaved callers with two credentials get their own data and no foreign byte", async () => {
    const { ask, arrived, held } = setup();
    const asked = Array.from({ length: 100 }, (_, i) => ask(i % 2 ? "one" : "two", i % 4 < 2 ? names : other));
    await arrived(2);
    expect(new Set(held.map(({ request }) => request.headers.authorization))).toEqual(
      new Set(["Bearer one", "Bearer two"]),
    );
    for (const call of held.toReversed()) call.open();
    const bodies = await Promise.all(asked.map(async (response) => (await response).text()));
    bodies.forEach((body, i) => {
      expect(body.includes("Platform Engineering")).toBe(i % 2 === 1);
      expect(body.includes("Team 0001")).toBe(i % 2 === 0);
    });
  });

  test("nothing is kept once it was answered", async () => {
    const { ask, arrived, held, sandboxes } = setup();
    const first = ask("one", names);
    await arrived(1);
    held[0]?.open();
    await first;
    const [group] = sandboxes.one.state.accounts.get(account)?.userGroups.values() ?? [];
    if (group) group.name = "Renamed";
    const second = ask("one", names);
    await arrived(2);
    held[1]?.open();
    expect(await (await second).text()).toContain("Renamed");
  });

  test("with sharing off, everybody asks alone", async () => {
    const { ask, knows, arrived } = setup(false);
    await knows(ask("one", oneCall));
    void ask("one", names);
    void ask("one", names);
    await arrived(2);
  });
});

describe("who leaves", () => {
  test("a waiter that leaves, first or not, ends nothing for the others", async () => {
    for (const leaver of [0, 1]) {
      const { ask, arrived, held } = setup();
      const leaving = new AbortController();
      const asked = [0, 1, 2].map((i) => ask("one", names, i === leaver ? leaving.signal : undefined));
      await arrived(1);
      asked[leaver]?.catch(() => {});
      leaving.abort();
      await turn();
      expect(held[0]?.givenUp).toBe(false);
      held[0]?.open();
      const stayed = asked.filter((_, i) => i !== leaver);
      for (const response of stayed) expect(await (await response).text()).toContain("Platform Engineering");
    }
  });

  test("the last waiter that leaves ends the call", async () => {
    const { ask, arrived, held } = setup();
    const leaving = [new AbortController(), new AbortController()];
    for (const { signal } of leaving) ask("one", names, signal).catch(() => {});
    await arrived(1);
    leaving[0]?.abort();
    await turn();
    expect(held[0]?.givenUp).toBe(false);
    leaving[1]?.abort();
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(held[0]?.givenUp).toBe(true);
  });

  test("a call that another operation waits for outlives the operation that began it", async () => {
    const { ask, arrived, held } = setup();
    const leaving = new AbortController();
    ask("one", names, leaving.signal).catch(() => {});
    await arrived(1);
    const staying = ask("one", other);
    await arrived(1);
    leaving.abort();
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(held[0]?.givenUp).toBe(false);
    held[0]?.open();
    expect(await (await staying).text()).toContain("Platform Engineering");
  });

  test("a failure is everybody's who waits, and nobody's after that", async () => {
    const { ask, arrived, held, sandboxes } = setup();
    let broken = true;
    sandboxes.one.stub("GET /accounts/{account_id}/iam/user_groups", () =>
      broken ? { status: 502, headers: {}, text: "<html>" } : undefined,
    );
    const asked = [ask("one", names), ask("one", names)];
    await arrived(1);
    held[0]?.open();
    for (const response of asked) expect(await (await response).text()).toContain("UPSTREAM_ERROR");
    broken = false;
    const later = ask("one", names);
    await arrived(2);
    held[1]?.open();
    expect(await (await later).text()).toContain("Platform Engineering");
  });
});

describe("a write in between", () => {
  const create = `mutation ($account: ID!) { createUserGroup(input: { accountId: $account, name: "Fresh" }) { __typename } }`;

  test("reads before it is sent, while it is under way and after it are not joined", async () => {
    const { ask, knows, arrived, held } = setup();
    await knows(ask("one", oneCall));
    const before = ask("one", names);
    await arrived(1);
    const write = ask("one", create);
    await arrived(2);
    const during = ask("one", names);
    await arrived(3);
    const joined = ask("one", names);
    await arrived(3);
    held[1]?.open();
    expect(await (await write).text()).toContain("CreateUserGroupPayload");
    const after = ask("one", names);
    await arrived(4);
    for (const call of held) call.open();
    for (const response of [before, during, joined, after]) expect((await response).status).toBe(200);
    expect(await (await after).clone().text()).toContain("Fresh");
  });

  test("equal mutations are never joined", async () => {
    const { ask, knows, arrived } = setup();
    await knows(ask("one", oneCall));
    void ask("one", create);
    void ask("one", create);
    await arrived(2);
  });

  test("a write goes on when its client has left", async () => {
    const { ask, arrived, held, sandboxes } = setup();
    const leaving = new AbortController();
    ask("one", create, leaving.signal).catch(() => {});
    await arrived(1);
    leaving.abort();
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(held[0]?.givenUp).toBe(false);
    held[0]?.open();
    for (let turns = 0; turns < 20; turns++) await turn();
    const names = [...(sandboxes.one.state.accounts.get(account)?.userGroups.values() ?? [])].map(({ name }) => name);
    expect(names).toContain("Fresh");
  });
});
