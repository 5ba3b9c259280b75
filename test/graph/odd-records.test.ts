import { describe } from "vitest";
import { type Altered, alteredUpstream, type Json } from "../altered-upstream.ts";
import { account, test as base, expect } from "../gateway.ts";
import { groupNamed, policy } from "./mutations/mutation.ts";

const groups = "/accounts/{account_id}/iam/user_groups";
const membersRoute = "GET /accounts/{account_id}/members";

const test = base.extend("altered", async ({ task: _ }, { onCleanup }): Promise<Altered> => {
  const altered = await alteredUpstream();
  onCleanup(() => altered[Symbol.asyncDispose]());
  return altered;
});

const inAccount = (fields: string) => `{ account(id: "${account}") { ${fields} } }`;
const pathsOf = (
  errors: readonly { path?: readonly (string | number)[] | undefined; extensions?: unknown }[] | undefined,
) => errors?.map(({ path, extensions }) => `${path?.join(".")} ${(extensions as { code: string }).code}`);

/** The same records, with one of them changed. */
const with1 = (change: (record: Json) => unknown) => (records: Json[]) =>
  records.map((record, i) => (i === 1 ? change(record) : record));

describe("a role that is a bare ID fails the roles of its member, and nothing else", () => {
  const query = inAccount("members(first: 5) { totalCount nodes { email roles { name } policies { access } } }");

  test("on a page", async ({ altered }) => {
    const usual = (await altered.run<Json, object>(query)).data;
    altered.result(
      membersRoute,
      with1((record) => ({ ...record, roles: [...record.roles, "33666b9c79b9a5273fc7344ff42f953d"] })),
    );
    const { data, errors } = await altered.run<Json, object>(query);
    usual.account.members.nodes[1].roles = null;
    expect(data).toEqual(usual);
    expect(pathsOf(errors)).toEqual(["account.members.nodes.1.roles UPSTREAM_INVALID"]);
    expect(errors?.[0]?.message).toMatch(/^Cloudflare sent something unexpected at \d of a list: /);
  });

  test("and is not noticed where nobody asks for it", async ({ altered }) => {
    altered.result(
      membersRoute,
      with1((record) => ({ ...record, roles: ["x"] })),
    );
    const { errors } = await altered.run(inAccount("members(first: 5) { nodes { email policies { access } } }"));
    expect(errors).toBeUndefined();
  });
});

describe("a record that cannot be read fails its own place on the page", () => {
  const lists: [field: string, route: string][] = [
    ["members(first: 5) { totalCount nodes { cloudflareId email } edges { node { cloudflareId } } }", membersRoute],
    [
      "userGroups { totalCount nodes { cloudflareId name policies { access } } edges { node { cloudflareId } } }",
      `GET ${groups}`,
    ],
    [
      "permissionGroups(first: 5) { totalCount nodes { cloudflareId name } edges { node { cloudflareId } } }",
      "GET /accounts/{account_id}/iam/permission_groups",
    ],
    [
      "resourceGroups { totalCount nodes { cloudflareId name } edges { node { cloudflareId } } }",
      "GET /accounts/{account_id}/iam/resource_groups",
    ],
    [
      "ssoConnectors { totalCount nodes { cloudflareId emailDomain } edges { node { cloudflareId } } }",
      "GET /accounts/{account_id}/sso_connectors",
    ],
  ];
  const odd: [says: string, change: (record: Json) => unknown][] = [
    ["null", () => null],
    ["a word", () => "x"],
    ["a list", () => []],
    ["a record whose ID is a number", (record) => ({ ...record, id: 7 })],
  ];
  test.for(
    lists.flatMap(([field, route]) =>
      odd.map(([says, change]) => ({ name: field.split(/\W/)[0], says, field, route, change })),
    ),
  )("$name: $says", async ({ name = "", field, route, change }, { altered }) => {
    const usual = (await altered.run<Json, object>(inAccount(field))).data;
    altered.result(route, with1(change));
    const { data, errors } = await altered.run<Json, object>(inAccount(field));
    usual.account[name].nodes[1] = null;
    usual.account[name].edges[1].node = null;
    expect(data).toEqual(usual);
    expect(pathsOf(errors)?.toSorted()).toEqual([
      `account.${name}.edges.1.node UPSTREAM_INVALID`,
      `account.${name}.nodes.1 UPSTREAM_INVALID`,
    ]);
    expect(errors?.[0]?.extensions).toMatchObject({ cloudflare: { route, status: 200 } });
    expect(errors?.[0]?.message).toMatch(
      new RegExp(`^${route.replace(/[{}]/g, "\\$&")} answered something unexpected at result\\.1`),
    );
  });

  test("so with accounts, and with members of a group", async ({ altered }) => {
    altered.result(
      "GET /accounts",
      with1(() => null),
    );
    altered.result(
      `GET ${groups}/{user_group_id}/members`,
      with1(() => null),
    );
    const accounts = await altered.run<Json, object>("{ accounts { nodes { name } } }");
    expect(accounts.data).toEqual({ accounts: { nodes: [{ name: "Acme" }, null] } });
    const { id } = groupNamed(altered.sandbox, "Security");
    const { data, errors } = await altered.run<Json, object>(
      inAccount(`userGroup(id: "${id}") { name members(first: 3) { nodes { email } } }`),
    );
    expect(data.account.userGroup.members.nodes).toEqual([
      { email: expect.any(String) },
      null,
      { email: expect.any(String) },
    ]);
    expect(pathsOf(errors)).toEqual(["account.userGroup.members.nodes.1 UPSTREAM_INVALID"]);
  });

  test("what the whole list says is an error with it: who is in a group; a record that may name a zone fails its own place", async ({
    altered,
  }) => {
    altered.result(
      `GET ${groups}/{user_group_id}/members`,
      with1(() => null),
    );
    altered.result(
      "GET /accounts/{account_id}/iam/resource_groups",
      with1(() => null),
    );
    const { id } = groupNamed(altered.sandbox, "Security");
    const { data, errors } = await altered.run<Json, object>(
      inAccount(
        `name userGroup(id: "${id}") { name members { revision } } resourceGroups(zoneId: "${"a".repeat(32)}") { nodes { name } }`,
      ),
    );
    expect(data).toEqual({
      account: {
        name: "Acme",
        userGroup: { name: "Security", members: expect.anything() },
        resourceGroups: { nodes: [null] },
      },
    });
    expect(pathsOf(errors)?.toSorted()).toEqual([
      "account.resourceGroups.nodes.0 UPSTREAM_INVALID",
      "account.userGroup.members.revision UPSTREAM_INVALID",
    ]);
  });
});

