import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { CloudflareError } from "../../src/cloudflare/error.ts";
import type { Transport, WireResponse } from "../../src/cloudflare/wire.ts";
import { globalId } from "../../src/graph/node.ts";
import { venturesId } from "../../src/sandbox/acme.ts";
import { Invalidations } from "../../src/upstream/freshness/invalidations.ts";
import { freezeAndMeasure } from "../../src/upstream/freshness/memory-size.ts";
import { account, setup as setupPlain } from "../gateway.ts";

type Fails = Parameters<Transport>[0] extends infer R ? (request: R) => WireResponse | Error | undefined : never;

/** A gateway that remembers, at a time that stands still, and an upstream that may fail. */
function setup(sandboxOptions = {}, options = {}) {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  const upstream = { fails: (() => undefined) as Fails };
  const transport =
    (sandbox: { handle: Transport }): Transport =>
    async (request) => {
      const failure = upstream.fails(request);
      if (failure instanceof Error) throw failure;
      return failure ?? sandbox.handle(request);
    };
  const after = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);
  return { ...setupPlain(sandboxOptions, transport, { cache, ...options }), upstream, after };
}

function refusal(status: number, code = 10000): WireResponse {
  const body = { success: false, errors: [{ code, message: "refused" }], messages: [], result: null };
  return { status, headers: {}, text: JSON.stringify(body) };
}

const unreachable = new CloudflareError("", "unreachable", { kind: "unavailable" });
const rename = `mutation ($id: ID!) { updateUserGroup(input: { userGroupId: $id, name: "Renamed" }) { __typename } }`;
const graph = `{ account(id: "${account}") { name userGroups(first: 3) { nodes { id name members { nodes { email } } } } } }`;

const cache = { maxAge: 60_000, staleIfError: 600_000 };
const group = `{ account(id: "${account}") { userGroups(first: 3) { nodes { name } } } }`;
const admin = (cacheControl?: string, token = "sandbox-admin") => ({
  authorization: `Bearer ${token}`,
  ...(cacheControl !== undefined && { "cache-control": cacheControl }),
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a read that was answered before", () => {
  test("is answered from memory, over HTTP, with its age", async () => {
    const { gateway, sandbox } = setupPlain({}, undefined, { cache });
    const server = createServer(gateway).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    const ask = async () => {
      const body = JSON.stringify({ query: group });
      const headers = { ...admin("max-age=30"), "content-type": "application/json" };
      const response = await fetch(url, { method: "POST", headers, body });
      return { age: response.headers.get("age"), ...((await response.json()) as object) };
    };
    const first = await ask();
    expect(first).toMatchObject({ age: "0", extensions: { upstream: { cached: 0, age: 0, stale: 0, maxAge: 30 } } });
    const second = await ask();
    expect(second).toMatchObject({ age: "0", extensions: { upstream: { cached: 1, age: 0, stale: 0, maxAge: 30 } } });
    expect(sandbox.calls).toHaveLength(1);
    server.close();
  });

  test.each([
    ["max-age=30", 29, 0],
    ["max-age=30", 31, 1],
    ["max-age=600", 59, 0],
    ["max-age=600", 61, 1],
    ["max-age=0", 1, 1],
    ["no-cache", 1, 1],
    ["no-cache, max-age=30", 1, 1],
    ["no-store, max-age=30", 1, 1],
    [undefined, 1, 1],
    ["max-age=30, max-age=30", 1, 1],
    ["max-age=-1", 1, 1],
    ["max-age", 1, 1],
    ['Max-Age="30" , foo="a, max-age=0"', 29, 0],
  ])("is used under %s after %d s: %d calls", async (header, seconds, calls) => {
    const { run, after } = setup();
    const first = await run(group, {}, admin("max-age=30"));
    after(seconds);
    const second = await run(group, {}, admin(header));
    expect(second.calls).toHaveLength(calls);
    expect(second.data).toEqual(first.data);
    expect(second.age).toBe(calls === 0 ? String(seconds) : "0");
  });
});

