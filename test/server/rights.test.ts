import { describe } from "vitest";
import { accountOf, type Endpoint } from "../../src/cloudflare/endpoint.ts";
import * as api from "../../src/cloudflare/index.ts";
import type { Transport } from "../../src/cloudflare/transport.ts";
import { acmeId, venturesId } from "../../src/sandbox/acme.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { allows, type Rights, rightsKey } from "../../src/upstream/rights.ts";
import { authenticate, expect, setup, test } from "../gateway.ts";
import { cases } from "../graph/mutations/cases.ts";
import { documentOf } from "../graph/mutations/mutation.ts";

const asking = (rights: [string, string][], caller = "anna") => ({
  authorization: "Bearer sandbox-admin",
  "x-caller": caller,
  "x-rights": JSON.stringify(rights),
});
/** Holds every call until the gate opens. */
const until =
  (gate: PromiseWithResolvers<void>) =>
  ({ handle }: Sandbox): Transport =>
  (request) =>
    gate.promise.then(() => handle(request));
const service = (options = {}) => setup({}, undefined, { authenticate, ...options });
const codes = (errors: readonly { extensions?: Record<string, unknown> }[] | undefined) =>
  errors?.map(({ extensions }) => extensions?.code);

/** Every row of the table, the nested ones too. */
function rowsOf(table: object): Endpoint[] {
  return Object.values(table).flatMap((each) => ("route" in each ? [each as Endpoint] : rowsOf(each)));
}

describe("the account of a call", () => {
  const rows = rowsOf(api.endpoints);

  test("is told by every endpoint row, or the row is refused in service mode", () => {
    expect(rows.length).toBeGreaterThan(20);
    const silent = rows.filter((row) => {
      const params = new Proxy({}, { get: () => acmeId });
      return accountOf(row, params) === undefined;
    });
    // Who a credential is belongs to no account.
    expect(silent.map(({ route }) => route)).toEqual(["GET /user"]);
    // The account of a zone that is asked for by its ID is not sent: test/graph/zone.test.ts.
    const unsent = "GET /zones/{zone_id}";
    // A query parameter that names the account has to be declared among the row's own.
    for (const { route, account, query } of rows)
      if (account !== undefined && account !== "*" && route !== unsent)
        expect(Object.keys(query?.shape ?? {}), route).toContain(account);
  });

  test("is no other one because of an ID that is no text, or is the sign for all", () => {
    const [row] = rows.filter(({ route }) => route === "GET /accounts/{account_id}") as [Endpoint];
    for (const id of [undefined, null, 7, [acmeId], "*"]) expect(accountOf(row, { account_id: id })).toBeUndefined();
  });
});

describe("rights", () => {
  test.each<[string, Rights, string[], string[]]>([
    ["none", new Map(), [], []],
    ["to read one", new Map([["a", "read"]]), ["a"], []],
    ["to write one", new Map([["a", "write"]]), ["a"], ["a"]],
    ["to read all and write one", new Map([["*", "read"] as const, ["a", "write"] as const]), ["a", "b", "*"], ["a"]],
    ["to write all", new Map([["*", "write"]]), ["a", "b", "*"], ["a", "b", "*"]],
  ])("%s", (_, rights, read, write) => {
    const accounts = ["a", "b", "*"];
    expect(accounts.filter((account) => allows(rights, account, "read"))).toEqual(read);
    expect(accounts.filter((account) => allows(rights, account, "write"))).toEqual(write);
  });

  test("have the same key in whatever order they were given, and no other's", () => {
    const one = rightsKey(new Map([["a", "read"] as const, ["b", "write"] as const]));
    expect(rightsKey(new Map([["b", "write"] as const, ["a", "read"] as const]))).toBe(one);
    const others = [
      new Map([["a", "write"] as const, ["b", "write"] as const]),
      new Map([["a", "read"] as const]),
      null,
    ];
    for (const other of others) expect(rightsKey(other)).not.toBe(one);
  });
});

