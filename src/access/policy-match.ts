import type { PermissionGroup } from "../cloudflare/permission-groups.ts";
import type { Policy } from "../cloudflare/policies.ts";
import type { ResourceGroup } from "../cloudflare/resource-groups.ts";
import type { PermissionRelation } from "./permission-relation.ts";
import type { Question } from "./question.ts";
import { type Coverage, contentOf } from "./resource.ts";

/** What something that was granted does to a verdict. */
export type Effect =
  | "allow"
  | "deny"
  /** It allows, if it means what is asked for at all. */
  | "perhapsAllow"
  /** It denies, if it means what is asked for at all. */
  | "perhapsDeny"
  /** It has a word that is not known: it may allow or deny. */
  | "perhaps"
  /** It changes nothing: a denial of a part of what is asked for. */
  | "none";

/** One permission group on one resource group of a policy that has to do with a question. */
export interface PolicyMatch {
  readonly policy: Policy;
  readonly permissionGroup: PermissionGroup;
  readonly resourceGroup: ResourceGroup;
  readonly coverage: Coverage;
  readonly implied: boolean;
  readonly effect: Effect;
}

/** One that nearly grants what is asked for, and the one thing that it lacks. */
export interface PolicyMiss extends PolicyMatch {
  readonly missing: "scope" | "permission";
}

/** What a policy has to do with a question. */
export interface PolicyMatches {
  readonly matches: PolicyMatch[];
  readonly misses: PolicyMiss[];
}

/** Adds what a policy has to do with a question. A permission and a resource meet in one policy, or not at all. */
export function matchPolicy(policy: Policy, question: Question, { matches, misses }: PolicyMatches): void {
  for (const permissionGroup of policy.permission_groups) {
    const relation = question.permissionRelation(permissionGroup);
    if (relation === "none") continue;
    for (const resourceGroup of policy.resource_groups) {
      const { relation: reaches, coverage } = question.reach(permissionGroup, resourceGroup);
      const found = { policy, permissionGroup, resourceGroup, coverage, implied: relation === "implied" };
      const allows = policy.access === "allow";
      if (reaches === "covers" || reaches === "unknown") {
        const effect = relation === "smaller" ? undefined : effectOf(policy, relation, reaches === "covers");
        if (effect) matches.push({ ...found, effect });
        else if (allows && reaches === "covers") misses.push({ ...found, effect: "none", missing: "permission" });
      } else if (policy.access === "deny") {
        const narrower = reaches === "part" && (relation === "same" || relation === "implied");
        if (narrower) matches.push({ ...found, effect: "none" });
      } else if (allows && (relation === "same" || relation === "implied")) {
        misses.push({ ...found, effect: "none", missing: "scope" });
      }
    }
  }
}

/** The effect of a policy that covers what is asked for, or may do so. */
export function effectOf({ access }: Pick<Policy, "access">, relation: PermissionRelation, covers: boolean): Effect {
  if (access === "allow") return covers && relation !== "unknown" ? "allow" : "perhapsAllow";
  // Whether a denial of more denies the parts is documented nowhere.
  if (access === "deny") return covers && relation === "same" ? "deny" : "perhapsDeny";
  return "perhaps";
}

/** Content of a match that does not depend on its owner: equal ones are one grant. */
export function keyOf({ policy, permissionGroup, resourceGroup }: PolicyMatch, { directory }: Question): string {
  return `${policy.access} ${permissionGroup.id} ${contentOf(resourceGroup.id, directory.scopes(resourceGroup))}`;
}
