import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { deferredTransport } from "../deferred-transport.ts";
import { account, expect, setup, setupOverHttp, tally, test } from "../gateway.ts";
import { Redis, testWithRedis } from "./redis.ts";

const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const membersRoute = `${groupsRoute}/{user_group_id}/members`;
const names = `query ($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;
const members = `query ($account: String!, $groups: Int = 50) {
  account(id: $account) { userGroups(first: $groups) { nodes { name members { nodes { email } } } } }
}`;

const analyze = { authorization: "Bearer sandbox-admin", "x-upstream-explain": "analyze" };

describe("what one operation may make", () => {
  test("is the same after calls that found the gate closed and waited for it to open", async () => {
    await using brief = await setupOverHttp({ groups: 10 }, {}, { retry: true, maxCalls: 11, concurrency: 1 });
    // One after the other: the first closes the gate for those that were admitted with it.
    brief.sandbox.injectFault(membersRoute, { kind: "error", status: 429, body: "empty", retryAfter: "1" }, 1);
    const { errors, calls } = await brief.run(
      `query ($account: String!) {
        account(id: $account) { userGroups(first: 10) { nodes { members(first: 3) { nodes { user { firstName } } } } } }
      }`,
      { account },
    );
    expect(tally(calls)).toEqual({ [groupsRoute]: 1, [membersRoute]: 10 + 1 });
    expect(errors?.length).toBeGreaterThan(0);
    for (const { extensions } of errors ?? []) expect(extensions).toMatchObject({ code: "TOO_EXPENSIVE" });
  });
});

describe("the `first` that is told where the quota is short", () => {
  test("fits at once, with what is left", async () => {
    const { run } = setup({ groups: 30 }, undefined, { quota: { units: 40, seconds: 300 } });
    const [first, second] = [await run(members, { account, groups: 8 }), await run(members, { account, groups: 30 })];
    expect(first.errors).toBeUndefined();
    const { cost } = (second.errors?.[0]?.extensions ?? {}) as { cost: { left: number; first: number } };
    expect(cost.left).toBe(40 - 9 - 1);
    const third = await run(members, { account, groups: cost.first });
    expect(third.errors).toBeUndefined();
    expect(third.calls).toHaveLength(cost.first + 1);
  });

  test("is none where only the last tenth is left", async () => {
    const { run } = setup({ groups: 3 }, undefined, { quota: { units: 20, seconds: 300 } });
    for (let spent = 0; spent < 18; spent++) await run(names, { account });
    const { errors } = await run(members, { account });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "RATE_LIMITED", cost: { left: 1, first: null } });
  });
});

test("who asks for more than the whole quota is not told to come back", async () => {
  const { run } = setup({}, undefined, { quota: { units: 2, seconds: 300 } });
  await run(names, { account });
  const { errors, calls } = await run(
    `query ($account: String!) {
      account(id: $account) { name userGroups { nodes { name } } members { nodes { email } } }
    }`,
    { account },
  );
  expect(calls).toEqual([]);
  expect(errors).toMatchObject([{ extensions: { code: "RATE_LIMITED", cost: { needed: 3, limit: 2 } } }]);
  expect(errors?.[0]?.extensions).not.toHaveProperty("resetAt");
});

test("behind a closed gate nobody is told of a quota that is not known", async () => {
  const { run, sandbox } = setup({}, undefined, { quota: false });
  sandbox.injectFault(groupsRoute, { kind: "error", status: 429, body: "empty", retryAfter: "60" });
  await run(names, { account });
  const { errors, calls } = await run(names, { account });
  expect(calls).toEqual([]);
  expect(errors).toEqual([
    {
      message: expect.stringMatching(/^The operation was not sent: Cloudflare refuses everything until /),
      extensions: { code: "RATE_LIMITED", resetAt: expect.any(String) },
    },
  ]);
});

test("who has no credential takes nobody's turn", async () => {
  const { run } = setup({}, undefined, { rate: { calls: 1, milliseconds: 60_000 }, operationTimeout: 5_000 });
  for (let time = 0; time < 3; time++) {
    const { errors } = await run(names, { account }, {});
    expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  }
  expect((await run(names, { account })).errors).toBeUndefined();
});

describe("a call on the wire when time is up", () => {
  test("was sent, and so it is told", async () => {
    await using slow = await setupOverHttp({}, {}, { explain: true, operationTimeout: 300 });
    slow.sandbox.injectFault(groupsRoute, { kind: "hang" });
    const { upstream, errors, calls } = await slow.run(names, { account }, analyze);
    expect(errors).toMatchObject([{ extensions: { code: "TIMEOUT" } }]);
    expect(calls).toEqual([groupsRoute]);
    expect(upstream).toMatchObject({ calls: 1, shared: 0, retries: 0 });
    expect(upstream?.analysis?.calls).toMatchObject([{ route: groupsRoute, attempts: 1, status: null, shared: false }]);
  });

  test("is told by who sent it, though another operation waits on for it", async () => {
    const network = deferredTransport((request) => sandbox.handle(request));
    const options = { explain: true, operationTimeout: 200 };
    const { sandbox, run } = setup({}, () => network.transport, options);
    const first = run(names, { account });
    await network.arrived(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = run(names.replace("name", "id"), { account });
    const { upstream, errors } = await first;
    network.held[0]?.open();
    expect(errors).toMatchObject([{ extensions: { code: "TIMEOUT" } }]);
    expect(upstream).toMatchObject({ calls: 1, shared: 0 });
    expect((await second).upstream).toMatchObject({ calls: 0, shared: 1 });
    await network.arrived(1);
  });
});

test("an empty `x-upstream-explain` is refused, and nobody beside it is", async () => {
  const network = deferredTransport((request) => sandbox.handle(request));
  const { sandbox, run } = setup({}, () => network.transport, { explain: true });
  const empty = run(names, { account }, { authorization: "Bearer sandbox-admin", "x-upstream-explain": "" });
  const plain = run(names, { account });
  expect((await empty).errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  await network.arrived(1);
  network.held[0]?.open();
  expect((await plain).errors).toBeUndefined();
});

test("variables that do not fit have no plan", async () => {
  const { run } = setup({}, undefined, { explain: true });
  const plan = { ...analyze, "x-upstream-explain": "plan" };
  const { data, errors, upstream, calls } = await run(names, { acount: account }, plan);
  expect([data, upstream, calls]).toEqual([undefined, undefined, []]);
  expect(errors).toMatchObject([
    { extensions: { code: "BAD_USER_INPUT" }, message: expect.stringContaining("$account") },
  ]);
});

testWithRedis("a port that is taken ends the process, though Redis is there", async () => {
  await using redis = await Redis.start();
  await using occupied = createServer().listen(0, "127.0.0.1");
  await once(occupied, "listening");
  const { port } = occupied.address() as AddressInfo;
  const env = { PORT: String(port), REDIS_URL: redis.url };
  const gateway = spawn(process.execPath, ["src/server/main.ts"], { env, stdio: "ignore", timeout: 15_000 });
  expect(await once(gateway, "exit")).toEqual([1, null]);
});

test("a write under way when the process is told to end is answered, though the time for reads is up", async () => {
  const sandbox = createSandbox();
  const arrived = Promise.withResolvers<void>();
  const go = Promise.withResolvers<undefined>();
  sandbox.stub("POST /accounts/{account_id}/iam/user_groups", () => {
    arrived.resolve();
    return go.promise;
  });
  const api = await sandbox.listen();
  const env = { PORT: "0", CLOUDFLARE_API_BASE_URL: api.url, OPERATION_TIMEOUT: "50ms", CALL_TIMEOUT: "5s" };
  const gateway = spawn(process.execPath, ["src/server/main.ts"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 15_000,
  });
  const printed = async (pattern: RegExp) => {
    for await (const [text] of on(gateway.stdout.setEncoding("utf8"), "data")) {
      const found = pattern.exec(text);
      if (found) return found[1] ?? "";
    }
    throw new Error("It ended before.");
  };
  const url = await printed(/^GraphQL {2}(\S+)/m);
  const query = `mutation ($account: ID!) { createUserGroup(input: { accountId: $account, name: "Fresh" }) { __typename } }`;
  const answer = fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
    body: JSON.stringify({ query, variables: { account } }),
  });
  await arrived.promise;
  const exit = once(gateway, "exit");
  gateway.kill("SIGTERM");
  await printed(/SIGTERM received/);
  await new Promise((resolve) => setTimeout(resolve, 300));
  go.resolve(undefined);
  expect(await (await answer).json()).toEqual({ data: { createUserGroup: { __typename: "CreateUserGroupPayload" } } });
  expect(await exit).toEqual([0, null]);
  await api.close();
});
