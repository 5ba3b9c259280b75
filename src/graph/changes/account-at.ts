import type { Question } from "../../access/question.ts";
import { matchGroup } from "../../access/subject.ts";
import type { Steps } from "../../access/who-can.ts";
import type { Member } from "../../cloudflare/members.ts";
import { type EvaluatedGroup, type Matches, readEvidence } from "../access/evidence.ts";
import { withOwnOnly } from "../access/inherited-policies.ts";
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
export async function accountAt(accountId: string, context: Context, inherited: ReadonlySet<string>): Promise<Account> {
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
  const members = new Map(everybody.members.map((member) => [member.id, withOwnOnly(member, inherited)]));
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
