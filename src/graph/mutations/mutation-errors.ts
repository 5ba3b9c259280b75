import { builder } from "../builder.ts";
import type { PlannedCall } from "../changes/planned-calls.ts";
import { assumes } from "../cost.ts";
import { atMost } from "../list-limit.ts";
import type { Node } from "../node.ts";
import { type CloudflareResponseInfo, CloudflareResponseRef } from "./cloudflare-response.ts";

/** One problem of an input: where it is, and what is wrong there. */
export interface FieldError {
  path: string[];
  message: string;
}

/** Outcome of a failed write. */
export type WriteOutcome = "NOT_SENT" | "REFUSED" | "UNKNOWN" | "WRITTEN";

/** What became of a call of several that were to be made one after the other. */
export type CallOutcome = "done" | "failed" | "notSent" | "unknown";

/** What has to be confirmed before it is done. */
export type Confirmation = "LAST_SUPER_ADMINISTRATOR" | "OWN_MEMBERSHIP";

/** An expected failure of a mutation, as data: one of the types that implement `MutationError`. */
export type MutationErrorData = { message: string; cloudflare?: CloudflareResponseInfo | undefined } & (
  | { type: "InvalidInputError"; fields: FieldError[] }
  | { type: "NotFoundError" }
  | { type: "PermissionDeniedError" }
  | { type: "ConflictError"; written: boolean; sent?: unknown; current?: Node | null; moved?: Node[] }
  | { type: "ConfirmationRequiredError"; required: Confirmation[] }
  | { type: "RateLimitedError"; resetAt: Date | null }
  | { type: "UpstreamError"; outcome: WriteOutcome }
  | ({ type: "PartialChangeError"; change: number; error: MutationErrorData } & Record<CallOutcome, PlannedCall[]>)
);

/** Thrown where a mutation fails as one may expect; what is thrown otherwise is a bug or a missing credential. */
export class MutationError extends Error {
  override readonly name = "MutationFailed";
  readonly data: MutationErrorData;

  constructor(failure: MutationErrorData) {
    super(failure.message);
    this.data = failure;
  }
}

/** The interface of them all. */
export const MutationErrorRef = builder.interfaceRef<MutationErrorData>("MutationError");
MutationErrorRef.implement({
  description: "An expected failure of a mutation. Select `__typename`, `message`, and every type you handle.",
  resolveType: ({ type }) => type,
  fields: (t) => ({
    message: t.exposeString("message", { nullable: false, description: "Description of the failure, for people." }),
    cloudflare: t.field({
      type: CloudflareResponseRef,
      description: "Cloudflare's response; null if no call was made or no answer came.",
      resolve: ({ cloudflare }) => cloudflare,
    }),
  }),
});

/** One implementation of `MutationError`, by its name. */
export function errorRef<T extends MutationErrorData["type"]>(type: T) {
  return builder.objectRef<Extract<MutationErrorData, { type: T }>>(type);
}

const FieldErrorRef = builder.objectRef<FieldError>("FieldError");
FieldErrorRef.implement({
  description: "One problem of an input.",
  fields: (t) => ({
    path: t.exposeStringList("path", {
      nullable: false,
      description:
        "Path of the field: names and indexes within the input, such as `policies`, `0`, `permissionGroupIds`.",
    }),
    message: t.exposeString("message", {
      nullable: false,
      description: "Description of the problem, and what is allowed.",
    }),
  }),
});

const InvalidInputErrorRef = errorRef("InvalidInputError");
InvalidInputErrorRef.implement({
  description: "The input is invalid, found by the gateway before any call or by Cloudflare. Nothing was changed.",
  interfaces: [MutationErrorRef],
  fields: (t) => ({
    fields: t.field({
      type: [FieldErrorRef],
      nullable: false,
      ...assumes(5),
      description: "All problems; the path is empty if Cloudflare does not name the field.",
      resolve: ({ fields }) => fields,
    }),
  }),
});

const NotFoundErrorRef = errorRef("NotFoundError");
NotFoundErrorRef.implement({
  description: "An object named by the input does not exist (any more). Nothing was changed.",
  interfaces: [MutationErrorRef],
});

const PermissionDeniedErrorRef = errorRef("PermissionDeniedError");
PermissionDeniedErrorRef.implement({
  description: "The credential has no permission for this. Nothing was changed.",
  interfaces: [MutationErrorRef],
});

