import type { AssumptionKind } from "../../access/assumption.ts";
import { isRelevant, matchMember } from "../../access/subject.ts";
import { matchGroups } from "../../access/who-can.ts";
import { accounts } from "../../cloudflare/accounts.ts";
import { members } from "../../cloudflare/members.ts";
import { permissionGroups } from "../../cloudflare/permission-groups.ts";
import { userGroups } from "../../cloudflare/user-groups.ts";
import { type AccountNode, AccountRef } from "../account.ts";
import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { costs, evaluation } from "../cost.ts";
import { inTurns } from "../in-turns.ts";
import { findMember, isWholeMember } from "../member.ts";
import type { PolicyOwner } from "../policy.ts";
import { AccessAnswerRef, AnswerNode } from "./answer.ts";
import { readAt, readEvidence } from "./evidence.ts";
import { membershipsOf } from "./membership.ts";
import { findPlace, placeReads } from "./place.ts";
import { questionOf, readCatalogue } from "./question.ts";
import {
  ownId,
  type PermissionAsked,
  type PermissionInput,
  permissionArgument,
  permissionAsked,
  type ResourceAsked,
  type ResourceInput,
  resourceArgument,
  resourceAsked,
} from "./question-input.ts";
import type { Unread } from "./unread.ts";

/** A question about one member. */
interface Asked {
  memberId: string;
  permission: PermissionAsked;
  on: ResourceAsked;
}

/** Answers a question about one member; `null` where there is no such member. */
export async function answer(account: AccountNode, asked: Asked, context: Context): Promise<AnswerNode | null> {
  const { id: accountId } = account;
  const [evidence, member, catalogue, place] = await Promise.all([
    readEvidence(account, context),
    findMember(context, accountId, asked.memberId),
    readCatalogue(accountId, asked.permission, context),
    findPlace(accountId, asked.on, context),
  ]);
  if (!member || !isWholeMember(member.record)) return null;
  const { record } = member;
  const { groups, enforced } = evidence;
  const what = { permission: asked.permission, resource: place.resource };
  const { question, gaps } = await questionOf(accountId, what, { catalogue, holders: [record, ...groups] }, context);
  const own = matchMember(record, question);
  const matching = await inTurns(matchGroups(groups, question), context.slice);
  const relevant = matching.filter(isRelevant);
  const memberships = await membershipsOf(accountId, asked.memberId, relevant, context);
  const subject = { member: record, own, groups: memberships.groups, perhaps: memberships.perhaps };

  const unread: Unread[] = [...evidence.unread, ...memberships.unread, ...gaps()];
  if (own.unreadable) unread.push({ kind: "member", what: record.id, reason: own.unreadable.message });
  const kinds = new Set<AssumptionKind>(["tenantAdministrators"]);
  if (place.assumed) kinds.add("zoneIsOfAccount");
  const facts = { enforced, unread, readAt: readAt(evidence, context), kinds };
  return new AnswerNode({ record, owner: member as PolicyOwner }, question, subject, facts, async () => {
    const others = matching.filter((each) => !isRelevant(each));
    const nearly = await membershipsOf(accountId, asked.memberId, others, context);
    return { ...subject, groups: [...subject.groups, ...nearly.groups] };
  });
}

/** Reads of a question, beside what depends on it: the account's settings, its groups and, for a label or name, the catalogue. */
export function evaluationLists({ id }: PermissionAsked) {
  return [userGroups.list, ...(id === undefined ? [permissionGroups.list] : [])];
}

const whole =
  "Costs 1 call for the member, 1 for the account, 1 per 500 user groups and 1 per user group whose policies match; 1 for a zone; 1 " +
  "per 50 permission groups for a label or name; 1 for all resource groups where a policy names one by ID alone.";

/** What the planner and the resolver make of the arguments; throws the caller's mistake. */
function check(
  { memberId, permission, on }: Pick<Arguments, "memberId" | "permission" | "on">,
  accountId: string | undefined,
): Asked {
  return {
    memberId: ownId("Member", String(memberId), accountId, "memberId"),
    permission: permissionAsked(permission, accountId),
    on: resourceAsked(on, accountId),
  };
}

interface Arguments {
  memberId: string | number;
  permission: PermissionInput;
  on: ResourceInput;
}

builder.objectField(AccountRef, "access", (t) =>
  t.field({
    type: AccessAnswerRef,
    nullable: true,
    ...costs(
      evaluation(whole, (args: Arguments, accountId) => {
        const { memberId, permission, on } = check(args, accountId);
        const { lookUps = [], records = [] } = placeReads(on);
        return {
          lists: evaluationLists(permission),
          lookUps,
          records: [{ resource: accounts }, { resource: members, id: memberId }, ...records],
        };
      }),
      (calls) =>
        "Whether a member has a permission on a resource, why, and why not: from the member's own policies and legacy roles, and the " +
        `policies of the user groups that the member is in. Null if there is no such member. ${calls}`,
    ),
    args: {
      memberId: t.arg.id({
        required: true,
        description: 'The member, by global ID or Cloudflare\'s: `"4536bcfad5faccb111b47003c79917fa"`.',
      }),
      permission: t.arg(permissionArgument),
      on: t.arg(resourceArgument),
    },
    resolve: (account, args, context) => answer(account, check(args, account.id), context),
  }),
);
