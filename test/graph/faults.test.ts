import { test as base, describe } from "vitest";
import { endpoints } from "../../src/cloudflare/index.ts";
import { createTransport, type TransportOptions } from "../../src/cloudflare/transport.ts";
import type { Fault } from "../../src/sandbox/fault-injection.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { account, expect, type Run, setup, setupOverHttp } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";

const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const membersRoute = `${groupsRoute}/{user_group_id}/members`;
const reads = endpoints.filter(({ route }) => route.startsWith("GET ")).map(({ route }) => route);

/** The deadline where something never comes: long enough for all that does come, however busy the machine. */
const callTimeout = 2_500;
/** No query may take longer, whatever is wrong. Where nothing hangs that is less than one default deadline. */
const bound = 3 * callTimeout;

const codesOf = ({ errors }: Pick<Run<unknown>, "errors">) => errors?.map(({ extensions }) => extensions?.code) ?? [];

async function timed<Result>(work: Promise<Result>): Promise<Result> {
  const started = performance.now();
  const result = await work;
  expect(performance.now() - started).toBeLessThan(bound);
  return result;
}

/** An upstream whose answers to one group's members are faulty, until it is mended. */
async function faultyUpstream(fault: Fault, code?: string) {
  const fixture = await setupOverHttp(
    { jitter: [0, 5] },
    { maxResponseSize: 1024 * 1024, ...within(code, callTimeout) },
  );
  const groups = [...(fixture.sandbox.state.accounts.get(account)?.userGroups.values() ?? [])];
  const victim = groups.find(({ name }) => name === "Security")?.id;
  let broken = true;
  fixture.sandbox.injectFault(membersRoute, fault, ({ params }) => broken && params.user_group_id === victim);
  const mend = () => {
    broken = false;
  };
  return { ...fixture, mend };
}

/** Only what ends by a deadline needs one of ours. */
function within(code: string | undefined, callTimeout: number): TransportOptions {
  return code === "TIMEOUT" ? { callTimeout } : {};
}

/** The full graph of an upstream without faults: read once, changed never. */
const test = base.extend(
  "usual",
  { scope: "file" },
  async () => (await setup().run(FullGraphDocument, { account })).data,
);

