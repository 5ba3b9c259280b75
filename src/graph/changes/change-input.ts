import type { InputRef } from "@pothos/core";
import { builder } from "../builder.ts";
import { atMost } from "../list-limit.ts";
import { preparationOf } from "../mutations/mutation.ts";

/** What a change can create, so that a later one may name it. */
export type Created = "UserGroup" | "Member" | "ResourceGroup" | "Policy";

/** A mutation that can be a change: its description, and what it creates. */
interface ChangeKind {
  says: string;
  creates?: Created;
}

/** The mutations that change who may do what in an account, by their names. */
export const changeKinds = {
  createUserGroup: { says: 'A user group to create: `{ name: "Release Managers" }`.', creates: "UserGroup" },
  updateUserGroup: { says: 'A user group to rename, or to give other policies: `{ userGroupId: "…", policies: [] }`.' },
  deleteUserGroup: { says: 'A user group to delete: `{ userGroupId: "…" }`.' },
  addUserGroupPolicy: {
    says: 'A policy to add to a user group: `{ userGroupId: "#0", policy: { … } }`.',
    creates: "Policy",
  },
  updateUserGroupPolicy: {
    says: 'A policy of a user group to change: `{ userGroupId: "…", policyId: "…", policy: { … } }`.',
  },
  removeUserGroupPolicy: { says: 'A policy of a user group to remove: `{ userGroupId: "…", policyId: "…" }`.' },
  addUserGroupMembers: { says: 'Members to add to a user group: `{ userGroupId: "…", memberIds: ["…"] }`.' },
  replaceUserGroupMembers: { says: 'All members of a user group: `{ userGroupId: "…", memberIds: ["…"] }`.' },
  removeUserGroupMember: { says: 'A member to take out of a user group: `{ userGroupId: "…", memberId: "…" }`.' },
  inviteMember: {
    says: 'Somebody to invite: `{ email: "mara@example.com", policies: [{ … }] }`.',
    creates: "Member",
  },
  updateMember: { says: 'Other policies or roles for a member: `{ memberId: "…", policies: [{ … }] }`.' },
  removeMember: { says: 'A member to remove from the account: `{ memberId: "…" }`.' },
  addMemberToUserGroups: {
    says: 'A member to add to several user groups: `{ memberId: "#2", userGroupIds: ["…"] }`.',
  },
  offboardMember: { says: 'A member to take out of all user groups, and the account: `{ memberId: "…" }`.' },
  createResourceGroup: {
    says: 'A resource group to create: `{ name: "EU zones", scope: { zoneIds: ["…"] } }`.',
    creates: "ResourceGroup",
  },
  updateResourceGroup: {
    says: 'A resource group to rename, or to give another scope: `{ resourceGroupId: "…", scope: { account: true } }`.',
  },
  deleteResourceGroup: { says: 'A resource group to delete: `{ resourceGroupId: "…" }`.' },
} satisfies Record<string, ChangeKind>;

/** What a change of a kind creates; `undefined` for nothing. */
export function createdBy(name: ChangeName): Created | undefined {
  return (changeKinds[name] as ChangeKind).creates;
}

/** The name of a mutation that can be a change. */
export type ChangeName = keyof typeof changeKinds;

/** The input of a mutation. */
export type Input = Readonly<Record<string, unknown>>;

/** One of these fields, as the executor has checked it. */
export type ChangeInput = { readonly [Name in ChangeName]?: Input | null | undefined };

/** A change: the input of one mutation, under its name. */
export const ChangeInputRef: InputRef<ChangeInput> = builder.inputRef<ChangeInput>("ChangeInput").implement({
  description:
    "A change of access: the input of one mutation, under the mutation's name. Exactly one of these. `accountId` may be left out where " +
    "the mutation lets it; `expectedRevision` and `confirm` must be. An ID `#0` names what change 0 creates, an earlier one: a user " +
    "group, a member, a resource group, or the policy that `addUserGroupPolicy` adds.",
  isOneOf: true,
  fields: (t) =>
    Object.fromEntries(
      Object.entries(changeKinds).map(([name, { says }]) => [
        name,
        t.field({ type: preparationOf(name).input, description: says }),
      ]),
    ) as never,
});

/** Changes of one request: each is a statement that people still have to oversee. */
const MAX_CHANGES = 50;

/** The argument, or input field, with the changes. */
export const changesInput = {
  type: [ChangeInputRef] as [typeof ChangeInputRef],
  required: true as const,
  ...atMost(
    MAX_CHANGES,
    'Changes, in the order in which they are made, at least one: `[{ removeUserGroupMember: { userGroupId: "…", memberId: "…" } }]`.',
  ),
};
