import { describe } from "vitest";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import type { Member, PermissionGroup } from "../../../src/sandbox/state.ts";
import { type RunOperation, serviceMode, setup } from "../../gateway.ts";
import {
  account,
  acme,
  test as base,
  mutateBy as confirming,
  dnsRole,
  expect,
  groupNamed,
  type Mutate,
  nobody,
  noon,
  people,
  policy,
  superAdministratorRole,
} from "./mutation.ts";

/** Nothing is confirmed unless a test says so. */
const mutateBy = (run: RunOperation) => confirming(run, []);
const test = base.extend("mutate", ({ run }) => mutateBy(run));

const home = { accountId: account };
const both = ["LAST_SUPER_ADMINISTRATOR", "OWN_MEMBERSHIP"];
const last = { __typename: "ConfirmationRequiredError", required: ["LAST_SUPER_ADMINISTRATOR"] };
const own = { __typename: "ConfirmationRequiredError", required: ["OWN_MEMBERSHIP"] };
const writes = (calls: string[]) => calls.filter((route) => !route.startsWith("GET "));

/** The seeded Super Administrator, by a legacy role. */
const mara = (sandbox: Sandbox) => people(sandbox, 0)[0] ?? "";

function allPrivileges(sandbox: Sandbox): PermissionGroup {
  const found = [...acme(sandbox).permissionGroups.values()].find(({ meta }) => meta.label === "all_privileges");
  if (!found) throw new Error("The catalogue has no Super Administrator.");
  return found;
}

/** Makes a user group one of Super Administrators, on the whole account. */
function elevate(sandbox: Sandbox, name: string) {
  const group = groupNamed(sandbox, name);
  const [like] = groupNamed(sandbox, "DNS Operators").policies;
  if (!like) throw new Error("DNS Operators have no policy.");
  group.policies = [{ ...like, id: "e".repeat(32), permission_groups: [allPrivileges(sandbox)] }];
  return group;
}

/** Nobody but the members of one group is a Super Administrator. */
function onlyBy(sandbox: Sandbox, name: string, ...places: number[]) {
  demote(sandbox, mara(sandbox));
  const group = elevate(sandbox, name);
  group.members.clear();
  for (const id of people(sandbox, ...places)) group.members.set(id, "2026-01-01T00:00:00Z");
  return group;
}

function member(sandbox: Sandbox, id: string): Member {
  return acme(sandbox).members.get(id) as Member;
}

function demote(sandbox: Sandbox, id: string): void {
  Object.assign(member(sandbox, id), { roles: [], policies: [] });
}

function promote(sandbox: Sandbox, id: string): void {
  member(sandbox, id).roles = member(sandbox, mara(sandbox)).roles;
}

/** The person behind the token of the tests becomes a member. */
function join(sandbox: Sandbox, id: string): void {
  const { user, ...rest } = member(sandbox, id);
  acme(sandbox).members.set(id, {
    ...rest,
    email: "Admin@acme.example",
    user: { ...user, email: "admin@acme.example" },
  });
}

