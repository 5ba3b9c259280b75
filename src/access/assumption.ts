import type { Grant } from "./grant.ts";
import { rolesUrl } from "./implied-permissions.ts";
import type { Standing } from "./verdict.ts";

/** Something that an answer rests on, although Cloudflare does not say it, or says it elsewhere. */
export type AssumptionKind =
  | "denyWins"
  | "impliedPermission"
  | "roleIsPermission"
  | "inheritedPolicy"
  | "pendingHasNoAccess"
  | "twoFactorIsNeeded"
  | "zoneIsOfAccount"
  | "tokenPermissionsByName"
  | "userTokens"
  | "tenantAdministrators";

/** An assumption for people, and where Cloudflare writes about it. */
export interface Assumption {
  readonly kind: AssumptionKind;
  readonly sentence: string;
  readonly documentationUrl: string;
}

const docs = "https://developers.cloudflare.com";

const assumptions: Record<AssumptionKind, Omit<Assumption, "kind">> = {
  denyWins: {
    sentence:
      "A policy that denies counts more than any that allow. Cloudflare documents this order for API tokens, not for members.",
    documentationUrl: `${docs}/fundamentals/api/how-to/create-via-api/`,
  },
  impliedPermission: {
    sentence:
      "Some permission groups hold others. The API does not say so: it is taken from Cloudflare's list of roles.",
    documentationUrl: rolesUrl,
  },
  roleIsPermission: {
    sentence:
      "A legacy role grants the permission group of the same label, name or ID: on the whole account, unless a policy of the member " +
      "names the permission group.",
    documentationUrl: rolesUrl,
  },
  inheritedPolicy: {
    sentence:
      "A policy that stands on a member and on a user group of theirs is one grant. Cloudflare's pages disagree whether a member's " +
      "policies contain those of user groups.",
    documentationUrl: `${docs}/fundamentals/manage-members/policies/`,
  },
  pendingHasNoAccess: {
    sentence: "What is granted to a pending member holds from the day on which the invitation is accepted.",
    documentationUrl: `${docs}/fundamentals/manage-members/manage/`,
  },
  twoFactorIsNeeded: {
    sentence:
      "Where the account enforces two-factor authentication, a member without it has no access until they enable it.",
    documentationUrl: `${docs}/fundamentals/user-profiles/2fa/`,
  },
  zoneIsOfAccount: {
    sentence: "The zone is one of this account. Zones could not be read, so that was not checked.",
    documentationUrl: `${docs}/fundamentals/account/find-account-and-zone-ids/`,
  },
  tokenPermissionsByName: {
    sentence:
      "A permission group of API tokens is the one of members that has the same name and resource type, without the words “Domain”, " +
      "“Write” and “Edit”. The catalogues differ: a token that has the permission under another name is not found.",
    documentationUrl: `${docs}/fundamentals/api/reference/permissions/`,
  },
  userTokens: {
    sentence: "API tokens of users hold a part of their users' rights. No endpoint lists those of others.",
    documentationUrl: `${docs}/fundamentals/api/get-started/create-token/`,
  },
  tenantAdministrators: {
    sentence:
      "Administrators of a tenant are Super Administrators of all its accounts. No endpoint of an account lists them.",
    documentationUrl: `${docs}/tenant/glossary/`,
  },
};

/** Assumptions by their kinds, in a fixed order. */
export function assumptionsOf(kinds: ReadonlySet<AssumptionKind>): Assumption[] {
  return (Object.keys(assumptions) as AssumptionKind[])
    .filter((kind) => kinds.has(kind))
    .map((kind) => ({ kind, ...assumptions[kind] }));
}

/** Notes what the grants of one member rest on. */
export function noteAssumptions(
  grants: readonly Grant<unknown>[],
  standing: Standing,
  kinds: Set<AssumptionKind>,
): void {
  for (const { match, sources } of grants) {
    if ("policy" in match && match.policy.access === "deny") kinds.add("denyWins");
    if (match.implied) kinds.add("impliedPermission");
    const from = new Set(sources.map(({ kind }) => kind));
    if (from.has("role")) kinds.add("roleIsPermission");
    if (from.has("direct") && from.has("group")) kinds.add("inheritedPolicy");
    if (match.effect !== "allow") continue;
    if (standing === "pending") kinds.add("pendingHasNoAccess");
    if (standing === "withoutTwoFactor") kinds.add("twoFactorIsNeeded");
  }
}
