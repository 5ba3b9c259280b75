import { createHash } from "node:crypto";
import { isObjectType } from "graphql";
import { describe, expect, vi } from "vitest";
import { schema } from "../../src/graph/schema.ts";
import type { CallEvent, OperationEvent, RefusalEvent } from "../../src/server/hooks.ts";
import type { Logger } from "../../src/server/log.ts";
import { questions } from "../../src/server/operation-events.ts";
import { budgetKey } from "../../src/upstream/budget.ts";
import { account, authenticate, setup, test } from "../gateway.ts";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const groups = `query Groups($id: String!) { account(id: $id) { name userGroups(first: 2) { nodes { name } } } }`;

/** A gateway that keeps what its hooks were told. */
function observed(...[options, transport, gatewayOptions]: Parameters<typeof setup>) {
  const operations: OperationEvent[] = [];
  const calls: CallEvent[] = [];
  const refusals: RefusalEvent[] = [];
  const lines: string[] = [];
  const line = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const logger: Logger = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
  const hooks = {
    onOperation: (event: OperationEvent) => void operations.push(event),
    onCall: (event: CallEvent) => void calls.push(event),
    onRefusal: (event: RefusalEvent) => void refusals.push(event),
  };
  const made = setup(options, transport, { logging: "info", logger, ...hooks, ...gatewayOptions });
  return { ...made, operations, calls: calls, refusals, lines };
}