describe("the last Super Administrator", () => {
  test("by a role is not removed without a confirmation", async ({ mutate, sandbox }) => {
    const input = { ...home, memberId: mara(sandbox) };
    const refused = await mutate("removeMember", input);
    expect(refused.result).toMatchObject({
      ...last,
      message:
        "Nothing was sent, because nobody would be left who certainly is a Super Administrator of the account. If that is meant: " +
        "`confirm: [LAST_SUPER_ADMINISTRATOR]`.",
    });
    expect(writes(refused.calls)).toEqual([]);
    const done = await mutate("removeMember", { ...input, confirm: both });
    expect(done).toMatchObject({
      result: { __typename: "RemoveMemberPayload" },
      calls: ["DELETE /accounts/{account_id}/members/{member_id}"],
    });
  });

  test("is not demoted by other roles or policies, and may be written as they are", async ({ mutate, sandbox }) => {
    const input = { ...home, memberId: mara(sandbox) };
    expect((await mutate("updateMember", { ...input, roleIds: [dnsRole] })).result).toMatchObject(last);
    expect((await mutate("updateMember", { ...input, policies: [policy] })).result).toMatchObject(last);
    // A permission that nothing tells of may be any.
    const unknown = [{ ...policy, permissionGroupIds: [nobody] }];
    expect((await mutate("updateMember", { ...input, policies: unknown })).result).toMatchObject(last);
    const roleIds = [superAdministratorRole, dnsRole];
    expect((await mutate("updateMember", { ...input, roleIds })).result.__typename).toBe("UpdateMemberPayload");
    const elevated = { ...policy, permissionGroupIds: [allPrivileges(sandbox).id] };
    expect((await mutate("updateMember", { ...input, policies: [elevated] })).result.__typename).toBe(
      "UpdateMemberPayload",
    );
    expect((await mutate("updateMember", { ...input, policies: [policy], confirm: both })).result.__typename).toBe(
      "UpdateMemberPayload",
    );
  });

  test("may go while another one is left, also by a user group", async ({ mutate, sandbox }) => {
    elevate(sandbox, "Auditors");
    const { result } = await mutate("removeMember", { ...home, memberId: mara(sandbox) });
    expect(result.__typename).toBe("RemoveMemberPayload");
  });

  test("is none who has not accepted the invitation", async ({ mutate, sandbox }) => {
    const [pending = ""] = people(sandbox, 6);
    promote(sandbox, pending);
    expect((await mutate("removeMember", { ...home, memberId: mara(sandbox) })).result).toMatchObject(last);
    expect((await mutate("removeMember", { ...home, memberId: pending })).result.__typename).toBe(
      "RemoveMemberPayload",
    );
  });

  const ways: [mutation: string, input: (sandbox: Sandbox) => object][] = [
    ["removeMember", (sandbox) => ({ memberId: people(sandbox, 1)[0] })],
    ["removeUserGroupMember", (sandbox) => ({ ...of(sandbox), memberId: people(sandbox, 1)[0] })],
    ["replaceUserGroupMembers", (sandbox) => ({ ...of(sandbox), memberIds: [] })],
    ["deleteUserGroup", (sandbox) => of(sandbox)],
    ["updateUserGroup", (sandbox) => ({ ...of(sandbox), policies: [policy] })],
    ["updateUserGroup", (sandbox) => ({ ...of(sandbox), name: "x", policies: [] })],
    [
      "updateUserGroupPolicy",
      (sandbox) => ({ ...of(sandbox), policyId: "e".repeat(32), policy: { permissionGroupLabels: ["admin"] } }),
    ],
    [
      "updateUserGroupPolicy",
      (sandbox) => ({
        ...of(sandbox),
        policyId: "e".repeat(32),
        policy: { resourceGroups: [{ scope: { zoneIds: ["a".repeat(32)] } }] },
      }),
    ],
    ["removeUserGroupPolicy", (sandbox) => ({ ...of(sandbox), policyId: "e".repeat(32) })],
  ];
  const of = (sandbox: Sandbox) => ({ userGroupId: groupNamed(sandbox, "Auditors").id });

  test.for(ways)("by a user group is not demoted by %s", async ([mutation, input], { mutate, sandbox }) => {
    onlyBy(sandbox, "Auditors", 1);
    const before = structuredClone(acme(sandbox));
    const refused = await mutate(mutation, { ...home, ...input(sandbox) });
    expect(refused.result).toMatchObject(last);
    expect(writes(refused.calls)).toEqual([]);
    expect(acme(sandbox)).toEqual(before);
    const confirm = ["LAST_SUPER_ADMINISTRATOR"];
    const { result } = await mutate(mutation, { ...home, ...input(sandbox), confirm });
    expect(result.__typename).toMatch(/Payload$/);
  });

  test.for(ways)("is another one, so that %s goes on", async ([mutation, input], { mutate, sandbox }) => {
    onlyBy(sandbox, "Auditors", 1);
    promote(sandbox, people(sandbox, 2)[0] ?? "");
    member(sandbox, people(sandbox, 2)[0] ?? "").roles = [
      { id: superAdministratorRole, name: "Super Administrator - All Privileges", description: "", permissions: {} },
    ];
    expect((await mutate(mutation, { ...home, ...input(sandbox) })).result.__typename).toMatch(/Payload$/);
  });

  test.for<[string, object]>([
    ["deleteResourceGroup", {}],
    ["updateResourceGroup", { scope: { zoneIds: ["a".repeat(32)] } }],
  ])("does not lose the resources to %s", async ([mutation, more], { mutate, sandbox }) => {
    const group = onlyBy(sandbox, "Auditors", 1);
    const [policies] = group.policies;
    const [storefront] = acme(sandbox).resourceGroups.values();
    if (!policies || !storefront) throw new Error("There is no such policy.");
    // A group that somebody made of the whole account.
    storefront.scope = { key: `com.cloudflare.api.account.${account}`, objects: [{ key: "*" }] };
    policies.resource_groups = [storefront];
    const input = { ...home, resourceGroupId: storefront.id, ...more };
    const refused = await mutate(mutation, input);
    expect(refused.result).toMatchObject(last);
    expect(writes(refused.calls)).toEqual([]);
    const same = await mutate("updateResourceGroup", { ...input, name: "All", scope: { account: true } });
    expect(same.result.__typename).toBe("UpdateResourceGroupPayload");
    expect((await mutate(mutation, { ...input, confirm: both })).result.__typename).toMatch(/Payload$/);
  });

  test("is not taken for gone where it cannot be read who is left", async ({ mutate, sandbox }) => {
    onlyBy(sandbox, "Auditors", 1, 2);
    sandbox.injectFault("GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members", {
      kind: "error",
      status: 403,
      body: "empty",
    });
    const { result } = await mutate("removeMember", { ...home, memberId: people(sandbox, 1)[0] });
    expect(result).toMatchObject(last);
  });

  test("of a group of whom a policy names permissions by ID alone", async () => {
    const { sandbox, run } = setup({ clock: noon, quirks: ["permissionGroupsById"] });
    const group = onlyBy(sandbox, "Auditors", 1);
    const { result } = await mutateBy(run)("deleteUserGroup", { ...home, userGroupId: group.id });
    expect(result).toMatchObject(last);
  });

  test("in a group is one no longer without it, also where Cloudflare shows the group's policies on its members", async () => {
    for (const [mutation, input] of [
      ["removeUserGroupMember", (_group: string, memberId: string) => ({ memberId })],
      ["deleteUserGroup", () => ({})],
      ["offboardMember", (_group: string, memberId: string) => ({ memberId, keepMembership: true })],
    ] as const) {
      const { sandbox, run } = setup({ clock: noon, inheritedPolicies: true });
      const { id } = onlyBy(sandbox, "Auditors", 1);
      const [memberId = ""] = people(sandbox, 1);
      const of = mutation === "offboardMember" ? {} : { userGroupId: id };
      const { result, calls } = await mutateBy(run)(mutation, { ...home, ...of, ...input(id, memberId) });
      expect(result, mutation).toMatchObject(last);
      expect(writes(calls)).toEqual([]);
    }
  });

  test("by a group is not denied it by a policy of their own", async ({ mutate, sandbox }) => {
    onlyBy(sandbox, "Auditors", 1);
    const [memberId] = people(sandbox, 1);
    const denied = { ...policy, access: "DENY", permissionGroupIds: [allPrivileges(sandbox).id] };
    const { result, calls } = await mutate("updateMember", { ...home, memberId, policies: [denied] });
    expect(result).toMatchObject(last);
    expect(writes(calls)).toEqual([]);
  });

  test("is left by two removals at the same time of the last two", async () => {
    for (const by of ["role", "group"] as const) {
      const { sandbox, run } = setup({ clock: noon });
      const two = by === "role" ? [mara(sandbox), people(sandbox, 1)[0] ?? ""] : people(sandbox, 1, 2);
      if (by === "role") promote(sandbox, two[1] ?? "");
      else onlyBy(sandbox, "Auditors", 1, 2);
      const remove = (memberId: string) => mutateBy(run)("removeMember", { ...home, memberId });
      const results = await Promise.all(two.map(remove));
      expect(results.map(({ result }) => result.__typename).toSorted()).toEqual([
        "ConfirmationRequiredError",
        "RemoveMemberPayload",
      ]);
      expect(two.filter((id) => acme(sandbox).members.has(id))).toHaveLength(1);
    }
  });
});

