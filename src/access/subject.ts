import type { Member } from "../cloudflare/members.ts";
import type { Policy } from "../cloudflare/policies.ts";
import { matchPolicy, type PolicyMatches } from "./policy-match.ts";
import type { Question } from "./question.ts";
import { isShownByPolicy, matchRole, type RoleMatch } from "./role-match.ts";

/** Something that has policies: a user group, or a member. */
export interface PolicyHolder {
  readonly policies: readonly Policy[];
}

/** A user group and what its policies have to do with a question. */
export interface GroupMatches<G> extends PolicyMatches {
  readonly group: G;
  /** Why the policies cannot be read: then they may allow anything. */
  readonly unreadable?: Error | undefined;
}

/** What a user group's policies have to do with a question. */
export function matchGroup<G extends PolicyHolder>(group: G, question: Question): GroupMatches<G> {
  const found: PolicyMatches = { matches: [], misses: [] };
  try {
    for (const policy of group.policies) matchPolicy(policy, question, found);
    return { group, ...found };
  } catch (error) {
    return { group, ...found, unreadable: error as Error };
  }
}

/** What a member's own policies and roles have to do with a question. */
export interface OwnMatches extends PolicyMatches {
  readonly roles: RoleMatch[];
  readonly unreadable?: Error | undefined;
}

/** What a member's own policies and roles have to do with a question. A role that a policy shows, too, counts as that policy. */
export function matchMember({ policies, roles }: Pick<Member, "policies" | "roles">, question: Question): OwnMatches {
  const found: PolicyMatches = { matches: [], misses: [] };
  try {
    for (const policy of policies) matchPolicy(policy, question, found);
    const own: RoleMatch[] = [];
    for (const role of roles) {
      const match = matchRole(role, question);
      if (match && !isShownByPolicy(role, allowedBy(policies, question))) own.push(match);
    }
    return { ...found, roles: own };
  } catch (error) {
    return { ...found, roles: [], unreadable: error as Error };
  }
}

/** Permissions that policies allow: a role is another view of these, and of none that is denied. */
function allowedBy(policies: readonly Policy[], { directory }: Question) {
  const allowing = policies.filter(({ access }) => access === "allow");
  return allowing.flatMap((policy) => policy.permission_groups.map(({ id }) => directory.permission(id)));
}

/** Whether a user group has anything to do with a question, so that its members matter. */
export function isRelevant({ matches, unreadable }: GroupMatches<unknown>): boolean {
  return matches.length > 0 || unreadable !== undefined;
}

/** A member as far as a verdict depends on them. */
export interface Subject<G> {
  readonly member: Pick<Member, "roles" | "status" | "user">;
  readonly own: OwnMatches;
  /** Groups that they are in. */
  readonly groups: readonly GroupMatches<G>[];
  /** Groups of which nobody knows whether they are in them. */
  readonly perhaps: readonly GroupMatches<G>[];
}
