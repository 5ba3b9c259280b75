import { parse } from "graphql";
import { describe } from "vitest";
import { globalId } from "../../src/graph/node.ts";
import { schema } from "../../src/graph/schema.ts";
import { planOf } from "../../src/plan/plan.ts";
import { ApiError, errorResponse } from "../../src/sandbox/answer.ts";
import { idOf } from "../../src/sandbox/id-generator.ts";
import { zoneKey } from "../../src/sandbox/seed.ts";
import { account, expect, type Setup, setup, setupOverHttp, tally, test } from "../gateway.ts";
import { waitFor } from "../wait-for.ts";

const person = (name: string) => idOf("member", account, `${name}@acme.example`);
const zone = (name: string) => zoneKey(name).split(".").at(-1) ?? "";
const shop = zone("shop.acme.example");
const checkout = zone("checkout.acme.example");
const inAccount = (fields: string) => `{ account(id: "${account}") { ${fields} } }`;
const purge = 'permission: { label: "cache_domain_purge" }';
const groups = "GET /accounts/{account_id}/iam/user_groups";
const membersRoute = `${groups}/{user_group_id}/members`;
const memberRoute = `${membersRoute}/{member_id}`;
const zoneRoute = "GET /zones/{zone_id}";

interface Answer {
  verdict: string;
  complete: boolean;
  sentence: string;
  grants: { access: string; sources: { __typename: string }[] }[];
  unread: { kind: string; what: string | null; reason: string }[];
}

const about = (who: string, on: string, permission = purge) =>
  inAccount(`access(memberId: "${person(who)}", ${permission}, on: ${on}) {
    verdict complete sentence unread { kind what reason } grants { access sources { __typename } } }`);

async function ask(run: Setup["run"], ...question: Parameters<typeof about>) {
  const { data, errors, calls } = await run<{ account: { access: Answer } }, object>(about(...question));
  expect(errors).toBeUndefined();
  return { ...(data?.account.access as Answer), calls };
}

