import { describe } from "vitest";
import { venturesId } from "../../../src/sandbox/acme.ts";
import { accountKey } from "../../../src/sandbox/seed.ts";
import { cases, inParts, stateOf } from "./cases.ts";
import { account, dns, documentOf, expect, globalId, nobody, policy, purge, test } from "./mutation.ts";

const at = { accountId: account, userGroupId: nobody };
const self = { accountId: account, userGroupId: nobody };
const resource = { accountId: account, resourceGroupId: nobody };
const connector = { accountId: account, ssoConnectorId: nobody };
const somebody = { accountId: account, memberId: nobody };
const email = "new@acme.example";
const address = "must be an e-mail address such as mara@example.com";
const all = { account: true };
const malformed = "must be a Cloudflare ID of 32 letters and digits, or a global ID";
const blank = "must not be blank or hold control characters";
const domain = "must be a domain such as example.com";
const empty = "must not be empty";
const there = "is there already";
const stale = "must be a `revision` as it was read; leave it out to write whatever is there";
const rawScope = (key: string) => ({ scope: { raw: { key, objects: ["*"] } } });
const wrong = (part: object) => ({ ...policy, ...part });

/** A mutation, an input that cannot be used, and each problem: where, and what. */
type Bad = [mutation: string, input: object, ...problems: [path: string, message: string][]];

