import { grantsOf } from "../../access/grant.ts";
import { type GroupMatches, matchMember } from "../../access/subject.ts";
import { matchGroups } from "../../access/who-can.ts";
import { UnreadableRow } from "../../cloudflare/error.ts";
import { type UserGroup, userGroups } from "../../cloudflare/user-groups.ts";
import { builder } from "../builder.ts";
import { connectRows, listName, resolvePageRange } from "../connection.ts";
import type { Context } from "../context.ts";
import { costs, evaluation } from "../cost.ts";
import { invalidUpstreamValue } from "../error.ts";
import { inTurns } from "../in-turns.ts";
import { MemberNode, MemberRef, wholeMember } from "../member.ts";
import type { PolicyOwner } from "../policy.ts";
import { UserGroupConnection, UserGroupRef } from "../user-group.ts";
import { type EvaluatedGroup, readEvidence } from "./evidence.ts";
import { AccessGrantRef, type GrantNode } from "./grant.ts";
import { isMemberOf } from "./membership.ts";
import { questionOf } from "./question.ts";
import { ResourceInputRef, resourceAsked } from "./question-input.ts";

const eachGroup =
  "Costs 1 call per 500 user groups and 1 per group for any number of members (1 per 500 members of the group), or 1 per member " +
  "and group where that is cheaper.";

/** A group that a member is in, or why that cannot be told. */
type Membership = { id: string; group: UserGroup } | { id: string; error: Error };

/** The groups of a member, in Cloudflare's order. */
async function groupsOf({ accountId, cloudflareId }: MemberNode, context: Context): Promise<Membership[]> {
  const { rows } = await context.loaders.window(userGroups.list, { account_id: accountId }, 0, Infinity);
  const found = await Promise.all(
    rows.map(async (row): Promise<Membership | undefined> => {
      if (row instanceof UnreadableRow) return { id: row.id ?? "", error: row };
      try {
        return (await isMemberOf(accountId, row.id, cloudflareId, context)) ? { id: row.id, group: row } : undefined;
      } catch (error) {
        return { id: row.id, error: error as Error };
      }
    }),
  );
  return found.filter((each) => each !== undefined);
}

/** What a member may do: their own policies and legacy roles, and the policies of their groups. */
async function effectiveAccess(member: MemberNode, on: On, context: Context): Promise<GrantNode[]> {
  const { accountId, cloudflareId } = member;
  const resource = on ? resourceAsked(on, accountId) : undefined;
  const account = { type: "Account" as const, id: accountId };
  const [row, { groups, unread }] = await Promise.all([
    wholeMember(member, context),
    readEvidence(account, context, false),
  ]);
  // There is no place in the answer that could say what is missing. A group that cannot be read throws below.
  const shifted = unread.find(({ what, kind }) => kind === "userGroups" && what === null);
  if (shifted && groups.every(({ node }) => node)) throw invalidUpstreamValue(shifted.reason);
  const holders = [row, ...groups];
  const { question } = await questionOf(accountId, { resource }, { catalogue: [], holders }, context);
  const own = matchMember(row, question);
  if (own.unreadable) throw own.unreadable;
  const matching = await inTurns(matchGroups(groups, question), context.slice);
  const theirs = await Promise.all(
    matching.map(async (each): Promise<GroupMatches<EvaluatedGroup>[]> => {
      if (each.unreadable) throw each.unreadable;
      if (each.matches.length === 0) return [];
      return (await isMemberOf(accountId, each.group.id, cloudflareId, context)) ? [each] : [];
    }),
  );
  const subject = { member: row, own, groups: theirs.flat(), perhaps: [] };
  const owner = (row === member.row ? member : new MemberNode(accountId, row)) as PolicyOwner;
  return grantsOf(subject, question).map((grant) => ({ member: owner, grant }));
}

type On = typeof ResourceInputRef.$inferInput | null | undefined;

builder.objectFields(MemberRef, (t) => ({
  userGroups: t.connection(
    {
      type: UserGroupRef,
      nullable: true,
      ...costs(
        evaluation(eachGroup, () => ({ lists: [userGroups.list], records: [] }), true),
        (calls) =>
          "User groups that the member is in, in Cloudflare's order. A group whose members cannot be read is an error at its place. " +
          calls,
      ),
      resolve: async (member, args, context) => {
        const name = [...listName(userGroups.list, { account_id: member.accountId }), "of", member.cloudflareId];
        resolvePageRange(() => name, args);
        const node = (each: Membership) =>
          "error" in each
            ? (each.error as never)
            : { type: "UserGroup" as const, accountId: member.accountId, row: each.group };
        return connectRows(() => groupsOf(member, context), name, args, node);
      },
    },
    UserGroupConnection,
  ),
  effectiveAccess: t.field({
    type: [AccessGrantRef],
    ...costs(
      evaluation(
        `${eachGroup} Where only a user group's row of the member is at hand, the member costs a call, too.`,
        (args: { on?: On }) => {
          if (args.on) resourceAsked(args.on, undefined);
          return { lists: [userGroups.list], records: [] };
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
        description: 'Only what has to do with this resource: `{ zoneId: "23f8d65290b24279ba6f44721b3eaad5" }`.',
      }),
    },
    resolve: (member, { on }, context) => effectiveAccess(member, on, context),
  }),
}));
