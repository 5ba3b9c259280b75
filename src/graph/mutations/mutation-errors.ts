import type { CloudflareError, Refusal } from "../../cloudflare/error.ts";
import { builder } from "../builder.ts";
import { assumes } from "../cost.ts";
import type { Node } from "../node.ts";

/** What Cloudflare said, as far as it said anything. */
type Said = Pick<CloudflareError, "route" | "status" | "errors" | "rayId">;

/** One problem of an input: where it is, and what is wrong there. */
export interface Problem {
  path: string[];
  message: string;
}

/** What became of a write that failed. */
export type Outcome = "NOT_SENT" | "REFUSED" | "UNKNOWN" | "WRITTEN";

/** An expected failure of a mutation, as data: one of the types that implement `Error`. */
export type Failure = { message: string; cloudflare?: Said | undefined } & (
  | { type: "InvalidInputError"; fields: Problem[] }
  | { type: "NotFoundError" }
  | { type: "PermissionDeniedError" }
  | { type: "ConflictError"; written: boolean; sent?: unknown; current?: Node | null }
  | { type: "RateLimitedError"; resetAt: Date | null }
  | { type: "UpstreamError"; outcome: Outcome }
);

/** Thrown where a mutation fails as one may expect; what is thrown otherwise is a bug or a missing credential. */
export class MutationFailed extends Error {
  override readonly name = "MutationFailed";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

const CloudflareRefusalRef = builder.objectRef<Refusal>("CloudflareRefusal");
CloudflareRefusalRef.implement({
  description: "One refusal in Cloudflare's words.",
  fields: (t) => ({
    code: t.exposeInt("code", { description: "Cloudflare's code; the IAM service repeats the HTTP status here." }),
    message: t.exposeString("message", { nullable: false, description: "Cloudflare's words, unchanged." }),
    pointer: t.exposeString("pointer", { description: "JSON pointer into the body that was sent; seldom given." }),
    documentationUrl: t.exposeString("documentationUrl", { description: "Where Cloudflare explains the code." }),
  }),
});

const CloudflareAnswerRef = builder.objectRef<Said>("CloudflareAnswer");
CloudflareAnswerRef.implement({
  description: "What Cloudflare answered when it refused.",
  fields: (t) => ({
    route: t.exposeString("route", { nullable: false, description: "The call, with names in place of ids." }),
    status: t.exposeInt("status", { description: "HTTP status." }),
    errors: t.field({
      type: [CloudflareRefusalRef],
      nullable: false,
      ...assumes(1),
      description: "The refusals; empty where the body could not be read.",
      resolve: ({ errors }) => errors,
    }),
    rayId: t.exposeString("rayId", { description: "What Cloudflare's support asks for." }),
  }),
});

const ErrorRef = builder.interfaceRef<Failure>("Error");
ErrorRef.implement({
  description: "An expected failure of a mutation. Ask for `__typename` and `message`, and treat the types you know.",
  resolveType: ({ type }) => type,
  fields: (t) => ({
    message: t.exposeString("message", { nullable: false, description: "What went wrong, in a sentence for people." }),
    cloudflare: t.field({
      type: CloudflareAnswerRef,
      description: "What Cloudflare answered; null where it was not asked, or did not answer.",
      resolve: ({ cloudflare }) => cloudflare,
    }),
  }),
});

/** One implementation of `Error`, by its name. */
function failureRef<T extends Failure["type"]>(type: T) {
  return builder.objectRef<Extract<Failure, { type: T }>>(type);
}

const InvalidFieldRef = builder.objectRef<Problem>("InvalidField");
InvalidFieldRef.implement({
  description: "One problem of an input.",
  fields: (t) => ({
    path: t.exposeStringList("path", {
      nullable: false,
      description: "Where: names and positions from the input down, such as `policies`, `0`, `permissionGroupIds`.",
    }),
    message: t.exposeString("message", { nullable: false, description: "What is wrong there and what is allowed." }),
  }),
});

const InvalidInputErrorRef = failureRef("InvalidInputError");
InvalidInputErrorRef.implement({
  description: "The input cannot be used: found here before any call, or by Cloudflare. Nothing was changed.",
  interfaces: [ErrorRef],
  fields: (t) => ({
    fields: t.field({
      type: [InvalidFieldRef],
      nullable: false,
      ...assumes(5),
      description: "The problems, all at once; the path is empty where Cloudflare does not say what it means.",
      resolve: ({ fields }) => fields,
    }),
  }),
});

const NotFoundErrorRef = failureRef("NotFoundError");
NotFoundErrorRef.implement({
  description: "What the input names does not exist (any more). Nothing was changed.",
  interfaces: [ErrorRef],
});

const PermissionDeniedErrorRef = failureRef("PermissionDeniedError");
PermissionDeniedErrorRef.implement({
  description: "The credential may not do this. Nothing was changed.",
  interfaces: [ErrorRef],
});

const ConflictErrorRef = failureRef("ConflictError");
ConflictErrorRef.implement({
  description:
    "The present state forbids the change: somebody else changed it since the revision you saw, a name is in use, a " +
    "connector is not verified, a group was made by Cloudflare. Read `current`, decide, send again.",
  interfaces: [ErrorRef],
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

const RateLimitedErrorRef = failureRef("RateLimitedError");
RateLimitedErrorRef.implement({
  description:
    "Cloudflare's quota is used up, or too many unknown credentials came from one address. Nothing was changed; nothing is " +
    "accepted before `resetAt`.",
  interfaces: [ErrorRef],
  fields: (t) => ({
    resetAt: t.field({
      type: "DateTime",
      description: "When to come back.",
      resolve: ({ resetAt }) => resetAt,
    }),
  }),
});

const OutcomeEnum = builder.enumType("Outcome", {
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

const UpstreamErrorRef = failureRef("UpstreamError");
UpstreamErrorRef.implement({
  description: "Cloudflare failed, could not be reached, or refused for a reason that no other type tells.",
  interfaces: [ErrorRef],
  fields: (t) => ({
    outcome: t.field({
      type: OutcomeEnum,
      nullable: false,
      description: "What became of the write. It is never sent twice by itself.",
      resolve: ({ outcome }) => outcome,
    }),
  }),
});

/** The types of `Error`, members of every mutation's result. */
export const failureRefs = [
  InvalidInputErrorRef,
  NotFoundErrorRef,
  PermissionDeniedErrorRef,
  ConflictErrorRef,
  RateLimitedErrorRef,
  UpstreamErrorRef,
];
