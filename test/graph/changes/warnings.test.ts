import { describe } from "vitest";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { serviceMode, setup } from "../../gateway.ts";
import {
  account,
  acme,
  dns,
  expect,
  groupNamed,
  people,
  policy,
  purge,
  superAdministratorRole,
  test,
} from "../mutations/mutation.ts";
import { memberBy, previewBy, shortly } from "./preview.ts";

/** Those of some members who have accepted the invitation. */
function accepted(sandbox: Sandbox, ids: Iterable<string>): string[] {
  return [...ids].filter((id) => acme(sandbox).members.get(id)?.status === "accepted");
}

const codes = (warnings: { code: string; change: number | null }[]) =>
  warnings.map(({ code, change }) => [code, change]);

test("the last Super Administrator, who is the caller, and the tokens that they leave behind", async ({
  sandbox,
  run,
}) => {
  const [first = ""] = people(sandbox, 0);
  const made = [...acme(sandbox).apiTokens.values()].filter(
    (token) => token.creator_email_at_creation === acme(sandbox).members.get(first)?.email,
  );
  const member = acme(sandbox).members.get(first);
  if (member) member.email = member.user.email = "admin@acme.example";
  for (const token of made) token.creator_email_at_creation = "admin@acme.example";
  const { preview, calls } = await previewBy(run)([{ removeMember: { memberId: first } }]);
  expect(codes(preview.warnings)).toContainEqual(["LAST_SUPER_ADMINISTRATOR", 0]);
  expect(codes(preview.warnings)).toContainEqual([serviceMode ? "OWN_MEMBERSHIP_UNKNOWN" : "OWN_MEMBERSHIP", 0]);
  expect(codes(preview.warnings)).toContainEqual(["TOKENS_STAY", 0]);
  expect(preview.refusals).toEqual([]);
  expect(calls).toContain("GET /accounts/{account_id}/tokens");
  expect(acme(sandbox).members.has(first)).toBe(true);
});

test("another Super Administrator is made first: then there is no last one", async ({ sandbox, run }) => {
  const [first = ""] = people(sandbox, 0);
  const second = accepted(sandbox, acme(sandbox).members.keys()).at(-1);
  const { preview } = await previewBy(run)([
    { updateMember: { memberId: second, roleIds: [superAdministratorRole] } },
    { removeMember: { memberId: first } },
  ]);
  expect(codes(preview.warnings)).not.toContainEqual(["LAST_SUPER_ADMINISTRATOR", 1]);
});

test("tokens that stay are named, and where they cannot be read that is told", async ({ sandbox, run }) => {
  const [token] = [...acme(sandbox).apiTokens.values()].filter((each) => each.creator_email_at_creation);
  const email = token?.creator_email_at_creation ?? "";
  const [someone = ""] = people(sandbox, 20);
  const member = acme(sandbox).members.get(someone);
  if (member) member.email = email.toUpperCase();
  const removal = [{ offboardMember: { memberId: someone } }];
  const { preview } = await previewBy(run)(removal);
  const stay = preview.warnings.find(({ code }) => code === "TOKENS_STAY");
  expect(stay?.message).toContain(`stay as they are: ${token?.name}`);
  if (token) token.status = "disabled";
  const { preview: off } = await previewBy(run)(removal);
  expect(off.warnings.map(({ message }) => message).join()).toContain(`${token?.name} (disabled)`);
  // Two tokens do not tell who made them.
  expect(preview.unread.map(({ kind }) => kind)).toEqual(["API_TOKENS", "API_TOKENS"]);

  sandbox.injectFault("GET /accounts/{account_id}/tokens", { kind: "error", status: 403, body: "empty" });
  const blind = await previewBy(run)(removal);
  expect(blind.preview.complete).toBe(false);
  expect(blind.preview.unread.map(({ kind }) => kind)).toEqual(["API_TOKENS"]);

  const stays = await previewBy(run)([{ offboardMember: { memberId: someone, keepMembership: true } }]);
  expect(stays.calls).not.toContain("GET /accounts/{account_id}/tokens");
});