describe("the operator's limits", () => {
  test("give an age to requests that say none, within the greatest", async () => {
    const { run, after } = setup({}, { cache: { maxAge: 20_000, defaultAge: 10_000 } });
    await run(group);
    after(9);
    const answer = await run(group, {}, admin());
    expect([answer.calls, answer.age, answer.upstream]).toEqual([[], "9", undefined]);
    expect((await run(group, {}, admin("stale-if-error=5"))).calls).toEqual([]);
    for (const header of ["no-cache", "max-age=0", "max-age=x"]) {
      after(9);
      expect((await run(group, {}, admin(header))).calls).toHaveLength(1);
    }
    after(11);
    expect((await run(group)).calls).toHaveLength(1);
    const beyond = setup({}, { cache: { maxAge: 20_000, defaultAge: 60_000 } });
    await beyond.run(group);
    beyond.after(21);
    expect((await beyond.run(group)).calls).toHaveLength(1);
  });

  test("cut the age of reads in place of failures", async () => {
    const { run, after, upstream } = setup({}, { cache: { maxAge: 600_000, staleIfError: 60_000 } });
    await run(group);
    upstream.fails = () => refusal(503);
    after(59);
    expect((await run(group, {}, admin("stale-if-error=300"))).errors).toBeUndefined();
    after(2);
    expect((await run(group, {}, admin("stale-if-error=300"))).errors).toHaveLength(1);
  });
});

