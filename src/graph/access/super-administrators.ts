import { accountKeyOf } from "../../access/resource.ts";
import { isRelevant, matchGroup, matchMember, type PolicyHolder } from "../../access/subject.ts";
import { type Grantee, matchGroups, whoCan } from "../../access/who-can.ts";
import type { Member } from "../../cloudflare/members.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import type { ResourceGroup, Scope } from "../../cloudflare/resource-groups.ts";
import type { Context } from "../context.ts";
import { inTurns } from "../in-turns.ts";
import { type EvaluatedGroup, type Matches, readEvidence } from "./evidence.ts";
import { policyIdsOf, withOwnOnly } from "./inherited-policies.ts";
import { membershipsOf, membersOf } from "./membership.ts";
import { superAdministratorQuestion } from "./question.ts";
import { readMembers } from "./who-can.ts";

/** A change of an account, as far as its Super Administrators depend on it. */
export interface Change {
  /** A member, and what they have themselves afterwards; `null` where they are gone. */
  member?: { id: string; after: Pick<Member, "policies" | "roles"> | null; leavesGroups?: boolean };
  /** A user group, what it grants afterwards, and who is no longer in it. */
  group?: { id: string; policies?: readonly Policy[]; leaves?: (memberId: string) => boolean };
  /** A resource group, and its scopes afterwards: none where it is gone. */
  resourceGroup?: { id: string; scope: readonly Scope[] };
}

/** Whether a resource group is of the whole account, as the policies of Super Administrators are. */
export function isOfAccount(accountId: string, { scope }: ResourceGroup): boolean {
  const key = accountKeyOf(accountId);
  return scope == null || scope.some((each) => each.key === key && each.objects.some((object) => object.key === "*"));
}

/** What somebody has after a change of a resource group that their policies name. */
function afterwardsOn<H extends PolicyHolder>(holder: H, changed: Change["resourceGroup"]): H {
  if (!changed) return holder;
  const get = () =>
    holder.policies.map((policy) => ({
      ...policy,
      resource_groups: policy.resource_groups.flatMap((group) => {
        if (group.id !== changed.id) return [group];
        return changed.scope.length > 0 ? [{ ...group, scope: [...changed.scope] }] : [];
      }),
    }));
  // Not before they are asked for: policies that cannot be read throw.
  return Object.create(holder, { policies: { get } });
}

/** Whether policies of a user group may make anybody a Super Administrator. */
export async function mayMakeSuperAdministrators(
  accountId: string,
  group: PolicyHolder,
  context: Context,
): Promise<boolean> {
  return isRelevant(matchGroup(group, await superAdministratorQuestion(accountId, [group], context)));
}

/** Whether a member may be a Super Administrator, by what they have themselves or, if that matters, by a user group. */
export async function mayBeSuperAdministrator(
  accountId: string,
  member: Member,
  byGroups: boolean,
  context: Context,
): Promise<boolean> {
  const { groups } = byGroups
    ? await readEvidence({ type: "Account", id: accountId }, context, false)
    : { groups: [] as EvaluatedGroup[] };
  const question = await superAdministratorQuestion(accountId, [member, ...groups], context);
  const { matches, roles, unreadable } = matchMember(member, question);
  if (unreadable || [...matches, ...roles].some(({ effect }) => effect !== "none")) return true;
  const matching = (await inTurns(matchGroups(groups, question), context.slice)).filter(isRelevant);
  const found = await membershipsOf(accountId, member.id, matching, context);
  return found.groups.length + found.perhaps.length > 0;
}

/** What a change does to the Super Administrators of an account. */
export interface Demotion {
  /** Members who are Super Administrators, or may be, and are not afterwards. */
  lost: Member[];
  /** How many certainly are afterwards. Somebody who has not accepted the invitation is none. */
  remain: number;
}

/** Who would be a Super Administrator no longer, and how many would be left. */
export async function demotionBy(accountId: string, change: Change, context: Context): Promise<Demotion> {
  const [{ groups }, everybody] = await Promise.all([
    readEvidence({ type: "Account", id: accountId }, context, false),
    readMembers(accountId, context),
  ]);
  // What a group grants goes with it, also where Cloudflare shows it on its members.
  const inherited = policyIdsOf(groups);
  const members = everybody.members.map((each) => withOwnOnly(each, inherited));
  const { member: of, group, resourceGroup } = change;
  const member = of?.after ? { ...of, after: withOwnOnly(of.after, inherited) } : of;
  const others = [member?.after, group?.policies && { policies: group.policies }].filter((each) => each != null);
  const question = await superAdministratorQuestion(accountId, [...members, ...groups, ...others], context);
  const matching = (await inTurns(matchGroups(groups, question), context.slice)).filter(isRelevant);
  const { groupsOf, perhaps } = await membersOf(accountId, matching, context);

  /** The groups of somebody after the change. */
  const afterwards = (theirs: readonly Matches[], memberId: string): Matches[] =>
    theirs.flatMap((each) => {
      if (member?.leavesGroups && memberId === member.id) return [];
      if (resourceGroup) {
        const after = matchGroup(afterwardsOn(each.group, resourceGroup), question);
        return isRelevant(after) ? [after] : [];
      }
      if (each.group.id !== group?.id) return [each];
      if (group.leaves?.(memberId)) return [];
      if (!group.policies) return [each];
      const after = matchGroup({ ...each.group, policies: group.policies }, question);
      return isRelevant(after) ? [after] : [];
    });
  const present = members.flatMap((each) => {
    if (each.id !== member?.id) return [afterwardsOn(each, resourceGroup)];
    return member.after ? [{ ...each, ...member.after }] : [];
  });
  const later = new Map([...groupsOf].map(([id, theirs]) => [id, afterwards(theirs, id)]));
  // Where it cannot be told who is in a group, it cannot be told who leaves it.
  const laterPerhaps = afterwards(perhaps, "");

  const now = await inTurns(whoCan(members, question, { groupsOf, perhaps }, false), context.slice);
  const then = await inTurns(
    whoCan(present, question, { groupsOf: later, perhaps: laterPerhaps }, false),
    context.slice,
  );
  // Who certainly is one, and only may be one afterwards, is one no longer: the permission may be any.
  const verdicts = new Map(then.map(({ member, verdict }) => [member.id, verdict]));
  const loses = ({ member, verdict }: Grantee<EvaluatedGroup>) => {
    const after = verdicts.get(member.id);
    if (verdict === "allowed") return after !== "allowed";
    return verdict === "unknown" && after !== "allowed" && after !== "unknown";
  };
  return {
    lost: now.filter(loses).map(({ member }) => member),
    remain: then.filter(({ verdict }) => verdict === "allowed").length,
  };
}
