import { describe } from "vitest";
import { globalId } from "../../src/graph/node.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Policy } from "../../src/sandbox/state.ts";
import { account, expect, type RunOperation, test } from "../gateway.ts";
import { groupNamed } from "./mutations/mutation.ts";

/** What clients keep objects and lists by: global IDs that stay, and edges of what is new. */
interface PolicyIds {
  id: string;
  cloudflareId: string;
  access: string;
}

const group = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}";
const put = "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}";

/** A group with several policies. */
function support(sandbox: Sandbox) {
  const found = groupNamed(sandbox, "Support Tier 2");
  found.policies.push(...structuredClone(groupNamed(sandbox, "DNS Operators").policies));
  return found;
}

async function policiesOf(run: RunOperation, id: string): Promise<PolicyIds[]> {
  const { data } = await run<{ account: { userGroup: { policies: PolicyIds[] } } }, object>(
    `{ account(id: "${account}") { userGroup(id: "${id}") { policies { id cloudflareId access } } } }`,
  );
  return data?.account.userGroup.policies ?? [];
}

describe("the id of a policy", () => {
  test("stays while Cloudflare's changes with a write to its group, and is another one once it is changed", async ({
    run,
    sandbox,
  }) => {
    const { id } = support(sandbox);
    const before = await policiesOf(run, id);
    expect(before.length).toBeGreaterThan(1);
    const rename = `mutation { updateUserGroup(input: { accountId: "${account}", userGroupId: "${id}", name: "Helpdesk" }) {
      ... on UpdateUserGroupPayload { userGroup { policies { id cloudflareId } } } } }`;
    type Renamed = { updateUserGroup: { userGroup: { policies: PolicyIds[] } } };
    const { data, calls } = await run<Renamed, object>(rename);
    const after = data?.updateUserGroup.userGroup.policies ?? [];
    expect(calls).toEqual([group, put]);
    expect(after.map((policy) => policy.id)).toEqual(before.map((policy) => policy.id));
    for (const [i, policy] of after.entries()) expect(policy.cloudflareId).not.toBe(before[i]?.cloudflareId);

    // An ID that was read before the write is still that of the policy: to read it, and to change it.
    const [first] = before;
    const change = `mutation ($id: ID!) { updateUserGroupPolicy(input: { accountId: "${account}", userGroupId: "${id}", policyId: $id,
      policy: { permissionGroupIds: ["49ce85367bae433b9f0717ed4fea5c74"] } }) { __typename ... on ConflictError { message } } }`;
    const nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Policy { id } } }";
    const ids = before.map((policy) => policy.id);
    expect((await run(nodes, { ids })).data).toEqual({ nodes: ids.map((each) => ({ id: each })) });
    expect((await run(change, { id: first?.id })).data).toEqual({
      updateUserGroupPolicy: { __typename: "UpdateUserGroupPolicyPayload" },
    });
    expect((await run(nodes, { ids })).data).toEqual({
      nodes: ids.map((each) => (each === first?.id ? null : { id: each })),
    });
    expect((await run(change, { id: first?.id })).data).toMatchObject({
      updateUserGroupPolicy: { __typename: "ConflictError" },
    });
  });

  test("tells policies that say the same apart by numbers", async ({ run, sandbox }) => {
    const { id, policies } = support(sandbox);
    const [first] = policies;
    policies.push(
      { ...structuredClone(first), id: "f".repeat(32) } as never,
      { ...structuredClone(first), id: "e".repeat(32) } as never,
    );
    const found = await policiesOf(run, id);
    expect(new Set(found.map((policy) => policy.id)).size).toBe(found.length);
    const nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Policy { id cloudflareId access } } }";
    const { data, calls } = await run(nodes, { ids: found.map((policy) => policy.id) });
    expect(data).toEqual({ nodes: found });
    expect(calls).toEqual([group]);
  });

  test("never becomes that of a policy that is shown as the same, and differs in what is not known here", async ({
    run,
    sandbox,
  }) => {
    const { id, policies } = support(sandbox);
    const [first] = policies as [Policy];
    const shown = (await policiesOf(run, id)).find(({ cloudflareId }) => cloudflareId === first.id);
    Object.assign(first, { condition: { ip: "192.0.2.1" } });
    // What is not known here does not change the ID of a policy that stands alone.
    expect(await policiesOf(run, id)).toContainEqual(shown);
    const other = { ...structuredClone(first), id: "f".repeat(32), condition: { ip: "192.0.2.2" } };
    policies.push(other);
    const both = await policiesOf(run, id);
    const one = both.find(({ cloudflareId }) => cloudflareId === first.id);
    expect(new Set([shown?.id, one?.id, both.find(({ cloudflareId }) => cloudflareId === other.id)?.id]).size).toBe(3);
    const remove = `mutation { removeUserGroupPolicy(input: { accountId: "${account}", userGroupId: "${id}", policyId: "${one?.id}",
      confirm: [LAST_SUPER_ADMINISTRATOR] }) { __typename } }`;
    policies.splice(policies.indexOf(first), 1);
    expect((await run(remove)).data).toEqual({ removeUserGroupPolicy: { __typename: "ConflictError" } });
  });
});

