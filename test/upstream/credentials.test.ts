import { afterEach, describe, vi } from "vitest";
import { venturesId } from "../../src/sandbox/acme.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { account, expect, setup, setupOverHttp, test } from "../gateway.ts";
import { served } from "../server/served.ts";

const accounts = "GET /accounts";
const groups = "GET /accounts/{account_id}/iam/user_groups";
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const one = "{ accounts { nodes { cloudflareId } } }";
/** So many fields, each a call of its own. */
const fields = (count: number) =>
  `{ ${Array.from({ length: count }, (_, i) => `a${i}: account(id: "${(i + 1).toString(16).padStart(32, "0")}") { userGroups { nodes { name } } }`).join(" ")} }`;
const codes = (errors: readonly { extensions?: Record<string, unknown> }[] | undefined) =>
  errors?.map(({ extensions }) => extensions?.code);

/** Cloudflare's ambiguous 403: the credential is none, or it has no right to this. */
const ambiguous = {
  status: 403,
  headers: { "content-type": "application/json" },
  text: JSON.stringify({
    success: false,
    errors: [{ code: 10000, message: "Authentication error" }],
    messages: [],
    result: null,
  }),
};

/** How many calls of user groups are under way when one more arrives, and for two turns of the event loop. */
function counted(sandbox: Sandbox): number[] {
  const atOnce: number[] = [];
  let underWay = 0;
  sandbox.stub(groups, async () => {
    atOnce.push(++underWay);
    for (let turns = 0; turns < 2; turns++) await new Promise(setImmediate);
    underWay--;
    return undefined;
  });
  return atOnce;
}

/** What Cloudflare answers for a token that it does not know any more. */
const unknownToken = {
  status: 401,
  headers: { "content-type": "application/json" },
  text: '{"success":false,"errors":[{"code":1000,"message":"Invalid API Token"}],"messages":[],"result":null}',
};

/** Six hundred fields are more than one document may have by default. */
const limits = { aliases: Infinity, rootFields: Infinity, tokens: Infinity };