test("the last one who holds a permission on a zone", async ({ sandbox, run }) => {
  const performers = groupNamed(sandbox, "Web Performance");
  for (const each of acme(sandbox).userGroups.values()) if (each !== performers) each.policies = [];
  for (const member of acme(sandbox).members.values()) member.policies = [];
  const [last, ...others] = accepted(sandbox, performers.members.keys());
  const all = [{ replaceUserGroupMembers: { userGroupId: performers.id, memberIds: [] } }];
  const { preview: emptied } = await previewBy(run)(all);
  const told = emptied.warnings.filter(({ code }) => code === "LAST_HOLDER").map(({ message }) => message);
  // Two permissions on five zones, of which each belongs to one of the two resource groups.
  expect(told.length).toBeGreaterThanOrEqual(10);
  expect(new Set(told).size).toBe(told.length);
  expect(told[0]).toMatch(/^Nobody would be left who certainly holds .+ on zone [0-9a-f]{32}\.$/);
  const { preview: kept } = await previewBy(run)([
    { replaceUserGroupMembers: { userGroupId: performers.id, memberIds: [last] } },
  ]);
  expect(others.length).toBeGreaterThan(0);
  expect(kept.warnings.some(({ code }) => code === "LAST_HOLDER")).toBe(false);
});

test("the last one who holds a legacy role, by the role or by what it became", async ({ sandbox, run }) => {
  const [memberId = "", another = ""] = people(sandbox, 8, 9);
  const billing = acme(sandbox).members.get(memberId)?.roles ?? [];
  const warned = async () => {
    const { preview } = await previewBy(run)([{ removeMember: { memberId } }]);
    return preview.warnings.filter(({ code }) => code === "LAST_HOLDER").map(({ message }) => message);
  };
  expect(await warned()).toEqual(["Nobody would be left who certainly holds Billing on the account."]);
  Object.assign(acme(sandbox).members.get(another) ?? {}, { roles: billing, status: "accepted" });
  expect(await warned()).toEqual([]);
});

test("no directory keeps a group that is not named", async ({ sandbox, run }) => {
  const [memberId = ""] = people(sandbox, 20);
  sandbox.injectFault("GET /accounts/{account_id}/iam/user_groups", { kind: "error", status: 403, body: "empty" });
  const { preview } = await previewBy(run)([{ removeMember: { memberId } }]);
  expect(preview.warnings.map(({ message }) => message).join()).not.toContain("SCIM");
});

test("a user group that a directory may keep: its name, members and end, and not its policies", async ({
  sandbox,
  run,
}) => {
  const { id } = groupNamed(sandbox, "Finance");
  const [someone = ""] = people(sandbox, 30);
  const { preview } = await previewBy(run)([
    { addUserGroupPolicy: { userGroupId: id, policy } },
    { updateUserGroup: { userGroupId: id, policies: [] } },
    { updateUserGroup: { userGroupId: id, name: "Money" } },
    { addUserGroupMembers: { userGroupId: id, memberIds: [someone] } },
    { createUserGroup: { accountId: account, name: "New" } },
    { addUserGroupMembers: { userGroupId: "#4", memberIds: [someone] } },
    { deleteUserGroup: { userGroupId: id } },
  ]);
  expect(codes(preview.warnings).filter(([code]) => code === "DIRECTORY_MAY_KEEP")).toEqual([
    ["DIRECTORY_MAY_KEEP", 2],
    ["DIRECTORY_MAY_KEEP", 3],
    ["DIRECTORY_MAY_KEEP", 6],
  ]);
});

test("a policy that changes nothing", async ({ sandbox, run }) => {
  const { id, policies } = groupNamed(sandbox, "DNS Operators");
  const [{ id: policyId = "" } = {}] = policies;
  const { preview } = await previewBy(run)([
    { addUserGroupPolicy: { userGroupId: id, policy } },
    { addUserGroupPolicy: { userGroupId: id, policy: { ...policy, permissionGroupIds: [purge] } } },
    { updateUserGroupPolicy: { userGroupId: id, policyId, policy: { permissionGroupIds: [dns] } } },
    { createUserGroup: { accountId: account, name: "Twice", policies: [policy, policy] } },
  ]);
  expect(codes(preview.warnings).filter(([code]) => code === "NOTHING_CHANGES")).toEqual([
    ["NOTHING_CHANGES", 0],
    ["NOTHING_CHANGES", 2],
    ["NOTHING_CHANGES", 3],
    ["NOTHING_CHANGES", 3],
  ]);
});