describe("a question about one member", () => {
  test("is answered over HTTP, whichever call comes back first", async () => {
    await using fixture = await setupOverHttp();
    const { verdict, calls } = await ask(fixture.run, "beatriz.almeida", `{ zoneId: "${shop}" }`);
    expect(verdict).toBe("ALLOWED");
    expect(tally(calls)).toEqual({
      "GET /accounts/{account_id}": 1,
      "GET /accounts/{account_id}/iam/permission_groups": 1,
      [groups]: 1,
      "GET /accounts/{account_id}/members/{member_id}": 1,
      [memberRoute]: 2,
      [zoneRoute]: 1,
    });
  });

  test.for([
    ["ALLOWED", "yusuf.demir", `{ zoneId: "${shop}" }`],
    ["DENIED", "yusuf.demir", `{ zoneId: "${checkout}" }`],
    ["CONDITIONAL", "chloe.laurent", `{ zoneId: "${shop}" }`],
    ["NOT_GRANTED", "kenji.mori", `{ zoneId: "${shop}" }`],
    ["UNKNOWN", "zoe.martens", `{ zoneId: "${shop}" }`],
    ["ALLOWED", "zoe.martens", '{ key: "com.cloudflare.edge.cluster.eu-west" }'],
  ])("%s: %s on %s", async ([verdict = "", who = "", on = ""], { run }) => {
    expect((await ask(run, who, on)).verdict).toBe(verdict);
  });

  test("a permission known by its ID costs no catalogue where a policy names it, and else one look-up", async ({
    run,
    sandbox,
  }) => {
    const byLabel = (label: string) =>
      [...(sandbox.state.accounts.get(account)?.permissionGroups.values() ?? [])].find(
        ({ meta }) => meta.label === label,
      )?.id;
    const named = await ask(
      run,
      "beatriz.almeida",
      "{ account: true }",
      `permission: { id: "${byLabel("dns_admin")}" }`,
    );
    expect(named.calls.filter((route) => route.includes("permission_groups"))).toEqual([]);
    const id = globalId("PermissionGroup", account, byLabel("zone_versioning_read") ?? "");
    const other = await ask(run, "beatriz.almeida", "{ account: true }", `permission: { id: "${id}" }`);
    expect(other.calls.filter((route) => route.includes("permission_groups"))).toEqual([
      "GET /accounts/{account_id}/iam/permission_groups/{permission_group_id}",
    ]);
  });

  test("nobody is null; what cannot be meant is an error that names what is wrong", async ({ run }) => {
    const nobody = await run(about("nobody.at.all", "{ account: true }"));
    expect(nobody).toMatchObject({ data: { account: { access: null } }, errors: undefined });
    for (const [permission, on, argument, says] of [
      ['permission: { name: "Logs Read" }', "{ account: true }", "permission.name", "account_logs_read"],
      ['permission: { label: "nonsense" }', "{ account: true }", "permission.label", "names no permission group"],
      [`permission: { id: "${"f".repeat(32)}" }`, "{ account: true }", "permission.id", "names no permission group"],
      [purge, "{ account: false }", "on.account", "must be `true`"],
      [purge, '{ zoneId: "shop" }', "on.zoneId", "32 letters and digits"],
      [purge, `{ key: "com.cloudflare.api.account.${"b".repeat(32)}" }`, "on.key", "another account"],
    ] as const) {
      const { data, errors } = await run<{ account: { access: unknown } }, object>(about("kenji.mori", on, permission));
      expect(data?.account.access).toBeNull();
      expect(errors?.[0]?.extensions, argument).toMatchObject({ code: "BAD_USER_INPUT", argument });
      expect(errors?.[0]?.message).toContain(says);
    }
    const both = await run(about("kenji.mori", `{ account: true, zoneId: "${shop}" }`));
    expect(both.errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT" });
    expect(both.calls).toEqual([]);
  });

  test("the plan knows what is read in any case, and no bound", () => {
    const document = parse(about("kenji.mori", "{ account: true }"));
    expect(planOf(schema, document, undefined, {})).toEqual({ min: 4, max: null });
    const everybody = parse(inAccount(`whoCan(${purge}, on: { account: true }) { totalCount }`));
    expect(planOf(schema, everybody, undefined, {})).toEqual({ min: 4, max: null });
  });
});

describe("the zone of a question", () => {
  const sentenced = (on: string) =>
    inAccount(`access(memberId: "${person("yusuf.demir")}", ${purge}, on: ${on}) { verdict sentence assumptions { kind } }
      whoCan(${purge}, on: ${on}) { totalCount assumptions { kind } }`);
  interface Sentenced {
    account: {
      access: { verdict: string; sentence: string; assumptions: { kind: string }[] } | null;
      whoCan: { totalCount: number; assumptions: { kind: string }[] } | null;
    };
  }
  const forbidden = () => errorResponse(new ApiError(403, 9109, "Unauthorized to access requested resource"));
  const assumed = (data: Sentenced | null | undefined) =>
    [data?.account.access, data?.account.whoCan].map((each) =>
      each?.assumptions.some(({ kind }) => kind === "ZONE_IS_OF_ACCOUNT"),
    );

  test("by its name is the one of that name, for one call", async ({ run }) => {
    const byId = await run<Sentenced, object>(sentenced(`{ zoneId: "${shop}" }`));
    const byName = await run<Sentenced, object>(sentenced('{ zoneName: "Shop.Acme.Example" }'));
    expect(byName.errors).toBeUndefined();
    expect(byName.data).toEqual(byId.data);
    expect(byName.data?.account.access?.sentence).toContain("on zone shop.acme.example");
    expect(byName.calls.filter((route) => route.startsWith("GET /zones"))).toEqual(["GET /zones"]);
    expect(byId.calls.filter((route) => route.startsWith("GET /zones"))).toEqual([zoneRoute]);
    expect(assumed(byName.data)).toEqual([false, false]);
  });

  test.for([
    [`{ zoneId: "${zone("ventures.acme.example")}" }`, "on.zoneId"],
    [`{ key: "${zoneKey("ventures.acme.example")}" }`, "on.key"],
    ['{ zoneName: "ventures.acme.example" }', "on.zoneName"],
    ['{ zoneName: "contains:acme" }', "on.zoneName"],
    ['{ zoneName: "" }', "on.zoneName"],
  ] as const)("that is not the account's is an error: %s", async ([on, argument], { run }) => {
    const { data, errors } = await run<Sentenced, object>(sentenced(on));
    expect(data?.account).toEqual({ access: null, whoCan: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument });
    expect(errors).toHaveLength(2);
  });

  test("is assumed to be the account's where zones cannot be read; a name cannot be looked up then", async ({
    run,
    sandbox,
  }) => {
    for (const route of ["GET /zones", zoneRoute]) sandbox.stub(route, forbidden);
    const { data, errors } = await run<Sentenced, object>(sentenced(`{ zoneId: "${shop}" }`));
    expect(errors).toBeUndefined();
    expect(data?.account.access?.verdict).toBe("ALLOWED");
    expect(data?.account.access?.sentence).toContain(`on zone ${shop}`);
    expect(assumed(data)).toEqual([true, true]);
    const named = await run<Sentenced, object>(sentenced('{ zoneName: "shop.acme.example" }'));
    expect(named.data?.account).toEqual({ access: null, whoCan: null });
    expect(named.errors?.map(({ extensions }) => extensions?.code)).toEqual(["FORBIDDEN", "FORBIDDEN"]);
  });

  test("limits what a member can do", async ({ run }) => {
    const member = (on: string) =>
      inAccount(
        `member(id: "${person("yusuf.demir")}") { effectiveAccess(on: ${on}) { permissionGroup { name } coverage } }`,
      );
    const [byName, byId] = [
      await run(member('{ zoneName: "shop.acme.example" }')),
      await run(member(`{ zoneId: "${shop}" }`)),
    ];
    expect(byName.errors).toBeUndefined();
    expect(byName.data).toEqual(byId.data);
    const foreign = await run(member('{ zoneName: "ventures.acme.example" }'));
    expect(foreign.errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "on.zoneName" });
  });

  test("is in the plan", () => {
    for (const on of [`{ zoneId: "${shop}" }`, '{ zoneName: "shop.acme.example" }']) {
      expect(planOf(schema, parse(about("kenji.mori", on)), undefined, {})).toEqual({ min: 5, max: null });
    }
  });
});

