import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { withBreaker } from "../src/cloudflare/breaker.ts";
import { CloudflareError, type Kind } from "../src/cloudflare/error.ts";
import type { Transport, WireRequest, WireResponse } from "../src/cloudflare/transport.ts";
import { account, stage } from "./gateway.ts";
import { heldNetwork } from "./held.ts";

const request: WireRequest = { route: "GET /accounts", method: "GET", url: "http://x/accounts", headers: {} };

type Outcome = number | Kind;

/** An upstream that answers with a status, or fails in a way. */
function upstream(outcome: Outcome) {
  const state = { outcome, calls: 0 };
  const changes: boolean[] = [];
  const transport: Transport = async ({ route }): Promise<WireResponse> => {
    state.calls++;
    if (typeof state.outcome === "number") return { status: state.outcome, headers: {}, text: "" };
    throw new CloudflareError(route, "failed", { kind: state.outcome });
  };
  const send = withBreaker(transport, { onChange: (stopped) => changes.push(stopped) });
  /** So many calls, one after the other: what each came to. */
  async function calls(count: number): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let n = 0; n < count; n++) {
      outcomes.push(
        await send(request).then(
          ({ status }) => status,
          (error: CloudflareError) => error.kind,
        ),
      );
    }
    return outcomes;
  }
  return { state, changes, calls, send };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());
const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

describe("an upstream that is down", () => {
  test.for<[Outcome]>([[500], [502], [503], [522], ["unavailable"]])(
    "%s twenty times over: then nothing is sent",
    async ([outcome]) => {
      const { state, calls, changes } = upstream(outcome);
      expect(await calls(20)).toEqual(Array(20).fill(outcome));
      expect(changes).toEqual([true]);
      expect(await calls(100)).toEqual(Array(100).fill("unavailable"));
      expect(state.calls).toBe(20);
    },
  );

  test.for<[Outcome]>([[200], [400], [401], [403], [404], [429], ["timeout"], ["broken"], ["aborted"]])(
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
    await expect(send(request)).rejects.toMatchObject({
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
    const { state, calls, changes } = upstream(503);
    await calls(20);
    state.outcome = 200;
    pass(4_999);
    expect(await calls(1)).toEqual(["unavailable"]);
    pass(1);
    expect(await calls(30)).toEqual(Array(30).fill(200));
    expect(state.calls).toBe(50);
    expect(changes).toEqual([true, false]);
    state.outcome = 503;
    await calls(1);
    expect(changes).toEqual([true, false]);
  });

  test.for<[Outcome]>([[503], ["unavailable"], ["timeout"], ["broken"], ["aborted"]])(
    "a probe that ends with %s proves nothing: five seconds more",
    async ([outcome]) => {
      const { state, calls, changes } = upstream(503);
      await calls(20);
      state.outcome = outcome;
      pass(5_000);
      expect(await calls(3)).toEqual([outcome, "unavailable", "unavailable"]);
      expect(state.calls).toBe(21);
      state.outcome = 404;
      pass(5_000);
      expect(await calls(2)).toEqual([404, 404]);
      expect(changes).toEqual([true, false]);
    },
  );

  test("while the probe is under way, all others fail at once", async () => {
    let down = true;
    const network = heldNetwork(async () => ({ status: 200, headers: {}, text: "" }));
    const send = withBreaker((each) =>
      down ? Promise.resolve({ status: 502, headers: {}, text: "" }) : network.transport(each),
    );
    for (let n = 0; n < 20; n++) await send(request);
    down = false;
    pass(5_000);
    const probe = send(request);
    await network.arrived(1);
    await expect(send(request)).rejects.toMatchObject({ kind: "unavailable" });
    expect(network.held).toHaveLength(1);
    network.held[0]?.open();
    expect(await probe).toMatchObject({ status: 200 });
    const after = send(request);
    await network.arrived(2);
    network.held[1]?.open();
    expect(await after).toMatchObject({ status: 200 });
    await turn();
  });
});

test("a gateway has one for all its callers: reads fail with UPSTREAM_UNAVAILABLE, a write was not sent", async () => {
  const { sandbox, run } = stage();
  const groups = "GET /accounts/{account_id}/iam/user_groups";
  let down = true;
  sandbox.plant(groups, () => (down ? { status: 503, headers: {}, text: "" } : undefined));
  const query = `query ($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;
  const create = `mutation ($account: ID!) { createUserGroup(input: { accountId: $account, name: "Fresh" }) {
    __typename ... on UpstreamError { outcome } } }`;
  for (let n = 0; n < 20; n++) await run(query, { account });
  const reader = { authorization: "Bearer sandbox-reader" };
  const { errors, calls } = await run(query, { account }, reader);
  expect(errors).toMatchObject([{ extensions: { code: "UPSTREAM_UNAVAILABLE", route: groups } }]);
  expect(calls).toEqual([]);
  expect(await run(create, { account })).toMatchObject({
    data: { createUserGroup: { __typename: "UpstreamError", outcome: "NOT_SENT" } },
    calls: [],
  });
  down = false;
  pass(5_000);
  expect((await run(query, { account }, reader)).errors).toBeUndefined();
  expect((await run(create, { account })).calls).toHaveLength(1);
});