describe("onOperation", () => {
  test("tells name, kind, document, caller, cost, age, objects and times, and nothing that was read", async () => {
    const { run, operations } = observed();
    const headers = { authorization: "Bearer sandbox-admin", "x-request-id": "r-1" };
    const { data } = await run(groups, { id: account }, headers);
    expect(operations).toHaveLength(1);
    const [event] = operations as [OperationEvent];
    expect(event).toEqual({
      requestId: "r-1",
      name: "Groups",
      kind: "query",
      documentHash: hash(groups),
      caller: budgetKey({ token: "sandbox-admin" }).slice(0, 16),
      accessQuestions: [],
      outcome: "ok",
      codes: [],
      joined: false,
      calls: 2,
      shared: 0,
      retries: 0,
      cached: 0,
      stale: 0,
      age: expect.any(Number),
      objects: expect.any(Number),
      milliseconds: expect.any(Number),
      upstreamMilliseconds: expect.any(Number),
      ownMilliseconds: expect.any(Number),
    });
    expect(event.objects).toBeGreaterThan(2);
    expect(event.upstreamMilliseconds + event.ownMilliseconds).toBeCloseTo(event.milliseconds);
    expect(JSON.stringify(event)).not.toContain((data as { account: { name: string } } | null)?.account.name);
  });

  test("in service mode its caller is issuer and subject, and a remembered read has no call", async () => {
    const { run, operations } = observed({}, undefined, { authenticate });
    const headers = { authorization: "Bearer sandbox-admin", "x-caller": "bea", "cache-control": "max-age=60" };
    await run(groups, { id: account }, headers);
    await run(groups, { id: account }, headers);
    expect(operations).toMatchObject([
      { caller: "bea", calls: 2, cached: 0 },
      { caller: "bea", calls: 0, cached: 2, outcome: "ok" },
    ]);
  });

  test.each([
    ["{ account(id: ", "rejected", ["BAD_USER_INPUT"], null],
    ["query Bad { nothing }", "rejected", ["BAD_USER_INPUT"], "Bad"],
    [`query Dear { account(id: "${account}") { name } }`, "rejected", ["TOO_EXPENSIVE"], "Dear"],
    ['{ a: account(id: "no id") { name } __typename }', "partial", ["BAD_USER_INPUT"], null],
    ["{ __typename }", "ok", [], null],
  ])("%s is %s", async (query, outcome, codes, name) => {
    const dear = query.includes("Dear");
    const { run, operations } = observed({}, undefined, dear ? { maxCalls: 1, quota: { units: 1, seconds: 60 } } : {});
    if (dear) await run("{ accounts { totalCount } }");
    await run(query);
    expect(operations.at(-1)).toMatchObject({ outcome: dear ? "rejected" : outcome, name });
    if (!dear) expect(operations.at(-1)?.codes).toEqual(codes);
  });

  test("an operation that asks who may do what is known by the names of those fields", async () => {
    const { run, operations } = observed();
    await run("{ account(id: 1) { whoCan { nodes { id } } a: access { verdict } access whoCan { id } } }");
    await run("{ account(id: 1) { userGroups { nodes { policies { access } } } } }");
    expect(operations.map(({ accessQuestions }) => accessQuestions)).toEqual([["whoCan", "access"], []]);
  });

  test("whatever is worked out about access is such a field, or below one", () => {
    const ofTypes = Object.values(schema.getTypeMap()).filter(isObjectType);
    const evaluated = ofTypes.flatMap((type) =>
      Object.values(type.getFields()).flatMap(({ name, extensions }) =>
        (extensions.cost as { kind?: string } | undefined)?.kind === "evaluation" ? [`${type.name}.${name}`] : [],
      ),
    );
    const others = evaluated.filter((name) => !questions.has(name.split(".")[1] ?? ""));
    expect(others).toEqual([
      "ScopeObject.zone",
      "Scope.zone",
      "Member.userGroups",
      "AccessAnswer.nearMisses",
      "AccessAnswer.nearMissCount",
      "GranteeConnection.apiTokens",
      "OffboardingPreview.apiTokens",
      "OffboardingPreview.ssoConnectors",
      // Its accessChanges are.
      "Query.previewChanges",
    ]);
    const fields = new Set(ofTypes.flatMap((type) => Object.keys(type.getFields())));
    expect([...questions].filter((name) => !fields.has(name))).toEqual([]);
  });

  test("equal operations under way are told each, and only one has made the calls", async () => {
    const { run, operations, sandbox } = observed();
    const go = Promise.withResolvers<undefined>();
    sandbox.stub("GET /accounts/{account_id}", () => go.promise);
    const both = Promise.all([run(groups, { id: account }), run(groups, { id: account })]);
    await vi.waitFor(() => expect(sandbox.calls.length).toBeGreaterThan(0));
    go.resolve(undefined);
    await both;
    const shape = { name: "Groups", kind: "query", outcome: "ok" };
    expect(operations.toSorted((a, b) => a.shared - b.shared)).toMatchObject([
      { ...shape, joined: false, calls: 2, shared: 0 },
      { ...shape, joined: true, calls: 0, shared: 2, ownMilliseconds: 0 },
    ]);
  });

  test("execute is told, too, and a client that leaves is `aborted`", async () => {
    const { gateway, operations, sandbox } = observed();
    const credential = { token: "sandbox-admin" };
    await gateway.execute("query Direct { __typename }", { credential, requestId: "mine" });
    const leaves = new AbortController();
    sandbox.stub("GET /accounts", () => {
      leaves.abort();
      return undefined;
    });
    const query = "query Left { accounts { totalCount } }";
    await gateway.execute(query, { credential, signal: leaves.signal }).catch(() => {});
    await vi.waitFor(() => expect(operations).toHaveLength(2));
    expect(operations).toMatchObject([{ name: "Direct", requestId: "mine", outcome: "ok" }, { outcome: "aborted" }]);
  });
});