test.for<[string, (memberId: string) => object]>([
  ["updateMember", (memberId) => ({ ...home, memberId, roleIds: [dnsRole] })],
  ["offboardMember", (memberId) => ({ ...home, memberId })],
  ["applyChanges", (memberId) => ({ ...home, changes: [{ removeMember: { memberId } }] })],
])(
  "one of the last two Super Administrators is left by a removal and %s at the same time",
  async ([mutation, input]) => {
    const { sandbox, run } = setup({ clock: noon });
    const [first, second] = [mara(sandbox), people(sandbox, 1)[0] ?? ""];
    promote(sandbox, second);
    const results = await Promise.all([
      mutateBy(run)(mutation, input(second)),
      mutateBy(run)("removeMember", { ...home, memberId: first }),
    ]);
    const refused = results.filter(({ result }) =>
      /^(ConfirmationRequired|PartialChange)Error$/.test(result.__typename),
    );
    expect(refused, JSON.stringify(results.map(({ result }) => result))).toHaveLength(1);
    const isOne = (id: string) =>
      member(sandbox, id)?.roles.some((role) => role.id === superAdministratorRole) ?? false;
    expect([isOne(first), isOne(second)].filter(Boolean)).toHaveLength(1);
  },
);

describe("what tells whether it concerns one is read, and no more", () => {
  const group = "/accounts/{account_id}/iam/user_groups/{user_group_id}";
  const asked = serviceMode ? [] : ["GET /user"];

  test("of a member: that member, and the user groups", async ({ mutate, sandbox }) => {
    const { calls } = await mutate("removeMember", { ...home, memberId: people(sandbox, 17)[0] });
    expect(calls).toEqual([
      "GET /accounts/{account_id}/members/{member_id}",
      "GET /accounts/{account_id}/iam/user_groups",
      ...asked,
      "DELETE /accounts/{account_id}/members/{member_id}",
    ]);
  });

  test("of a user group: that group", async ({ mutate, sandbox }) => {
    const { id, members } = groupNamed(sandbox, "Auditors");
    const [memberId] = members.keys();
    const one = await mutate("removeUserGroupMember", { ...home, userGroupId: id, memberId });
    expect(one.calls).toEqual([
      `GET ${group}`,
      ...asked,
      ...(serviceMode ? [] : [`GET ${group}/members/{member_id}`]),
      `DELETE ${group}/members/{member_id}`,
    ]);
    const all = await mutate("deleteUserGroup", { ...home, userGroupId: id });
    expect(all.calls).toEqual([`GET ${group}`, `DELETE ${group}`]);
  });
});