describe("a caller with a right to one account", () => {
  test("reads it, and is told FORBIDDEN of another at its field, without a call", async () => {
    const { run } = service();
    const answer = await run(
      `{ mine: account(id: "${acmeId}") { name } other: account(id: "${venturesId}") { id name userGroups { totalCount } } }`,
      {},
      asking([[acmeId, "read"]]),
    );
    expect(answer.data).toMatchObject({ mine: { name: "Acme" }, other: { name: null, userGroups: null } });
    expect(answer.calls).toEqual(["GET /accounts/{account_id}"]);
    expect(codes(answer.errors)).toEqual(["FORBIDDEN", "FORBIDDEN"]);
    const refused = answer.errors?.find(({ path }) => path?.[1] === "name");
    expect(refused).toMatchObject({
      message: `This caller has no right to read the account ${venturesId}. Nothing was sent.`,
      path: ["other", "name"],
    });
    // One that does not exist looks the same.
    const nowhere = "0".repeat(32);
    const [wrong] = (await run(`{ account(id: "${nowhere}") { name } }`, {}, asking([[acmeId, "read"]]))).errors ?? [];
    expect(wrong?.message.replace(nowhere, venturesId)).toBe(refused?.message);
  });

  test("asks who may do what there, and of another account is told FORBIDDEN without a call", async () => {
    const { run } = service();
    const whoCan = (id: string) =>
      `{ account(id: "${id}") { whoCan(permission: { label: "cache_domain_purge" }, on: { account: true }) { totalCount } } }`;
    const mine = await run(whoCan(acmeId), {}, asking([[acmeId, "read"]]));
    expect(mine).toMatchObject({
      errors: undefined,
      data: { account: { whoCan: { totalCount: expect.any(Number) } } },
    });
    const other = await run(whoCan(venturesId), {}, asking([[acmeId, "read"]]));
    expect(other.data).toEqual({ account: { whoCan: null } });
    expect(codes(other.errors)).toEqual(["FORBIDDEN"]);
    expect(other.calls).toEqual([]);
  });

  test("lists no other account: each is read by its ID, filtered, sorted, paged and counted here", async () => {
    const { run, sandbox } = service({ explain: true });
    const query = `query ($name: String, $direction: SortDirection, $first: Int, $after: String) {
      accounts(name: $name, direction: $direction, first: $first, after: $after) {
        totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`;
    const both = asking([
      [venturesId, "read"],
      [acmeId, "write"],
    ]);
    const all = await run<{ accounts: { pageInfo: { endCursor: string } } }, object>(query, { first: 1 }, both);
    expect(all.data?.accounts).toMatchObject({
      totalCount: 2,
      nodes: [{ name: "Acme" }],
      pageInfo: { hasNextPage: true },
    });
    expect(all.calls).toEqual(["GET /accounts/{account_id}", "GET /accounts/{account_id}"]);
    expect(all.upstream?.planned).toEqual({ min: 1, max: 2 });
    const after = all.data?.accounts.pageInfo.endCursor;
    const second = await run(query, { first: 1, after }, both);
    expect(second.data).toMatchObject({ accounts: { totalCount: 2, nodes: [{ name: "Acme Ventures" }] } });
    expect((await run(query, { direction: "DESC" }, both)).data).toMatchObject({
      accounts: { nodes: [{ name: "Acme Ventures" }, { name: "Acme" }] },
    });
    expect((await run(query, { name: "Acme" }, both)).data).toMatchObject({
      accounts: { totalCount: 1, nodes: [{ name: "Acme" }] },
    });
    expect((await run(query, {}, asking([]))).data).toMatchObject({ accounts: { totalCount: 0, nodes: [] } });
    // A cursor of one list is none of another caller's.
    expect(codes((await run(query, { after }, asking([[acmeId, "read"]]))).errors)).toEqual(["BAD_USER_INPUT"]);
    expect(sandbox.calls.map(({ route }) => route)).not.toContain("GET /accounts");
  });

  test("is told of an account that cannot be read in its place, and gets the others", async () => {
    const { run } = service();
    const rights = asking([
      [acmeId, "read"],
      ["f".repeat(32), "read"],
    ]);
    const { data, errors } = await run("{ accounts { totalCount nodes { name } } }", {}, rights);
    expect(data).toEqual({ accounts: { totalCount: 2, nodes: [{ name: "Acme" }, null] } });
    expect(errors).toMatchObject([{ path: ["accounts", "nodes", 1], extensions: { code: "NOT_FOUND" } }]);
  });

  test("with a right to all reads the list, as in passthrough", async () => {
    const { run } = service();
    const { calls } = await run("{ accounts { totalCount } }", {}, asking([["*", "read"]]));
    expect(calls).toEqual(["GET /accounts"]);
  });
});