describe("what was not read is MAYBE", () => {
  const list = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";

  test("a user group that grants the same, and whose members cannot be read", async ({ sandbox, run }) => {
    const [one, other] = [groupNamed(sandbox, "DNS Operators"), groupNamed(sandbox, "Network Operations")];
    sandbox.injectFault(
      list,
      { kind: "error", status: 500, body: "html" },
      ({ params }) => params.user_group_id === other.id,
    );
    const { preview } = await previewBy(run)([{ deleteUserGroup: { userGroupId: one.id } }]);
    expect(preview.complete).toBe(false);
    expect(preview.unread).toMatchObject([{ kind: "USER_GROUP_MEMBERS", what: "Network Operations" }]);
    expect(new Set(preview.accessChanges.map(({ kind }) => kind))).toEqual(new Set(["MAYBE"]));
    expect(new Set(preview.accessChanges.map(({ member }) => member.cloudflareId))).toEqual(
      new Set(one.members.keys()),
    );
  });

  test("the members of the user group that changes: it may concern everybody", async ({ sandbox, run }) => {
    const one = groupNamed(sandbox, "DNS Operators");
    sandbox.injectFault(
      list,
      { kind: "error", status: 500, body: "html" },
      ({ params }) => params.user_group_id === one.id,
    );
    const { preview } = await previewBy(run)([{ deleteUserGroup: { userGroupId: one.id } }]);
    expect(preview.refusals).toEqual([]);
    expect(new Set(preview.accessChanges.map(({ kind }) => kind))).toEqual(new Set(["MAYBE"]));
    expect(preview.accessChanges.length).toBeGreaterThan(40);
  });

  test("the members of the user group that somebody leaves: it may concern them, and nobody else", async ({
    sandbox,
    run,
  }) => {
    const one = groupNamed(sandbox, "DNS Operators");
    const someone = accepted(sandbox, one.members.keys())[0] ?? "";
    sandbox.injectFault(
      list,
      { kind: "error", status: 500, body: "html" },
      ({ params }) => params.user_group_id === one.id,
    );
    const leaving = [{ removeUserGroupMember: { userGroupId: one.id, memberId: someone } }];
    const { preview } = await previewBy(run)(leaving);
    expect(preview).toMatchObject({ complete: false, refusals: [] });
    expect(new Set(shortly(preview))).toEqual(new Set([`MAYBE ${memberEmail(sandbox, someone)}`]));
  });

  test("the members of the account: what they have themselves is not known", async ({ sandbox, run }) => {
    const [one, someone = ""] = [groupNamed(sandbox, "Web Performance"), ...people(sandbox, 40)];
    sandbox.injectFault("GET /accounts/{account_id}/members", { kind: "error", status: 403, body: "empty" });
    const { preview } = await previewBy(run)([{ addUserGroupMembers: { userGroupId: one.id, memberIds: [someone] } }]);
    expect(preview).toMatchObject({ complete: false, refusals: [], unread: [{ kind: "MEMBER", what: null }] });
    expect(new Set(shortly(preview))).toEqual(new Set([`MAYBE ${memberEmail(sandbox, someone)}`]));
  });

  function memberEmail(sandbox: Parameters<typeof acme>[0], id: string) {
    const member = acme(sandbox).members.get(id);
    return member?.email ?? member?.user.email;
  }
});

test("policies of user groups that Cloudflare shows on members are theirs no longer", async () => {
  const { sandbox, run } = setup({ inheritedPolicies: true });
  const group = groupNamed(sandbox, "Auditors");
  const [someone = ""] = group.members.keys();
  const { preview } = await previewBy(run)([{ removeUserGroupMember: { userGroupId: group.id, memberId: someone } }]);
  expect(preview.accessChanges.some(({ kind }) => kind === "LOST")).toBe(true);
  expect(memberBy(sandbox, preview.accessChanges[0]?.member.email ?? "")).toBe(someone);
});