describe("the caller's own membership", () => {
  const admin = async (mutate: Mutate, mutation: string, input: object, confirm?: string[]) =>
    (await mutate(mutation, { ...home, ...input, ...(confirm && { confirm }) }, "warnings { code }")).result;

  test.skipIf(serviceMode)("is told by GET /user, and not removed or demoted", async ({ mutate, sandbox }) => {
    const [id = ""] = people(sandbox, 3);
    join(sandbox, id);
    expect(await admin(mutate, "removeMember", { memberId: id })).toMatchObject(own);
    expect(await admin(mutate, "updateMember", { memberId: id, roleIds: [superAdministratorRole] })).toMatchObject(own);
    // DNS is what they have.
    const more = { memberId: id, roleIds: [dnsRole, superAdministratorRole] };
    expect((await admin(mutate, "updateMember", more)).__typename).toBe("UpdateMemberPayload");
    expect((await admin(mutate, "removeMember", { memberId: id }, ["OWN_MEMBERSHIP"])).__typename).toBe(
      "RemoveMemberPayload",
    );
  });

  test.skipIf(serviceMode)("leaves no user group that grants something", async ({ mutate, sandbox }) => {
    const [id = ""] = people(sandbox, 3);
    join(sandbox, id);
    for (const name of ["Auditors", "Finance"]) groupNamed(sandbox, name).members.set(id, "2026-01-01T00:00:00Z");
    const auditors = { userGroupId: groupNamed(sandbox, "Auditors").id };
    expect(await admin(mutate, "removeUserGroupMember", { ...auditors, memberId: id })).toMatchObject(own);
    expect(await admin(mutate, "replaceUserGroupMembers", { ...auditors, memberIds: [] })).toMatchObject(own);
    const stays = { ...auditors, memberIds: [id] };
    expect((await admin(mutate, "replaceUserGroupMembers", stays)).__typename).toBe("ReplaceUserGroupMembersPayload");
    // Finance has no policy.
    const finance = { userGroupId: groupNamed(sandbox, "Finance").id, memberId: id };
    expect((await admin(mutate, "removeUserGroupMember", finance)).__typename).toBe("RemoveUserGroupMemberPayload");
  });

  test.skipIf(serviceMode)(
    "keeps a policy on a zone where roles are written, and is denied nothing",
    async ({ mutate, sandbox }) => {
      const [memberId = ""] = people(sandbox, 4);
      join(sandbox, memberId);
      const { roles, policies } = member(sandbox, memberId);
      expect([roles.length, policies.length]).toEqual([1, 1]);
      const same = { memberId, roleIds: roles.map(({ id }) => id) };
      expect(await admin(mutate, "updateMember", same)).toMatchObject(own);
      Object.assign(member(sandbox, memberId), { roles: [], policies: [] });
      const denied = { memberId, policies: [{ ...policy, access: "DENY" }] };
      expect(await admin(mutate, "updateMember", denied)).toMatchObject(own);
    },
  );

  test.skipIf(serviceMode)("cannot be told where the members of a group have no address: a warning", async () => {
    const { sandbox, run } = setup({ clock: noon, quirks: ["groupMembersWithoutEmail"] });
    const [memberId = ""] = people(sandbox, 3);
    join(sandbox, memberId);
    const group = groupNamed(sandbox, "Auditors");
    group.members.set(memberId, "2026-01-01T00:00:00Z");
    const result = await admin(mutateBy(run), "replaceUserGroupMembers", { userGroupId: group.id, memberIds: [] });
    expect(result).toMatchObject({ warnings: [{ code: "OWN_MEMBERSHIP_UNKNOWN" }] });
  });

  test.skipIf(serviceMode)("is needed together with the last Super Administrator", async ({ mutate, sandbox }) => {
    const group = onlyBy(sandbox, "Auditors", 3);
    join(sandbox, people(sandbox, 3)[0] ?? "");
    expect(await admin(mutate, "deleteUserGroup", { userGroupId: group.id })).toMatchObject({
      __typename: "ConfirmationRequiredError",
      required: both,
    });
    const first = ["LAST_SUPER_ADMINISTRATOR"];
    expect(await admin(mutate, "deleteUserGroup", { userGroupId: group.id }, first)).toMatchObject(own);
  });

  test.skipIf(serviceMode)("cannot be told of a token that an account owns: a warning", async () => {
    const { sandbox, run } = setup({ clock: noon });
    const [memberId = ""] = people(sandbox, 17);
    const headers = { authorization: "Bearer sandbox-account" };
    const { result } = await mutateBy(run)("removeMember", { ...home, memberId }, "warnings { code message }", headers);
    expect(result).toMatchObject({ __typename: "RemoveMemberPayload", warnings: [{ code: "OWN_MEMBERSHIP_UNKNOWN" }] });
    // The refusal says nothing of the token.
    const again = await mutateBy(run)(
      "removeMember",
      { ...home, memberId: people(sandbox, 18)[0] },
      undefined,
      headers,
    );
    expect(again.result.__typename).toBe("RemoveMemberPayload");
  });

  test.skipIf(serviceMode)("of a user with a global key costs no call", async ({ mutate, sandbox }) => {
    const [memberId = ""] = people(sandbox, 3);
    join(sandbox, memberId);
    const headers = { "x-auth-email": "admin@acme.example", "x-auth-key": "sandbox-admin-key" };
    const { result, calls } = await mutate("removeMember", { ...home, memberId }, undefined, headers);
    expect(result).toMatchObject(own);
    expect(calls).not.toContain("GET /user");
  });

  test("is told by the e-mail claim in service mode, and a caller without one is warned", async () => {
    let email: string | null = "Jonas.Weber@acme.example";
    const caller = { credential: { token: "sandbox-admin" }, problem: "", rights: new Map([["*", "write" as const]]) };
    const { sandbox, run } = setup({ clock: noon }, undefined, {
      authenticate: async () => ({ id: "jonas", email, ...caller }),
    });
    const [memberId = ""] = people(sandbox, 3);
    const mutate = mutateBy(run);
    const refused = await mutate("removeMember", { ...home, memberId });
    expect(refused.result).toMatchObject(own);
    expect(refused.calls).not.toContain("GET /user");
    email = null;
    const { result } = await mutate("removeMember", { ...home, memberId }, "warnings { code }");
    expect(result).toEqual({ __typename: "RemoveMemberPayload", warnings: [{ code: "OWN_MEMBERSHIP_UNKNOWN" }] });
  });
});
