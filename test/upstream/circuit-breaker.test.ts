import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CloudflareError, type Kind } from "../../src/cloudflare/error.ts";
import type { Transport, WireRequest, WireResponse } from "../../src/cloudflare/transport.ts";
import { CircuitBreaker } from "../../src/upstream/circuit-breaker.ts";
import { account, setup } from "../gateway.ts";

const request: WireRequest = { route: "GET /accounts", method: "GET", url: "http://x/accounts", headers: {} };

type Outcome = number | Kind;

/** An upstream that answers with a status, or fails in a way. */
function upstream(outcome: Outcome) {
  const state = { outcome, calls: 0 };
  const changes: boolean[] = [];
  const transport: Transport = async ({ route }): Promise<WireResponse> => {
    state.calls++;
    if (typeof state.outcome !== "number") throw new CloudflareError(route, "failed", { kind: state.outcome });
    if (state.outcome < 400) return { status: state.outcome, headers: {}, text: "" };
    throw new CloudflareError(route, "failed", { kind: "upstream_failure", status: state.outcome });
  };
  const breaker = new CircuitBreaker({ onChange: (stopped) => changes.push(stopped) });
  const send = (key = "a") => breaker.run(key, request.route, () => transport(request));
  /** So many calls, one after the other: what each came to. */
  async function calls(count: number, key = "a"): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let n = 0; n < count; n++) {
      outcomes.push(
        await send(key).then(
          ({ status }) => status,
          ({ status, kind }: CloudflareError) => status ?? kind,
        ),
      );
    }
    return outcomes;
  }
  return { state, changes, calls, send, breaker };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());
const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

describe("an upstream that is down", () => {
  test.for<[Outcome]>([[500], [502], [503], [522], ["unavailable"]])(
    "%s twenty times over: then nothing is sent",
    async ([outcome]) => {
      const { state, calls } = upstream(outcome);
      expect(await calls(20)).toEqual(Array(20).fill(outcome));
      expect(await calls(100)).toEqual(Array(100).fill("unavailable"));
      expect(state.calls).toBe(20);
    },
  );

  test.for<[Outcome]>([[200], [400], [401], [403], [404], [429], ["timeout"], ["upstream_failure"], ["aborted"]])(
    "not so %s",
    async ([outcome]) => {
      const { state, calls, changes } = upstream(outcome);
      await calls(200);
      expect(state.calls).toBe(200);
      expect(changes).toEqual([]);
    },
  );

  test("says so: nothing was sent, and no address is told", async () => {
    const { calls, send } = upstream(503);
    await calls(20);
    await expect(send()).rejects.toMatchObject({
      name: "CloudflareError",
      kind: "unavailable",
      status: null,
      message:
        "GET /accounts was not sent: Cloudflare failed at nearly all of the last calls, and is given a few seconds.",
    });
  });

  test("a part that fails stops nothing: four of five", async () => {
    const { state, calls } = upstream(200);
    for (let n = 0; n < 40; n++) {
      state.outcome = 200;
      await calls(1);
      state.outcome = 503;
      await calls(4);
    }
    expect(state.calls).toBe(200);
  });

  test("that comes back is probed by one call after five seconds, and then asked again as ever", async () => {
    const { state, calls } = upstream(503);
    await calls(20);
    state.outcome = 200;
    pass(4_999);
    expect(await calls(1)).toEqual(["unavailable"]);
    pass(1);
    expect(await calls(30)).toEqual(Array(30).fill(200));
    expect(state.calls).toBe(50);
    state.outcome = 503;
    expect(await calls(19)).toEqual(Array(19).fill(503));
  });

  test.for<[Outcome]>([[503], ["unavailable"], ["timeout"], ["upstream_failure"], ["aborted"]])(
    "a probe that ends with %s proves nothing: five seconds more",
    async ([outcome]) => {
      const { state, calls } = upstream(503);
      await calls(20);
      state.outcome = outcome;
      pass(5_000);
      expect(await calls(3)).toEqual([outcome, "unavailable", "unavailable"]);
      expect(state.calls).toBe(21);
      state.outcome = 404;
      pass(5_000);
      expect(await calls(2)).toEqual([404, 404]);
    },
  );

  test("while the probe is under way, all others fail at once", async () => {
    const { state, calls, send, breaker } = upstream(502);
    await calls(20);
    state.outcome = 200;
    pass(5_000);
    const { promise, resolve } = Promise.withResolvers<WireResponse>();
    const probe = breaker.run("a", request.route, () => promise);
    await expect(send()).rejects.toMatchObject({ kind: "unavailable" });
    resolve({ status: 200, headers: {}, text: "" });
    expect(await probe).toMatchObject({ status: 200 });
    expect(await send()).toMatchObject({ status: 200 });
  });

  test("a probe whose end is never told stops nothing for longer than a minute", async () => {
    const { state, calls, send, breaker } = upstream(502);
    await calls(20);
    state.outcome = 200;
    pass(5_000);
    // Its request was ended by the runtime.
    void breaker.run("a", request.route, () => new Promise<WireResponse>(() => {}));
    pass(59_000);
    await expect(send()).rejects.toMatchObject({ kind: "unavailable" });
    pass(1_000);
    expect(await send()).toMatchObject({ status: 200 });
  });
});

