import type { Message } from "../../cloudflare/result.ts";
import { builder } from "../builder.ts";
import { assumes, costs, write } from "../cost.ts";
import { atMost, MAX_IDS } from "../list-limit.ts";
import { MemberNode, MemberRef } from "../member.ts";
import { type UserGroupNode, UserGroupRef } from "../user-group.ts";
import { mutation } from "./mutation.ts";
import { type MutationErrorData, MutationErrorRef } from "./mutation-errors.ts";
import { attempt } from "./part.ts";
import { addTo } from "./user-group-membership.ts";
import { groupNode } from "./user-group-write.ts";

/** What became of one of several groups. */
interface Addition {
  group: UserGroupNode;
  error: MutationErrorData | null;
}

const AdditionRef = builder.objectRef<Addition>("UserGroupAddition");
AdditionRef.implement({
  description: "What became of adding a member to one of several user groups.",
  fields: (t) => ({
    userGroup: t.field({
      type: UserGroupRef,
      nullable: false,
      description: "The group; the selected fields are read.",
      resolve: ({ group }) => group,
    }),
    error: t.field({
      type: MutationErrorRef,
      description: "Why the member was not added, or why that is not known; null where the member is in the group.",
      resolve: ({ error }) => error,
    }),
  }),
});

const AddMemberToUserGroupsInput = builder.inputType("AddMemberToUserGroupsInput", {
  description: "A member to add to several user groups.",
  fields: (t) => ({
    memberId: t.id({
      required: true,
      description:
        'The member: the global ID, or Cloudflare\'s ID together with `accountId`: `"4536bcfad5faccb111b47003c79917fa"`.',
    }),
    accountId: t.id({
      description:
        'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only.',
    }),
    userGroupIds: t.idList({
      required: true,
      ...atMost(
        MAX_IDS,
        'User groups of the account by global ID or Cloudflare\'s, none twice and at least one: `["6d7f2f5f5b1d4a0e9081fdc98d432fd1"]`.',
      ),
    }),
  }),
});

mutation<typeof AddMemberToUserGroupsInput.$inferInput, MemberNode>("addMemberToUserGroups", {
  ...costs(
    write(
      "Costs 1 call for each group; 1 more where Cloudflare's answer does not show the member.",
      ({ userGroupIds }) => 2 * userGroupIds.length,
      "reference",
    ),
    (calls) =>
      "Adds one member to several user groups, one after the other. A group that fails keeps none of the others from being tried: " +
      `each tells what became of it. It is safe to repeat. ${calls}`,
  ),
  input: AddMemberToUserGroupsInput,
  node: ["member", MemberRef, "The member; the selected fields are read."],
  more: (t) => ({
    additions: t.field({
      type: [AdditionRef],
      nullable: false,
      ...assumes(5),
      description: "What became of each group, in the order of the input.",
      resolve: ({ parts }) => parts as Addition[],
    }),
  }),
  prepare: ({ memberId, accountId, userGroupIds }, check) => {
    const member = check.first("Member", "memberId", String(memberId), accountId?.toString());
    check.some(userGroupIds, ["userGroupIds"]);
    const ids = check.references("UserGroup", userGroupIds, member.accountId, ["userGroupIds"]);
    return async (context, progress) => {
      const parts: Addition[] = [];
      const messages: Message[] = [];
      for (const [i, id] of ids.entries()) {
        const group = { accountId: member.accountId, id };
        const part = { progress, path: ["userGroupIds", String(i)], first: i === 0, messages };
        const error = await attempt(part, (own) => addTo(group, [member.id], context, own));
        parts.push({ group: groupNode(group, { id }), error });
      }
      return { node: new MemberNode(member.accountId, { id: member.id }), parts, messages };
    };
  },
});
