import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createSandbox } from "../../../src/sandbox/sandbox.ts";
import type { OperationEvent } from "../../../src/server/hooks.ts";
import { createMetrics } from "../../../src/server/metrics.ts";
import { account } from "../../gateway.ts";
import {
  admin,
  Client,
  eventRequest,
  pass,
  pendingConnector,
  polled,
  settle,
  stage,
  subscriptionTo,
  useFakeTime,
} from "./events.ts";

let timersLeft: () => string[];
beforeEach(() => {
  timersLeft = useFakeTime();
});
afterEach(async () => {
  await settle();
  // Whatever has ended has left no timer behind.
  const left = timersLeft();
  vi.useRealTimers();
  expect(left).toEqual([]);
});

describe("a subscription to the verification of an SSO connector", () => {
  test("tells the present state first, each change, and why it ends", async () => {
    const { subscribe, sandbox, connector, gateway, reads } = stage();
    const client = await subscribe();
    expect([client.status, client.headers.get("content-type"), client.headers.get("cache-control")]).toEqual([
      200,
      "text/event-stream",
      "no-store",
    ]);
    expect(client.told).toEqual(["PENDING"]);
    await pass(10);
    expect([client.told, reads()]).toEqual([["PENDING"], 2]);
    sandbox.verifySso(connector.cloudflareId);
    await pass(15);
    await client.ended;
    expect(client.told).toEqual(["PENDING", "VERIFIED ended: VERIFIED"]);
    expect([client.completed, reads()]).toEqual([true, 3]);
    expect(gateway.status().subscriptions).toEqual({ active: 0, polls: 0 });
  });

  test("ends at once where the state is the last one", async () => {
    const { subscribe, sandbox, connector, reads } = stage();
    sandbox.verifySso(connector.cloudflareId, "failed");
    const client = await subscribe();
    await client.ended;
    expect([client.told, reads()]).toEqual([["FAILED ended: FAILED"], 1]);
  });

  test("reads every 10 s at first, and more and more seldom up to 5 min; after a change every 10 s again", async () => {
    const { subscribe, sandbox, connector } = stage();
    const moments: number[] = [];
    const began = Date.now();
    const note = sandbox.calls.push.bind(sandbox.calls);
    sandbox.calls.push = (...calls) => {
      moments.push(...calls.map(() => (Date.now() - began) / 1000));
      return note(...calls);
    };
    const client = await subscribe();
    for (let minute = 0; minute < 40; minute++) await pass(60);
    const pauses = moments.slice(1).map((moment, i) => moment - (moments[i] ?? 0));
    expect(pauses.slice(0, 4)).toEqual([10, 15, 22.5, 33.75]);
    expect(pauses.at(-1)).toBe(300);
    for (const [i, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(pauses[i - 1] ?? 10);
    const record = sandbox.state.accounts.get(account)?.ssoConnectors.get(connector.cloudflareId);
    if (record) record.verification.code = "another";
    const seldom = moments.length;
    await pass(320);
    expect(client.told).toEqual(["PENDING", "PENDING"]);
    expect((moments[seldom + 1] ?? 0) - (moments[seldom] ?? 0)).toBe(10);
    await client.leave();
    await settle();
  });

  test("has one poll for all who wait with one credential, and one for each credential", async () => {
    const { subscribe, reads, gateway } = stage();
    const many = await Promise.all([subscribe(), subscribe(), subscribe()]);
    expect(reads()).toBe(1);
    const other = await subscribe(undefined, { authorization: "Bearer sandbox-reader" });
    expect([reads(), gateway.status().subscriptions]).toEqual([2, { active: 4, polls: 2 }]);
    await pass(10);
    expect(reads()).toBe(4);
    for (const each of [...many, other]) expect(each.told).toEqual(["PENDING"]);
    // Those who stay go on, whoever has read so far.
    await many[0]?.leave();
    await many[2]?.leave();
    await other.leave();
    await settle();
    expect(gateway.status().subscriptions).toEqual({ active: 1, polls: 1 });
    await pass(15);
    expect(reads()).toBe(5);
    await many[1]?.leave();
    await settle();
    expect(gateway.status().subscriptions).toEqual({ active: 0, polls: 0 });
    await pass(600);
    expect(reads()).toBe(5);
  });

  test("tells who comes later what is known, if it was read in the last 10 s, and reads it otherwise", async () => {
    const { subscribe, reads } = stage({ explain: true });
    const first = await subscribe();
    await pass(9);
    const second = await subscribe();
    expect([reads(), second.told]).toEqual([1, ["PENDING"]]);
    expect(second.events[0]?.data?.ssoConnectorVerification?.readAt).toBe(
      first.events[0]?.data?.ssoConnectorVerification?.readAt,
    );
    expect(second.events[0]?.extensions?.upstream).toMatchObject({ calls: 0, shared: 1 });
    await pass(3);
    expect(reads()).toBe(2);
    await pass(12);
    const third = await subscribe();
    expect([reads(), third.told]).toEqual([3, ["PENDING"]]);
    for (const each of [first, second, third]) await each.leave();
    await settle();
  });

  test("goes on when the one who reads leaves during the read", async () => {
    const { sandbox, subscribe, reads } = stage();
    const one = await subscribe();
    const other = await subscribe();
    const held = Promise.withResolvers<void>();
    sandbox.injectFault(polled, { kind: "hang" }, 1);
    await pass(10);
    await one.leave();
    held.resolve();
    await pass(60);
    expect(other.told).toEqual(["PENDING"]);
    expect(reads()).toBeGreaterThan(2);
    await other.leave();
    await settle();
  });

  test("says that the connector is gone", async () => {
    const { subscribe, sandbox, connector } = stage();
    const client = await subscribe();
    sandbox.state.accounts.get(account)?.ssoConnectors.delete(connector.cloudflareId);
    await pass(10);
    await client.ended;
    expect(client.told).toEqual(["PENDING", "none ended: DELETED"]);
  });

  test.each([
    [401, 1000, "Invalid API Token"],
    [403, 9109, "Unauthorized to access requested resource"],
  ])("ends where the credential is refused with %d", async (status, code, message) => {
    const { subscribe, sandbox } = stage({ retry: false });
    const clients = [await subscribe(), await subscribe()];
    const text = JSON.stringify({ success: false, result: null, messages: [], errors: [{ code, message }] });
    sandbox.stub(polled, () => ({ status, headers: { "content-type": "application/json" }, text }));
    await pass(10);
    for (const client of clients) {
      await client.ended;
      expect(client.told).toEqual(["PENDING", "PENDING ended: CREDENTIAL_REJECTED"]);
    }
  });

  test("goes on while Cloudflare cannot answer", async () => {
    const { subscribe, sandbox, connector } = stage({ retry: false });
    const client = await subscribe();
    sandbox.injectFault(polled, { kind: "error", status: 503, body: "html" }, 3);
    await pass(60);
    expect(client.told).toEqual(["PENDING"]);
    sandbox.verifySso(connector.cloudflareId);
    await pass(120);
    await client.ended;
    expect(client.told).toEqual(["PENDING", "VERIFIED ended: VERIFIED"]);
  });

  test("fails where its first read does, and leaves nothing behind", async () => {
    const { subscribe, sandbox, gateway } = stage({ retry: false });
    sandbox.injectFault(polled, { kind: "error", status: 503, body: "html" });
    const client = await subscribe();
    await client.ended;
    expect([client.told, client.completed]).toEqual([["UPSTREAM_ERROR"], true]);
    expect(gateway.status().subscriptions).toEqual({ active: 0, polls: 0 });
  });

  test("ends when its time is over", async () => {
    const { subscribe } = stage({ subscriptions: { timeout: 60_000 } });
    const client = await subscribe();
    await pass(59);
    expect(client.told).toEqual(["PENDING"]);
    await pass(1);
    await client.ended;
    expect(client.told).toEqual(["PENDING", "PENDING ended: TIMEOUT"]);
  });

  test("ends when the token of its caller expires, and not before", async () => {
    const until = Date.now() + 30_000;
    const authenticate = async () => ({
      id: "anna",
      credential: { token: "sandbox-admin" },
      problem: "",
      rights: new Map([[account, "read" as const]]),
      expiresAt: until,
    });
    const { subscribe } = stage({ authenticate });
    const client = await subscribe();
    await pass(29);
    expect(client.told).toEqual(["PENDING"]);
    await pass(1);
    await client.ended;
    expect(client.told).toEqual(["PENDING", "PENDING ended: CREDENTIAL_EXPIRED"]);
  });

  test.each([
    ["the gateway ends", "UPSTREAM_UNAVAILABLE", /^This gateway is shutting down/],
    ["its time is over", "TIMEOUT", /^The time of the subscription was over/],
    ["the token of its caller expires", "UNAUTHENTICATED", /^The token of the caller has expired/],
    ["its client leaves", "TIMEOUT", /^The client has left/],
  ])("says why it ends before its first state was read: %s", async (why, code, message) => {
    const sandbox = createSandbox({ quota: false });
    const bugs = vi.spyOn(console, "error").mockImplementation(() => {});
    const { gateway, connector } = stage({
      transport: async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 8_000));
        return sandbox.handle(request);
      },
      logging: "error",
      ...(why === "its time is over" && { subscriptions: { timeout: 3_000 } }),
      ...(why === "the token of its caller expires" && {
        authenticate: async () => ({
          id: "anna",
          credential: { token: "sandbox-admin" },
          problem: "",
          rights: new Map([[account, "read" as const]]),
          expiresAt: Date.now() + 3_000,
        }),
      }),
    });
    const leaving = new AbortController();
    const init = { ...eventRequest(subscriptionTo(connector.id)), signal: leaving.signal };
    const answer = Promise.resolve(gateway.fetch("http://gateway/graphql", init)).catch(() => undefined);
    await settle();
    if (why === "the gateway ends") gateway.endSubscriptions();
    if (why === "its client leaves") leaving.abort();
    await pass(4);
    const response = await answer;
    expect(gateway.status().subscriptions).toEqual({ active: 0, polls: 0 });
    expect(bugs.mock.calls).toEqual([]);
    bugs.mockRestore();
    if (response && why !== "its client leaves") {
      const client = new Client(response);
      await client.ended;
      expect(client.told).toEqual([code]);
      expect(client.events[0]?.errors?.[0]?.message).toMatch(message);
    }
    await response?.body?.cancel().catch(() => {});
    await pass(8);
  });

  test("ends when the gateway does, which begins no other", async () => {
    const { subscribe, gateway } = stage();
    const client = await subscribe();
    gateway.endSubscriptions();
    await client.ended;
    expect(client.told).toEqual(["PENDING", "PENDING ended: SHUTDOWN"]);
    const late = await subscribe();
    await late.ended;
    expect(late.events[0]?.errors?.[0]?.message).toBe(
      "This gateway is shutting down and begins no subscription: subscribe again.",
    );
    await gateway.dispose();
  });

  test("ends when its gateway is disposed, which waits for the last event", async () => {
    const { subscribe, gateway } = stage();
    const client = await subscribe();
    const disposed = gateway.dispose();
    await client.ended;
    await disposed;
    expect(client.told).toEqual(["PENDING", "PENDING ended: SHUTDOWN"]);
  });

  test("is not waited for by a gateway that ends, if its client takes nothing", async () => {
    const { gateway, connector } = stage();
    const response = await gateway.fetch("http://gateway/graphql", {
      ...(await import("./events.ts")).eventRequest(subscriptionTo(connector.id)),
    });
    await settle();
    expect(response.status).toBe(200);
    let over = false;
    const disposed = gateway.dispose().then(() => {
      over = true;
    });
    await pass(9);
    expect(over).toBe(false);
    await pass(2);
    await disposed;
    await response.body?.cancel();
  });

  test("ends with the signal of its request", async () => {
    const { subscribe, gateway } = stage();
    const leaving = new AbortController();
    const client = await subscribe(undefined, admin, leaving.signal);
    client.ended.catch(() => {});
    leaving.abort();
    await settle();
    expect(gateway.status().subscriptions).toEqual({ active: 0, polls: 0 });
  });

  test("sends a comment at its beginning and every 15 s", async () => {
    const { subscribe } = stage();
    const client = await subscribe();
    expect(client.comments).toBe(1);
    for (let i = 0; i < 4; i++) await pass(15);
    expect(client.comments).toBe(5);
    await client.leave();
    await settle();
  });
});