describe("a credential that Cloudflare refuses", () => {
  afterEach(() => void vi.useRealTimers());

  test("costs one call, whatever was asked with it: 600 fields, 599 of them not sent", async () => {
    await using here = await setupOverHttp({ jitter: [0, 5] }, {}, { explain: true, limits });
    const { errors, calls, upstream } = await here.run(fields(600), {}, bearer("invented"));
    expect(calls).toHaveLength(1);
    expect(new Set(codes(errors))).toEqual(new Set(["UNAUTHENTICATED"]));
    expect(errors).toHaveLength(600);
    expect(upstream?.calls).toBe(1);
  });

  test("gives back the units of what was not sent", async () => {
    await using here = await setupOverHttp(
      {},
      {},
      { explain: true, quota: { units: 700, seconds: 300 }, maxCalls: false, limits },
    );
    const { upstream } = await here.run(fields(600), {}, bearer("invented"));
    expect(upstream?.remaining).toBeGreaterThanOrEqual(699);
  });

  test("is not sent again for a minute: its operations are refused before anything else, and are told when to come back", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { run } = setup();
    await run(one, {}, bearer("invented"));
    const { errors, calls, data } = await run(one, {}, bearer("invented"));
    expect([calls, data, codes(errors)]).toEqual([[], undefined, ["UNAUTHENTICATED"]]);
    const again = String(errors?.[0]?.extensions?.resetAt);
    expect(errors?.[0]?.message).toBe(
      `The operation was not sent: Cloudflare has just refused this credential. It may be tried again at ${again}.`,
    );
    vi.setSystemTime(Date.parse(again) - 1);
    expect((await run(one, {}, bearer("invented"))).calls).toEqual([]);
    vi.setSystemTime(Date.parse(again));
    expect((await run(one, {}, bearer("invented"))).calls).toEqual([accounts]);
    // That was one more refusal.
    expect((await run(one, {}, bearer("invented"))).calls).toEqual([]);
  });

  test("is told with 401 and a challenge where statuses are the specification's, and says nothing of the credential", async () => {
    await using here = await setupOverHttp();
    await using server = await served(here.gateway);
    expect((await server.ask("invented-s3cret", one)).status).toBe(200);
    const refused = await server.ask("invented-s3cret", one);
    expect([refused.status, refused.errors?.[0]?.extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
    expect(JSON.stringify(refused)).not.toContain("s3cret");
  });

  test("does not keep another one from anything", async () => {
    const { run } = setup();
    await run(one, {}, bearer("invented"));
    expect((await run(one)).errors).toBeUndefined();
  });

  test("is asked for what costs no call as ever", async () => {
    const { run } = setup();
    await run(one, {}, bearer("invented"));
    expect((await run("{ __typename }", {}, bearer("invented"))).data).toEqual({ __typename: "Query" });
  });

  test("that had worked before: what waits for its turn takes no turn of others", async () => {
    // Of 20 in a minute the first takes 5.
    const rate = { calls: 20, milliseconds: 60_000 };
    await using here = await setupOverHttp({ jitter: [5, 10] }, {}, { concurrency: 4, rate, limits });
    await here.run(one);
    here.sandbox.stub(groups, () => unknownToken);
    expect((await here.run(fields(100))).calls.length).toBeLessThanOrEqual(4);
    const other = await here.run(one, {}, bearer("sandbox-reader"));
    expect([other.calls, other.errors]).toEqual([[accounts], undefined]);
  });

  test("that had worked before: what waits for its turn is not sent any more", async () => {
    await using here = await setupOverHttp({ jitter: [5, 10] }, {}, { concurrency: 4, limits });
    const { run, sandbox } = here;
    await run(one);
    let revoked = false;
    sandbox.stub(groups, () => (revoked ? unknownToken : undefined));
    revoked = true;
    const { errors, calls } = await run(fields(600));
    expect(errors).toHaveLength(600);
    expect(new Set(codes(errors))).toEqual(new Set(["UNAUTHENTICATED"]));
    expect(calls.length).toBeLessThanOrEqual(4);
    revoked = false;
    expect((await run(one)).calls).toEqual([]);
  });
});

describe("a credential that is not known to work", () => {
  test("sends its first call alone, and all others once that was answered", async () => {
    await using here = await setupOverHttp({ jitter: [20, 20] }, {}, { limits });
    const atOnce = counted(here.sandbox);
    const groupsOf = (id: string) => `account(id: "${id}") { userGroups { nodes { name } } }`;
    const { calls, errors } = await here.run(`{ a: ${groupsOf(account)} b: ${groupsOf(venturesId)} }`);
    expect([calls, errors]).toEqual([[groups, groups], undefined]);
    expect(atOnce).toEqual([1, 1]);
    const again = await here.run(fields(30));
    expect(again.calls).toHaveLength(30);
    expect(Math.max(...atOnce)).toBeGreaterThan(1);
  });

  test("and gets nothing but ambiguous refusals has one call under way, and the rest is not sent after ten", async () => {
    await using here = await setupOverHttp({ jitter: [0, 5] }, {}, { limits });
    const atOnce = counted(here.sandbox);
    here.sandbox.stub(groups, () => ambiguous);
    const { errors, calls } = await here.run(fields(600), {}, bearer("invented"));
    expect(calls).toHaveLength(10);
    expect(Math.max(...atOnce)).toBe(1);
    expect(new Set(codes(errors))).toEqual(new Set(["FORBIDDEN"]));
    expect(errors).toHaveLength(600);
    expect(errors?.some(({ message }) => message.includes("answered 10 calls of this operation with 403"))).toBe(true);
    // Another operation may have the right.
    expect((await here.run(one)).errors).toBeUndefined();
  });

  test("and lacks some rights has all that it may have: one answer shows that it works", async () => {
    await using here = await setupOverHttp({ jitter: [0, 5] }, {}, { limits });
    here.sandbox.stub(groups, () => ambiguous);
    const { errors, calls, data } = await here.run(
      fields(40).replace("{ a0", "{ accounts { nodes { cloudflareId } } a0"),
    );
    expect(calls).toHaveLength(41);
    expect(data).toMatchObject({ accounts: { nodes: expect.any(Array) } });
    expect(errors).toHaveLength(40);
  });

  test("whose first call is never answered has the others after two seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    try {
      const { run, sandbox } = setup();
      sandbox.stub(groups, () => new Promise(() => {}));
      const asked = run(`{ account(id: "${account}") { name userGroups { nodes { name } } } }`);
      while (sandbox.calls.length === 0) await new Promise(setImmediate);
      await vi.advanceTimersByTimeAsync(1_999);
      const arrived = () => sandbox.calls.map(({ route }) => route);
      expect(arrived()).toEqual([groups]);
      await vi.advanceTimersByTimeAsync(1);
      expect(arrived()).toEqual([groups, "GET /accounts/{account_id}"]);
      await vi.advanceTimersByTimeAsync(30_000);
      const { data, errors } = await asked;
      expect(data).toMatchObject({ account: { name: "Acme", userGroups: null } });
      expect(codes(errors)).toEqual(["TIMEOUT"]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("is told apart from a route that is none: such an answer shows nothing", async () => {
    const { run, sandbox } = setup();
    const noRoute = {
      code: 7003,
      message: "Could not route to /accounts/x, perhaps your object identifier is invalid?",
    };
    const text = JSON.stringify({ success: false, errors: [noRoute], messages: [], result: null });
    let nowhere = 0;
    sandbox.stub(groups, ({ credential }) =>
      credential === "invented" && nowhere++ === 0 ? { status: 404, headers: {}, text } : undefined,
    );
    const { calls } = await run(fields(100), {}, bearer("invented"));
    expect(calls).toHaveLength(2);
  });
});