const bad: Bad[] = [
  // Names
  ["createUserGroup", { accountId: account, name: "" }, ["name", blank]],
  ["createUserGroup", { accountId: account, name: " \t " }, ["name", blank]],
  ["createUserGroup", { accountId: account, name: "a\u0000b" }, ["name", blank]],
  ["updateUserGroup", { ...self, name: "line\nbreak" }, ["name", blank]],
  ["createResourceGroup", { accountId: account, name: "\u007f", scope: all }, ["name", blank]],
  ["updateResourceGroup", { ...resource, name: "" }, ["name", blank]],
  // Domains
  ...[
    "",
    "acme",
    "@acme.example",
    "a@b.example",
    "https://acme.example",
    "-a.example",
    "a..b",
    "<script>.example",
    "ä.example",
  ].map((emailDomain): Bad => ["createSsoConnector", { accountId: account, emailDomain }, ["emailDomain", domain]]),
  [
    "createSsoConnector",
    { accountId: account, emailDomain: `${"a.".repeat(130)}example` },
    ["emailDomain", "must be at most 253 characters"],
  ],
  ["createSsoConnector", { accountId: account, emailDomain: `${"a".repeat(64)}.example` }, ["emailDomain", domain]],
  // Ids: malformed, of another type, of another account, without the account
  ["createUserGroup", { accountId: "acme", name: "x" }, ["accountId", malformed]],
  ["createUserGroup", { accountId: "", name: "x" }, ["accountId", malformed]],
  [
    "createUserGroup",
    { accountId: globalId("UserGroup", account, nobody), name: "x" },
    ["accountId", "must be of type Account, not UserGroup"],
  ],
  ["createResourceGroup", { accountId: "../x", name: "x", scope: all }, ["accountId", malformed]],
  ["createSsoConnector", { accountId: 7, emailDomain: "a.example" }, ["accountId", malformed]],
  ["deleteUserGroup", { userGroupId: nobody }, ["accountId", "is needed with a raw `userGroupId`"]],
  ["deleteUserGroup", { ...self, userGroupId: "x/y" }, ["userGroupId", malformed]],
  ["deleteUserGroup", { ...self, userGroupId: globalId("UserGroup", account, "..") }, ["userGroupId", malformed]],
  [
    "deleteUserGroup",
    { userGroupId: globalId("ResourceGroup", account, nobody) },
    ["userGroupId", "must be of type UserGroup, not ResourceGroup"],
  ],
  [
    "deleteUserGroup",
    { accountId: venturesId, userGroupId: globalId("UserGroup", account, nobody) },
    ["userGroupId", "is of another account"],
  ],
  [
    "deleteUserGroup",
    { accountId: "acme", userGroupId: globalId("UserGroup", account, nobody) },
    ["accountId", malformed],
  ],
  ["updateUserGroup", { userGroupId: nobody, name: "x" }, ["accountId", "is needed with a raw `userGroupId`"]],
  [
    "updateResourceGroup",
    { resourceGroupId: nobody, name: "x" },
    ["accountId", "is needed with a raw `resourceGroupId`"],
  ],
  [
    "deleteResourceGroup",
    { resourceGroupId: globalId("UserGroup", account, nobody) },
    ["resourceGroupId", "must be of type ResourceGroup, not UserGroup"],
  ],
  [
    "updateSsoConnector",
    { ssoConnectorId: nobody, enabled: true },
    ["accountId", "is needed with a raw `ssoConnectorId`"],
  ],
  ["deleteSsoConnector", { ...connector, ssoConnectorId: "" }, ["ssoConnectorId", malformed]],
  [
    "deleteSsoConnector",
    { ssoConnectorId: globalId("SsoConnector", account, "%40acme.example") },
    ["ssoConnectorId", "is of something without an ID of Cloudflare's, which no write can name"],
  ],
  ["beginSsoConnectorVerification", { ssoConnectorId: nobody }, ["accountId", "is needed with a raw `ssoConnectorId`"]],
  [
    "addUserGroupMembers",
    { userGroupId: nobody, memberIds: [dns] },
    ["accountId", "is needed with a raw `userGroupId`"],
  ],
  ["removeUserGroupMember", { ...at, memberId: "x" }, ["memberId", malformed]],
  [
    "removeUserGroupMember",
    { ...at, memberId: globalId("Member", venturesId, dns) },
    ["memberId", "is of another account"],
  ],
  [
    "removeUserGroupMember",
    {
      ...at,
      userGroupId: globalId("UserGroup", venturesId, dns),
      accountId: null,
      memberId: globalId("Member", account, dns),
    },
    ["memberId", "is of another account"],
  ],
  // What Cloudflare refuses in user groups
  [
    "createUserGroup",
    { accountId: account, name: "x", policies: [wrong({}), wrong({ access: "DENY" })] },
    ["policies.1.access", "must be ALLOW: Cloudflare refuses DENY in user groups"],
  ],
  [
    "updateUserGroup",
    { ...self, policies: [wrong({ access: "DENY" })] },
    ["policies.0.access", "must be ALLOW: Cloudflare refuses DENY in user groups"],
  ],
  [
    "addUserGroupPolicy",
    { ...at, policy: wrong({ access: "DENY" }) },
    ["policy.access", "must be ALLOW: Cloudflare refuses DENY in user groups"],
  ],
  [
    "updateUserGroupPolicy",
    { ...at, policyId: dns, policy: { access: "DENY" } },
    ["policy.access", "must be ALLOW: Cloudflare refuses DENY in user groups"],
  ],
  [
    "addUserGroupPolicy",
    { ...at, policy: wrong({ permissionGroupIds: [globalId("PermissionGroup", venturesId, dns)] }) },
    ["policy.permissionGroupIds.0", "is of another account"],
  ],
  [
    "addUserGroupPolicy",
    { ...at, policy: wrong({ permissionGroupIds: [globalId("Member", account, dns)] }) },
    ["policy.permissionGroupIds.0", "must be of type PermissionGroup, not Member"],
  ],
  [
    "addUserGroupPolicy",
    { ...at, policy: wrong({ resourceGroups: [{ id: "storefront" }] }) },
    ["policy.resourceGroups.0.id", malformed],
  ],
  [
    "updateUserGroupPolicy",
    { ...at, policyId: "first", policy: { permissionGroupIds: [dns] } },
    ["policyId", malformed],
  ],
  [
    "updateUserGroupPolicy",
    { ...at, policyId: globalId("Policy", account, "UserGroup", dns, "x"), policy: { permissionGroupIds: [dns] } },
    ["policyId", "is of another group"],
  ],
  [
    "removeUserGroupPolicy",
    { ...at, policyId: globalId("Policy", account, "Member", nobody, "x") },
    ["policyId", "is of another group"],
  ],
  [
    "removeUserGroupPolicy",
    { ...at, policyId: globalId("Policy", venturesId, "UserGroup", nobody, "x") },
    ["policyId", "is of another group"],
  ],
  [
    "removeUserGroupPolicy",
    { ...at, policyId: globalId("UserGroup", account, nobody) },
    ["policyId", "must be of type Policy, not UserGroup"],
  ],
  [
    "removeUserGroupPolicy",
    { userGroupId: nobody, policyId: globalId("Policy", account, "UserGroup", nobody, "x") },
    ["accountId", "is needed with a raw `userGroupId`"],
  ],
  // Lists that are empty, or hold something twice
  ["addUserGroupMembers", { ...at, memberIds: [] }, ["memberIds", empty]],
  ["addUserGroupMembers", { ...at, memberIds: [dns, globalId("Member", account, dns)] }, ["memberIds.1", there]],
  ["replaceUserGroupMembers", { ...at, memberIds: [dns, purge, dns] }, ["memberIds.2", there]],
  ["addUserGroupPolicy", { ...at, policy: wrong({ permissionGroupIds: [] }) }, ["policy.permissionGroupIds", empty]],
  ["addUserGroupPolicy", { ...at, policy: wrong({ resourceGroups: [] }) }, ["policy.resourceGroups", empty]],
  [
    "addUserGroupPolicy",
    { ...at, policy: wrong({ permissionGroupIds: [dns, dns] }) },
    ["policy.permissionGroupIds.1", there],
  ],
  [
    "addUserGroupPolicy",
    { ...at, policy: wrong({ resourceGroups: [{ id: dns }, { id: dns }] }) },
    ["policy.resourceGroups.1", there],
  ],
  [
    "addUserGroupPolicy",
    { ...at, policy: wrong({ resourceGroups: [{ scope: all }, rawScope(accountKey(account))] }) },
    ["policy.resourceGroups.1", there],
  ],
  [
    "updateUserGroupPolicy",
    { ...at, policyId: dns, policy: { permissionGroupIds: [] } },
    ["policy.permissionGroupIds", empty],
  ],
  [
    "createUserGroup",
    { accountId: account, name: "x", policies: [policy, wrong({ resourceGroups: [] })] },
    ["policies.1.resourceGroups", empty],
  ],
  // Scopes
  [
    "createResourceGroup",
    { accountId: account, name: "x", scope: { account: false } },
    ["scope.account", "must be true; leave it out and give zones otherwise"],
  ],
  ["createResourceGroup", { accountId: account, name: "x", scope: { zoneIds: [] } }, ["scope.zoneIds", empty]],
  [
    "createResourceGroup",
    { accountId: account, name: "x", scope: { zoneIds: ["acme.example", dns, dns] } },
    ["scope.zoneIds.2", there],
    ["scope.zoneIds.0", malformed],
  ],
  [
    "updateResourceGroup",
    { ...resource, scope: { raw: { key: " ", objects: [""] } } },
    ["scope.raw.key", empty],
    ["scope.raw.objects.0", empty],
  ],
  ["updateResourceGroup", { ...resource, scope: { raw: { key: "x", objects: [] } } }, ["scope.raw.objects", empty]],
  [
    "updateResourceGroup",
    { ...resource, scope: { raw: { key: "x", objects: ["*", "*"] } } },
    ["scope.raw.objects.1", there],
  ],
  // Nothing to change
  ["updateUserGroup", self, ["", "changes nothing: give `name` or `policies`"]],
  ["updateUserGroup", { ...self, name: null, policies: null }, ["", "changes nothing: give `name` or `policies`"]],
  ["updateResourceGroup", resource, ["", "changes nothing: give `name` or `scope`"]],
  ["updateSsoConnector", connector, ["", "changes nothing: give `enabled` or `useFedrampLanguage`"]],
  [
    "updateUserGroupPolicy",
    { ...at, policyId: dns, policy: {} },
    ["policy", "changes nothing: give `access` or `permissionGroupIds` or `permissionGroupLabels` or `resourceGroups`"],
  ],
  // Revisions: an empty one must never pass for none
  ["updateUserGroup", { ...self, name: "x", expectedRevision: "" }, ["expectedRevision", stale]],
  ["replaceUserGroupMembers", { ...at, memberIds: [], expectedRevision: "latest" }, ["expectedRevision", stale]],
  ["addUserGroupPolicy", { ...at, policy, expectedRevision: "" }, ["expectedRevision", stale]],
  [
    "updateUserGroupPolicy",
    { ...at, policyId: dns, policy: { permissionGroupIds: [dns] }, expectedRevision: "*" },
    ["expectedRevision", stale],
  ],
  ["removeUserGroupPolicy", { ...at, policyId: dns, expectedRevision: "" }, ["expectedRevision", stale]],
  // Members: an e-mail address, and exactly one way to say what is granted
  ...["", "mara", "@acme.example", "mara@acme", "a b@acme.example", "mara@acme.example\n"].map(
    (email): Bad => ["inviteMember", { accountId: account, email, roleIds: [dns] }, ["email", address]],
  ),
  [
    "inviteMember",
    { accountId: account, email: `${"a".repeat(80)}@acme.example`, roleIds: [dns] },
    ["email", "must be at most 90 characters"],
  ],
  ["inviteMember", { accountId: account, email }, ["", "needs exactly one of `policies` and `roleIds`, not none"]],
  [
    "inviteMember",
    { accountId: account, email, policies: [policy], roleIds: [dns] },
    ["", "needs exactly one of `policies` and `roleIds`, not both"],
  ],
  ["inviteMember", { accountId: account, email, policies: [] }, ["policies", empty]],
  ["inviteMember", { accountId: account, email, roleIds: [] }, ["roleIds", empty]],
  [
    "inviteMember",
    { accountId: account, email, roleIds: [dns, "Administrator", dns] },
    ["roleIds.2", there],
    ["roleIds.1", malformed],
  ],
  ["updateMember", { memberId: nobody, roleIds: [dns] }, ["accountId", "is needed with a raw `memberId`"]],
  ["updateMember", { ...somebody }, ["", "needs exactly one of `policies` and `roleIds`, not none"]],
  ["updateMember", { ...somebody, policies: [wrong({ resourceGroups: [] })] }, ["policies.0.resourceGroups", empty]],
  ["updateMember", { ...somebody, roleIds: [dns], expectedRevision: "" }, ["expectedRevision", stale]],
  [
    "removeMember",
    { accountId: venturesId, memberId: globalId("Member", account, dns) },
    ["memberId", "is of another account"],
  ],
  [
    "removeMember",
    { memberId: globalId("UserGroup", account, dns) },
    ["memberId", "must be of type Member, not UserGroup"],
  ],
  ["addMemberToUserGroups", { ...somebody, userGroupIds: [] }, ["userGroupIds", empty]],
  [
    "addMemberToUserGroups",
    { ...somebody, userGroupIds: [dns, "x", dns] },
    ["userGroupIds.1", malformed],
    ["userGroupIds.2", there],
  ],
  ["offboardMember", { memberId: nobody }, ["accountId", "is needed with a raw `memberId`"]],
  ["offboardMember", { ...somebody, expectedRevision: "" }, ["expectedRevision", stale]],
  ["applyChanges", { accountId: account, changes: [] }, ["changes", empty]],
  [
    "applyChanges",
    {
      accountId: account,
      changes: [{ addUserGroupMembers: { ...at, memberIds: ["x"] } }, { deleteUserGroup: { userGroupId: "#1" } }],
    },
    ["changes.0.addUserGroupMembers.memberIds.0", malformed],
    ["changes.1.deleteUserGroup.userGroupId", "must name an earlier change: this one is #1"],
  ],
  // Permission groups by label, beside IDs
  [
    "createUserGroup",
    { accountId: account, name: "x", policies: [{ ...policy, permissionGroupIds: undefined }] },
    ["policies.0", "needs a permission group: give `permissionGroupIds` or `permissionGroupLabels`"],
  ],
  [
    "addUserGroupPolicy",
    { ...at, policy: wrong({ permissionGroupLabels: ["admin", "", "admin"] }) },
    ["policy.permissionGroupLabels.2", there],
    ["policy.permissionGroupLabels.1", empty],
  ],
  // Several at once
  [
    "updateUserGroup",
    {
      userGroupId: "?",
      name: "",
      policies: [wrong({ permissionGroupIds: ["?"], resourceGroups: [] })],
      expectedRevision: "",
    },
    ["userGroupId", malformed],
    ["name", blank],
    ["policies.0.permissionGroupIds.0", malformed],
    ["policies.0.resourceGroups", empty],
    ["expectedRevision", stale],
  ],
];