describe("a part that fails never turns into a no", () => {
  const failed = () => errorResponse(new ApiError(400, 400, "Policy validation failed"));

  test("the members of a group whose policies match", async ({ run, sandbox }) => {
    for (const route of [membersRoute, memberRoute]) sandbox.stub(route, failed);
    const answer = await ask(run, "kenji.mori", `{ zoneId: "${shop}" }`);
    expect(answer.verdict).toBe("UNKNOWN");
    expect(answer.complete).toBe(false);
    expect(answer.sentence).toContain("the members of Platform Engineering");
    expect(answer.unread.map(({ kind, what }) => `${kind} ${what}`)).toContain("USER_GROUP_MEMBERS Web Performance");
    const { data } = await run<{ account: { whoCan: { totalCount: number } } }, object>(
      inAccount(`whoCan(${purge}, on: { zoneId: "${shop}" }) { totalCount }`),
    );
    expect(data?.account.whoCan.totalCount).toBe(60);
  });

  test("the list of groups; what the member holds by themselves stands", async ({ run, sandbox }) => {
    sandbox.stub(groups, failed);
    expect((await ask(run, "kenji.mori", "{ account: true }")).verdict).toBe("UNKNOWN");
    const mara = await ask(run, "mara.lindqvist", "{ account: true }");
    expect(mara.verdict).toBe("ALLOWED");
    expect(mara.unread.map(({ kind }) => kind)).toContain("USER_GROUPS");
  });

  test("the account's settings", async ({ run, sandbox }) => {
    sandbox.stub("GET /accounts/{account_id}", failed);
    // Whether Liam Murphy needs a second factor is not known; Beatriz Almeida has one.
    expect((await ask(run, "liam.murphy", `{ zoneId: "${shop}" }`)).verdict).toBe("UNKNOWN");
    const beatriz = await ask(run, "beatriz.almeida", `{ zoneId: "${shop}" }`);
    expect(beatriz).toMatchObject({ verdict: "ALLOWED", unread: [{ kind: "ACCOUNT" }] });
  });

  test("the groups of a member: one that fails is an error at its place", async ({ run, sandbox }) => {
    const first = [...(sandbox.state.accounts.get(account)?.userGroups.keys() ?? [])][0];
    sandbox.stub(memberRoute, ({ params }) => (params.user_group_id === first ? failed() : undefined));
    const { data, errors } = await run<{ account: { member: { userGroups: { nodes: unknown[] } } } }, object>(
      inAccount(`member(id: "${person("mara.lindqvist")}") { userGroups { nodes { name } } }`),
    );
    expect(data?.account.member.userGroups.nodes).toContain(null);
    expect(data?.account.member.userGroups.nodes).toContainEqual({ name: "Marketing" });
    expect(errors).toHaveLength(1);
  });
});