const ConflictErrorRef = errorRef("ConflictError");
ConflictErrorRef.implement({
  description:
    "The current state forbids the change: the object has changed since `expectedRevision`, a name is in use, a connector is not " +
    "verified, or a group was created by Cloudflare. Read `current` before you retry.",
  interfaces: [MutationErrorRef],
  fields: (t) => ({
    written: t.exposeBoolean("written", {
      nullable: false,
      description:
        "False: nothing was sent, or Cloudflare rejected it. True: the write was done, but the stored object differs from what was " +
        "sent, because of a later write or because Cloudflare stored something else.",
    }),
    sent: t.field({
      type: "JSON",
      description: "The body that was sent, in Cloudflare's field names; null if nothing was sent.",
      resolve: ({ sent }) => sent ?? null,
    }),
    current: t.field({
      type: builder.nodeInterfaceRef(),
      description: "The current object, if it was read.",
      resolve: ({ current }) => current,
    }),
    moved: t.field({
      type: [builder.nodeInterfaceRef()],
      nullable: false,
      ...assumes(1),
      description:
        "For `applyChanges`: what is not as it was when the revision was made or, if `written`, not as it should be; what is gone is not " +
        "among them. Else empty.",
      resolve: ({ moved }) => moved ?? [],
    }),
  }),
});

const RateLimitedErrorRef = errorRef("RateLimitedError");
RateLimitedErrorRef.implement({
  description:
    "Cloudflare's quota is used up, or too many unknown credentials came from one address. Nothing was changed. Retry at " +
    "`resetAt`.",
  interfaces: [MutationErrorRef],
  fields: (t) => ({
    resetAt: t.field({
      type: "DateTime",
      description: "When to come back.",
      resolve: ({ resetAt }) => resetAt,
    }),
  }),
});

const WriteOutcomeEnum = builder.enumType("WriteOutcome", {
  description: "Outcome of a failed write.",
  values: {
    NOT_SENT: { description: "Not sent; safe to retry." },
    REFUSED: { description: "Rejected by Cloudflare; nothing was changed." },
    UNKNOWN: {
      description: "Sent, but no usable answer came; it may have been done. Read before you retry.",
    },
    WRITTEN: { description: "Done, but the result could not be read." },
  } as const,
});

const UpstreamErrorRef = errorRef("UpstreamError");
UpstreamErrorRef.implement({
  description: "Cloudflare failed, could not be reached, or rejected the write for a reason without a type of its own.",
  interfaces: [MutationErrorRef],
  fields: (t) => ({
    outcome: t.field({
      type: WriteOutcomeEnum,
      nullable: false,
      description: "Outcome of the write. The gateway never sends a write twice.",
      resolve: ({ outcome }) => outcome,
    }),
  }),
});

/** When something concerns the caller's own membership, in words. */
export const ownMembership: string =
  "The caller's own membership is removed or loses rights, by a change of the member or of who is in a user group. A change of a whole " +
  "user group or resource group counts where the caller is a Super Administrator, and would not be one any more.";

/** What has to be confirmed. */
export const ConfirmationEnum = builder.enumType("Confirmation", {
  description: "What has to be confirmed before it is done.",
  values: {
    LAST_SUPER_ADMINISTRATOR: {
      description:
        "Nobody would be left who certainly is a Super Administrator: neither themselves nor through a user group.",
    },
    OWN_MEMBERSHIP: { description: ownMembership },
  } as const,
});

/** Member of the result of mutations that can take rights away. */
export const ConfirmationRequiredErrorRef = errorRef("ConfirmationRequiredError");
ConfirmationRequiredErrorRef.implement({
  description:
    "The change would lock somebody out: the account, or the caller. Nothing was sent. Repeat it with `confirm` if that is meant.",
  interfaces: [MutationErrorRef],
  fields: (t) => ({
    required: t.field({
      type: [ConfirmationEnum],
      nullable: false,
      ...assumes(2),
      description: "What `confirm` has to name.",
      resolve: ({ required }) => required,
    }),
  }),
});

/** The input field `confirm`. */
export const confirmField = {
  type: [ConfirmationEnum] as [typeof ConfirmationEnum],
  ...atMost(2, "What you mean to do although it locks somebody out: `[OWN_MEMBERSHIP]`."),
};

/** The types of `MutationError`, members of every mutation's result. */
export const mutationErrorRefs = [
  InvalidInputErrorRef,
  NotFoundErrorRef,
  PermissionDeniedErrorRef,
  ConflictErrorRef,
  RateLimitedErrorRef,
  UpstreamErrorRef,
];
