/**
 * Kind of a failure, as the caller should handle it:
 * `unauthenticated` no or a bad credential · `forbidden` a good one without the right · `not_found` no such thing ·
 * `rate_limited` come back at `resetAt` · `rejected` any other refusal by Cloudflare · `upstream_failure` 5xx, a reset ·
 * `invalid_response` an answer that is not Cloudflare's, or does not fit its schema · `timeout` no answer in time ·
 * `unavailable` not reachable, so that nothing was sent ·
 * `aborted` given up, because no operation waits any more · `too_expensive` not sent: beyond what one operation may spend ·
 * `access_denied` not sent: the gateway's rules give its caller no right to the account ·
 * `not_cached` not sent: the caller wants no call made, and there is no answer that they accept.
 */
export type Kind =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "rate_limited"
  | "rejected"
  | "upstream_failure"
  | "invalid_response"
  | "timeout"
  | "unavailable"
  | "aborted"
  | "too_expensive"
  | "access_denied"
  | "not_cached";

/** One refusal in Cloudflare's words. `code` may be missing, or be the HTTP status. */
export interface ApiErrorDetail {
  code: number | null;
  message: string;
  /** JSON pointer into the body that was sent; seldom given. */
  pointer: string | null;
  documentationUrl: string | null;
}

/** Numbers of a rejection because of cost. */
export interface Cost {
  /** Unit of the numbers; calls if omitted. */
  unit?: "objects" | "bytes" | "errors";
  /** Number requested at once. */
  needed: number;
  /** Number still available. */
  left: number;
  /** Out of how many: what one operation may make, or Cloudflare's quota. */
  limit: number;
  /** The `first` with which the whole operation would fit; `null` where none is known. */
  first: number | null;
}

/** Properties of a failure beside its route and message. */
export interface CloudflareErrorInit {
  kind: Kind;
  /** HTTP status; `null` when no answer came. */
  status?: number | null;
  errors?: ApiErrorDetail[];
  /** `cf-ray`, which Cloudflare's support asks for. */
  rayId?: string | null;
  /** When a rate limit ends. */
  resetAt?: Date | null;
  /** Of a call that was not sent, because of what it costs. */
  cost?: Cost | null;
  /** Of a write: Cloudflare says that it was done, and what it shows of it cannot be read. */
  done?: boolean;
  cause?: unknown;
}

/** The one error of this layer. Its message names the route as a template: no ID and no credential in it. */
export class CloudflareError extends Error {
  override readonly name = "CloudflareError";
  readonly route: string;
  readonly kind: Kind;
  readonly status: number | null;
  readonly errors: ApiErrorDetail[];
  readonly rayId: string | null;
  readonly resetAt: Date | null;
  readonly cost: Cost | null;
  readonly done: boolean;

  constructor(route: string, message: string, failure: CloudflareErrorInit) {
    super(message, { cause: failure.cause });
    this.route = route;
    this.kind = failure.kind;
    this.status = failure.status ?? null;
    this.errors = failure.errors ?? [];
    this.rayId = failure.rayId ?? null;
    this.resetAt = failure.resetAt ?? null;
    this.cost = failure.cost ?? null;
    this.done = failure.done ?? false;
  }
}

/** Whether an error says that there is no such thing. */
export function isNotFound(error: unknown): error is CloudflareError {
  return error instanceof CloudflareError && error.kind === "not_found";
}

/** A record of a list that cannot be read: a failure in its place, so that the others stand. */
export class UnreadableRecord extends CloudflareError {
  /** The record's ID, where that much could be read. */
  readonly id: string | undefined;

  constructor(route: string, message: string, failure: Omit<CloudflareErrorInit, "kind">, id: string | undefined) {
    super(route, message, { ...failure, kind: "invalid_response" });
    this.id = id;
  }
}