describe("what is remembered", () => {
  test("is as old as it is, where the clock was set back meanwhile", async () => {
    const { run, after } = setup();
    await run(group, {}, admin("max-age=30"));
    after(-60);
    vi.advanceTimersByTime(29_000);
    expect((await run(group, {}, admin("max-age=30"))).calls).toHaveLength(1);
    expect((await run(group, {}, admin("max-age=30"))).calls).toEqual([]);
    vi.advanceTimersByTime(29_000);
    after(-20);
    vi.advanceTimersByTime(15_000);
    expect((await run(group, {}, admin("max-age=30"))).calls).toHaveLength(1);
  });

  test.each([0.5, 3_000_000_000, Number.POSITIVE_INFINITY])("may be that many milliseconds old: %d", async (maxAge) => {
    const { run, after, gateway } = setup({}, { cache: { maxAge } });
    const timers = vi.spyOn(globalThis, "setTimeout");
    await run(group);
    expect(timers.mock.calls.filter(([, milliseconds]) => milliseconds && milliseconds >= 2 ** 31)).toEqual([]);
    timers.mockRestore();
    after(maxAge < 1 ? 0.001 : 2_000_000);
    expect((await run(group, {}, admin("max-age=9999999"))).calls).toHaveLength(maxAge < 1 ? 1 : 0);
    await gateway.dispose();
  });

  test("belongs to one credential", async () => {
    const { run } = setup();
    await run(group, {}, admin("max-age=30"));
    expect((await run(group, {}, admin("max-age=30", "sandbox-reader"))).calls).toHaveLength(1);
    expect((await run(group, {}, admin("max-age=30", "sandbox-reader"))).calls).toHaveLength(0);
  });

  test("can be changed by nobody, in no part of it", () => {
    const records = [{ id: "a", policies: [{ access: "allow", permission_groups: [{ meta: { label: "x" } }] }] }];
    freezeAndMeasure({ result: records, info: { page: 1 } });
    const parts = [records, records[0], records[0]?.policies, records[0]?.policies[0]?.permission_groups[0]?.meta];
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true);
  });

  test("is what requests without the header have read, and nothing of those with no-store", async () => {
    const { run } = setup();
    await run(group, {}, admin("no-store"));
    expect((await run(group, {}, admin("max-age=30"))).calls).toHaveLength(1);
    const plain = setup();
    await plain.run(group);
    expect((await plain.run(group, {}, admin("max-age=30"))).calls).toHaveLength(0);
  });

  test("is shared by documents, pages and fields, and counts as the reads that it replaces", async () => {
    const { run } = setup({}, { explain: true });
    const ids = `{ account(id: "${account}") { userGroups(first: 16) { nodes { cloudflareId } } } }`;
    const { data } = await run<{ account: { userGroups: { nodes: { cloudflareId: string }[] } } }, object>(ids);
    const groups = data?.account.userGroups.nodes ?? [];
    const one = (index: number) => `userGroup(id: "${groups[index]?.cloudflareId}") { name policies { access } }`;
    const alone = await run(`{ account(id: "${account}") { ${one(3)} } }`, {}, admin("max-age=30"));
    expect(alone.calls).toEqual([]);
    expect(alone.upstream).toMatchObject({ calls: 0, cached: 1 });
    const more = await run(
      `{ account(id: "${account}") { a: ${one(1)} b: ${one(2)} userGroups(first: 16) { nodes { name } } } }`,
      {},
      admin("max-age=30"),
    );
    expect(more.calls).toEqual([]);
    const { planned, cached } = more.upstream ?? { planned: { min: 0, max: 0 }, cached: 0 };
    expect(cached).toBeGreaterThanOrEqual(planned.min);
    expect(cached).toBeLessThanOrEqual(planned.max ?? 0);
  });

  test("is never a failure", async () => {
    const { run, upstream } = setup();
    upstream.fails = () => refusal(500);
    await run(group, {}, admin("max-age=30"));
    upstream.fails = () => undefined;
    expect((await run(group, {}, admin("max-age=30"))).calls).toHaveLength(1);
  });

  test("of a list that is begun anew is none of its later pages", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const slow =
      ({ handle }: { handle: Transport }): Transport =>
      async (request) => {
        const answer = await handle(request);
        vi.setSystemTime(Date.now() + 5_000);
        return answer;
      };
    const { run } = setupPlain({ groups: 700 }, slow, { cache, operationTimeout: 600_000 });
    const all = `{ account(id: "${account}") { userGroups(first: 700) { nodes { name } } } }`;
    const { calls } = await run(all);
    expect(calls).toHaveLength(2);
    vi.setSystemTime(Date.now() + 21_000);
    // The first page is 31 seconds old, and the second one 26.
    expect((await run(all, {}, admin("max-age=30"))).calls).toHaveLength(2);
  });

  test("is the later one of two reads, whichever is answered first", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const first = Promise.withResolvers<void>();
    let reads = 0;
    const held =
      ({ handle }: { handle: Transport }): Transport =>
      async (request) => {
        if (reads++ === 0) await first.promise;
        return handle(request);
      };
    const { run } = setupPlain({}, held, { cache, requestDeduplication: false });
    const early = run(group);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    vi.setSystemTime(Date.now() + 5_000);
    await run(group);
    first.resolve();
    await early;
    vi.setSystemTime(Date.now() + 28_000);
    const { calls, age } = await run(group, {}, admin("max-age=30"));
    expect([calls, age]).toEqual([[], "28"]);
  });

  test("is never a list with a record that cannot be read", async () => {
    const { run, upstream } = setup();
    const records = [{ id: "6d7f2f5f5b1d4a0e9081fdc98d432fd1", name: "Good" }, { id: 7 }];
    const info = { page: 1, per_page: 20, count: 2, total_count: 2 };
    const body = { success: true, errors: [], messages: [], result: records, result_info: info };
    upstream.fails = () => ({ status: 200, headers: {}, text: JSON.stringify(body) });
    const { errors } = await run(group);
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(["UPSTREAM_INVALID"]);
    upstream.fails = () => undefined;
    const again = await run(group, {}, admin("max-age=30"));
    expect([again.errors, again.calls.length]).toEqual([undefined, 1]);
  });

  test("is never a list that changed between two of its pages", async () => {
    const { run, sandbox } = setup({ groups: 700 });
    const all = `{ account(id: "${account}") { userGroups(first: 1000) { nodes { name } } } }`;
    let removed = 0;
    sandbox.stub("GET /accounts/{account_id}/iam/user_groups", () => {
      const groups = sandbox.state.accounts.get(account)?.userGroups;
      const [id = ""] = groups?.keys() ?? [];
      if (++removed < 3) groups?.delete(id);
      return undefined;
    });
    const first = await run(all, {}, admin("max-age=30"));
    const again = await run(all, {}, admin("max-age=30"));
    expect(again.calls.length).toBe(first.calls.length);
    expect((await run(all, {}, admin("max-age=30"))).calls).toEqual([]);
  });
});

