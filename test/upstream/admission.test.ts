import { describe, vi } from "vitest";
import type { SandboxOptions } from "../../src/sandbox/sandbox.ts";
import type { GatewayOptions } from "../../src/server/gateway.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { deferredTransport } from "../deferred-transport.ts";
import { account, expect, setup, tally, test } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";

const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const membersRoute = `${groupsRoute}/{user_group_id}/members`;
const names = `query ($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;
const members = `query ($account: String!, $groups: Int = 50) {
  account(id: $account) { userGroups(first: $groups) { nodes { name members { nodes { email } } } } }
}`;
const create = `mutation ($account: ID!) {
  createUserGroup(input: { accountId: $account, name: "Fresh" }) { __typename ... on MutationError { message } ... on RateLimitedError { resetAt } }
}`;

function limited(options: Partial<GatewayOptions>, sandbox: SandboxOptions = {}) {
  return setup(sandbox, undefined, options);
}

/** Asks for the members of one group. */
const oneGroup = `query ($account: String!, $group: String!) { account(id: $account) { userGroup(id: $group) { name } } }`;

describe("calls that one operation may make", () => {
  test("what must cost more is refused before its first call, with the numbers", async () => {
    const { run } = limited({ maxCalls: 2 });
    const { data, errors, calls } = await run(
      `query ($account: String!) {
        account(id: $account) { name userGroups { nodes { name } } members { nodes { email } } }
      }`,
      { account },
    );
    expect(data).toBeUndefined();
    expect(calls).toEqual([]);
    expect(errors).toEqual([
      {
        message: "The operation was not sent: it takes 3 calls, and of the 2 that one operation may make 2 are left.",
        extensions: { code: "TOO_EXPENSIVE", cost: { needed: 3, left: 2, limit: 2, first: null } },
      },
    ]);
  });

  test("reads of one kind that do not fit are refused together, and what is there is answered", async () => {
    const { run } = limited({ maxCalls: 10 }, { groups: 30 });
    const { data, errors, calls } = await run(members, { account });
    expect(tally(calls)).toEqual({ [groupsRoute]: 1 });
    expect(errors).toHaveLength(30);
    const cost = { needed: 30, left: 9, limit: 10, first: 9 };
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: "TOO_EXPENSIVE", cost, route: membersRoute },
      ...Array(29).fill({ code: "TOO_EXPENSIVE", sameAs: 0 }),
    ]);
    expect(data).toMatchObject({ account: { userGroups: { nodes: Array(30).fill({ members: null }) } } });
  });

  test("the `first` that is told fits", async () => {
    const { run } = limited({ maxCalls: 10 }, { groups: 30 });
    const { errors, calls } = await run(members, { account, groups: 9 });
    expect(errors).toBeUndefined();
    expect(calls).toHaveLength(10);
  });

  test("where two kinds of reads do not fit together, the smaller goes", async () => {
    const { run } = limited({ maxCalls: 4 });
    const { errors, calls } = await run(FullGraphDocument, { account });
    expect(tally(calls)).toEqual({
      "GET /accounts/{account_id}": 1,
      "GET /accounts/{account_id}/sso_connectors": 1,
      [groupsRoute]: 1,
    });
    expect(errors?.every(({ path }) => path?.at(-1) === "members")).toBe(true);
  });

  test("a call that another operation is making already is joined, and costs nothing", async () => {
    const network = deferredTransport((request) => sandbox.handle(request));
    const { sandbox, gateway } = setup({ groups: 3 }, () => network.transport, { maxCalls: 1 });
    const ask = async (query: string) => {
      const response = await gateway.fetch("http://gateway/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
        body: JSON.stringify({ query, variables: { account } }),
      });
      return response.json();
    };
    const [first, second] = [ask(names), ask(names.replace("name", "id"))];
    await network.arrived(1);
    network.held[0]?.open();
    expect(await first).not.toHaveProperty("errors");
    expect(await second).not.toHaveProperty("errors");
  });
});

describe("the quota of a caller", () => {
  test("at zero nothing is sent, and it is told when to come back", async () => {
    const { run } = limited({ quota: { units: 2, seconds: 300 } });
    await run(names, { account });
    await run(names, { account });
    const { data, errors, calls } = await run(names, { account });
    expect(calls).toEqual([]);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: "RATE_LIMITED", cost: { needed: 1, left: 0, limit: 2 } } }]);
    const wait = Date.parse(String(errors?.[0]?.extensions?.resetAt)) - Date.now();
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(330_000);
  });

  test("a mutation fails as data then, with the time to come back", async () => {
    const { run } = limited({ quota: { units: 1, seconds: 300 } });
    await run(names, { account });
    const { data, errors, calls } = await run(create, { account });
    expect(calls).toEqual([]);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      createUserGroup: {
        __typename: "RateLimitedError",
        message: expect.stringMatching(
          /^POST .* was not sent: it takes 1 call, and of Cloudflare's quota of 1 0 are left/,
        ),
        resetAt: expect.any(String),
      },
    });
  });

  test("reads that do not fit any more are refused together, with the `first` that would", async () => {
    const { run } = limited({ quota: { units: 25, seconds: 300 } }, { groups: 30 });
    const { errors, calls } = await run(members, { account });
    expect(tally(calls)).toEqual({ [groupsRoute]: 1 });
    expect(errors).toHaveLength(30);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: "RATE_LIMITED",
      cost: { needed: 30, left: 24, limit: 25, first: expect.any(Number) },
    });
  });

  test("the last tenth is for mutations and single reads", async () => {
    const { run, sandbox } = limited({ quota: { units: 20, seconds: 300 } }, { groups: 3 });
    for (let spent = 0; spent < 18; spent++) await run(names, { account });
    const fanOut = await run(members, { account });
    expect(tally(fanOut.calls)).toEqual({ [groupsRoute]: 1 });
    expect(fanOut.errors).toMatchObject(Array(3).fill({ extensions: { code: "RATE_LIMITED" } }));
    const [group] = sandbox.state.accounts.get(account)?.userGroups.keys() ?? [];
    expect((await run(oneGroup, { account, group })).errors).toBeUndefined();
  });

  test("each credential has its own", async () => {
    const { run } = limited({ quota: { units: 1, seconds: 300 } });
    await run(names, { account });
    expect((await run(names, { account })).errors).toHaveLength(1);
    const other = { authorization: "Bearer sandbox-reader" };
    expect((await run(names, { account }, other)).errors).toBeUndefined();
  });

  test("without a credential nothing is spent, and that is what is told", async () => {
    const { run } = limited({ quota: { units: 1, seconds: 300 } });
    for (let time = 0; time < 3; time++) {
      const { errors } = await run(names, { account }, {});
      expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
    }
  });

  test("what was never sent is given back", async () => {
    let away = true;
    const { run } = setup(
      {},
      (sandbox) => async (request) => {
        if (!away) return sandbox.handle(request);
        const { CloudflareError } = await import("../../src/cloudflare/error.ts");
        throw new CloudflareError(request.route, "nobody there", { kind: "unavailable" });
      },
      { quota: { units: 2, seconds: 300 }, breaker: false },
    );
    for (let time = 0; time < 5; time++) await run(names, { account });
    away = false;
    expect((await run(names, { account })).errors).toBeUndefined();
    expect((await run(names, { account })).errors).toBeUndefined();
    expect((await run(names, { account })).errors).toHaveLength(1);
  });

  test("a call that waited long for its turn counts from when it is sent", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      for (const [units, sent] of [
        [3, 2],
        [2, 1],
      ] as const) {
        const network = deferredTransport((request) => sandbox.handle(request));
        const { sandbox, run } = setup({}, () => network.transport, { quota: { units, seconds: 300 }, concurrency: 1 });
        const answer = run(
          `query ($account: String!) { account(id: $account) { name userGroups { nodes { name } } } }`,
          {
            account,
          },
        );
        await network.arrived(1);
        vi.setSystemTime(Date.now() + 6_000);
        network.held[0]?.open();
        await network.arrived(sent);
        for (const call of network.held) call.open();
        const { errors = [] } = await answer;
        expect(errors.map(({ extensions }) => extensions?.code)).toEqual(sent === 2 ? [] : ["RATE_LIMITED"]);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  test("whoever waits for a quota that nobody tells waits no longer than the operation", async () => {
    const budget = memoryBudget({ quota: false });
    budget.reserve = () => new Promise(() => {});
    const { run } = limited({ budget, operationTimeout: 30 });
    const { data, errors, calls } = await run(names, { account });
    expect(calls).toEqual([]);
    expect(data).toEqual({ account: { userGroups: null } });
    expect(errors).toMatchObject([{ extensions: { code: "TIMEOUT" } }]);
  });

  test("a 429 closes the gate: nothing more is sent until its time has come", async () => {
    const { run, sandbox } = limited({ quota: { units: 1200, seconds: 300 } });
    sandbox.injectFault(groupsRoute, { kind: "error", status: 429, body: "limited", retryAfter: "40" });
    const first = await run(names, { account });
    expect(first.errors).toMatchObject([{ extensions: { code: "RATE_LIMITED" } }]);
    const second = await run(`query ($account: String!) { account(id: $account) { name } }`, { account });
    expect(second.calls).toEqual([]);
    expect(second.errors).toMatchObject([{ extensions: { code: "RATE_LIMITED" } }]);
  });
});