describe("a fault of one call fails the one field that needs it, in time, and is over when it is over", () => {
  const refused = (
    status: number,
    body: "html" | "text" | "empty" | "null" | "limited",
    retryAfter?: string,
  ): Fault => ({
    kind: "error",
    status,
    body,
    ...(retryAfter !== undefined && { retryAfter }),
  });

  test.for<[says: string, fault: Fault, code: string, extensions: object]>([
    ["429 with Retry-After", refused(429, "limited", "17"), "RATE_LIMITED", { cloudflare: { status: 429 } }],
    ["429 without Retry-After", refused(429, "limited"), "RATE_LIMITED", { cloudflare: { status: 429 } }],
    ["429 with no body", refused(429, "empty"), "RATE_LIMITED", { cloudflare: { errors: [] } }],
    ["429 with the body null", refused(429, "null"), "RATE_LIMITED", { cloudflare: { errors: [] } }],
    ["429 in HTML", refused(429, "html"), "RATE_LIMITED", { cloudflare: { errors: [] } }],
    [
      "971 under 200",
      refused(200, "limited"),
      "RATE_LIMITED",
      { cloudflare: { status: 200, errors: [{ code: 971 }] } },
    ],
    ["500 in HTML", refused(500, "html"), "UPSTREAM_ERROR", { cloudflare: { status: 500, errors: [] } }],
    ["502 with no body", refused(502, "empty"), "UPSTREAM_ERROR", { cloudflare: { status: 502 } }],
    ["503 with the body null", refused(503, "null"), "UPSTREAM_ERROR", { cloudflare: { status: 503 } }],
    ["520 in plain text", refused(520, "text"), "UPSTREAM_ERROR", { cloudflare: { status: 520 } }],
    ["522 in HTML with Retry-After", refused(522, "html", "120"), "UPSTREAM_ERROR", { cloudflare: { status: 522 } }],
    ["200 in HTML", refused(200, "html"), "UPSTREAM_INVALID", { cloudflare: { status: 200 } }],
    ["200 with no body", refused(200, "empty"), "UPSTREAM_INVALID", { cloudflare: { status: 200 } }],
    ["200 with the body null", refused(200, "null"), "UPSTREAM_INVALID", { cloudflare: { status: 200 } }],
    ["302 to nowhere", refused(302, "empty"), "UPSTREAM_INVALID", { cloudflare: { status: 302 } }],
    ["404 in HTML", refused(404, "html"), "UPSTREAM_INVALID", { cloudflare: { status: 404, errors: [] } }],
    ["403 in plain text", refused(403, "text"), "UPSTREAM_INVALID", { cloudflare: { status: 403, errors: [] } }],
    ["a body cut off half-way", { kind: "truncated" }, "UPSTREAM_INVALID", { cloudflare: { status: 200 } }],
    ["a reset before anything was done", { kind: "reset", at: "request" }, "UPSTREAM_ERROR", { route: membersRoute }],
    ["a reset before the answer", { kind: "reset", at: "head" }, "UPSTREAM_ERROR", { route: membersRoute }],
    ["a reset within the body", { kind: "reset", at: "body" }, "UPSTREAM_ERROR", { route: membersRoute }],
    ["an answer that never comes", { kind: "hang" }, "TIMEOUT", { route: membersRoute }],
    ["a body that drips", { kind: "slowBody", milliseconds: 20 }, "TIMEOUT", { route: membersRoute }],
    ["20 MB where 1 is accepted", { kind: "huge", bytes: 20_000_000 }, "UPSTREAM_ERROR", { route: membersRoute }],
  ])("%s", async ([, fault, code, extensions], { usual }) => {
    await using faulty = await faultyUpstream(fault, code);
    const run = await timed(faulty.run(FullGraphDocument, { account }));
    const index = run.data?.account?.userGroups?.nodes.findIndex((group) => group?.name === "Security");
    expect(run.errors).toMatchObject([
      { path: ["account", "userGroups", "nodes", index, "members"], extensions: { code, ...extensions } },
    ]);
    const whole = structuredClone(usual);
    for (const group of whole?.account?.userGroups?.nodes ?? []) if (group?.name === "Security") group.members = null;
    expect(run.data).toEqual(whole);
    expect(run.calls).toHaveLength(19);
    if (fault.kind === "error" && code === "RATE_LIMITED") {
      const wait = Date.parse(String(run.errors?.[0]?.extensions?.resetAt)) - Date.now();
      expect(Math.round(wait / 10_000)).toBe(fault.retryAfter === undefined ? 30 : 2);
    }
    faulty.mend();
    const after = await faulty.run(FullGraphDocument, { account });
    // A 429 holds until its time has come.
    if (code === "RATE_LIMITED") expect(after).toMatchObject({ calls: [], errors: [{ extensions: { code } }] });
    else expect(after).toMatchObject({ data: usual, errors: undefined });
  });

  test.for<[says: string, fault: Fault]>([
    ["an answer that is late", { kind: "latency", milliseconds: 200 }],
    ["a body that drips fast enough", { kind: "slowBody", milliseconds: 0 }],
    ["half a megabyte where one is accepted", { kind: "huge", bytes: 500_000 }],
  ])("%s is right", async ([, fault], { usual }) => {
    await using faulty = await faultyUpstream(fault);
    const run = await timed(faulty.run(FullGraphDocument, { account }));
    expect(run).toMatchObject({ data: usual, errors: undefined });
  });
});

describe("a fault that passes is not seen where reads are repeated, and costs one call more", () => {
  test.for<[says: string, fault: Fault]>([
    ["429 with Retry-After", { kind: "error", status: 429, body: "limited", retryAfter: "0" }],
    ["971 under 200", { kind: "error", status: 200, body: "limited", retryAfter: "0" }],
    ["503 in HTML", { kind: "error", status: 503, body: "html" }],
    ["522 with no body", { kind: "error", status: 522, body: "empty", retryAfter: "120" }],
    ["a reset before the answer", { kind: "reset", at: "head" }],
    ["a reset within the body", { kind: "reset", at: "body" }],
  ])("%s", async ([, fault], { usual }) => {
    await using fixture = await setupOverHttp({ jitter: [0, 5] }, {}, { retry: true });
    fixture.sandbox.injectFault(groupsRoute, fault, 1);
    const run = await timed(fixture.run(FullGraphDocument, { account }));
    expect(run).toMatchObject({ data: usual, errors: undefined });
    expect(run.calls).toHaveLength(20);
  });
});