describe("is forgotten", () => {
  const groupId = async (run: ReturnType<typeof setup>["run"]) => {
    const { data } = await run<{ account: { userGroups: { nodes: { id: string }[] } } }, object>(graph);
    return data?.account.userGroups.nodes[0]?.id;
  };

  test("for every credential when its account is written to, and not kept for ten seconds", async () => {
    const { run, after } = setup();
    const id = await groupId(run);
    for (const token of ["sandbox-admin", "sandbox-reader"]) {
      await run(group, {}, admin("max-age=30", token));
      expect((await run(group, {}, admin("max-age=30", token))).calls).toEqual([]);
    }
    const { data } = await run(rename, { id });
    expect(data).toMatchObject({ updateUserGroup: { __typename: "UpdateUserGroupPayload" } });
    for (const token of ["sandbox-admin", "sandbox-reader"]) {
      expect((await run(group, {}, admin("max-age=30", token))).calls).toHaveLength(1);
      expect((await run(group, {}, admin("max-age=30", token))).calls).toHaveLength(1);
    }
    after(10.001);
    expect((await run(group, {}, admin("max-age=30"))).calls).toHaveLength(1);
    expect((await run(group, {}, admin("max-age=30"))).calls).toEqual([]);
  });

  test("while a write to its account is under way, and what is read meanwhile is not kept", async () => {
    const gate = Promise.withResolvers<void>();
    const { run, sandbox } = setupPlain(
      {},
      ({ handle }) =>
        async (request) => {
          if (request.method !== "GET") await gate.promise;
          return handle(request);
        },
      { cache },
    );
    const [id = ""] = sandbox.state.accounts.get(account)?.userGroups.keys() ?? [];
    await run(group);
    const write = run(
      `mutation { updateUserGroup(input: { accountId: "${account}", userGroupId: "${id}", name: "New", policies: [] }) { __typename } }`,
    );
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    for (const token of ["sandbox-admin", "sandbox-reader"]) {
      expect((await run(group, {}, admin("max-age=30", token))).calls).toHaveLength(1);
      expect((await run(group, {}, admin("max-age=30", token))).calls).toHaveLength(1);
    }
    gate.resolve();
    expect((await write).data).toMatchObject({ updateUserGroup: { __typename: "UpdateUserGroupPayload" } });
  });

  test("for its own account alone, whatever a caller calls an account", async () => {
    const { run } = setup();
    await run(group);
    for (const id of ["every", "*", "account"]) {
      const userGroupId = globalId("UserGroup", id, account);
      const replace = `mutation { updateUserGroup(input: { userGroupId: "${userGroupId}", name: "A", policies: [] }) { __typename } }`;
      const { data } = await run(replace);
      expect(data).toMatchObject({ updateUserGroup: {} });
    }
    expect((await run(group, {}, admin("max-age=30"))).calls).toEqual([]);
  });

  test("when the credential is refused", async () => {
    const { run, upstream, after } = setup({}, { cache: { maxAge: 600_000 } });
    await run(graph, {}, admin("max-age=30"));
    upstream.fails = () => refusal(401);
    const refused = await run(`{ accounts { nodes { name } } }`, {}, admin("max-age=30"));
    expect(refused.errors?.[0]?.extensions?.code).toBe("UNAUTHENTICATED");
    upstream.fails = () => undefined;
    after(61);
    const cached = await run(graph, {}, admin("max-age=600, only-if-cached"));
    expect(cached.errors?.[0]?.extensions?.code).toBe("NOT_CACHED");
  });

  test("when the credential is refused at a write, in all accounts", async () => {
    const { run, upstream, after } = setup({}, { cache: { maxAge: 600_000 } });
    const other = `{ account(id: "${venturesId}") { name } }`;
    await run(other);
    upstream.fails = () => refusal(401);
    const write = `mutation { deleteUserGroup(input: { userGroupId: "${globalId("UserGroup", account, account)}" }) { __typename } }`;
    expect((await run(write)).errors?.[0]?.extensions?.code).toBe("UNAUTHENTICATED");
    after(61);
    const { errors } = await run(other, {}, admin("max-age=600, only-if-cached"));
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(["NOT_CACHED"]);
  });

  test.each([403, 404])(
    "when a read that was answered before gets %d, and not when it is the first",
    async (status) => {
      const { run, upstream } = setup();
      const connectors = `{ account(id: "${account}") { ssoConnectors { nodes { enabled } } } }`;
      const names = `{ accounts { nodes { name } } }`;
      await run(names, {}, admin("max-age=30"));
      await run(group, {}, admin("max-age=30"));
      upstream.fails = ({ route }) => (route.endsWith("/sso_connectors") ? refusal(status) : undefined);
      await run(connectors, {}, admin("max-age=30"));
      expect((await run(group, {}, admin("max-age=30"))).calls).toEqual([]);

      upstream.fails = () => undefined;
      await run(connectors, {}, admin());
      upstream.fails = ({ route }) => (route.endsWith("/sso_connectors") ? refusal(status) : undefined);
      expect((await run(names, {}, admin("max-age=30"))).calls).toEqual([]);
      await run(connectors, {}, admin());
      expect((await run(group, {}, admin("max-age=30"))).calls).toHaveLength(1);
      // It is in the list of accounts, too.
      expect((await run(names, {}, admin("max-age=30"))).calls).toHaveLength(1);
    },
  );
});