describe("whose calls are stopped", () => {
  test("only those of the credential that fails: nobody else notices, and the log has nothing at all", async () => {
    const { state, calls, changes } = upstream(500);
    await calls(92, "failing");
    expect(state.calls).toBe(20);
    state.outcome = 200;
    expect(await calls(92, "other")).toEqual(Array(92).fill(200));
    expect(changes).toEqual([]);
  });

  test("those of all, once the circuits of three credentials are open; one that is answered then opens them for the others", async () => {
    const { state, calls, changes } = upstream(503);
    await calls(20, "a");
    await calls(20, "b");
    expect(await calls(1, "d")).toEqual([503]);
    await calls(20, "c");
    expect(changes).toEqual([true]);
    expect(await calls(2, "d")).toEqual(["unavailable", "unavailable"]);
    state.outcome = 200;
    pass(5_000);
    expect(await calls(30, "d")).toEqual(Array(30).fill(200));
    expect(changes).toEqual([true, false]);
    expect(await calls(2, "a")).toEqual([200, 200]);
  });

  test("three that fail for ever do not keep the others out: their probes decide for themselves alone", async () => {
    const { state, calls } = upstream(503);
    for (const key of ["a", "b", "c"]) await calls(20, key);
    for (let round = 0; round < 5; round++) {
      pass(5_000);
      state.outcome = 503;
      for (const key of ["a", "b", "c"]) expect(await calls(1, key)).toEqual([503]);
      state.outcome = 200;
      expect(await calls(3, "good")).toEqual([200, 200, 200]);
    }
  });

  test("circuits that opened one long after the other are not several at once", async () => {
    const { calls, changes } = upstream(503);
    for (const key of ["a", "b", "c", "d"]) {
      await calls(20, key);
      pass(60_000);
    }
    expect(changes).toEqual([]);
  });

  test("those of all, when Cloudflare cannot be reached, whoever finds out", async () => {
    const { state, calls, changes } = upstream("unavailable");
    for (let n = 0; n < 20; n++) await calls(1, `caller ${n}`);
    expect(changes).toEqual([true]);
    expect(await calls(1, "another")).toEqual(["unavailable"]);
    expect(state.calls).toBe(20);
    state.outcome = 200;
    pass(5_000);
    expect(await calls(1, "another")).toEqual([200]);
    expect(changes).toEqual([true, false]);
  });

  test("a credential without calls is forgotten by itself, and one that was none at once", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
    const { calls, breaker } = upstream(200);
    for (let n = 0; n < 100; n++) await calls(1, `caller ${n}`);
    breaker.forget("caller 0");
    expect(breaker.size).toBe(99);
    vi.advanceTimersByTime(1_200_000);
    expect([breaker.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

test("in a gateway, one caller's failing calls leave another's alone; a write of the one was not sent", async () => {
  const { sandbox, run } = setup();
  const groups = "GET /accounts/{account_id}/iam/user_groups";
  let down = true;
  const page = { kind: "error", status: 503, body: "html" } as const;
  sandbox.injectFault(groups, page, ({ credential }) => down && credential === "sandbox-admin");
  const query = `query ($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;
  const create = `mutation ($account: ID!) { createUserGroup(input: { accountId: $account, name: "Fresh" }) {
    __typename ... on UpstreamError { outcome } } }`;
  for (let n = 0; n < 20; n++) await run(query, { account });
  const { errors, calls } = await run(query, { account });
  expect(errors).toMatchObject([{ extensions: { code: "UPSTREAM_UNAVAILABLE", route: groups } }]);
  expect(calls).toEqual([]);
  expect(await run(create, { account })).toMatchObject({
    data: { createUserGroup: { __typename: "UpstreamError", outcome: "NOT_SENT" } },
    calls: [],
  });
  const reader = { authorization: "Bearer sandbox-reader" };
  for (let n = 0; n < 92; n++) expect((await run(query, { account }, reader)).errors).toBeUndefined();
  down = false;
  pass(5_000);
  expect((await run(query, { account })).errors).toBeUndefined();
  expect((await run(create, { account })).calls).toHaveLength(1);
});

test("a process says which credential fails by a part of its HMAC, and when all calls are stopped", async () => {
  const lines: string[] = [];
  vi.spyOn(console, "debug").mockImplementation((...args) => void lines.push(args.join(" ")));
  vi.spyOn(console, "warn").mockImplementation((...args) => void lines.push(args.join(" ")));
  const { sandbox, run } = setup({}, undefined, { logging: "debug" });
  sandbox.injectFault("GET /accounts", { kind: "error", status: 503, body: "html" });
  const tokens = ["sandbox-admin", "sandbox-admin-1", "sandbox-admin-2"];
  for (const token of tokens) {
    for (let n = 0; n < 20; n++) {
      await run("{ accounts { nodes { name } } }", {}, { authorization: `Bearer ${token}` });
    }
  }
  vi.restoreAllMocks();
  const said = lines.filter((line) => /Circuit breaker/.test(line));
  expect(said).toHaveLength(4);
  for (const line of said.slice(0, 3))
    expect(line).toMatch(/Circuit breaker of credential [\w-]{8} \(HMAC\) open: its calls fail\./);
  expect(said[3]).toContain("over 80 % of recent calls failed");
  for (const token of tokens) expect(lines.join()).not.toContain(token);
});
