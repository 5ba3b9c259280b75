import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, vi } from "vitest";
import { account, expect, setup, setupOverHttp, test } from "../gateway.ts";
import { groupNamed } from "../graph/mutations/mutation.ts";
import { served } from "../server/served.ts";
import { waitFor } from "../wait-for.ts";

const accounts = "GET /accounts";
const group = "/accounts/{account_id}/iam/user_groups/{user_group_id}";
const one = "{ accounts { nodes { cloudflareId } } }";
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const code = ({ errors }: { errors: readonly { extensions?: Record<string, unknown> }[] | undefined }) =>
  errors?.[0]?.extensions?.code;
const tally = (codes: unknown[]) =>
  Object.fromEntries(Array.from(Map.groupBy(codes, String), ([name, all]) => [name, all.length]));

describe("unknown credentials of one client address", () => {
  test("reach Cloudflare ten times in a minute; then nothing is sent: RATE_LIMITED with 429, and when to come back", async () => {
    await using here = await setupOverHttp({ jitter: [0, 5] });
    await using server = await served(here.gateway);
    await server.ask("sandbox-admin", one);
    const codes = [];
    for (let n = 0; n < 30; n++) {
      const answer = await server.ask(`invented-${n}`, one);
      codes.push(code(answer));
      expect(answer.status).toBe(n < 10 ? 200 : 429);
      if (n < 10) continue;
      const wait = Date.parse(answer.errors?.[0]?.extensions.resetAt ?? "") - Date.now();
      expect(wait).toBeLessThanOrEqual(60_000);
      expect(wait).toBeGreaterThan(30_000);
      // It was told a moment ago.
      expect(Number(answer.retryAfter)).toBeGreaterThanOrEqual(Math.ceil(wait / 1000));
      expect(Number(answer.retryAfter)).toBeLessThanOrEqual(Math.ceil(wait / 1000) + 1);
      expect(answer.errors?.[0]?.message).toContain("The operation was not sent");
    }
    expect(tally(codes)).toEqual({ UNAUTHENTICATED: 10, RATE_LIMITED: 20 });
    expect(here.sandbox.calls).toHaveLength(11);
    // Who has worked goes on, and so does what costs no call.
    expect((await server.ask("sandbox-admin", one)).errors).toBeUndefined();
    expect((await server.ask("invented-50", "{ __typename }")).data).toEqual({ __typename: "Query" });
  });

  test("all at once are no different: 40 of them are ten calls", async () => {
    await using here = await setupOverHttp({ jitter: [0, 20] });
    await using server = await served(here.gateway);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => server.ask(`invented-${n}`, one)));
    expect(tally(answers.map(code))).toEqual({ UNAUTHENTICATED: 10, RATE_LIMITED: 30 });
    expect(here.sandbox.calls).toHaveLength(10);
  });

  test("that work wait for each other and are all answered: 50 users of a BFF that has just started", async () => {
    await using here = await setupOverHttp({ jitter: [0, 20] });
    await using server = await served(here.gateway);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => server.ask(`sandbox-admin-${n}`, one)));
    expect(answers.map(({ errors }) => errors)).toEqual(Array(50).fill(undefined));
    expect(here.sandbox.calls).toHaveLength(50);
  });

  test("are not counted where the operator says so, nor where nobody knows the address", async () => {
    await using here = await setupOverHttp({ jitter: [0, 5] }, {}, { maxUnknownCredentials: false });
    await using server = await served(here.gateway);
    for (let n = 0; n < 15; n++) expect(code(await server.ask(`invented-${n}`, one))).toBe("UNAUTHENTICATED");
    const { run } = setup();
    for (let n = 0; n < 15; n++) expect(code(await run(one, {}, bearer(`invented-${n}`)))).toBe("UNAUTHENTICATED");
  });

  test("are those of the address that whoever serves the gateway has found out", async () => {
    const clientAddress = (request: Request) => request.headers.get("x-client") ?? undefined;
    const { run, sandbox } = setup({}, undefined, { maxUnknownCredentials: 1, clientAddress });
    const ask = async (token: string, client: string) =>
      code(await run(one, {}, { ...bearer(token), "x-client": client }));
    expect(await ask("invented-1", "2001:db8:1:1::1")).toBe("UNAUTHENTICATED");
    expect(await ask("invented-2", "2001:db8:1:1::2")).toBe("RATE_LIMITED");
    expect(await ask("invented-3", "2001:db8:1:2::1")).toBe("UNAUTHENTICATED");
    expect(sandbox.calls).toHaveLength(2);
  });

  test("that wait for a write hold no lock", async () => {
    await using here = await setupOverHttp({ jitter: [0, 5] }, {}, { maxUnknownCredentials: 1 });
    await using server = await served(here.gateway);
    const { id } = groupNamed(here.sandbox, "Marketing");
    const rename = (token: string, name: string) =>
      server.ask(
        token,
        `mutation { updateUserGroup(input: { accountId: "${account}", userGroupId: "${id}", name: "${name}", policies: [] }) { __typename } }`,
      );
    await server.ask("sandbox-admin", one);
    const left = Promise.withResolvers<undefined>();
    here.sandbox.stub(accounts, () => left.promise);
    const holder = server.ask("sandbox-admin-1", one);
    await waitFor(() => expect(here.sandbox.calls).toHaveLength(2));
    const waits = rename("sandbox-admin-2", "Later");
    expect((await rename("sandbox-admin", "Now")).data).toEqual({
      updateUserGroup: { __typename: "UpdateUserGroupPayload" },
    });
    left.resolve(undefined);
    for (const answer of [await holder, await waits]) expect(answer.errors).toBeUndefined();
    expect(groupNamed(here.sandbox, "Later").id).toBe(id);
  });
});

