import { type UserGroupMember, userGroups } from "../../cloudflare/user-groups.ts";
import { builder } from "../builder.ts";
import { costs, write } from "../cost.ts";
import { atMost, MAX_IDS } from "../list-limit.ts";
import { globalId } from "../node.ts";
import { membersRevision } from "../revision.ts";
import { UserGroupRef } from "../user-group.ts";
import { isConfirmed, isOwn, unlessConfirmed, whereConfirmed } from "./confirmation.ts";
import { conflict } from "./input.ts";
import { mutation } from "./mutation.ts";
import { confirmField } from "./mutation-errors.ts";
import { readBack, send, unlessSaidDone } from "./read-back.ts";
import { describe } from "./user-group.ts";
import {
  addTo,
  leavesByAddress,
  params,
  readMember,
  readMembers,
  removeFrom,
  takingFrom,
} from "./user-group-membership.ts";
import { groupNode, lockKey } from "./user-group-write.ts";

const memberIds =
  'Members of the account by global ID or Cloudflare\'s, none twice: `["4536bcfad5faccb111b47003c79917fa"]`.';
const changed = "The group; the selected fields are read.";

const AddUserGroupMembersInput = builder.inputType("AddUserGroupMembersInput", {
  description: "Members to add to a user group.",
  fields: (t) => ({
    userGroupId: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    memberIds: t.idList({
      required: true,
      ...atMost(MAX_IDS, `${memberIds} At least one. Current members stay.`),
    }),
  }),
});

mutation("addUserGroupMembers", {
  ...costs(
    write(
      "Costs 1 call; 1 more for each of them whom Cloudflare's answer does not show.",
      ({ memberIds }) => 1 + memberIds.length,
      "reference",
    ),
    (calls) =>
      `Adds members to a user group. They get the rights of its policies. No member is removed, also with concurrent writes. ${calls}`,
  ),
  input: AddUserGroupMembersInput,
  node: ["userGroup", UserGroupRef, changed],
  prepare: ({ userGroupId, accountId, memberIds }, check) => {
    const group = check.first("UserGroup", "userGroupId", String(userGroupId), accountId?.toString());
    check.some(memberIds, ["memberIds"]);
    const ids = check.references("Member", memberIds, group.accountId, ["memberIds"]);
    return async (context, progress) => {
      const { messages } = await addTo(group, ids, context, progress);
      return { node: groupNode(group, { id: group.id }), messages };
    };
  },
});

const ReplaceUserGroupMembersInput = builder.inputType("ReplaceUserGroupMembersInput", {
  description: "The new member list of a user group.",
  fields: (t) => ({
    userGroupId: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    memberIds: t.idList({
      required: true,
      ...atMost(MAX_IDS, `${memberIds} All other members are removed; \`[]\` empties the group.`),
    }),
    expectedRevision: t.string({
      description:
        '`UserGroup.members.revision` as you read it: `"9rX0…"`. If the members have changed, nothing is written and the result is a ' +
        "`ConflictError`. Costs the whole list before and after; an edit between the read and the write cannot be detected.",
    }),
    confirm: t.field(confirmField),
  }),
});

/** Calls of a walk of the list of a group that has so many members; a full page does not show that it is the last. */
function walkOf(members: number): number {
  return Math.floor(members / userGroups.members.list.perPage.max) + 1;
}

mutation("replaceUserGroupMembers", {
  ...costs(
    write(
      "Costs 1 call; with a revision also two walks of the group's list, and where Cloudflare answers another set than was " +
        "sent up to two.",
      ({ memberIds, expectedRevision, confirm }) =>
        expectedRevision == null && isConfirmed(confirm) ? 1 + 2 * walkOf(memberIds.length) : null,
      "reference",
    ),
    (calls) =>
      "Sets who is in a user group, and removes everybody else: use `addUserGroupMembers` and `removeUserGroupMember` for single " +
      `people. ${calls} ${unlessConfirmed}`,
  ),
  confirms: true,
  input: ReplaceUserGroupMembersInput,
  node: ["userGroup", UserGroupRef, changed],
  prepare: ({ userGroupId, accountId, memberIds, expectedRevision, confirm }, check) => {
    const group = check.first("UserGroup", "userGroupId", String(userGroupId), accountId?.toString());
    const ids = check.references("Member", memberIds, group.accountId, ["memberIds"]);
    const revision = check.revision(expectedRevision);
    return async (context, progress) => {
      const body = ids.map((id) => ({ id }));
      const node = groupNode(group, { id: group.id });
      return context.lock.run(lockKey(group), async () => {
        if (revision && membersRevision(await readMembers(group, context)) !== revision) {
          throw conflict("Others are in the group than when you looked; nothing was sent.", { current: node });
        }
        const wanted = membersRevision(body);
        const replace = async () => {
          const sent = await send(context, progress, userGroups.members.replace, params(group), body);
          await readBack<UserGroupMember[]>(sent, progress, {
            isAsSent: (present) => membersRevision(present) === wanted,
            read: () => readMembers(group, context),
            always: revision !== undefined,
            sent: body,
            node: () => node,
            otherwise:
              "The members were written, and are not those sent: somebody wrote after you, or Cloudflare left some out.",
          });
          return { node, messages: sent.messages };
        };
        const stay = new Set(ids);
        const taking = await takingFrom(group, confirm, (id) => !stay.has(id), context);
        return whereConfirmed(
          {
            ...taking,
            ...(taking.grants && { takesFrom: (own: string) => leavesByAddress(group, own, stay, context) }),
          },
          context,
          replace,
        );
      });
    };
  },
});

const RemoveUserGroupMemberInput = builder.inputType("RemoveUserGroupMemberInput", {
  description: "A member to remove from a user group.",
  fields: (t) => ({
    userGroupId: t.id({ required: true, description: describe.group }),
    accountId: t.id({ description: describe.accountId }),
    memberId: t.id({
      required: true,
      description: 'The member, by global ID or Cloudflare\'s: `"4536bcfad5faccb111b47003c79917fa"`.',
    }),
    confirm: t.field(confirmField),
  }),
});

mutation("removeUserGroupMember", {
  confirms: true,
  ...costs(
    write(`Costs 1 call${unlessSaidDone}`, ({ confirm }) => (isConfirmed(confirm) ? 2 : null), "reference"),
    (calls) =>
      `Removes one member from a user group. The member stays in the account and loses the rights that only the group granted. ` +
      `${calls} If the member is not in the group, the result is a \`NotFoundError\`. ${unlessConfirmed}`,
  ),
  input: RemoveUserGroupMemberInput,
  node: ["userGroup", UserGroupRef, changed],
  deleted: ["removedMemberId", "Global ID of the removed member; the membership of the account still exists."],
  prepare: ({ userGroupId, accountId, memberId, confirm }, check) => {
    const group = check.first("UserGroup", "userGroupId", String(userGroupId), accountId?.toString());
    const id = check.reference("Member", String(memberId), group.accountId, ["memberId"]);
    return async (context, progress) => {
      const remove = () => removeFrom(group, id, context, progress);
      const { messages, warnings } = await context.lock.run(lockKey(group), async () => {
        const taking = await takingFrom(group, confirm, (each) => each === id, context);
        const isIt = async (own: string) => isOwn(await readMember(group, id, context), own);
        return whereConfirmed({ ...taking, ...(taking.grants && { takesFrom: isIt }) }, context, remove);
      });
      const node = groupNode(group, { id: group.id });
      return { node, deletedId: globalId("Member", group.accountId, id), messages, warnings };
    };
  },
});