describe("moments since which reads are shown", () => {
  const scope = { credential: "credential", account };

  test("are those of all accounts where a write does not tell its own", () => {
    let now = 0;
    const moments = new Invalidations(60_000, () => now);
    const before = moments.next();
    expect(moments.holds(scope, "list", before)).toBe(true);
    moments.writeBegins(undefined);
    expect(moments.holds(scope, "list", moments.next())).toBe(false);
    moments.writeEnds(undefined);
    expect([before, moments.next()].map((each) => moments.holds(scope, "list", each))).toEqual([false, true]);
    expect(moments.keeps(scope, moments.next())).toBe(false);
    now = 10_001;
    expect(moments.keeps(scope, moments.next())).toBe(true);
  });

  test("are bounded: beyond that everything is forgotten, and nothing kept for as long as after a write", () => {
    let now = 0;
    const moments = new Invalidations(60_000, () => now);
    const before = moments.next();
    for (let i = 0; i <= 100_000; i++) moments.forgetList(`list ${i}`);
    expect(moments.size).toBeLessThan(10);
    expect([before, moments.next()].map((each) => moments.holds(scope, "list", each))).toEqual([false, true]);
    expect(moments.keeps(scope, moments.next())).toBe(false);
    now = 10_001;
    expect(moments.keeps(scope, moments.next())).toBe(true);
  });

  test("are let go of when nothing is old enough for them", () => {
    let now = 0;
    const moments = new Invalidations(60_000, () => now);
    moments.writeBegins(account);
    moments.writeEnds(account);
    moments.forget("credential");
    now = 60_001;
    moments.sweep();
    expect(moments.size).toBe(2);
    now = 70_001;
    moments.sweep();
    expect(moments.size).toBe(0);
  });
});

