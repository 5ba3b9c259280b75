import { GraphQLError } from "graphql";
import { placeholders } from "../cloudflare/endpoint.ts";
import { CloudflareError, type Kind } from "../cloudflare/error.ts";

/** Values of `extensions.code`. */
export type Code =
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "BAD_USER_INPUT"
  | "LIMIT_EXCEEDED"
  | "RATE_LIMITED"
  | "TIMEOUT"
  | "UPSTREAM_ERROR"
  | "UPSTREAM_INVALID"
  | "UPSTREAM_UNAVAILABLE"
  | "TOO_EXPENSIVE"
  | "NOT_CACHED"
  | "PERSISTED_QUERY_NOT_SUPPORTED"
  | "PERSISTED_QUERY_NOT_FOUND"
  | "INTERNAL_SERVER_ERROR";

const codes: Record<Kind, Code> = {
  unauthenticated: "UNAUTHENTICATED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  rate_limited: "RATE_LIMITED",
  rejected: "UPSTREAM_ERROR",
  upstream_failure: "UPSTREAM_ERROR",
  invalid_response: "UPSTREAM_INVALID",
  timeout: "TIMEOUT",
  unavailable: "UPSTREAM_UNAVAILABLE",
  aborted: "TIMEOUT",
  too_expensive: "TOO_EXPENSIVE",
  access_denied: "FORBIDDEN",
  not_cached: "NOT_CACHED",
};

/**
 * The message of a failure, which `cloudflare/error-response.ts` made of Cloudflare's. If only the account can be missing, the message begins with it: Cloudflare reports an account that
 * a token may not see like one that does not exist.
 */
export function messageOf({ kind, route, message }: CloudflareError): string {
  const [parent, ...others] = placeholders(route);
  const isAccount = kind === "not_found" && parent === "account_id" && others.length === 0;
  return isAccount ? `The account was not found, or not visible to this token: ${message}` : message;
}

/** The caller's mistake, naming the argument: `badInput("first", "must be 0 to 1000, not -1")`. */
export function badInput(argument: string, problem: string): GraphQLError {
  return new GraphQLError(`\`${argument}\` ${problem}.`, {
    extensions: { code: "BAD_USER_INPUT" satisfies Code, argument },
  });
}

/** A value of Cloudflare's that the field cannot show: `invalidUpstreamValue("\"frozen\" is none of the words of MemberStatus")`. */
export function invalidUpstreamValue(problem: string): GraphQLError {
  return new GraphQLError(`Cloudflare sent something unexpected: ${problem}.`, {
    extensions: { code: "UPSTREAM_INVALID" satisfies Code },
  });
}

/**
 * The error as the caller may see it: the one place that decides this. Failures of the upstream carry their code and
 * Cloudflare's errors; any error not known to be harmless is masked and reported to `onBug` under the request's ID.
 */
export function toClientError(error: unknown, requestId: string, onBug: (error: unknown) => void): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined;
  const cause = rootOf(error);
  if (cause instanceof CloudflareError) {
    const { http } = located?.extensions ?? {};
    return withLocation(located, messageOf(cause), { ...fromCloudflare(cause), ...(http !== undefined && { http }) });
  }
  if (located && cause instanceof GraphQLError) {
    const { http, argument, limit, originalError } = { ...located.extensions, ...cause.extensions };
    const extensions = {
      code: codeOf(cause),
      ...(argument !== undefined && { argument }),
      ...(limit !== undefined && { limit }),
      // A parser's own error is not shown. For Yoga it marks a body that is no operation at all: status 400 even
      // where refused operations are answered with 200. So is a request that is too large to be looked at.
      ...(http !== undefined && { http: originalError || limit ? { ...http, spec: false } : http }),
    };
    return withLocation(located, cause.message, extensions);
  }
  // Without a path nothing was executed: the status says what became of the request.
  const before = located?.path === undefined;
  if (before && isTooDeep(cause)) {
    const code: Code = "BAD_USER_INPUT";
    return withLocation(located, "The document or its variables are nested too deep.", { code, http: { status: 400 } });
  }
  onBug(cause);
  const code: Code = "INTERNAL_SERVER_ERROR";
  return withLocation(located, "Unexpected error.", { code, requestId, ...(before && { http: { status: 500 } }) });
}

/** Documents are read by recursion; the caller decides their depth. */
function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootOf(error.originalError) : error;
}

/** Characters of a message: some repeat what was sent. */
const MAX_MESSAGE = 2000;

/** The same place in the document, with another message. */
function withLocation(
  at: GraphQLError | undefined,
  message: string,
  extensions: Record<string, unknown>,
): GraphQLError {
  const { nodes = null, source = null, positions = null, path = null } = at ?? {};
  const text = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message;
  return new GraphQLError(text, { nodes, source, positions, path, extensions });
}

function fromCloudflare(error: CloudflareError): Record<string, unknown> {
  const { route, status, errors, rayId, resetAt, cost } = error;
  return {
    code: codes[error.kind],
    ...(resetAt && { resetAt: resetAt.toISOString() }),
    ...(cost && { cost }),
    ...(status === null ? route && { route } : { cloudflare: { route, status, errors, rayId } }),
  };
}

/** Other errors of GraphQL itself are mistakes in the document or the variables. */
function codeOf({ extensions: { code } }: GraphQLError): Code {
  return isCode.has(code as Code) ? (code as Code) : "BAD_USER_INPUT";
}

const isCode = new Set<Code>([
  ...Object.values(codes),
  "BAD_USER_INPUT",
  "LIMIT_EXCEEDED",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "PERSISTED_QUERY_NOT_FOUND",
  "INTERNAL_SERVER_ERROR",
]);