describe("a record that is looked up by its ID", () => {
  const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on UserGroup { name } } }";
  const idsOf = ({ sandbox }: Altered, ...names: string[]) =>
    names.map((name) => Buffer.from(`UserGroup:${account}:${groupNamed(sandbox, name).id}`).toString("base64url"));

  test("and cannot be read in its list is an error, never “there is none”", async ({ altered }) => {
    const ids = idsOf(altered, "Security", "Finance", "Auditors");
    altered.result(`GET ${groups}`, (records: Json[]) =>
      records.map((record) => (record.name === "Finance" ? { ...record, name: 7 } : record)),
    );
    const { data, errors, calls } = await altered.run<Json, object>(query, { ids });
    expect(data).toEqual({ nodes: [{ name: "Security" }, null, { name: "Auditors" }] });
    expect(pathsOf(errors)).toEqual(["nodes.1 UPSTREAM_INVALID"]);
    expect(calls).toEqual([`GET ${groups}`]);
  });

  test("is looked for alone where a record of the list may be it, and found", async ({ altered }) => {
    const ids = idsOf(altered, "Security", "Finance", "Auditors");
    altered.result(`GET ${groups}`, (records: Json[]) =>
      records.map((record) => (record.name === "Finance" ? null : record)),
    );
    const { data, errors, calls } = await altered.run<Json, object>(query, { ids });
    expect(data).toEqual({ nodes: [{ name: "Security" }, { name: "Finance" }, { name: "Auditors" }] });
    expect(errors).toBeUndefined();
    expect(calls).toEqual([`GET ${groups}`, `GET ${groups}/{user_group_id}`]);
  });

  test("and has policies that cannot be read is not written over", async ({ altered }) => {
    const { id } = groupNamed(altered.sandbox, "Security");
    altered.result(`GET ${groups}/{user_group_id}`, (record: Json) => ({
      ...record,
      policies: [...record.policies, "x"],
    }));
    const { result, calls } = await altered.mutate("addUserGroupPolicy", {
      accountId: account,
      userGroupId: id,
      policy,
    });
    expect(result).toMatchObject({
      __typename: "UpstreamError",
      outcome: "NOT_SENT",
      message: expect.stringMatching(/something unexpected at \d of a list: .* Nothing was sent\.$/),
    });
    expect(calls).toEqual([`GET ${groups}/{user_group_id}`]);
  });
});

describe("the scopes of a permission group are read wherever they stand", () => {
  const catalogue = "GET /accounts/{account_id}/iam/permission_groups";
  const [accountScope, zoneScope] = ["com.cloudflare.api.account", "com.cloudflare.api.account.zone"];
  test.for<[says: string, record: object, scopes: string[] | null]>([
    ["a word", { meta: { scopes: accountScope } }, [accountScope]],
    ["words by commas", { meta: { scopes: `${accountScope}, ${zoneScope}` } }, [accountScope, zoneScope]],
    ["a list in `meta`", { meta: { scopes: [accountScope, zoneScope] } }, [accountScope, zoneScope]],
    ["a list beside `meta`", { meta: { label: "x" }, scopes: [zoneScope] }, [zoneScope]],
    ["a list without `meta`", { meta: undefined, scopes: [zoneScope] }, [zoneScope]],
    ["a word beside `meta`", { meta: { label: "x" }, scopes: zoneScope }, [zoneScope]],
    ["an empty word", { meta: { scopes: "" } }, []],
    ["an empty list", { meta: { scopes: [] } }, []],
    ["an empty list beside `meta`", { meta: {}, scopes: [] }, []],
    ["nothing", { meta: { label: "x" } }, null],
    ["something else", { meta: { label: "x" }, scopes: 7 }, null],
    ["a text that only looks like a list", { meta: { scopes: "[x" } }, ["[x"]],
  ])("%s", async ([, record, scopes], { altered }) => {
    altered.result(
      catalogue,
      with1((usual) => ({ ...usual, ...record })),
    );
    const { data, errors } = await altered.run<Json, object>(
      inAccount("permissionGroups(first: 3) { nodes { scopes } }"),
    );
    expect(errors).toBeUndefined();
    expect(data.account.permissionGroups.nodes[1]).toEqual({ scopes });
  });
});
