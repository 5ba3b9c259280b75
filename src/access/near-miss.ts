import { type Grant, grantsOf } from "./grant.ts";
import type { PolicyMatches, PolicyMiss } from "./policy-match.ts";
import type { Question } from "./question.ts";
import type { Subject } from "./subject.ts";
import { standingOf, type Verdict } from "./verdict.ts";

/** One that nearly grants what is asked for. */
export interface NearMiss<G> extends Grant<G> {
  readonly missing: "status" | "twoFactor" | "scope" | "permission";
}

/** Grants that nearly are what is asked for, the nearest first: pending, then the right permission elsewhere, then a smaller one here. */
export function nearMissesOf<G>(
  subject: Subject<G>,
  question: Question,
  verdict: Verdict,
  enforced: boolean | undefined,
): NearMiss<G>[] {
  const standing = standingOf(subject.member, enforced);
  if (verdict === "conditional") {
    const missing = standing === "pending" ? "status" : "twoFactor";
    const allowing = grantsOf(subject, question).filter(({ match }) => match.effect === "allow");
    return allowing.map((grant) => ({ ...grant, missing }));
  }
  if (verdict === "allowed") return [];
  const misses = (found: PolicyMatches): PolicyMatches => ({ matches: found.misses, misses: [] });
  const own = { ...misses(subject.own), roles: [] };
  const groups = subject.groups.map((each) => ({ ...each, ...misses(each) }));
  const nearly = grantsOf({ ...subject, own, groups }, question);
  return nearly
    .map((grant) => ({ ...grant, missing: (grant.match as PolicyMiss).missing }))
    .sort((a, b) => distance(a) - distance(b));
}

function distance({ missing, match }: NearMiss<unknown>): number {
  return (missing === "scope" ? 0 : 2) + (match.implied ? 1 : 0);
}