describe("mutations", () => {
  test("never use what is remembered, nor do their payloads", async () => {
    const { run, sandbox } = setup();
    const { data } = await run<{ account: { userGroups: { nodes: { id: string }[] } } }, object>(graph);
    const id = data?.account.userGroups.nodes[0]?.id;
    const payload = `mutation ($id: ID!) { updateUserGroup(input: { userGroupId: $id, name: "Other" }) {
      ... on UpdateUserGroupPayload { userGroup { name members { nodes { email } } } } } }`;
    const without = await run(payload, { id });
    await run(graph, {}, admin("max-age=30"));
    const { calls } = await run(payload, { id }, admin("max-age=30"));
    expect(calls).toEqual(without.calls);
    expect(sandbox.calls.length).toBeGreaterThan(0);
  });

  test("read what they change, though it is remembered", async () => {
    const { run, sandbox } = setup();
    const [id = ""] = sandbox.state.accounts.get(account)?.userGroups.keys() ?? [];
    const alone = `{ account(id: "${account}") { userGroup(id: "${id}") { name policies { access } } } }`;
    await run(alone);
    expect((await run(alone, {}, admin("max-age=30"))).calls).toEqual([]);
    const { calls } = await run(rename, { id: globalId("UserGroup", account, id) }, admin("max-age=30"));
    expect(calls[0]).toBe("GET /accounts/{account_id}/iam/user_groups/{user_group_id}");
  });

  test("are told to other replicas before they are sent, and when they have ended, however they end", async () => {
    const events: string[] = [];
    const counters = {
      read: async () => null,
      raise: async (account: string, ended: boolean) => {
        await new Promise(setImmediate);
        events.push(`${account} ${ended}`);
      },
      dispose: async () => {},
    };
    const { run, sandbox, upstream } = setup({}, { cache: { ...cache, counters } });
    const [id = ""] = sandbox.state.accounts.get(account)?.userGroups.keys() ?? [];
    const replace = `mutation { updateUserGroup(input: { accountId: "${account}", userGroupId: "${id}", name: "New", policies: [], confirm: [LAST_SUPER_ADMINISTRATOR, OWN_MEMBERSHIP] }) { __typename } }`;
    for (const answer of [undefined, refusal(500), unreachable]) {
      events.length = 0;
      upstream.fails = ({ method }) => {
        events.push(method);
        return answer;
      };
      await run(replace);
      expect(events.slice(0, 3)).toEqual([`${account} false`, "PUT", `${account} true`]);
    }
  });

  test("are not sent under only-if-cached", async () => {
    const { run } = setup();
    const id = globalId("UserGroup", account, "6d7f2f5f5b1d4a0e9081fdc98d432fd1");
    // One that reads first, and one that does not.
    const replace = `mutation ($id: ID!) { updateUserGroup(input: { userGroupId: $id, name: "New", policies: [], confirm: [LAST_SUPER_ADMINISTRATOR, OWN_MEMBERSHIP] }) { __typename } }`;
    for (const mutation of [rename, replace]) {
      const { calls, errors } = await run(mutation, { id }, admin("only-if-cached"));
      expect(calls).toEqual([]);
      expect(errors?.[0]?.extensions?.code).toBe("NOT_CACHED");
    }
  });
});

describe("only-if-cached", () => {
  test("makes no call: what is missing is null", async () => {
    const { run } = setup();
    await run(group);
    const { data, errors, calls } = await run(graph, {}, admin("max-age=30, only-if-cached"));
    expect(calls).toEqual([]);
    expect(data).toMatchObject({ account: { name: null, userGroups: { nodes: [{ members: null }, {}, {}] } } });
    expect(new Set(errors?.map(({ extensions }) => extensions?.code))).toEqual(new Set(["NOT_CACHED"]));
  });

  test("needs no quota, and no place among the calls of an operation", async () => {
    for (const limit of [{ quota: { units: 1, seconds: 300 } }, { maxCalls: 1 }]) {
      const { run } = setup({}, limit);
      await run(group);
      const both = `{ account(id: "${account}") { name userGroups(first: 3) { nodes { name } } } }`;
      const { data, errors, calls } = await run(both, {}, admin("max-age=30, only-if-cached"));
      expect(calls).toEqual([]);
      expect(data).toMatchObject({ account: { name: null, userGroups: { nodes: [{}, {}, {}] } } });
      expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(["NOT_CACHED"]);
    }
  });

  test("makes none either where nothing is remembered", async () => {
    const { run } = setup({}, { cache: {} });
    const { errors, calls } = await run(group, {}, admin("only-if-cached"));
    expect(calls).toEqual([]);
    expect(errors?.[0]?.extensions?.code).toBe("NOT_CACHED");
  });
});

