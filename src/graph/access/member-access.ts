import { grantsOf } from "../../access/grant.ts";
import { isRelevant, matchMember } from "../../access/subject.ts";
import { matchGroups } from "../../access/who-can.ts";
import { userGroups } from "../../cloudflare/user-groups.ts";
import { builder } from "../builder.ts";
import { connectRecords, listName, resolvePageRange } from "../connection.ts";
import type { Context } from "../context.ts";
import { costs, evaluation } from "../cost.ts";
import { invalidUpstreamValue } from "../error.ts";
import { inTurns } from "../in-turns.ts";
import { MemberNode, MemberRef, wholeMember } from "../member.ts";
import type { PolicyOwner } from "../policy.ts";
import { UserGroupRef } from "../user-group.ts";
import { UserGroupConnection } from "../user-groups.ts";
import { type Matches, readEvidence } from "./evidence.ts";
import { AccessGrantRef, type GrantNode } from "./grant.ts";
import { type GroupOfMember, groupsOf } from "./groups-of-member.ts";
import { findPlace, placeReads } from "./place.ts";
import { questionOf } from "./question.ts";
import { type ResourceInput, ResourceInputRef, resourceAsked } from "./question-input.ts";

const eachGroup =
  "Costs 1 call per 500 user groups and 1 per group for any number of members (1 per 500 members of the group), or 1 per member " +
  "and group where that is cheaper.";

/** What a member may do: their own policies and legacy roles, and the policies of their groups. */
async function effectiveAccess(member: MemberNode, on: On, context: Context): Promise<GrantNode[]> {
  const { accountId, cloudflareId } = member;
  const asked = on ? resourceAsked(on, accountId) : undefined;
  const account = { type: "Account" as const, id: accountId };
  const [record, { groups, unread }, place] = await Promise.all([
    wholeMember(member, context),
    readEvidence(account, context, false),
    asked && findPlace(accountId, asked, context),
  ]);
  // There is no place in the answer that could say what is missing. A group that cannot be read throws below.
  const shifted = unread.find(({ what, kind }) => kind === "userGroups" && what === null);
  if (shifted && groups.every(({ node }) => node)) throw invalidUpstreamValue(shifted.reason);
  const holders = [record, ...groups];
  const { question } = await questionOf(accountId, { resource: place?.resource }, { catalogue: [], holders }, context);
  const own = matchMember(record, question);
  if (own.unreadable) throw own.unreadable;
  const matching = await inTurns(matchGroups(groups, question), context.slice);
  for (const { unreadable } of matching) if (unreadable) throw unreadable;
  const relevant = new Map(matching.filter(isRelevant).map((each) => [each.group.id, each]));
  const theirs: Matches[] = [];
  for (const { id, error } of await groupsOf(accountId, cloudflareId, context)) {
    const matches = relevant.get(id);
    if (matches && error) throw error;
    if (matches) theirs.push(matches);
  }
  const subject = { member: record, own, groups: theirs, perhaps: [] };
  const owner = (record === member.record ? member : new MemberNode(accountId, record)) as PolicyOwner;
  return grantsOf(subject, question).map((grant) => ({ member: owner, grant }));
}

type On = ResourceInput | null | undefined;

builder.objectFields(MemberRef, (t) => ({
  userGroups: t.connection(
    {
      type: UserGroupRef,
      nullable: true,
      ...costs(
        evaluation(eachGroup, () => ({ lists: [userGroups.list] }), true),
        (calls) =>
          "User groups that the member is in, in Cloudflare's order. A group whose members cannot be read is an error at its place. " +
          calls,
      ),
      resolve: async (member, args, context) => {
        const name = [...listName(userGroups.list, { account_id: member.accountId }), "of", member.cloudflareId];
        resolvePageRange(() => name, args);
        const { accountId, cloudflareId } = member;
        const node = ({ error, record }: GroupOfMember) =>
          error ? (error as never) : { type: "UserGroup" as const, accountId, record };
        return connectRecords(() => groupsOf(accountId, cloudflareId, context), name, args, node);
      },
    },
    UserGroupConnection,
  ),
  effectiveAccess: t.field({
    type: [AccessGrantRef],
    ...costs(
      evaluation(
        `${eachGroup} A zone costs 1 call. Where only a user group's record of the member is at hand, the member costs a call, too.`,
        (args: { on?: On }) => {
          const place = args.on ? placeReads(resourceAsked(args.on, undefined)) : {};
          return { lists: [userGroups.list], ...place };
        },
      ),
      (calls) =>
        "Everything that is granted to the member, or denied, each once: by the member's own policies and legacy roles, and by the " +
        `policies of the member's user groups. Whether the member may use it (status, two-factor authentication) is not in it. ${calls}`,
      { assumed: 10 },
    ),
    args: {
      on: t.arg({
        type: ResourceInputRef,
        description: 'Only grants that concern this resource: `{ zoneId: "23f8d65290b24279ba6f44721b3eaad5" }`.',
      }),
    },
    resolve: (member, { on }, context) => effectiveAccess(member, on, context),
  }),
}));
