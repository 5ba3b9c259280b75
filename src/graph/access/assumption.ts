import type { Assumption } from "../../access/assumption.ts";
import { builder } from "../builder.ts";

const AssumptionKindEnum = builder.enumType("AssumptionKind", {
  description: "Kind of an assumption.",
  values: {
    DENY_WINS: { value: "denyWins", description: "A policy that denies overrides those that allow." },
    IMPLIED_PERMISSION: { value: "impliedPermission", description: "One permission group includes another." },
    ROLE_IS_PERMISSION: {
      value: "roleIsPermission",
      description: "A legacy role is the permission group of that name.",
    },
    INHERITED_POLICY: {
      value: "inheritedPolicy",
      description: "A policy on a member and on a user group of theirs is one grant.",
    },
    PENDING_HAS_NO_ACCESS: { value: "pendingHasNoAccess", description: "A pending member has no access yet." },
    TWO_FACTOR_IS_NEEDED: {
      value: "twoFactorIsNeeded",
      description: "Without two-factor authentication there is no access where the account enforces it.",
    },
    ZONE_IS_OF_ACCOUNT: {
      value: "zoneIsOfAccount",
      description: "The zone belongs to the account. Not where zones could be read.",
    },
    TOKEN_PERMISSIONS_BY_NAME: {
      value: "tokenPermissionsByName",
      description: "Permission groups of API tokens are compared with those of members by name and resource type.",
    },
    USER_TOKENS: { value: "userTokens", description: "API tokens of users have a part of their users' rights." },
    TENANT_ADMINISTRATORS: {
      value: "tenantAdministrators",
      description: "Administrators of a tenant have every permission on its accounts.",
    },
  } as const,
});

/** Something that an answer rests on. */
export const AssumptionRef = builder.objectRef<Assumption>("Assumption");
AssumptionRef.implement({
  description:
    "Something that an answer assumes because Cloudflare does not document it, or documents it for another product.",
  fields: (t) => ({
    kind: t.expose("kind", {
      type: AssumptionKindEnum,
      nullable: false,
      description: "Kind of the assumption.",
    }),
    sentence: t.exposeString("sentence", { nullable: false, description: "The assumption in words." }),
    documentationUrl: t.exposeString("documentationUrl", {
      nullable: false,
      description: "The nearest page of Cloudflare's documentation.",
    }),
  }),
});
