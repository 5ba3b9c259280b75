import { describe } from "vitest";
import { account, expect, setup, tally, test } from "../gateway.ts";
import { FullGraphDocument, MembersWithUsersDocument } from "../operations/graphql.ts";

const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const membersRoute = `${groupsRoute}/{user_group_id}/members`;
const names = `query ($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;
const create = `mutation ($account: ID!) { createUserGroup(input: { accountId: $account, name: "Fresh" }) { __typename } }`;

const asks = (word: string) => ({ authorization: "Bearer sandbox-admin", "x-upstream-explain": word });

describe("extensions.upstream", () => {
  test("tells what was planned and spent, and what remains", async () => {
    const quota = { requests: 1200, seconds: 300 };
    const { run } = setup({ quota }, undefined, { explain: true, quota: { units: 1200, seconds: 300 } });
    const { upstream, calls } = await run(FullGraphDocument, { account });
    expect(calls).toHaveLength(19);
    expect(upstream).toEqual({
      planned: { min: 3, max: 103 },
      objects: { planned: expect.any(Number), made: expect.any(Number) },
      calls: 19,
      shared: 0,
      cached: 0,
      age: 0,
      stale: 0,
      maxAge: 0,
      retries: 0,
      remaining: 1200 - 19,
      resetAt: expect.any(String),
    });
  });

  test("counts repetitions apart", async () => {
    const { run, sandbox } = setup({}, undefined, { explain: true, retry: true });
    sandbox.injectFault(groupsRoute, { kind: "error", status: 502, body: "html" }, 1);
    const { upstream, calls } = await run(names, { account });
    expect(calls).toEqual([groupsRoute, groupsRoute]);
    expect(upstream).toMatchObject({ planned: { min: 1, max: 1 }, calls: 1, retries: 1, remaining: null });
  });

  test("comes with errors, too", async () => {
    const { run } = setup({}, undefined, { explain: true });
    const { upstream, errors } = await run(names, { account: "0".repeat(32) });
    expect(errors).toHaveLength(1);
    expect(upstream).toMatchObject({ planned: { min: 1, max: 1 }, calls: 1 });
    expect((await run(names, { account }, {})).upstream).toMatchObject({ calls: 0 });
  });

  test("is not there unless it is switched on", async () => {
    const { run } = setup();
    expect((await run(names, { account })).upstream).toBeUndefined();
  });

  test("a mutation has it as well", async () => {
    const { run } = setup({}, undefined, { explain: true });
    const { upstream, data } = await run(create, { account });
    expect(data).toEqual({ createUserGroup: { __typename: "CreateUserGroupPayload" } });
    expect(upstream).toMatchObject({ planned: { min: 0 }, calls: 1 });
  });
});

describe("x-upstream-explain", () => {
  test("plan: the plan alone, and nothing is carried out", async () => {
    const { run } = setup({}, undefined, { explain: true });
    const plan = await run(FullGraphDocument, { account, groups: 10 }, asks("plan"));
    expect(plan).toMatchObject({
      data: null,
      errors: undefined,
      calls: [],
      upstream: { planned: { min: 3, max: 13 } },
    });
    expect((await run(create, { account }, asks("plan"))).calls).toEqual([]);
  });

  test("analyze: every call, with route, status, milliseconds, attempts, and whether it was shared", async () => {
    const { run, sandbox } = setup({ groups: 3 }, undefined, { explain: true, retry: true });
    sandbox.injectFault(membersRoute, { kind: "error", status: 503, body: "text" }, 2);
    const { upstream, data } = await run(FullGraphDocument, { account, groups: 3 }, asks("analyze"));
    expect(data).toMatchObject({ account: { userGroups: { totalCount: 3 } } });
    const { calls, batches } = upstream?.analysis ?? {};
    expect(tally(calls?.map(({ route }) => route) ?? [])).toEqual({
      "GET /accounts/{account_id}": 1,
      "GET /accounts/{account_id}/sso_connectors": 1,
      [groupsRoute]: 1,
      [membersRoute]: 3,
    });
    expect(calls?.map(({ attempts }) => attempts).toSorted()).toEqual([1, 1, 1, 1, 1, 2]);
    for (const call of calls ?? []) {
      expect(call).toEqual({
        route: expect.any(String),
        status: 200,
        start: expect.any(Number),
        milliseconds: expect.any(Number),
        attempts: expect.any(Number),
        shared: false,
        remembered: false,
        age: 0,
      });
    }
    expect(batches).toEqual([
      { route: "GET /accounts/{account_id}", asked: 1, alone: 1, why: expect.stringMatching(/^one record/) },
    ]);
  });

  test("analyze: why records were read as a list, or alone", async () => {
    const { run } = setup({}, undefined, { explain: true });
    const { upstream } = await run(MembersWithUsersDocument, { account }, asks("analyze"));
    const batch = upstream?.analysis?.batches.find(({ route }) => route.endsWith("/members/{member_id}"));
    expect(batch).toMatchObject({ alone: 0, why: expect.stringContaining("list") });
    expect(batch?.asked).toBeGreaterThan(1);
  });

  test("analyze: the status of a refusal, and no credential anywhere", async () => {
    const { run } = setup({}, undefined, { explain: true });
    const answer = await run(names, { account }, { ...asks("analyze"), authorization: "Bearer s3cret-token" });
    expect(answer.upstream?.analysis?.calls).toMatchObject([{ route: groupsRoute, status: 403, attempts: 1 }]);
    expect(JSON.stringify(answer)).not.toContain("s3cret");
  });

  test("an unknown word is refused before anything is done", async () => {
    const { run } = setup({}, undefined, { explain: true });
    const { errors, calls } = await run(create, { account }, asks("dry-run"));
    expect(calls).toEqual([]);
    expect(errors).toEqual([
      {
        message: "The header `x-upstream-explain` must be `plan` or `analyze`.",
        extensions: { code: "BAD_USER_INPUT" },
      },
    ]);
  });

  test("a refusal before the first call has a status where the media type asks for one, and the time to wait", async () => {
    const { gateway, run } = setup({}, undefined, { quota: { units: 1, seconds: 300 }, maxCalls: 1 });
    await run(names, { account });
    const ask = (accept: string, query: string) =>
      gateway.fetch("http://gateway/graphql", {
        method: "POST",
        headers: { authorization: "Bearer sandbox-admin", accept, "content-type": "application/json" },
        body: JSON.stringify({ query, variables: { account } }),
      });
    const spec = "application/graphql-response+json";
    const limited = await ask(spec, names);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(limited.headers.get("retry-after"))).toBeLessThanOrEqual(330);
    expect((await ask("application/json", names)).status).toBe(200);
    const two = `query ($account: String!) { account(id: $account) { name userGroups { nodes { name } } } }`;
    expect((await ask(spec, two)).status).toBe(400);
  });

  test("where it is switched off, whoever asks for a plan does not get a write", async () => {
    const { run } = setup();
    const { errors, calls, upstream } = await run(create, { account }, asks("plan"));
    expect(calls).toEqual([]);
    expect(upstream).toBeUndefined();
    expect(errors).toMatchObject([
      { extensions: { code: "BAD_USER_INPUT" }, message: expect.stringContaining("EXPLAIN") },
    ]);
  });
});