describe("an upstream that fails everywhere", () => {
  test.for<[says: string, fault: Fault, code: string]>([
    ["never answers", { kind: "hang" }, "TIMEOUT"],
    ["drips", { kind: "slowBody", milliseconds: 50 }, "TIMEOUT"],
    ["resets connections", { kind: "reset", at: "head" }, "UPSTREAM_ERROR"],
    ["resets answers", { kind: "reset", at: "body" }, "UPSTREAM_ERROR"],
    ["is down", { kind: "error", status: 503, body: "html" }, "UPSTREAM_ERROR"],
    ["blocks", { kind: "error", status: 429, body: "limited", retryAfter: "300" }, "RATE_LIMITED"],
    ["sends 20 MB each time", { kind: "huge", bytes: 20_000_000 }, "UPSTREAM_ERROR"],
  ])("and %s leaves an answer of nulls and an error for each, in time", async ([, fault, code]) => {
    await using fixture = await setupOverHttp({}, { maxResponseSize: 1024 * 1024, ...within(code, 300) });
    for (const route of reads) fixture.sandbox.injectFault(route, fault);
    const run = await timed(fixture.run(FullGraphDocument, { account }));
    expect(run.data).toEqual({
      account: { id: expect.any(String), name: null, userGroups: null, ssoConnectors: null },
    });
    expect(codesOf(run)).toEqual([code, code, code]);
    // The first call of a credential goes alone, and a block ends all others.
    expect(run.calls).toHaveLength(code === "RATE_LIMITED" ? 1 : 3);
  });

  test("and is not there at all leaves UPSTREAM_UNAVAILABLE", async () => {
    const { url, close } = await createSandbox().listen();
    await close();
    const transport = createTransport();
    const { run } = setup({}, () => (request) => transport({ ...request, url: url + new URL(request.url).pathname }));
    const { data, errors } = await timed(run(FullGraphDocument, { account }));
    expect(data?.account).toMatchObject({ name: null, userGroups: null, ssoConnectors: null });
    expect(codesOf({ errors })).toEqual(["UPSTREAM_UNAVAILABLE", "UPSTREAM_UNAVAILABLE", "UPSTREAM_UNAVAILABLE"]);
    await transport.close();
  });
});

describe("a list that changes between two of its pages", () => {
  const query = `query ($account: String!) { account(id: $account) {
    userGroups(first: 1000) { totalCount pageInfo { hasNextPage shifted } nodes { name } } } }`;
  type Groups = {
    account: { userGroups: { totalCount: number; pageInfo: { hasNextPage: boolean }; nodes: { name: string }[] } };
  };
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

  test.for<[says: string, fault: Fault, shown: number[]]>([
    [
      "shrinks: what slid to the page before is not shown, which is told, and all else is",
      { kind: "shifted", records: 5 },
      [...numbers(1, 500), ...numbers(506, 600)],
    ],
    ["grows: no record is shown twice", { kind: "shifted", records: -5 }, numbers(1, 600)],
    ["repeats records: none is shown twice", { kind: "repeated", records: 5 }, numbers(1, 600)],
  ])("%s", async ([, fault, shown]) => {
    await using fixture = await setupOverHttp({ groups: 600, membersPerGroup: 0 });
    fixture.sandbox.injectFault(groupsRoute, fault, ({ query }) => query.page === "2");
    const { data, errors, calls } = await timed(fixture.run<Groups, object>(query, { account }));
    expect(errors).toBeUndefined();
    expect(data?.account?.userGroups.nodes.map(({ name }) => Number(name.slice(-4)))).toEqual(shown);
    expect(calls).toHaveLength(2);
    const pageInfo = { hasNextPage: false, shifted: true };
    expect(data?.account?.userGroups).toMatchObject({ totalCount: shown.length, pageInfo });
  });

  test("and does not is not told as shifted", async () => {
    const { run } = setup({ groups: 600, membersPerGroup: 0 });
    const { data } = await run<Groups, object>(query, { account });
    expect(data?.account.userGroups.pageInfo).toEqual({ hasNextPage: false, shifted: false });
  });
});

test("hostile IDs and names are shown as they are and lead nowhere", async () => {
  await using fixture = await setupOverHttp({ quirks: ["hostileIds", "hostileNames"] });
  const run = await timed(fixture.run(FullGraphDocument, { account }));
  expect(new Set(codesOf(run))).toEqual(new Set(["UPSTREAM_INVALID"]));
  for (const { path } of fixture.sandbox.calls) expect(path).toMatch(/^(\/([a-z_]+|[0-9a-f]{32}))+$/);
  expect(JSON.stringify(run.data)).toContain("<script>");
});

test("a fault is stubbed on a route that is there, and one of the wire needs a wire", async () => {
  const sandbox = createSandbox();
  expect(() => sandbox.injectFault("GET /nowhere", { kind: "hang" })).toThrow("GET /nowhere");
  const request = { method: "GET", url: "http://sandbox/client/v4/accounts", headers: {} };
  sandbox.injectFault("GET /accounts", { kind: "hang" }, 2);
  expect(await sandbox.handle(request)).toMatchObject({ status: 400 });
  await expect(sandbox.handle(request)).rejects.toThrow("needs a wire");
  expect(await sandbox.handle(request)).toMatchObject({ status: 400 });
});
