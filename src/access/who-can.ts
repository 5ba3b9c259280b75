import type { Member } from "../cloudflare/members.ts";
import type { Policy } from "../cloudflare/policies.ts";
import type { Directory, Question } from "./question.ts";
import { type GroupMatches, isRelevant, matchGroup, matchMember, type PolicyHolder, type Subject } from "./subject.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/**
 * Long work in steps: whoever runs it may do something else after each `yield`. A step takes less than a millisecond for
 * records of a usual size.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Policies that are looked at in one step. */
const AT_ONCE = 50;

/** Learns what the policies of so many holders tell of the groups that they name. Policies that cannot be read teach nothing. */
export function* learn(directory: Directory, holders: readonly PolicyHolder[]): Steps<void> {
  let done = 0;
  for (const holder of holders) {
    for (const policy of policiesOf(holder)) learnPolicy(directory, policy);
    done += 1 + policiesOf(holder).length;
    if (done < AT_ONCE) continue;
    done = 0;
    yield;
  }
}

function learnPolicy(directory: Directory, policy: Policy): void {
  try {
    directory.policy(policy);
  } catch {
    // Whoever evaluates the policy notices that it cannot be read.
  }
}

function policiesOf(holder: PolicyHolder): readonly Policy[] {
  try {
    return holder.policies.length > 0 ? holder.policies : [];
  } catch {
    return [];
  }
}

/** What the policies of so many user groups have to do with a question, for those groups that have anything to do with it. */
export function* matchGroups<G extends PolicyHolder>(
  groups: readonly G[],
  question: Question,
): Steps<GroupMatches<G>[]> {
  const found: GroupMatches<G>[] = [];
  let done = 0;
  for (const group of groups) {
    const matches = matchGroup(group, question);
    if (isRelevant(matches) || matches.misses.length > 0) found.push(matches);
    done += 1 + policiesOf(group).length;
    if (done < AT_ONCE) continue;
    done = 0;
    yield;
  }
  return found;
}

/** A member to whom a question is not answered with “not granted”. */
export interface Grantee<G> {
  readonly member: Member;
  readonly subject: Subject<G>;
  readonly verdict: Verdict;
}

/** What is known of the members of relevant groups. */
export interface Memberships<G> {
  /** By the ID of a member. */
  readonly groupsOf: ReadonlyMap<string, readonly GroupMatches<G>[]>;
  /** Groups whose members could not be read. */
  readonly perhaps: readonly GroupMatches<G>[];
}

/** Everybody whom a question concerns, in the order of the members. */
export function* whoCan<G>(
  members: readonly Member[],
  question: Question,
  { groupsOf, perhaps }: Memberships<G>,
  enforced: boolean | undefined,
): Steps<Grantee<G>[]> {
  const grantees: Grantee<G>[] = [];
  for (const [i, member] of members.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) yield;
    const subject = { member, own: matchMember(member, question), groups: groupsOf.get(member.id) ?? [], perhaps };
    const verdict = verdictOf(subject, enforced);
    if (verdict !== "notGranted") grantees.push({ member, subject, verdict });
  }
  return grantees;
}

/** A record of a member of an account, or of a user group. */
export interface Addressed {
  email?: string | null | undefined;
  user?: { email?: string | null | undefined } | null | undefined;
}

/** The address of a member in lower case; empty where Cloudflare leaves it out. */
export function addressOf({ email, user }: Addressed): string {
  return (email || user?.email || "").toLowerCase();
}
