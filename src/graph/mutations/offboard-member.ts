import type { Message } from "../../cloudflare/result.ts";
import { groupsOf } from "../access/groups-of-member.ts";
import { mayBeSuperAdministrator } from "../access/super-administrators.ts";
import { builder } from "../builder.ts";
import { assumes, costs, write } from "../cost.ts";
import type { MemberNode } from "../member.ts";
import { globalId } from "../node.ts";
import { type UserGroupNode, UserGroupRef } from "../user-group.ts";
import { isOwn, unlessConfirmed, whereConfirmed } from "./confirmation.ts";
import { mustBeSeen, readMember, removeMember } from "./member-write.ts";
import { mutation } from "./mutation.ts";
import { confirmField, type MutationErrorData, MutationErrorRef } from "./mutation-errors.ts";
import { attempt } from "./part.ts";
import { removeFrom } from "./user-group-membership.ts";
import { groupNode } from "./user-group-write.ts";

/** One step of an off-boarding: out of a user group, or out of the account. */
interface Step {
  group: UserGroupNode | null;
  error: MutationErrorData | null;
}

const StepRef = builder.objectRef<Step>("OffboardingStep");
StepRef.implement({
  description: "One step of an off-boarding, and what became of it.",
  fields: (t) => ({
    userGroup: t.field({
      type: UserGroupRef,
      description:
        "The user group that the member left; null for the membership of the account. The selected fields are read.",
      resolve: ({ group }) => group,
    }),
    error: t.field({
      type: MutationErrorRef,
      description: "Why it was not done, or why that is not known; null where it was done, or had been done before.",
      resolve: ({ error }) => error,
    }),
  }),
});

const OffboardMemberInput = builder.inputType("OffboardMemberInput", {
  description: "A member who leaves.",
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
    expectedRevision: t.string({
      description:
        '`Member.revision` as you read it: `"9rX0…"`. If the member has changed, nothing is written and the result is a `ConflictError`.',
    }),
    keepMembership: t.boolean({
      description: "Whether they stay in the account, with their own policies and roles: `false` if omitted.",
    }),
    confirm: t.field(confirmField),
  }),
});

mutation<typeof OffboardMemberInput.$inferInput, MemberNode>("offboardMember", {
  ...costs(
    write(
      "Costs 1 call for the member, 1 per 500 user groups, 1 per group to find those of the member, 1 for each of these and 1 for the membership.",
      () => null,
    ),
    (calls) =>
      "Takes a member out of every user group, and then out of the account. Each step tells what became of it, and one that fails keeps " +
      "none of the others from being tried: a group that a directory keeps cannot be left here. It is safe to repeat. What it does not " +
      "touch: API tokens that the member made, memberships of other accounts and of an organization, and a directory that may bring " +
      `them back. ${calls} ${unlessConfirmed}`,
  ),
  confirms: true,
  input: OffboardMemberInput,
  deleted: ["offboardedMemberId", "Global ID of the member."],
  more: (t) => ({
    steps: t.field({
      type: [StepRef],
      nullable: false,
      ...assumes(5),
      description: "What was done, in order: the user groups, and last the membership unless it is kept.",
      resolve: ({ parts }) => parts as Step[],
    }),
    complete: t.boolean({
      nullable: false,
      description: "Whether every step was done. If not, repeat the mutation once the cause is gone.",
      resolve: ({ parts }) => (parts as Step[]).every(({ error }) => error === null),
    }),
  }),
  prepare: ({ memberId, accountId, expectedRevision, keepMembership, confirm }, check) => {
    const member = check.first("Member", "memberId", String(memberId), accountId?.toString());
    const revision = check.revision(expectedRevision);
    return async (context, progress) => {
      const messages: Message[] = [];
      const { parts, warnings } = await context.lock.run(`${member.accountId}/${member.id}`, async () => {
        const current = await readMember(member, context);
        mustBeSeen(member, current, revision);
        const found = await groupsOf(member.accountId, member.id, context);
        const after = keepMembership ? { policies: current.policies, roles: current.roles } : null;
        const grants =
          !keepMembership || found.some(({ record }) => record === undefined || record.policies.length > 0);
        const taking = {
          accountId: member.accountId,
          confirm,
          mayDemote: () => mayBeSuperAdministrator(member.accountId, current, true, context),
          change: { member: { id: member.id, after, leavesGroups: true } },
          ...(grants && { takesFrom: (own: string) => isOwn(current, own) }),
        };
        return whereConfirmed(taking, context, async () => {
          const parts: Step[] = [];
          const part = { progress, path: [], first: false, messages };
          for (const each of found) {
            const group = { accountId: member.accountId, id: each.id };
            const error = each.error
              ? cannotTell(each.error)
              : unlessGone(await attempt(part, (own) => removeFrom(group, member.id, context, own)));
            parts.push({ group: groupNode(group, { id: each.id }), error });
          }
          if (!keepMembership) {
            const error = unlessGone(await attempt(part, (own) => removeMember(member, context, own)));
            parts.push({ group: null, error });
          }
          return { parts };
        });
      });
      return { deletedId: globalId("Member", member.accountId, member.id), parts, warnings, messages };
    };
  },
});

/** What was done before is no failure. */
function unlessGone(error: MutationErrorData | null): MutationErrorData | null {
  return error?.type === "NotFoundError" ? null : error;
}

/** A group of which it is not known whether the member is in it. */
function cannotTell({ message }: Error): MutationErrorData {
  return {
    type: "UpstreamError",
    outcome: "NOT_SENT",
    message: `Whether the member is in the group could not be read: ${message}`,
  };
}
