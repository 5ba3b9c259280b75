import { members } from "../../cloudflare/members.ts";
import { mayBeSuperAdministrator } from "../access/super-administrators.ts";
import { builder } from "../builder.ts";
import { costs, write } from "../cost.ts";
import { atMost, MAX_GROUPS, MAX_POLICIES } from "../list-limit.ts";
import { MemberEdgeRef, MemberRef } from "../member.ts";
import { globalId } from "../node.ts";
import { isConfirmed, isOwn, unlessConfirmed, whereConfirmed } from "./confirmation.ts";
import type { InputCheck } from "./input.ts";
import {
  denies,
  type Grants,
  grantedBy,
  invite,
  losesBy,
  mustBeSeen,
  readMember,
  removeMember,
  writeMember,
} from "./member-write.ts";
import { mutation } from "./mutation.ts";
import { confirmField } from "./mutation-errors.ts";
import { labelCalls, PolicyInput, writtenPolicies } from "./policy-input.ts";
import { MOST_READ_BACKS, unlessAsSent, unlessSaidDone } from "./read-back.ts";

const describe = {
  member:
    'The member: its global ID, or Cloudflare\'s ID of the membership together with `accountId`: `"4536bcfad5faccb111b47003c79917fa"`.',
  accountId:
    'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only.',
  policies:
    'Own policies: `[{ access: ALLOW, permissionGroupLabels: ["dns_admin"], resourceGroups: [{ scope: { account: true } }] }]`. ' +
    "Cloudflare shows the matching roles beside them. Exactly one of this and `roleIds`.",
  roleIds:
    'Legacy roles by Cloudflare\'s IDs, from `Account.roles`: `["05784afa30c1afe1440e79d9351c7430"]`. Deprecated by Cloudflare, which ' +
    "shows them as policies on the whole account. Exactly one of this and `policies`.",
};

const InvitationStatusEnum = builder.enumType("InvitationStatus", {
  description: "How somebody becomes a member.",
  values: {
    PENDING: { value: "pending", description: "By an invitation that Cloudflare sends by e-mail." },
    ACCEPTED: {
      value: "accepted",
      description: "At once: in Enterprise accounts only, and only people who have a Cloudflare user already.",
    },
  } as const,
});

/** What is granted, in the one way that is given. */
function grantsOf(
  check: InputCheck,
  { policies, roleIds }: { policies?: PolicyInput[] | null | undefined; roleIds?: string[] | null | undefined },
  accountId: string,
): Grants {
  check.oneOf({ policies, roleIds });
  if (policies) {
    check.some(policies, ["policies"]);
    return { policies: writtenPolicies(check, policies, accountId, "member") };
  }
  check.some(roleIds ?? [0], ["roleIds"]);
  check.distinct(roleIds ?? [], ["roleIds"]);
  return { roles: (roleIds ?? []).map((id, i) => check.raw(id, ["roleIds", String(i)])) };
}

const InviteMemberInput = builder.inputType("InviteMemberInput", {
  description: "Somebody to invite into an account.",
  fields: (t) => ({
    accountId: t.id({
      required: true,
      description: 'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`.',
    }),
    email: t.string({ required: true, description: 'E-mail address: `"mara@example.com"`.' }),
    policies: t.field({ type: [PolicyInput], ...atMost(MAX_POLICIES, describe.policies) }),
    roleIds: t.stringList(atMost(MAX_GROUPS, describe.roleIds)),
    status: t.field({ type: InvitationStatusEnum, description: "How: `PENDING` if omitted." }),
  }),
});

mutation("inviteMember", {
  ...costs(
    write(
      `Costs 1 call${unlessAsSent} Cloudflare's answer leaves out the roles: \`roles\` and \`revision\` of the payload cost 1 call.`,
      ({ policies }) => 1 + MOST_READ_BACKS + labelCalls(policies),
      "reference",
    ),
    (calls) =>
      "Invites somebody into an account, or adds them at once. Somebody who is a member already, or invited, is a `ConflictError`: an " +
      `invitation is sent again only after \`removeMember\`. ${calls}`,
  ),
  input: InviteMemberInput,
  node: ["member", MemberRef, "The new member, `PENDING` until the invitation is accepted."],
  edge: ["memberEdge", MemberEdgeRef, members.list],
  prepare: ({ accountId, email, policies, roleIds, status }, check) => {
    const account = check.account(String(accountId));
    const address = check.email(email);
    const grants = grantsOf(check, { policies, roleIds }, account);
    return async (context, progress) => {
      return invite(account, address, grants, status ?? "pending", context, progress);
    };
  },
});