describe("users and legacy roles have global ids", () => {
  test("by which they are read again, together with their members or their list", async ({ run }) => {
    type Shown = { id: string; cloudflareId: string };
    type Data = {
      account: { members: { nodes: { user: Shown | null; roles: Shown[] }[] }; roles: { nodes: Shown[] } };
    };
    const { data } = await run<Data, object>(
      `{ account(id: "${account}") { members(first: 12) { nodes { user { id cloudflareId } roles { id cloudflareId } } } roles { nodes { id cloudflareId } } } }`,
    );
    const members = data?.account.members.nodes ?? [];
    const listed = data?.account.roles.nodes ?? [];
    const known = new Set(listed.map(({ id }) => id));
    const users = members.flatMap(({ user }) => user ?? []);
    expect(users).toHaveLength(12);
    expect(members.some(({ roles }) => roles.some(({ id }) => known.has(id)))).toBe(true);
    const query =
      "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { id ofUser: cloudflareId } ... on Role { id cloudflareId } } }";
    const read = await run(query, { ids: [...users, ...listed].map(({ id }) => id) });
    expect(read.data).toEqual({
      nodes: [...users.map(({ id, cloudflareId }) => ({ id, ofUser: cloudflareId })), ...listed],
    });
    expect(read.calls.every((route) => /(members|roles)(\/|$)/.test(route))).toBe(true);
  });

  test("which are of nothing where there is no such member or role", async ({ run }) => {
    const ids = ["User", "Role"].map((type) => globalId(type, account, "0".repeat(32)));
    const { data, errors, calls } = await run("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids });
    expect({ data, errors }).toEqual({ data: { nodes: [null, null] }, errors: undefined });
    expect(calls.toSorted()).toEqual([
      "GET /accounts/{account_id}/members/{member_id}",
      "GET /accounts/{account_id}/roles/{role_id}",
    ]);
  });
});

describe("what is created is also an edge", () => {
  const create = `mutation ($name: String!) { createUserGroup(input: { accountId: "${account}", name: $name }) {
    ... on CreateUserGroupPayload { userGroup { id } userGroupEdge { cursor node { id name } } } } }`;
  type Created = { createUserGroup: { userGroup: { id: string }; userGroupEdge: { cursor: string; node: object } } };

  test("of its list, at no further call", async ({ run }) => {
    const { data, calls } = await run<Created, object>(create, { name: "Night Shift" });
    const { userGroup, userGroupEdge } = data?.createUserGroup ?? ({} as never);
    expect(userGroupEdge.node).toEqual({ id: userGroup.id, name: "Night Shift" });
    expect(calls).toEqual(["POST /accounts/{account_id}/iam/user_groups"]);
  });

  test("after which a page goes on from its place", async ({ run }) => {
    const list = (args: string) =>
      `{ account(id: "${account}") { userGroups(${args}) { nodes { name } pageInfo { hasNextPage shifted } } } }`;
    type Page = { account: { userGroups: { nodes: { name: string }[]; pageInfo: { shifted: boolean } } } };
    const { data } = await run<Created, object>(create, { name: "Zzz" });
    const { cursor } = data?.createUserGroup.userGroupEdge ?? ({} as never);
    const all = (await run<Page, object>(list("first: 100"))).data?.account.userGroups.nodes ?? [];
    for (const args of [`first: 5, after: "${cursor}"`, `last: 5, before: "${cursor}"`]) {
      const { data, errors, calls } = await run<Page, object>(list(args));
      expect(errors).toBeUndefined();
      expect(calls.length).toBeLessThanOrEqual(2);
      const { nodes, pageInfo } = data?.account.userGroups ?? ({} as never);
      const at = all.findIndex(({ name }) => name === "Zzz");
      const expected = args.startsWith("first") ? all.slice(at + 1).slice(0, 5) : all.slice(0, at).slice(-5);
      expect(pageInfo.shifted, args).toBe(false);
      expect(nodes, args).toEqual(expected);
    }
    const other = (
      await run(`{ account(id: "${account}") { members(first: 1, after: "${cursor}") { nodes { id } } } }`)
    ).errors;
    expect(other?.[0]?.message).toContain("must be a cursor of this list");
  });

  test.for([
    ["createResourceGroup", "resourceGroupEdge", { name: "Shops", scope: { account: true } }],
    ["createSsoConnector", "ssoConnectorEdge", { emailDomain: "new.example" }],
    ["inviteMember", "memberEdge", { email: "mara@new.example", roleIds: ["05784afa30c1afe1440e79d9351c7430"] }],
  ] as const)("%s gives one, too", async ([mutation, edge, more], { run }) => {
    const Type = mutation.charAt(0).toUpperCase() + mutation.slice(1);
    const document = `mutation ($input: ${Type}Input!) { made: ${mutation}(input: $input) { __typename
      ... on ${Type}Payload { ${edge} { cursor node { id cloudflareId } } ${edge.replace("Edge", "")} { id cloudflareId } } } }`;
    type Made = { made: Record<string, { cursor: string; node: object }> };
    const { data, calls } = await run<Made, object>(document, { input: { accountId: account, ...more } });
    expect(data?.made.__typename).toBe(`${Type}Payload`);
    expect(data?.made[edge]?.node).toEqual(data?.made[edge.replace("Edge", "")]);
    expect(data?.made[edge]?.cursor).toMatch(/^[\w-]+$/);
    expect(calls.filter((route) => route.startsWith("POST"))).toHaveLength(1);
  });
});
