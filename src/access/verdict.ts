import type { Effect } from "./policy-match.ts";
import type { Subject } from "./subject.ts";

/** The answer to a question about one member. */
export type Verdict = "allowed" | "denied" | "notGranted" | "conditional" | "unknown";

/** What a member's status and the account's settings do to what is granted. */
export type Standing = "active" | "pending" | "withoutTwoFactor" | "unknown";

/** Whether a member may use what is granted. `enforced` is whether the account enforces two-factor authentication. */
export function standingOf({ status, user }: Subject<unknown>["member"], enforced: boolean | undefined): Standing {
  if (status === "pending") return "pending";
  if (status !== "accepted") return "unknown";
  if (enforced === false || user?.two_factor_authentication_enabled === true) return "active";
  const without = user?.two_factor_authentication_enabled === false;
  return enforced && without ? "withoutTwoFactor" : "unknown";
}

/** The verdict on one member. A denial counts more than what allows, and what is not known more than what allows. */
export function verdictOf(subject: Subject<unknown>, enforced: boolean | undefined): Verdict {
  const effects = new Set<Effect>();
  const { own, groups, perhaps } = subject;
  if (own.unreadable) effects.add("perhaps");
  for (const { effect } of own.matches) effects.add(effect);
  for (const { effect } of own.roles) effects.add(effect);
  for (const { matches, unreadable } of groups) {
    // Cloudflare refuses denials in policies of user groups [S].
    if (unreadable) effects.add("perhapsAllow");
    for (const { effect } of matches) effects.add(effect);
  }
  for (const { matches, unreadable } of perhaps) {
    if (unreadable) effects.add("perhapsAllow");
    for (const { effect } of matches) effects.add(weakened[effect]);
  }
  if (effects.has("deny")) return "denied";
  if (effects.has("perhapsDeny") || effects.has("perhaps")) return "unknown";
  if (effects.has("allow")) return verdicts[standingOf(subject.member, enforced)];
  return effects.has("perhapsAllow") ? "unknown" : "notGranted";
}

/** The effect of what a group grants on somebody who may be in it or not. */
const weakened: Record<Effect, Effect> = {
  allow: "perhapsAllow",
  deny: "perhapsDeny",
  perhapsAllow: "perhapsAllow",
  perhapsDeny: "perhapsDeny",
  perhaps: "perhaps",
  none: "none",
};

const verdicts: Record<Standing, Verdict> = {
  active: "allowed",
  pending: "conditional",
  withoutTwoFactor: "conditional",
  unknown: "unknown",
};