describe("stale-if-error", () => {
  const failures: [string, Fails][] = [
    ["a 503", () => refusal(503)],
    ["a timeout", () => new CloudflareError("", "late", { kind: "timeout" })],
    ["an upstream that cannot be reached", () => unreachable],
    ["a 429", () => ({ ...refusal(429), headers: { "retry-after": "300" } })],
  ];
  test.each(failures)("shows older reads at %s, and what was asked for otherwise", async (_, fails) => {
    const { run, upstream, after } = setup();
    const first = await run(graph, {}, admin());
    after(100);
    upstream.fails = fails;
    const stale = await run(graph, {}, admin("max-age=30, stale-if-error=300"));
    expect(stale.data).toEqual(first.data);
    expect(stale.errors).toBeUndefined();
    expect(stale.age).toBe("100");
    expect(stale.upstream).toMatchObject({ stale: 5, age: 100, maxAge: 30 });
    expect((await run(graph, {}, admin("max-age=30"))).errors?.length).toBeGreaterThan(0);
    after(250);
    expect((await run(graph, {}, admin("stale-if-error=300"))).errors?.length).toBeGreaterThan(0);
  });

  test.each(["unavailable", "timeout"] as const)(
    "counts a read once that was joined with another's, and is answered from memory because of %s",
    async (kind) => {
      const gate = Promise.withResolvers<void>();
      let held = false;
      vi.useFakeTimers({ toFake: ["Date", "performance"] });
      const { run } = setupPlain(
        {},
        ({ handle }) =>
          async (request) => {
            if (!held) return handle(request);
            await gate.promise;
            throw new CloudflareError("", "no answer", { kind });
          },
        { cache, explain: true },
      );
      await run(group);
      vi.setSystemTime(Date.now() + 100_000);
      held = true;
      const asked = ["stale-if-error=300", "max-age=1, stale-if-error=300"].map((each) => run(group, {}, admin(each)));
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      gate.resolve();
      const answers = await Promise.all(asked);
      const counted = answers.map(({ upstream: { calls = 0, shared = 0, cached = 0, stale = 0 } = {} as never }) => ({
        all: calls + shared + cached,
        shared,
        stale,
      }));
      expect(counted).toEqual([
        { all: 1, shared: 0, stale: 1 },
        { all: 1, shared: 1, stale: 1 },
      ]);
    },
  );

  test("counts a read that was never sent because the time was up", async () => {
    const { run, after } = setup(
      {},
      { explain: true, operationTimeout: 50, rate: { calls: 1, milliseconds: 100_000 } },
    );
    await run(group);
    after(100);
    const { data, upstream } = await run(group, {}, admin("stale-if-error=300"));
    expect(data).toMatchObject({ account: { userGroups: { nodes: [{}, {}, {}] } } });
    expect(upstream).toMatchObject({ calls: 0, shared: 0, cached: 1, stale: 1 });
  });

  test("shows nothing old for a refusal that is Cloudflare's answer", async () => {
    const { run, upstream } = setup();
    await run(group);
    upstream.fails = () => refusal(403);
    expect((await run(group, {}, admin("stale-if-error=300"))).errors?.[0]?.extensions?.code).toBe("FORBIDDEN");
  });
});

describe("the quota", () => {
  test("is not spent by reads that are remembered, and an operation that needs none is not refused without it", async () => {
    const { run, after } = setup({}, { quota: { units: 6, seconds: 300 }, explain: true });
    expect((await run(graph)).calls).toHaveLength(5);
    after(20);
    const { calls, upstream, errors } = await run(graph, {}, admin("max-age=30"));
    expect([calls, errors]).toEqual([[], undefined]);
    expect(upstream).toMatchObject({ calls: 0, cached: 5, remaining: 1 });
    after(20);
    const refused = await run(graph, {}, admin("max-age=30"));
    expect(refused.errors?.[0]?.extensions?.code).toBe("RATE_LIMITED");
    expect(refused.data).toBeUndefined();
    const stale = await run(graph, {}, admin("max-age=30, stale-if-error=300"));
    // The one call that is left is made, and the others are refused together.
    expect(stale.upstream).toMatchObject({ calls: 1, cached: 4, stale: 4, age: 40 });
  });
});

describe("x-upstream-explain", () => {
  test("plan tells what would be sent now", async () => {
    const { run } = setup({}, { explain: true });
    const plan = (cacheControl?: string) => run(graph, {}, { ...admin(cacheControl), "x-upstream-explain": "plan" });
    const before = await plan("max-age=30");
    expect(before.upstream).toMatchObject({ planned: { min: 2, max: 5 }, now: { min: 2, max: 5 } });
    await run(graph);
    expect((await plan("max-age=30")).upstream).toMatchObject({ planned: { min: 2, max: 5 }, now: { min: 0, max: 0 } });
    expect((await plan()).upstream).toMatchObject({ now: { min: 2, max: 5 } });
    expect((await plan("max-age=30")).calls).toEqual([]);
  });

  test("analyze tells of each read whether it was sent or remembered, and its age", async () => {
    const { run, after } = setup({}, { explain: true });
    await run(group);
    after(7);
    const { upstream } = await run(graph, {}, { ...admin("max-age=30"), "x-upstream-explain": "analyze" });
    const calls = upstream?.analysis?.calls.map(({ remembered, shared, age }) => ({ remembered, shared, age }));
    expect(calls).toHaveLength(5);
    expect(calls?.filter(({ remembered }) => remembered)).toEqual([{ remembered: true, shared: false, age: 7 }]);
    expect(calls?.filter(({ remembered }) => !remembered)).toEqual(
      Array(4).fill({ remembered: false, shared: false, age: 0 }),
    );
  });
});