test("the example operation 25 shows them", async () => {
  const { subscribe, sandbox, connector } = stage();
  const example = readFileSync("schema/operations/25-wait-for-domain.graphql", "utf8");
  const client = await subscribe(example.replace("($connector: ID!)", "").replace("$connector", `"${connector.id}"`));
  sandbox.verifySso(connector.cloudflareId);
  await pass(10);
  await client.ended;
  expect(client.told).toEqual(["PENDING", "VERIFIED ended: VERIFIED"]);
});

describe("the guards of operations hold for a subscription", () => {
  test("polls leave a tenth of the quota to others, and wait until there is more", async () => {
    const quota = { units: 10, seconds: 60 };
    const { subscribe, sandbox, gateway, reads, connector } = stage({ quota, retry: false });
    const ask = async (query: string) => {
      const init = { method: "POST", headers: { "content-type": "application/json", ...admin } };
      return (await gateway.fetch("http://gateway/graphql", { ...init, body: JSON.stringify({ query }) })).json();
    };
    const client = await subscribe();
    for (let i = 0; i < 8; i++) await ask(`query A${i} { account(id: "${account}") { name } }`);
    expect(sandbox.calls).toHaveLength(9);
    sandbox.verifySso(connector.cloudflareId);
    await pass(25);
    // One unit is left, and it is not for polls.
    expect([reads(), client.told]).toEqual([1, ["PENDING"]]);
    expect(await ask(`{ account(id: "${account}") { name } }`)).toHaveProperty("data.account.name", "Acme");
    const refused = await subscribe(subscriptionTo(connector.id, "ended readAt"), {
      authorization: "Bearer sandbox-admin",
      "x-request-id": "late",
    });
    await refused.ended;
    expect(refused.told).toEqual(["RATE_LIMITED"]);
    await pass(120);
    await client.ended;
    expect(client.told).toEqual(["PENDING", "VERIFIED ended: VERIFIED"]);
    await gateway.dispose();
  });

  test("at most so many of one caller at once, and as many again when one has ended", async () => {
    const { subscribe, reads } = stage({ subscriptions: { perCaller: 2 } });
    const two = [await subscribe(), await subscribe()];
    const third = await subscribe();
    await third.ended;
    expect(third.events[0]?.errors?.[0]).toMatchObject({
      message: "This caller has 2 subscriptions already; at most 2 are allowed (MAX_SUBSCRIPTIONS).",
      extensions: { code: "LIMIT_EXCEEDED", limit: { name: "MAX_SUBSCRIPTIONS", allowed: 2, found: 3 } },
    });
    expect(reads()).toBe(1);
    const other = await subscribe(undefined, { authorization: "Bearer sandbox-reader" });
    expect(other.told).toEqual(["PENDING"]);
    await two[0]?.leave();
    await settle();
    const again = await subscribe();
    expect(again.told).toEqual(["PENDING"]);
    for (const each of [two[1], other, again]) await each?.leave();
    await settle();
  });

  test("10 by default", async () => {
    const { subscribe } = stage();
    const clients = await Promise.all(Array.from({ length: 11 }, () => subscribe()));
    await settle();
    expect(clients.map(({ told }) => told[0]).sort()).toEqual(["LIMIT_EXCEEDED", ...Array(10).fill("PENDING")]);
    for (const each of clients) await each.leave();
    await settle();
  });

  test("without a right to the account nothing is told, also beside a caller who has it", async () => {
    const authenticate = async (headers: Headers) => ({
      id: headers.get("x-caller") ?? "",
      credential: { token: "sandbox-admin" },
      problem: "",
      rights: new Map(headers.get("x-caller") === "anna" ? [[account, "read" as const]] : []),
    });
    const { subscribe, reads } = stage({ authenticate });
    const anna = await subscribe(undefined, { "x-caller": "anna" });
    const ben = await subscribe(undefined, { "x-caller": "ben" });
    await ben.ended;
    expect([anna.told, ben.told, reads()]).toEqual([["PENDING"], ["FORBIDDEN"], 1]);
    await anna.leave();
    await settle();
  });

  test("without a credential nothing is sent", async () => {
    const { subscribe, sandbox } = stage();
    const client = await subscribe(undefined, {});
    await client.ended;
    expect([client.told, sandbox.calls]).toEqual([["UNAUTHENTICATED"], []]);
  });

  test("what was read before is not shown, whatever the caller accepts", async () => {
    const { subscribe, gateway, connector, sandbox, reads } = stage({ cache: { maxAge: 60_000, defaultAge: 60_000 } });
    const body = JSON.stringify({ query: `{ node(id: "${connector.id}") { ... on SsoConnector { enabled } } }` });
    const headers = { "content-type": "application/json", "cache-control": "max-age=60", ...admin };
    await gateway.fetch("http://gateway/graphql", { method: "POST", headers, body });
    sandbox.verifySso(connector.cloudflareId);
    const client = await subscribe(undefined, { ...admin, "cache-control": "max-age=60, stale-if-error=60" });
    await client.ended;
    expect([client.told, reads()]).toEqual([["VERIFIED ended: VERIFIED"], 2]);
    await gateway.dispose();
  });

  test("the plan, and what it has cost so far with each event", async () => {
    const { subscribe, reads } = stage({ explain: true });
    const planned = await subscribe(undefined, { ...admin, "x-upstream-explain": "plan" });
    await planned.ended;
    expect(planned.events[0]).toMatchObject({
      data: null,
      extensions: { upstream: { planned: { min: 1, max: 2 }, calls: 0 } },
    });
    expect(reads()).toBe(0);
    const client = await subscribe();
    expect(client.events[0]?.extensions?.upstream).toMatchObject({ planned: { min: 1, max: 2 }, calls: 1 });
    await client.leave();
    await settle();
  });

  test.each<[string, Record<string, string>, RequestInit]>([
    ["by GET", {}, { method: "GET" }],
    ["for JSON", { accept: "application/json" }, { method: "POST" }],
    ["as a simple request", { "content-type": "text/plain" }, { method: "POST" }],
  ])("%s it is refused, and nothing is sent", async (_, headers, init) => {
    const { gateway, sandbox, connector } = stage();
    const query = subscriptionTo(connector.id);
    const url = `http://gateway/graphql${init.method === "GET" ? `?query=${encodeURIComponent(query)}` : ""}`;
    const given = { "content-type": "application/json", accept: "text/event-stream", ...admin, ...headers };
    const body = init.method === "GET" ? undefined : JSON.stringify({ query });
    const response = await gateway.fetch(url, { ...init, headers: given, ...(body && { body }) });
    expect([response.status, sandbox.calls]).toEqual([init.method === "GET" ? 405 : headers.accept ? 406 : 415, []]);
    expect(await response.text()).toContain("errors");
    expect(gateway.status().subscriptions.active).toBe(0);
  });

  test("`gateway.execute` has one result, and says where events are", async () => {
    const { gateway, sandbox, connector } = stage();
    const credential = { token: "sandbox-admin" };
    const { errors } = await gateway.execute(subscriptionTo(connector.id), { credential });
    expect(errors?.[0]?.message).toContain("to `gateway.fetch`");
    expect([sandbox.calls, gateway.status().subscriptions.active]).toEqual([[], 0]);
  });

  test.each<[string, string, string]>([
    ["an ID of another type", "VXNlcjoxMjM", "BAD_USER_INPUT"],
    ["no ID", "nonsense", "BAD_USER_INPUT"],
  ])("%s is the caller's mistake", async (_, id, code) => {
    const { subscribe, sandbox, gateway } = stage();
    const client = await subscribe(subscriptionTo(id));
    await client.ended;
    expect([client.told, sandbox.calls, gateway.status().subscriptions.active]).toEqual([[code], [], 0]);
  });

  test("limits of the document and the variables", async () => {
    const { subscribe, sandbox } = stage({ limits: { depth: 2 } });
    const deep = await subscribe();
    await deep.ended;
    expect(deep.told).toEqual(["LIMIT_EXCEEDED"]);
    const variables = await subscribe("subscription ($id: ID!) { ssoConnectorVerification(id: $id) { ended } }");
    await variables.ended;
    expect([variables.told, sandbox.calls]).toEqual([["BAD_USER_INPUT"], []]);
  });

  test("each event is as small as an answer, and has the time of an operation", async () => {
    const fields = "ended ssoConnector { verification { status } enforcementPreview { outside { id } } }";
    const { subscribe, connector } = stage({ maxObjects: 30 });
    const client = await subscribe(subscriptionTo(connector.id, fields));
    expect(client.told).toEqual(["TOO_EXPENSIVE"]);
    await client.leave();
    const slow = stage({ operationTimeout: 5_000 });
    const other = await slow.subscribe(subscriptionTo(slow.connector.id, fields));
    slow.sandbox.verifySso(slow.connector.cloudflareId);
    await pass(20);
    await other.ended;
    expect(other.told).toEqual(["PENDING", "VERIFIED ended: VERIFIED"]);
    for (const { errors } of other.events) expect(errors).toBeUndefined();
    // Two pages for each event: nothing of an earlier one is remembered.
    expect(slow.sandbox.calls.filter(({ route }) => route === "GET /accounts/{account_id}/members")).toHaveLength(4);
  });

  test("a bug is masked in an event, too", async () => {
    const { subscribe, connector, sandbox } = stage();
    const record = sandbox.state.accounts.get(account)?.ssoConnectors.get(connector.cloudflareId);
    const client = await subscribe(subscriptionTo(connector.id, "ended ssoConnector { createdAt }"));
    expect(client.events[0]?.errors).toBeUndefined();
    if (record) record.created_on = "no date";
    await pass(10);
    expect(client.events[1]?.errors?.[0]).toMatchObject({ extensions: { code: "UPSTREAM_INVALID" } });
    await client.leave();
    await settle();
  });

  test("is told of once, when it ends: log line and metrics", async () => {
    const operations: OperationEvent[] = [];
    const metrics = createMetrics(() => made.gateway.status());
    const made = stage({
      onOperation: (event) => {
        operations.push(event);
        metrics.hooks.onOperation(event);
      },
    });
    const one = await made.subscribe(subscriptionTo(made.connector.id).replace("subscription", "subscription Wait"));
    const two = await made.subscribe();
    expect(operations).toEqual([]);
    expect((await metrics.read()).text).toContain("iam_gateway_subscriptions_active 2\n");
    expect((await metrics.read()).text).toContain("iam_gateway_subscription_polls 1\n");
    await pass(10);
    await two.leave();
    await settle();
    made.sandbox.verifySso(made.connector.cloudflareId);
    await pass(15);
    await one.ended;
    expect(operations).toMatchObject([
      { kind: "subscription", name: null, outcome: "aborted", calls: 0, shared: 2 },
      { kind: "subscription", name: "Wait", outcome: "ok", calls: 3, shared: 0, codes: [] },
    ]);
    expect((await metrics.read()).text).toContain('operations_total{kind="subscription",outcome="ok"} 1');
    expect((await metrics.read()).text).toContain("iam_gateway_subscriptions_active 0\n");
  });
});

test("the connector of the tests is pending", () => {
  expect(pendingConnector(stage().sandbox).cloudflareId).toHaveLength(32);
});