describe("the same grant in two places", () => {
  test.for([false, true])(
    "is listed once, with both sources (inherited policies are shown: %s)",
    async (inheritedPolicies) => {
      const { run } = setup({ inheritedPolicies });
      const { verdict, grants } = await ask(run, "beatriz.almeida", `{ zoneId: "${shop}" }`);
      expect(verdict).toBe("ALLOWED");
      const group = [{ __typename: "GroupMembership" }];
      const sources = inheritedPolicies ? [{ __typename: "DirectPolicy" }, ...group] : group;
      expect(grants).toEqual([{ access: "ALLOW", sources }]);
    },
  );

  test.for([
    ["policies name their groups by ID alone", ["permissionGroupsById", "resourceGroupsById"]],
    ["scopes are lists", ["scopeAsArray"]],
    ["everything is shuffled", ["shuffled", "policyIdsFresh"]],
    ["records of a group have IDs alone", ["groupMembersWithoutStatus", "groupMembersWithoutEmail"]],
  ] as const)("and the answers are the same where %s", async ([, quirks]) => {
    const question = inAccount(
      `whoCan(${purge}, on: { zoneId: "${shop}" }) { edges { verdict node { email } grants { coverage } } }`,
    );
    const [usual, odd] = await Promise.all([setup(), setup({ quirks })].map(({ run }) => run(question)));
    expect(odd?.errors).toBeUndefined();
    expect(odd?.data).toEqual(usual?.data);
  });
});

describe("groups of members", () => {
  const query = (first: number) =>
    inAccount(`members(first: ${first}) { nodes { userGroups { totalCount } effectiveAccess { access } } }`);

  test("cost 1 call per group for any number of members", async ({ run }) => {
    const { errors, calls } = await run(query(50));
    expect(errors).toBeUndefined();
    expect(tally(calls)).toEqual({ "GET /accounts/{account_id}/members": 1, [groups]: 1, [membersRoute]: 16 });
  });

  test("cost 1 call per group for one member", async ({ run }) => {
    const { calls } = await run(query(1));
    expect(tally(calls)).toEqual({ "GET /accounts/{account_id}/members": 1, [groups]: 1, [memberRoute]: 16 });
  });
});

describe("pages of who can", () => {
  test("a cursor holds address and id, and is of one question alone", async ({ run, sandbox }) => {
    const page = (on: string, after?: string) =>
      inAccount(
        `whoCan(${purge}, on: ${on}, first: 2${after ? `, after: "${after}"` : ""}) { edges { cursor node { email } } }`,
      );
    type Page = { account: { whoCan: { edges: { cursor: string; node: { email: string } }[] } } };
    const here = `{ zoneId: "${shop}" }`;
    const { data } = await run<Page, object>(page(here));
    const [, last] = data?.account.whoCan.edges ?? [];
    const next = await run<Page, object>(page(here, last?.cursor));
    // The member at the cursor is gone: the next page is the same.
    const members = sandbox.state.accounts.get(account)?.members;
    for (const [id, { email, user }] of members ?? [])
      if ((email ?? user.email) === last?.node.email) members?.delete(id);
    expect((await run<Page, object>(page(here, last?.cursor))).data).toEqual(next.data);
    const foreign = await run(page("{ account: true }", last?.cursor));
    expect(foreign.errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "after" });
    expect(foreign.calls).toEqual([]);
  });
});

test("an answer is as old as the oldest read that it rests on", async () => {
  const { run } = setup({}, undefined, { cache: { maxAge: 60_000 } });
  const query = inAccount(
    `access(memberId: "${person("kenji.mori")}", ${purge}, on: { account: true }) { verdict readAt }`,
  );
  const headers = { authorization: "Bearer sandbox-admin", "cache-control": "max-age=60" };
  type Read = { account: { access: { readAt: string } } };
  await run(query, {}, headers);
  const known = Date.now();
  await waitFor(() => expect(Date.now()).toBeGreaterThan(known));
  const again = await run<Read, object>(query, {}, headers);
  expect(again.calls).toEqual([]);
  expect(Date.parse(again.data?.account.access.readAt ?? "")).toBeLessThanOrEqual(known);
});
