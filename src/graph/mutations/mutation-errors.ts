import type { ApiErrorDetail, CloudflareError } from "../../cloudflare/error.ts";
import { builder } from "../builder.ts";
import { assumes } from "../cost.ts";
import type { Node } from "../node.ts";

/** What Cloudflare said, as far as it said anything. */
type CloudflareResponseInfo = Pick<CloudflareError, "route" | "status" | "errors" | "rayId">;

/** One problem of an input: where it is, and what is wrong there. */
export interface FieldError {
  path: string[];
  message: string;
}

/** What became of a write that failed. */
export type WriteOutcome = "NOT_SENT" | "REFUSED" | "UNKNOWN" | "WRITTEN";

/** An expected failure of a mutation, as data: one of the types that implement `MutationError`. */
export type MutationErrorData = { message: string; cloudflare?: CloudflareResponseInfo | undefined } & (
  | { type: "InvalidInputError"; fields: FieldError[] }
  | { type: "NotFoundError" }
  | { type: "PermissionDeniedError" }
  | { type: "ConflictError"; written: boolean; sent?: unknown; current?: Node | null }
  | { type: "RateLimitedError"; resetAt: Date | null }
  | { type: "UpstreamError"; outcome: WriteOutcome }
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

const CloudflareErrorDetailRef = builder.objectRef<ApiErrorDetail>("CloudflareErrorDetail");
CloudflareErrorDetailRef.implement({
  description: "One refusal in Cloudflare's words.",
  fields: (t) => ({
    code: t.exposeInt("code", { description: "Cloudflare's code; the IAM service repeats the HTTP status here." }),
    message: t.exposeString("message", { nullable: false, description: "Cloudflare's words, unchanged." }),
    pointer: t.exposeString("pointer", { description: "JSON pointer into the body that was sent; seldom given." }),
    documentationUrl: t.exposeString("documentationUrl", { description: "Where Cloudflare explains the code." }),
  }),
});

const CloudflareResponseRef = builder.objectRef<CloudflareResponseInfo>("CloudflareResponse");
CloudflareResponseRef.implement({
  description: "What Cloudflare answered when it refused.",
  fields: (t) => ({
    route: t.exposeString("route", { nullable: false, description: "The call, with names in place of ids." }),
    status: t.exposeInt("status", { description: "HTTP status." }),
    errors: t.field({
      type: [CloudflareErrorDetailRef],
      nullable: false,
      ...assumes(1),
      description: "The refusals; empty where the body could not be read.",
      resolve: ({ errors }) => errors,
    }),
    rayId: t.exposeString("rayId", { description: "What Cloudflare's support asks for." }),
  }),
});

const MutationErrorRef = builder.interfaceRef<MutationErrorData>("MutationError");
MutationErrorRef.implement({
  description: "An expected failure of a mutation. Ask for `__typename` and `message`, and treat the types you know.",
  resolveType: ({ type }) => type,
  fields: (t) => ({
    message: t.exposeString("message", { nullable: false, description: "What went wrong, in a sentence for people." }),
    cloudflare: t.field({
      type: CloudflareResponseRef,
      description: "What Cloudflare answered; null where it was not asked, or did not answer.",
      resolve: ({ cloudflare }) => cloudflare,
    }),
  }),
});

/** One implementation of `MutationError`, by its name. */
function errorRef<T extends MutationErrorData["type"]>(type: T) {
  return builder.objectRef<Extract<MutationErrorData, { type: T }>>(type);
}

const FieldErrorRef = builder.objectRef<FieldError>("FieldError");
FieldErrorRef.implement({
  description: "One problem of an input.",
  fields: (t) => ({
    path: t.exposeStringList("path", {
      nullable: false,
      description: "Where: names and positions from the input down, such as `policies`, `0`, `permissionGroupIds`.",
    }),
    message: t.exposeString("message", { nullable: false, description: "What is wrong there and what is allowed." }),
  }),
});

const InvalidInputErrorRef = errorRef("InvalidInputError");
InvalidInputErrorRef.implement({
  description: "The input cannot be used: found here before any call, or by Cloudflare. Nothing was changed.",
  interfaces: [MutationErrorRef],
  fields: (t) => ({
    fields: t.field({
      type: [FieldErrorRef],
      nullable: false,
      ...assumes(5),
      description: "The problems, all at once; the path is empty where Cloudflare does not say what it means.",
      resolve: ({ fields }) => fields,
    }),
  }),
});

const NotFoundErrorRef = errorRef("NotFoundError");
NotFoundErrorRef.implement({
  description: "What the input names does not exist (any more). Nothing was changed.",
  interfaces: [MutationErrorRef],
});

const PermissionDeniedErrorRef = errorRef("PermissionDeniedError");
PermissionDeniedErrorRef.implement({
  description: "The credential may not do this. Nothing was changed.",
  interfaces: [MutationErrorRef],
});

const ConflictErrorRef = errorRef("ConflictError");
ConflictErrorRef.implement({
  description:
    "The present state forbids the change: somebody else changed it since the revision you saw, a name is in use, a " +
    "connector is not verified, a group was made by Cloudflare. Read `current`, decide, send again.",
  interfaces: [MutationErrorRef],
  fields: (t) => ({
    written: t.exposeBoolean("written", {
      nullable: false,
      description:
        "False: nothing was sent, or Cloudflare refused it. True: the write was done, and what is there now is not what was " +
        "sent, because somebody wrote after us or Cloudflare stored something else.",
    }),
    sent: t.field({
      type: "JSON",
      description: "The body that was sent, in Cloudflare's field names; null where nothing was.",
      resolve: ({ sent }) => sent ?? null,
    }),
    current: t.field({
      type: builder.nodeInterfaceRef(),
      description: "What is there now, as far as it was read.",
      resolve: ({ current }) => current,
    }),
  }),
});

const RateLimitedErrorRef = errorRef("RateLimitedError");
RateLimitedErrorRef.implement({
  description:
    "Cloudflare's quota is used up, or too many unknown credentials came from one address. Nothing was changed; nothing is " +
    "accepted before `resetAt`.",
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
  description: "What became of a write that failed.",
  values: {
    NOT_SENT: { description: "It never left: send it again." },
    REFUSED: { description: "Cloudflare refused it: nothing was changed." },
    UNKNOWN: {
      description: "It left, and no usable answer came: it may have been done. Read before you send it again.",
    },
    WRITTEN: { description: "It was done, but what is there now could not be read." },
  } as const,
});

const UpstreamErrorRef = errorRef("UpstreamError");
UpstreamErrorRef.implement({
  description: "Cloudflare failed, could not be reached, or refused for a reason that no other type tells.",
  interfaces: [MutationErrorRef],
  fields: (t) => ({
    outcome: t.field({
      type: WriteOutcomeEnum,
      nullable: false,
      description: "What became of the write. It is never sent twice by itself.",
      resolve: ({ outcome }) => outcome,
    }),
  }),
});

/** The types of `MutationError`, members of every mutation's result. */
export const mutationErrorRefs = [
  InvalidInputErrorRef,
  NotFoundErrorRef,
  PermissionDeniedErrorRef,
  ConflictErrorRef,
  RateLimitedErrorRef,
  UpstreamErrorRef,
];