describe("300 requests with invented tokens that write to a group", () => {
  const writes = (id: string) => ({
    mutation: `mutation ($account: ID!, $id: ID!, $name: String!) {
      updateUserGroup(input: { accountId: $account, userGroupId: $id, name: $name, policies: [],
        confirm: [LAST_SUPER_ADMINISTRATOR, OWN_MEMBERSHIP] }) { __typename } }`,
    variables: (name: string) => ({ account, id, name }),
  });

  // The limit per address does not help here: nobody knows the addresses.
  test.for([
    { rate: false as const, what: "" },
    { rate: { calls: 40, milliseconds: 1000 }, what: ", also where the rate is short" },
  ])("hold up another's write for two of their calls at most$what", async ({ rate }) => {
    await using here = await setupOverHttp({ jitter: [5, 15] }, {}, { rate });
    const { run, sandbox } = here;
    await run(one);
    const { id } = groupNamed(sandbox, "Marketing");
    const { mutation, variables } = writes(id);
    const invented = Array.from({ length: 300 }, (_, n) => run(mutation, variables(`${n}`), bearer(`invented-${n}`)));
    await vi.waitFor(() => expect(sandbox.calls.length).toBeGreaterThan(3), { interval: 1, timeout: 15_000 });
    const before = sandbox.calls.length;
    const { data } = await run(mutation, variables("Growth"));
    expect(data).toEqual({ updateUserGroup: { __typename: "UpdateUserGroupPayload" } });
    const since = sandbox.calls.slice(before);
    expect(since.findIndex(({ token }) => token === "admin")).toBeLessThanOrEqual(2);
    expect(groupNamed(sandbox, "Growth").id).toBe(id);
    for (const { errors } of await Promise.all(invented))
      expect(["UNAUTHENTICATED", undefined]).toContain(code({ errors }));
    // Each has reached Cloudflare once at most, and none has written.
    expect(sandbox.calls.filter(({ token }) => token === null).length).toBeLessThanOrEqual(300);
    expect(groupNamed(sandbox, "Growth").id).toBe(id);
  });

  test("and another's who is new, too: callers take turns", async () => {
    await using here = await setupOverHttp({ jitter: [0, 5] });
    const { run, sandbox } = here;
    const { mutation, variables } = writes(groupNamed(sandbox, "Marketing").id);
    const invented = Array.from({ length: 300 }, (_, n) => run(mutation, variables(`${n}`), bearer("invented")));
    const { data } = await run(mutation, variables("Growth"));
    expect(data).toEqual({ updateUserGroup: { __typename: "UpdateUserGroupPayload" } });
    await Promise.all(invented);
    expect(sandbox.calls.map(({ token }) => token)).toEqual([null, "admin"]);
  });

  test("a holder whose call hangs is bounded by the call's time, and who waits longer is told that nothing was sent", async () => {
    await using here = await setupOverHttp({}, { callTimeout: 400 }, { callTimeout: 200 });
    const { run, sandbox } = here;
    await run(one);
    const { mutation, variables } = writes(groupNamed(sandbox, "Marketing").id);
    const outcome = mutation.replace("{ __typename }", "{ __typename ... on UpstreamError { outcome message } }");
    sandbox.injectFault(`PUT ${group}`, { kind: "hang" }, 1);
    const hangs = run(outcome, variables("First"));
    const waits = run(outcome, variables("Second"), bearer("sandbox-admin-1"));
    expect((await waits).data).toEqual({
      updateUserGroup: {
        __typename: "UpstreamError",
        outcome: "NOT_SENT",
        message: "The write was not sent: others to the same thing were not done within 200 ms. Nothing was sent.",
      },
    });
    expect((await hangs).data).toMatchObject({ updateUserGroup: { outcome: "UNKNOWN" } });
    expect((await run(outcome, variables("Third"))).data).toEqual({
      updateUserGroup: { __typename: "UpdateUserGroupPayload" },
    });
  });

  test("a holder whose calls wait for its own slow ones loses its turn, and its write is not sent", async () => {
    await using here = await setupOverHttp({ jitter: [0, 0] }, {}, { callTimeout: 2_000, concurrency: 1 });
    const { run, sandbox } = here;
    const { mutation, variables } = writes(groupNamed(sandbox, "Marketing").id);
    const outcome = mutation.replace("{ __typename }", "{ __typename ... on UpstreamError { outcome message } }");
    await run(one);
    sandbox.injectFault(accounts, { kind: "latency", milliseconds: 1_200 });
    const slow = run(one);
    await waitFor(() => expect(sandbox.calls).toHaveLength(2));
    const holder = run(outcome, variables("Holder"));
    // It has the lock, and waits for its own slot.
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    const other = await run(outcome, variables("Other"), bearer("sandbox-reader"));
    expect(sandbox.calls.at(-1)).toMatchObject({ token: "reader", method: "PUT" });
    expect(other.data).toEqual({ updateUserGroup: { __typename: "PermissionDeniedError" } });
    const { data } = await holder;
    expect(data).toMatchObject({ updateUserGroup: { __typename: "UpstreamError", outcome: "NOT_SENT" } });
    expect(JSON.stringify(data)).toContain("it was not ready when others had waited for long");
    expect(sandbox.calls.filter(({ method }) => method === "PUT")).toHaveLength(1);
    await slow;
  });
});

test("an invented credential leaves next to nothing after its refusal", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const { run, sandbox } = setup({}, undefined, { quota: { units: 1200, seconds: 300 }, rate: false });
  let next = 0;
  const heapAfter = async (tokens: number) => {
    for (const end = next + tokens; next < end; next++) await run(one, {}, bearer(`invented-${next}`));
    sandbox.calls.length = 0;
    for (let rounds = 0; rounds < 3; rounds++) {
      await new Promise(setImmediate);
      gc();
    }
    return process.memoryUsage().heapUsed;
  };
  await heapAfter(600);
  const before = await heapAfter(200);
  const after = await heapAfter(600);
  // It was 1.4 kB, for ten minutes.
  expect((after - before) / 600).toBeLessThan(700);
}, 60_000);