const UpdateMemberInput = builder.inputType("UpdateMemberInput", {
  description: "What a member may do from now on. User groups of the member stay as they are.",
  fields: (t) => ({
    memberId: t.id({ required: true, description: describe.member }),
    accountId: t.id({ description: describe.accountId }),
    policies: t.field({
      type: [PolicyInput],
      ...atMost(MAX_POLICIES, `${describe.policies} They replace the current ones.`),
    }),
    roleIds: t.stringList(atMost(MAX_GROUPS, `${describe.roleIds} They replace the current ones.`)),
    expectedRevision: t.string({
      description:
        '`Member.revision` as you read it: `"9rX0…"`. If the member has changed, nothing is written and the result is a ' +
        "`ConflictError`. Costs a read after; an edit between the read and the write cannot be detected, because Cloudflare has no versions.",
    }),
    confirm: t.field(confirmField),
  }),
});

mutation("updateMember", {
  ...costs(
    write(
      `Costs 2 calls, because a change must carry the member's present status; 3 with a revision${unlessAsSent}`,
      ({ policies, confirm }) => (isConfirmed(confirm) ? 2 + MOST_READ_BACKS + labelCalls(policies) : null),
    ),
    (calls) => `Replaces the own policies, or the legacy roles, of a member. ${calls} ${unlessConfirmed}`,
  ),
  confirms: true,
  input: UpdateMemberInput,
  node: ["member", MemberRef, "The member after the write; the policies have new Cloudflare IDs."],
  prepare: ({ memberId, accountId, policies, roleIds, expectedRevision, confirm }, check) => {
    const member = check.first("Member", "memberId", String(memberId), accountId?.toString());
    const grants = grantsOf(check, { policies, roleIds }, member.accountId);
    const revision = check.revision(expectedRevision);
    return async (context, progress) => {
      return context.lock.run(`${member.accountId}/${member.id}`, async () => {
        const current = await readMember(member, context);
        mustBeSeen(member, current, revision);
        const after = grantedBy(grants);
        const taking = {
          accountId: member.accountId,
          confirm,
          // What their user groups grant stays, unless it is denied from now on.
          mayDemote: () => mayBeSuperAdministrator(member.accountId, current, denies(grants), context),
          change: { member: { id: member.id, after } },
          takesFrom: (own: string) => losesBy(member.accountId, current, grants) && isOwn(current, own),
        };
        return whereConfirmed(taking, context, () => writeMember(member, current, grants, revision, context, progress));
      });
    };
  },
});

const RemoveMemberInput = builder.inputType("RemoveMemberInput", {
  description: "A member to remove from an account.",
  fields: (t) => ({
    memberId: t.id({ required: true, description: describe.member }),
    accountId: t.id({ description: describe.accountId }),
    confirm: t.field(confirmField),
  }),
});

mutation("removeMember", {
  ...costs(
    write(`Costs 1 call${unlessSaidDone} It cannot be undone.`, ({ confirm }) => (isConfirmed(confirm) ? 2 : null)),
    (calls) =>
      "Removes somebody from an account, or takes back an invitation. They leave its user groups, too. The person's Cloudflare user, " +
      `other memberships and API tokens of the account that they made stay. ${calls} ${unlessConfirmed}`,
  ),
  confirms: true,
  input: RemoveMemberInput,
  deleted: ["removedMemberId", "Global ID of the member who is gone."],
  prepare: ({ memberId, accountId, confirm }, check) => {
    const member = check.first("Member", "memberId", String(memberId), accountId?.toString());
    return async (context, progress) => {
      const { messages, warnings } = await context.lock.run(`${member.accountId}/${member.id}`, async () => {
        const current = isConfirmed(confirm) ? undefined : await readMember(member, context);
        const taking = {
          accountId: member.accountId,
          confirm,
          mayDemote: async () =>
            current === undefined || mayBeSuperAdministrator(member.accountId, current, true, context),
          change: { member: { id: member.id, after: null } },
          takesFrom: (own: string) => current !== undefined && isOwn(current, own),
        };
        return whereConfirmed(taking, context, () => removeMember(member, context, progress));
      });
      return { deletedId: globalId("Member", member.accountId, member.id), messages, warnings };
    };
  },
});