describe("onCall", () => {
  test("tells each REST call by its route, with status, repetitions and Cloudflare's IDs", async () => {
    const { run, calls, sandbox } = observed({}, undefined, { retry: true });
    let times = 0;
    sandbox.stub("GET /accounts/{account_id}", () =>
      times++ === 0 ? { status: 503, headers: {}, text: "" } : undefined,
    );
    const { data } = await run(
      groups,
      { id: account },
      { authorization: "Bearer sandbox-admin", "x-request-id": "r-2" },
    );
    expect(data).toMatchObject({ account: { name: "Acme" } });
    const shared = {
      requestId: "r-2",
      method: "GET",
      sent: true,
      status: 200,
      error: null,
      milliseconds: expect.any(Number),
    };
    const [again, once] = calls.toSorted((a, b) => b.retries - a.retries);
    expect(again).toMatchObject({ ...shared, route: "GET /accounts/{account_id}", retries: 1 });
    expect(once).toMatchObject({ ...shared, route: "GET /accounts/{account_id}/iam/user_groups", retries: 0 });
    expect(calls).toHaveLength(2);
    for (const { rayId, remaining, waited } of calls) {
      expect(typeof rayId === "string" || rayId === null).toBe(true);
      expect(remaining === null || remaining >= 0).toBe(true);
      expect(waited).toBeGreaterThanOrEqual(0);
    }
  });

  test("a failure has its kind, and one that the gateway refused by itself was not sent and has no status", async () => {
    const { run, calls, sandbox } = observed({}, undefined, { breaker: true });
    await run("{ accounts { totalCount } }", {}, { authorization: "Bearer wrong-token-0123456789" });
    expect(calls).toMatchObject([
      { route: "GET /accounts", sent: true, status: 403, error: "unauthenticated", retries: 0 },
    ]);
    sandbox.stub("GET /accounts", () => ({ status: 500, headers: {}, text: "" }));
    for (let n = 0; n < 21; n++) await run("{ accounts { totalCount } }");
    expect(calls.at(1)).toMatchObject({ sent: true, status: 500, error: "upstream_failure" });
    expect(calls.at(-1)).toMatchObject({ sent: false, status: null, error: "unavailable", retries: 0 });
  });
});

test("a call that found no turn in time tells how long it waited", async () => {
  const rate = { calls: 1, milliseconds: 60_000 };
  const { run, calls } = observed({}, undefined, { rate, operationTimeout: 200 });
  await run("{ accounts { totalCount } }");
  const { errors } = await run("{ other: accounts(first: 1) { totalCount } }", {});
  expect(errors?.[0]?.extensions?.code).toBe("TIMEOUT");
  expect(calls).toMatchObject([{ sent: true }, { sent: false }]);
  expect(calls[1]?.waited).toBeGreaterThan(100);
});

test("onRefusal and the log are told of requests that are refused, and the log of nothing below its level", async () => {
  const { gateway, refusals, lines, operations } = observed();
  const post = (body: string, headers: Record<string, string>) =>
    gateway.fetch("http://gateway/graphql", { method: "POST", headers: { "x-request-id": "r-3", ...headers }, body });
  expect((await post("{}", { "content-type": "text/plain" })).status).toBe(415);
  expect((await post("{", { "content-type": "application/json" })).status).toBe(400);
  expect(refusals).toMatchObject([
    { requestId: "r-3", status: 415, code: "BAD_USER_INPUT", message: expect.any(String) },
    { requestId: "r-3", status: 400, code: "BAD_USER_INPUT" },
  ]);
  expect(lines).toEqual(
    refusals.map(({ status, message }) => `info Request r-3 was refused with ${status}: ${message}`),
  );
  expect(operations).toEqual([]);
});

test("a hook that throws is logged, and disturbs no answer", async () => {
  const fails = () => {
    throw new Error("of the host's own");
  };
  const { gateway, run, lines } = observed({}, undefined, { onOperation: fails, onCall: fails, onRefusal: fails });
  const { data, errors } = await run(groups, { id: account });
  expect([errors, data]).toMatchObject([undefined, { account: { name: "Acme" } }]);
  expect((await gateway.fetch("http://gateway/else")).status).toBe(404);
  expect(lines.filter((line) => line === "error A hook has failed:")).toHaveLength(2 + 1 + 1);
});
