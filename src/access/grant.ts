import type { Role } from "../cloudflare/members.ts";
import type { Policy } from "../cloudflare/policies.ts";
import { keyOf, type PolicyMatch } from "./policy-match.ts";
import type { Question } from "./question.ts";
import { type RoleMatch, rolesOf } from "./role-match.ts";
import type { Subject } from "./subject.ts";

/** Where a grant comes from. */
export type Source<G> =
  | { readonly kind: "direct"; readonly policy: Policy }
  | { readonly kind: "group"; readonly group: G; readonly policy: Policy }
  | { readonly kind: "role"; readonly role: Role };

/** One permission on one resource, once, with everything that it comes from. */
export interface Grant<G> {
  readonly match: PolicyMatch | RoleMatch;
  readonly sources: Source<G>[];
}

/** All grants that a member holds and that have to do with the question, those with equal content as one: policies by their content, then roles by their IDs. */
export function grantsOf<G>({ member, own, groups }: Subject<G>, question: Question): Grant<G>[] {
  const grants = new Map<string, Grant<G>>();
  const add = (match: PolicyMatch, sources: Source<G>[]) => {
    const key = keyOf(match, question);
    const known = grants.get(key);
    if (known) known.sources.push(...sources.filter((source) => !isAmong(source, known.sources)));
    else grants.set(key, { match, sources });
  };
  for (const match of own.matches) {
    const roles = rolesOf(match, member.roles, question).map((role) => ({ kind: "role", role }) as const);
    add(match, [{ kind: "direct", policy: match.policy }, ...roles]);
  }
  for (const { group, matches } of groups) {
    for (const match of matches) add(match, [{ kind: "group", group, policy: match.policy }]);
  }
  const sorted = [...grants].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, grant]) => grant);
  const roles = own.roles.toSorted((a, b) => (a.role.id < b.role.id ? -1 : 1));
  return [...sorted, ...roles.map((match) => ({ match, sources: [{ kind: "role", role: match.role } as const] }))];
}

/** Whether a source is there: a group once, whichever of its policies says so again. */
function isAmong<G>(source: Source<G>, sources: readonly Source<G>[]): boolean {
  return sources.some((each) => {
    if (source.kind === "group") return each.kind === "group" && each.group === source.group;
    if (source.kind === "role") return each.kind === "role" && each.role.id === source.role.id;
    return each.kind === source.kind;
  });
}