describe("replicas", () => {
  test("do not show what was sent before another one wrote, and answered after", async () => {
    let writes = 0;
    const counters = {
      read: async (accounts: readonly string[]) => accounts.map(() => ({ version: String(writes), quietUntil: 0 })),
      raise: async () => {},
      dispose: async () => {},
    };
    const gate = Promise.withResolvers<void>();
    let held = false;
    const { run } = setupPlain(
      {},
      ({ handle }) =>
        async (request) => {
          const answer = await handle(request);
          if (held && request.route.endsWith("/user_groups")) await gate.promise;
          return answer;
        },
      { cache: { maxAge: 60_000, counters } },
    );
    held = true;
    const before = run(group);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    writes++;
    // Another operation learns of the write meanwhile.
    await run(`{ account(id: "${account}") { name } }`, {}, admin("max-age=30"));
    gate.resolve();
    await before;
    expect((await run(group, {}, admin("max-age=30"))).calls).toHaveLength(1);
    expect((await run(group, {}, admin("max-age=30"))).calls).toEqual([]);
  });
});

describe("equal operations at the same time", () => {
  test("ask on their own whether another replica has written meanwhile", async () => {
    let writes = 0;
    const counters = {
      read: async (accounts: readonly string[]) => accounts.map(() => ({ version: String(writes), quietUntil: 0 })),
      raise: async () => {},
      dispose: async () => {},
    };
    let gate: Promise<void> | undefined;
    const { run } = setupPlain(
      {},
      ({ handle }) =>
        async (request) => {
          if (request.route === "GET /accounts/{account_id}") await gate;
          return handle(request);
        },
      { cache: { maxAge: 60_000, counters }, explain: true },
    );
    await run(group, {}, admin("max-age=30"));
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const both = `{ account(id: "${account}") { userGroups(first: 3) { nodes { name } } name } }`;
    const before = run(both, {}, admin("max-age=30"));
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    writes++;
    const after = run(both, {}, admin("max-age=30"));
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    held.resolve();
    expect([(await before).upstream?.cached, (await after).upstream?.cached]).toEqual([1, 0]);
  });

  test("are executed apart if the later one does not accept a read that is too old by then", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    let gate: Promise<void> | undefined;
    const { run } = setupPlain(
      {},
      ({ handle }) =>
        async (request) => {
          if (request.route === "GET /accounts/{account_id}") await gate;
          return handle(request);
        },
      { cache, explain: true },
    );
    await run(group);
    vi.setSystemTime(Date.now() + 29_000);
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const both = `{ account(id: "${account}") { userGroups(first: 3) { nodes { name } } name } }`;
    const asked = [run(both, {}, admin("max-age=30"))];
    for (const seconds of [1, 1]) {
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      vi.setSystemTime(Date.now() + seconds * 1000);
      asked.push(run(both, {}, admin("max-age=30")));
    }
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    held.resolve();
    const answers = await Promise.all(asked);
    // The last one reads the list again, and has the account of the others.
    expect(answers.map(({ age }) => age)).toEqual(["31", "31", "2"]);
  });

  test("are executed apart if they accept different ages", async () => {
    const { run } = setup();
    await run(group);
    const answers = await Promise.all([
      run(group, {}, admin("max-age=30")),
      run(group, {}, admin("max-age=0")),
      run(group, {}, admin()),
    ]);
    expect(answers.map(({ upstream }) => upstream?.cached)).toEqual([1, 0, undefined]);
  });
});
