import type { Member } from "../../cloudflare/members.ts";
import { AccessGrantRef } from "../access/grant.ts";
import { builder } from "../builder.ts";
import { MemberNode, MemberRef } from "../member.ts";
import { type MutationErrorData, MutationErrorRef, ownMembership } from "../mutations/mutation-errors.ts";
import type { PolicyOwner } from "../policy.ts";
import type { AccessChange } from "./access-changes.ts";
import type { ChangeWarning } from "./change-warning.ts";
import type { PlannedCall } from "./planned-calls.ts";

export const PlannedCallRef = builder.objectRef<PlannedCall>("PlannedCall");
PlannedCallRef.implement({
  description: "A REST call that a change makes, or several of the same kind.",
  fields: (t) => ({
    change: t.exposeInt("change", { nullable: false, description: "Index of the change, from 0." }),
    method: t.exposeString("method", { nullable: false, description: "HTTP method: a `GET` reads." }),
    path: t.exposeString("path", {
      nullable: false,
      description: "Path with its IDs. What an earlier change creates is named `#0`.",
    }),
    body: t.field({
      type: "JSON",
      description: "The body, in Cloudflare's field names; null for none. No body of these calls has a secret in it.",
      resolve: ({ body }) => body ?? null,
    }),
    count: t.exposeInt("count", {
      nullable: false,
      description: "How many calls: a list of several pages is read page by page.",
    }),
  }),
});

const AccessChangeKindEnum = builder.enumType("AccessChangeKind", {
  description: "What becomes of a grant.",
  values: {
    GAINED: { value: "gained", description: "The member does not have it, and would." },
    LOST: { value: "lost", description: "The member has it, and would not." },
    MAYBE: { value: "maybe", description: "One of these, or nothing: something that decides it was not read." },
  } as const,
});

export const AccessChangeRef = builder.objectRef<AccessChange & { accountId: string }>("AccessChange");
AccessChangeRef.implement({
  description: "A grant that a member would gain or lose.",
  fields: (t) => ({
    member: t.field({
      type: MemberRef,
      nullable: false,
      description: "The member: as they are, or as they would be where they gain something.",
      resolve: ({ accountId, member }) => new MemberNode(accountId, member),
    }),
    grant: t.field({
      type: AccessGrantRef,
      nullable: false,
      description:
        "The grant, with everything that it comes from: now where it is lost, afterwards where it is gained.",
      resolve: ({ accountId, member, change: { grant } }) => ({
        // Of somebody who is known by the ID alone, no own policy is among the sources.
        member: new MemberNode(accountId, member as Member) as PolicyOwner,
        grant,
      }),
    }),
    kind: t.field({
      type: AccessChangeKindEnum,
      nullable: false,
      description: "Whether it is gained or lost.",
      resolve: ({ change }) => change.kind,
    }),
  }),
});

export const ChangeRefusalRef = builder.objectRef<{ change: number; error: MutationErrorData }>("ChangeRefusal");
ChangeRefusalRef.implement({
  description: "A change that would be refused.",
  fields: (t) => ({
    change: t.exposeInt("change", { nullable: false, description: "Index of the change, from 0." }),
    error: t.field({
      type: MutationErrorRef,
      nullable: false,
      description: "Why: what the mutation would answer, after the changes before it.",
      resolve: ({ error }) => error,
    }),
  }),
});

const ChangeWarningCodeEnum = builder.enumType("ChangeWarningCode", {
  description: "What to look at before changes are applied.",
  values: {
    LAST_SUPER_ADMINISTRATOR: {
      description: "Nobody would be left who certainly is a Super Administrator. It has to be confirmed.",
    },
    OWN_MEMBERSHIP: { description: `${ownMembership} It has to be confirmed.` },
    OWN_MEMBERSHIP_UNKNOWN: {
      description: "Whether it takes rights from the caller's own membership could not be told.",
    },
    LAST_HOLDER: {
      description:
        "Nobody would be left who certainly holds a permission on a zone, or on the account. Those who hold a broader one do not count.",
    },
    DIRECTORY_MAY_KEEP: {
      description:
        "A directory may keep the user group through SCIM, and then Cloudflare refuses the change. No answer of Cloudflare's tells it.",
    },
    TOKENS_STAY: {
      description:
        "API tokens of the account that the member made stay as they are: those that are active keep working.",
    },
    NOTHING_CHANGES: {
      description:
        "A policy grants only what other policies of its owner grant on the same resources. Those on broader resources do not count.",
    },
  } as const,
});

export const ChangeWarningRef = builder.objectRef<ChangeWarning>("ChangeWarning");
ChangeWarningRef.implement({
  description: "Something to look at before changes are applied.",
  fields: (t) => ({
    code: t.expose("code", { type: ChangeWarningCodeEnum, nullable: false, description: "What it is." }),
    change: t.exposeInt("change", {
      description: "Index of the change, from 0; null for all of them together.",
    }),
    message: t.exposeString("message", { nullable: false, description: "The same for people." }),
  }),
});
