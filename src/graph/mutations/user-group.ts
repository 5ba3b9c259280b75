import { type UserGroup, userGroups } from "../../cloudflare/user-groups.ts";
import { builder } from "../builder.ts";
import { costs, write } from "../cost.ts";
import { atMost, MAX_POLICIES } from "../list-limit.ts";
import { globalId } from "../node.ts";
import { UserGroupRef } from "../user-group.ts";
import { UserGroupEdgeRef } from "../user-groups.ts";
import { isConfirmed, unlessConfirmedForAll, whereConfirmed } from "./confirmation.ts";
import { mutation } from "./mutation.ts";
import { confirmField } from "./mutation-errors.ts";
import { labelCalls, PolicyInput, writtenPolicies } from "./policy-input.ts";
import { confirmGone, MOST_READ_BACKS, send, unlessAsSent, unlessSaidDone } from "./read-back.ts";
import { asWritten, callsOf, createGroup, demotes, lockKey, readGroup, writeGroup } from "./user-group-write.ts";

/** Descriptions of what the inputs of user groups share. */
export const describe = {
  group:
    'The group: its global ID, or Cloudflare\'s ID together with `accountId`: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`.',
  accountId:
    'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only.',
  expectedRevision:
    '`UserGroup.revision` as you read it: `"9rX0…"`. If the group has changed, nothing is written and the result is a `ConflictError`. ' +
    "Costs a read before and after; an edit between the read and the write cannot be detected, because Cloudflare has no versions.",
};

const CreateUserGroupInput = builder.inputType("CreateUserGroupInput", {
  description: "A user group to create.",
  fields: (t) => ({
    accountId: t.id({
      required: true,
      description: 'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`.',
    }),
    name: t.string({ required: true, description: 'Its name, unique in the account: `"Release Managers"`.' }),
    policies: t.field({
      type: [PolicyInput],
      ...atMost(
        MAX_POLICIES,
        'Policies of the group: `[{ access: ALLOW, permissionGroupIds: ["…"], resourceGroups: [{ scope: { account: true } }] }]`. None if left out.',
      ),
    }),
  }),
});

mutation("createUserGroup", {
  ...costs(
    write(`Costs 1 call${unlessAsSent}`, ({ policies }) => 1 + MOST_READ_BACKS + labelCalls(policies)),
    (calls) =>
      `Creates a user group. ${calls} Cloudflare may need some seconds until the group's members can be read; the gateway waits for them.`,
  ),
  input: CreateUserGroupInput,
  node: ["userGroup", UserGroupRef, "The new group."],
  edge: ["userGroupEdge", UserGroupEdgeRef, userGroups.list],
  prepare: ({ accountId, name, policies }, check) => {
    const account = check.account(String(accountId));
    const body = { name: check.name(name), ...(policies && { policies: writtenPolicies(check, policies, account) }) };
    return async (context, progress) => {
      return createGroup(account, body, context, progress);
    };
  },
});

const UpdateUserGroupInput = builder.inputType("UpdateUserGroupInput", {
  description: "Changes to a user group. Omitted fields stay unchanged.",
  fields: (t) => ({
    userGroupId: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    name: t.string({ description: 'Its new name: `"Release Managers"`.' }),
    policies: t.field({
      type: [PolicyInput],
      ...atMost(MAX_POLICIES, "The new policies: they replace the current ones, and `[]` removes all."),
    }),
    expectedRevision: t.string({ description: describe.expectedRevision }),
    confirm: t.field(confirmField),
  }),
});

mutation("updateUserGroup", {
  ...costs(
    write(
      "Costs 1 call when both are given, 2 when one is (the other is read and sent again, because Cloudflare replaces the " +
        `whole), 3 with a revision${unlessAsSent}`,
      ({ name, policies, expectedRevision, confirm }) =>
        policies == null || isConfirmed(confirm)
          ? callsOf(name == null || policies == null, expectedRevision) + labelCalls(policies)
          : null,
    ),
    (calls) => `Renames a user group, replaces its policies, or both. ${calls} For policies: ${unlessConfirmedForAll}`,
  ),
  confirms: true,
  input: UpdateUserGroupInput,
  node: ["userGroup", UserGroupRef, "The group after the write; its policies have new Cloudflare IDs."],
  prepare: ({ userGroupId, accountId, name, policies, expectedRevision, confirm }, check) => {
    const group = check.first("UserGroup", "userGroupId", String(userGroupId), accountId?.toString());
    check.change({ name, policies });
    const changed = {
      ...(name != null && { name: check.name(name) }),
      ...(policies && { policies: writtenPolicies(check, policies, group.accountId) }),
    };
    const revision = check.revision(expectedRevision);
    return async (context, progress) => {
      const { name: newName, policies: newPolicies } = changed;
      const whole =
        newName !== undefined && newPolicies
          ? { complete: { name: newName, policies: newPolicies } }
          : { from: (current: UserGroup) => ({ ...asWritten(current, newPolicies), ...changed }) };
      return writeGroup({ group, revision, ...whole, ...(newPolicies && { takes: { confirm } }) }, context, progress);
    };
  },
});

const DeleteUserGroupInput = builder.inputType("DeleteUserGroupInput", {
  description: "A user group to delete.",
  fields: (t) => ({
    userGroupId: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    confirm: t.field(confirmField),
  }),
});

mutation("deleteUserGroup", {
  ...costs(
    write(`Costs 1 call${unlessSaidDone} It cannot be undone.`, ({ confirm }) => (isConfirmed(confirm) ? 2 : null)),
    (calls) =>
      "Deletes a user group. Its members stay in the account and lose the rights that only the group granted. " +
      `${calls} ${unlessConfirmedForAll}`,
  ),
  confirms: true,
  input: DeleteUserGroupInput,
  deleted: ["deletedId", "Global ID of the deleted group."],
  prepare: ({ userGroupId, accountId, confirm }, check) => {
    const group = check.first("UserGroup", "userGroupId", String(userGroupId), accountId?.toString());
    return async (context, progress) => {
      const params = { account_id: group.accountId, user_group_id: group.id };
      const remove = async () => {
        const sent = await send(context, progress, userGroups.remove, params);
        await confirmGone(sent, progress, () => readGroup(group, context));
        return sent;
      };
      const { messages, warnings } = await context.lock.run(lockKey(group), async () => {
        const current = isConfirmed(confirm) ? undefined : await readGroup(group, context);
        const taking = { accountId: group.accountId, confirm, mayDemote: () => demotes(group, current, context) };
        return whereConfirmed({ ...taking, change: { group: { id: group.id, policies: [] } } }, context, remove);
      });
      return { deletedId: globalId("UserGroup", group.accountId, group.id), messages, warnings };
    };
  },
});
