import type { Question } from "../../access/question.ts";
import { matchGroup } from "../../access/subject.ts";
import type { Steps } from "../../access/who-can.ts";
import { UnreadableRecord } from "../../cloudflare/error.ts";
import type { Member } from "../../cloudflare/members.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import { userGroups } from "../../cloudflare/user-groups.ts";
import { type EvaluatedGroup, type Matches, readEvidence } from "../access/evidence.ts";
import { questionOf } from "../access/question.ts";
import { type Unread, unread } from "../access/unread.ts";
import { readMembers } from "../access/who-can.ts";
import type { Context } from "../context.ts";
import { inTurns } from "../in-turns.ts";

/** The account at one time. */
export interface Account {
  context: Context;
  members: Map<string, Member>;
  groups: EvaluatedGroup[];
  question: Question;
  unread: Unread[];
  gaps: () => Unread[];
  /** What user groups grant, by their IDs. */
  matches: Map<string, Matches>;
}

/** Reads the account at one time, and works out what its user groups grant. */
export async function accountAt(
  accountId: string,
  context: Context,
  isInherited: (policy: Policy) => boolean,
): Promise<Account> {
  const [evidence, everybody] = await Promise.all([
    readEvidence({ type: "Account", id: accountId }, context, false),
    readMembers(accountId, context).catch((error: unknown) => ({
      members: [],
      unread: [unread("member", null, error)],
    })),
  ]);
  const { groups } = evidence;
  const holders = [...everybody.members, ...groups];
  const { question, gaps } = await questionOf(accountId, { resource: undefined }, { catalogue: [], holders }, context);
  const matches = await inTurns(matchAll(groups, question), context.slice);
  const members = new Map(everybody.members.map((member) => [member.id, withOwnOnly(member, isInherited)]));
  return { context, members, groups, question, gaps, unread: [...evidence.unread, ...everybody.unread], matches };
}

function* matchAll(groups: readonly EvaluatedGroup[], question: Question): Steps<Map<string, Matches>> {
  const found = new Map<string, Matches>();
  for (const group of groups) {
    found.set(group.id, matchGroup(group, question));
    yield;
  }
  return found;
}

/** A member without policies of user groups that Cloudflare shows on them, too. */
function withOwnOnly(member: Member, isInherited: (policy: Policy) => boolean): Member {
  try {
    return member.policies.some(isInherited)
      ? { ...member, policies: member.policies.filter((policy) => !isInherited(policy)) }
      : member;
  } catch {
    return member;
  }
}

/** Ids of all policies of the user groups of an account. */
export async function policyIdsIn(accountId: string, { loaders }: Context): Promise<Set<string>> {
  const list = await loaders.window(userGroups.list, { account_id: accountId }, 0, Infinity).catch(() => undefined);
  const ids = new Set<string>();
  for (const group of list?.records ?? []) {
    if (group instanceof UnreadableRecord) continue;
    try {
      for (const { id } of group.policies) if (id) ids.add(id);
    } catch {
      // It is evaluated as one that cannot be read.
    }
  }
  return ids;
}
