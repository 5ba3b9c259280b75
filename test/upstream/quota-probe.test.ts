import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { acmeId as account } from "../../src/sandbox/acme.ts";
import { Admission } from "../../src/upstream/admit/admission.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { OperationUsage } from "../../src/upstream/usage.ts";
import { setup } from "../gateway.ts";

const groups = "GET /accounts/{account_id}/iam/user_groups";
const members = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
const query = `query ($account: String!) {
  account(id: $account) { userGroups(first: 2) { nodes { id members(first: 1) { nodes { id } } } } }
}`;
const years = { status: 429, headers: { "retry-after": "99999999" }, text: "" };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A gateway with a budget, beside an upstream whose answers have these headers. */
function limited(headers: () => Record<string, string> = () => ({})) {
  return setup(
    {},
    (sandbox) => async (request) => {
      const answer = await sandbox.handle(request);
      return { ...answer, headers: { ...answer.headers, ...headers() } };
    },
    { budget: memoryBudget({ quota: { units: 1200, seconds: 300 } }) },
  );
}

const inFiveMinutes = () => new Date(Date.now() + 300_000).toISOString();

test("a Retry-After of years closes a credential for five minutes, then one call asks, and its answer decides", async () => {
  const { sandbox, run } = limited();
  let blocked = true;
  sandbox.stub(groups, () => (blocked ? years : undefined));
  for (let times = 0; times < 3; times++) {
    const asked = await run(query, { account });
    expect(asked.calls).toEqual([groups]);
    const rateLimited = [{ extensions: { code: "RATE_LIMITED", resetAt: inFiveMinutes() } }];
    expect(asked.errors).toMatchObject(rateLimited);
    const refused = await run(query, { account });
    expect(refused).toMatchObject({ calls: [], errors: rateLimited });
    vi.setSystemTime(Date.now() + 299_999);
    expect((await run(query, { account })).calls).toEqual([]);
    vi.setSystemTime(Date.now() + 1);
  }
  blocked = false;
  const open = await run(query, { account });
  expect(open.errors).toBeUndefined();
  expect(open.calls).toEqual([groups, members, members]);
});

test("of operations at the same moment one asks", async () => {
  const { sandbox, run } = limited();
  sandbox.stub(groups, () => years);
  await run(query, { account });
  vi.setSystemTime(Date.now() + 300_000);
  const before = sandbox.calls.length;
  await Promise.all(
    Array.from({ length: 8 }, (_, index) => run(query.replace("first: 2", `first: ${index + 1}`), { account })),
  );
  expect(sandbox.calls.length - before).toBe(1);
});

test("one call in a day is believed for five minutes; an operation that takes more may ask with its first call", async () => {
  let policy = '"daily";q=1;w=86400';
  const { run } = limited(() => ({ "ratelimit-policy": policy }));
  const first = await run<{ account: { userGroups: { nodes: { id: string }[] } } }, object>(
    "query ($account: String!) { account(id: $account) { userGroups(first: 2) { nodes { id } } } }",
    { account },
  );
  expect(first.errors).toBeUndefined();
  const ids = first.data?.account.userGroups.nodes.map(({ id }) => id);
  const both = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on UserGroup { members(first: 1) { nodes { id } } } } }";
  const refused = await run(both, { ids });
  const rateLimited = { code: "RATE_LIMITED", resetAt: inFiveMinutes() };
  expect(refused).toMatchObject({ calls: [], errors: [{ extensions: rateLimited }] });
  vi.setSystemTime(Date.now() + 300_000);
  policy = '"default";q=1200;w=300';
  const open = await run(both, { ids });
  expect(open.errors).toBeUndefined();
  expect(open.calls).toEqual([groups, members, members]);
});

test("of a fan-out that does not fit one call asks, the others are refused", async () => {
  const budget = memoryBudget({ quota: false });
  const deadline = { until: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
  const limits = { caller: "anna", budget, maxCalls: 10, deadline, waitForReset: true };
  budget.close("anna", new Date(Date.now() + 1e9));
  vi.setSystemTime(Date.now() + 300_000);
  const ask = () => {
    const admission = new Admission(limits, new OperationUsage());
    return Promise.allSettled([1, 2, 3].map(() => admission.read(members)));
  };
  expect((await ask()).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect((await ask()).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  budget.answered("anna");
  expect((await ask()).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
});