describe("a mutation", () => {
  test.for(cases)("$title is FORBIDDEN to who may only read, and nothing is sent", async (each) => {
    const { run, sandbox } = service();
    const input = await each.input(sandbox, (document, variables) => run(document, variables, asking([["*", "read"]])));
    sandbox.calls.length = 0;
    const rights = asking([
      [acmeId, "read"],
      [venturesId, "write"],
    ]);
    const { data, errors, calls } = await run(documentOf(each.mutation), { input } as never, rights);
    expect(calls).toEqual([]);
    expect(codes(errors)).toEqual(["FORBIDDEN"]);
    expect(Object.values(data ?? { none: null })).toEqual([null]);
  });

  test("without a right waits behind nobody's write, and nobody's behind it", async () => {
    const gate = Promise.withResolvers<void>();
    const held =
      ({ handle }: Sandbox): Transport =>
      async (request) => {
        if (request.method !== "GET") await gate.promise;
        return handle(request);
      };
    const { run, sandbox } = setup({}, held, { authenticate });
    const [group = ""] = sandbox.state.accounts.get(acmeId)?.userGroups.keys() ?? [];
    const rename = `mutation { updateUserGroup(input: { accountId: "${acmeId}", userGroupId: "${group}", name: "New", policies: [] }) { __typename } }`;
    const first = run(rename, {}, asking([["*", "write"]], "ben"));
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    const { errors } = await run(rename, {}, asking([[acmeId, "read"]]));
    expect(codes(errors)).toEqual(["FORBIDDEN"]);
    gate.resolve();
    expect((await first).data).toMatchObject({ updateUserGroup: { __typename: "UpdateUserGroupPayload" } });
  });

  test.for(cases)("$title is refused whole by a gateway that is read-only, in both modes", async (each) => {
    for (const mode of [{}, { authenticate }]) {
      const { run, sandbox } = setup({}, undefined, { readOnly: true, ...mode });
      const input = await each.input(sandbox, run);
      sandbox.calls.length = 0;
      const { data, errors, calls, status } = await run(documentOf(each.mutation), { input } as never);
      expect([data ?? null, calls, codes(errors)]).toEqual([null, [], ["FORBIDDEN"]]);
      expect(status).toBe(200);
    }
  });

  test("reads of a read-only gateway are answered", async () => {
    const { run } = setup({}, undefined, { readOnly: true });
    expect((await run(`{ account(id: "${acmeId}") { name } }`)).data).toEqual({ account: { name: "Acme" } });
  });
});

