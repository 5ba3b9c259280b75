import { CloudflareError, type Kind } from "../../cloudflare/error.ts";
import { builder } from "../builder.ts";
import { messageOf } from "../error.ts";

/** What a question needed and could not be read. */
export interface Unread {
  kind: typeof UnreadKindEnum.$inferType;
  /** Name or ID of the one that could not be read; `null` for all of them. */
  what: string | null;
  reason: string;
}

const UnreadKindEnum = builder.enumType("UnreadKind", {
  description: "Kind of a thing that a question needed and could not be read.",
  values: {
    ACCOUNT: {
      value: "account",
      description: "The account's settings: whether two-factor authentication is enforced.",
    },
    MEMBER: { value: "member", description: "A member, or the member's policies." },
    USER_GROUP: { value: "userGroup", description: "A user group, or the group's policies." },
    USER_GROUPS: { value: "userGroups", description: "The list of user groups." },
    USER_GROUP_MEMBERS: {
      value: "userGroupMembers",
      description: "The members of a user group whose policies matter.",
    },
    RESOURCE_GROUPS: {
      value: "resourceGroups",
      description: "The resources of a group that a policy names by ID alone.",
    },
    PERMISSION_GROUPS: {
      value: "permissionGroups",
      description: "The name of a permission group that a policy names by ID alone.",
    },
    ORGANIZATION_ADMINISTRATORS: {
      value: "organizationAdministrators",
      description: "Super Administrators of the organization that manages the account: they need no membership.",
    },
    API_TOKENS: {
      value: "apiTokens",
      description: "API tokens that the account owns: not selected, not readable, or perhaps only some of them listed.",
    },
    SSO_CONNECTORS: {
      value: "ssoConnectors",
      description: "SSO connectors of the account: not selected, or not readable.",
    },
    RIGHTS: { value: "rights", description: "Rights of which it could not be worked out who else has them." },
  } as const,
});

export const UnreadRef = builder.objectRef<Unread>("Unread");
UnreadRef.implement({
  description: "A thing that a question needed and could not be read. It never counts as a “no”.",
  fields: (t) => ({
    kind: t.expose("kind", { type: UnreadKindEnum, nullable: false, description: "Kind of the thing." }),
    what: t.exposeString("what", {
      description: "Name or ID of the thing; null if all things of that kind could not be read.",
    }),
    reason: t.exposeString("reason", { nullable: false, description: "Why it was not read, in words." }),
  }),
});

/** Failures that say something of the operation or the caller and nothing of the part that was asked for. */
const ofTheOperation = new Set<Kind>(["unauthenticated", "rate_limited", "too_expensive", "aborted"]);

/** Whether a failure says something of the part that was asked for: neither is it a bug, nor about the whole operation. */
export function isOfPart(error: unknown): error is CloudflareError {
  return error instanceof CloudflareError && !ofTheOperation.has(error.kind);
}

/** A part that could not be read. Throws the error on where it is about something else. */
export function unread(kind: Unread["kind"], what: string | null, error: unknown): Unread {
  if (!isOfPart(error)) throw error;
  return { kind, what, reason: messageOf(error) };
}

/** A member whom nothing can be matched with that goes by e-mail address. */
export function withoutAddress({ id }: { id: string }): Unread {
  return { kind: "member", what: id, reason: "Cloudflare shows no e-mail address of the member." };
}