describe("an input that cannot be used is refused before any call, with the path of each problem", () => {
  test.for(bad)("%s %j", async ([mutation, input, ...problems], { mutate, sandbox }) => {
    const before = stateOf(sandbox);
    const { result, calls, errors } = await mutate(mutation, input);
    const fields = problems.map(([path, message]) => ({ path: path.split(".").filter(Boolean), message }));
    const lines = problems.map(([path, message]) => `${path ? `\`${path}\`` : "The input"} ${message}`);
    expect(errors).toBeUndefined();
    expect(result).toEqual({
      __typename: "InvalidInputError",
      message: `${lines.join("; ")}.`,
      cloudflare: null,
      fields,
    });
    expect(calls).toEqual([]);
    expect(stateOf(sandbox)).toEqual(before);
  });

  test("of every mutation", () => {
    expect([...new Set(bad.map(([mutation]) => mutation))].toSorted()).toEqual(
      [...new Set([...cases.map(({ mutation }) => mutation), ...inParts])].toSorted(),
    );
  });
});

describe("an input that does not fit the schema is refused with the document, without a call", () => {
  test.for([
    ["no place at all", wrong({ resourceGroups: [{}] })],
    ["two places at once", wrong({ resourceGroups: [{ id: dns, scope: all }] })],
    ["two spellings at once", wrong({ resourceGroups: [{ scope: { account: true, zoneIds: [dns] } }] })],
    ["null for a place", wrong({ resourceGroups: [{ id: null }] })],
    ["a word that is none", wrong({ access: "allow" })],
    ["a policy with an ID", wrong({ id: dns })],
  ] as const)("%s", async ([, given], { run }) => {
    const { data, errors, calls } = await run<{ result?: object }, object>(documentOf("addUserGroupPolicy"), {
      input: { ...at, policy: given },
    });
    expect({ data, calls }).toEqual({ data: undefined, calls: [] });
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  });
});