describe("what is shared", () => {
  const query = `{ account(id: "${acmeId}") { name } }`;

  test("is not what others have read of an account without a right: neither a read, nor a record of a remembered list", async () => {
    const { run } = service({ explain: true });
    const list = `{ accounts { nodes { name } } account(id: "${acmeId}") { name userGroups(first: 20) { nodes { cloudflareId } } } }`;
    const all = asking([["*", "read"]]);
    const { data } = await run<{ account: { userGroups: { nodes: { cloudflareId: string }[] } } }, object>(
      list,
      {},
      all,
    );
    const id = data?.account.userGroups.nodes[0]?.cloudflareId;
    const one = `{ account(id: "${acmeId}") { name userGroup(id: "${id}") { name } } }`;
    const old = { "cache-control": "max-age=60" };
    expect((await run(one, {}, { ...all, ...old })).calls).toEqual([]);
    for (const rights of [asking([]), asking([[venturesId, "write"]])]) {
      const { data, errors, calls, upstream, age } = await run(one, {}, { ...rights, ...old });
      expect(data).toEqual({ account: { name: null, userGroup: null } });
      expect(codes(errors)).toEqual(["FORBIDDEN", "FORBIDDEN"]);
      expect([calls, upstream?.cached, age]).toEqual([[], 0, null]);
    }
  });

  test("a whole operation among callers of equal rights, its reads among all callers of the credential", async () => {
    const gate = Promise.withResolvers<void>();
    const { run, sandbox } = setup({}, until(gate), { authenticate, explain: true });
    const asked = Promise.all([
      run(query, {}, asking([[acmeId, "read"]], "anna")),
      run(query, {}, asking([[acmeId, "read"]], "ben")),
      run(query, {}, asking([[acmeId, "write"]], "carol")),
      run(query, {}, asking([[venturesId, "read"]], "dave")),
    ]);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    gate.resolve();
    const answers = await asked;
    expect(sandbox.calls).toHaveLength(1);
    expect(answers.map(({ data }) => data)).toEqual([
      ...Array(3).fill({ account: { name: "Acme" } }),
      { account: { name: null } },
    ]);
    expect(answers.map(({ upstream }) => upstream?.shared)).toEqual([0, 0, 1, 0]);
  });
});

test("a preview is shared with nobody whose own membership it may concern differently", async () => {
  const gate = Promise.withResolvers<void>();
  const named = async (headers: Headers) => ({ ...(await authenticate(headers)), email: headers.get("x-email") });
  const { run, sandbox } = setup({}, until(gate), { authenticate: named });
  const [anna, ben] = [...(sandbox.state.accounts.get(acmeId)?.members.values() ?? [])].slice(3, 5);
  const preview = `{ previewChanges(accountId: "${acmeId}", changes: [{ removeMember: { memberId: "${anna?.id}" } }]) {
    warnings { code } refusals { error { __typename ... on ConfirmationRequiredError { required } } } } }`;
  const asked = [ben, anna, anna].map((member, n) =>
    run<unknown, object>(
      preview,
      {},
      { ...asking([[acmeId, "write"]], `caller ${n}`), "x-email": member?.user.email ?? "" },
    ),
  );
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  gate.resolve();
  const answers = (await Promise.all(asked)).map(({ data }) => JSON.stringify(data).includes("OWN_MEMBERSHIP"));
  expect(answers).toEqual([false, true, true]);
});

test("an operation keeps the rights it began with, also where `authenticate` changes them in place", async () => {
  const rights: Map<string, "read"> = new Map([[acmeId, "read"]]);
  const gate = Promise.withResolvers<void>();
  const changing = async (headers: Headers) => ({ ...(await authenticate(headers)), rights });
  const { run } = setup({}, until(gate), { authenticate: changing });
  const query = `{ account(id: "${acmeId}") { userGroups(first: 1) { nodes { members { totalCount } } } } }`;
  const asked = run(query);
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  rights.clear();
  gate.resolve();
  expect((await asked).errors).toBeUndefined();
  expect(codes((await run(query)).errors)).toEqual(["FORBIDDEN"]);
});

test("Cloudflare's refusal of the gateway's own credential is not the caller's: nobody is asked to log in again", async () => {
  const { run } = service();
  const headers = { ...asking([["*", "write"]]), authorization: "Bearer revoked" };
  for (const query of [`{ account(id: "${acmeId}") { name } }`, `{ account(id: "${acmeId}") { type } }`]) {
    const { errors, status } = await run(query, {}, headers);
    expect(codes(errors)).toEqual(["UPSTREAM_UNAVAILABLE"]);
    expect(errors?.[0]?.message).toContain("Cloudflare refuses the credential of this gateway");
    expect(status).toBe(200);
  }
});
