import type { CloudflareError } from "../cloudflare/error.ts";
import type { Failure, Problem } from "./failure.ts";

/** Cloudflare's cryptic words, and what they mean. “Perhaps” where no text is public and the cause is our guess. */
const explanations: [says: RegExp, on: RegExp, explanation: string][] = [
  [
    /invalid permission group and resource group/i,
    /./,
    "A permission group is granted only on resources of its own scope: account-wide ones on the account, zone ones on zones.",
  ],
  [
    /DSR enabled/i,
    /members/,
    "Only members with domain-scoped roles can be in a user group; Cloudflare switches that on per member.",
  ],
  [
    /scim/i,
    /user_groups/,
    "The group is kept by a directory through SCIM: its name, its members and its end come from there. Its policies can be written.",
  ],
  [
    /Policy validation failed/i,
    /user_groups/,
    "Perhaps a policy denies, which Cloudflare refuses in user groups, names a group that does not exist, or pairs a permission group with resources of another scope.",
  ],
  [/Cannot re-use policy IDs/i, /./, "Cloudflare mints a new id for each policy that is written."],
  [/non-editable/i, /resource_groups/, "Cloudflare made this resource group: it can be neither changed nor deleted."],
  [
    /./,
    /PUT .*user_groups\/\{user_group_id\}$|DELETE .*user_groups\/|\/members/,
    "Perhaps a directory keeps the group through SCIM.",
  ],
  [
    /./,
    /^POST .*sso_connectors$/,
    "Perhaps the domain has a connector already, is a public mail domain, or the account has no Zero Trust organisation with an identity provider.",
  ],
  [
    /./,
    /^PATCH .*sso_connectors/,
    "Perhaps the domain is enabled in another account, where it has to be disabled first.",
  ],
  [/./, /^DELETE .*sso_connectors/, "Perhaps it is enabled: disable it first."],
];

const conflicts = /already in use|already exists|non-editable|not verified|\bin use\b|disable/i;

/** How a mutation shows a failure of Cloudflare's. `written` tells that the write itself was done before. */
export function failureOf(error: CloudflareError, written: boolean): Failure {
  const { route, status, errors, rayId, kind, resetAt } = error;
  const cloudflare = status === null ? undefined : { route, status, errors, rayId };
  if (written) {
    const message = `The write was done; reading the result failed: ${error.message}`;
    return { type: "UpstreamError", message, cloudflare, outcome: "WRITTEN" };
  }
  const read = route.startsWith("GET ");
  const message = explained(error);
  switch (kind) {
    case "not_found":
      return { type: "NotFoundError", message, cloudflare };
    case "forbidden":
      return { type: "PermissionDeniedError", message, cloudflare };
    case "rate_limited":
      return { type: "RateLimitedError", message, cloudflare, resetAt };
    case "unavailable":
      return { type: "UpstreamError", message: `${message} Nothing was sent.`, cloudflare, outcome: "NOT_SENT" };
    case "refused":
      if (errors.some((each) => conflicts.test(each.message))) {
        return { type: "ConflictError", message, cloudflare, written: false };
      }
      if (status === 400 || status === 422) {
        return { type: "InvalidInputError", message, cloudflare, fields: problems(error) };
      }
      return { type: "UpstreamError", message, cloudflare, outcome: "REFUSED" };
    default:
      if (read || (kind === "invalid" && status === null)) {
        return { type: "UpstreamError", message: `${message} Nothing was sent.`, cloudflare, outcome: "NOT_SENT" };
      }
      return {
        type: "UpstreamError",
        message: `${message} Whether it was done is not known: read it again before you repeat it.`,
        cloudflare,
        outcome: "UNKNOWN",
      };
  }
}

function explained({ message, errors, kind, route }: CloudflareError): string {
  if (kind !== "refused") return message;
  const [, , explanation] =
    explanations.find(([says, on]) => on.test(route) && errors.some((each) => says.test(each.message))) ?? [];
  return explanation ? `${message} (${explanation})` : message;
}

/** Cloudflare's pointers into the body (`/policies/0/access`) as paths of the input, whose names are camelCase. */
function problems({ errors }: CloudflareError): Problem[] {
  return errors.map(({ pointer, message }) => ({
    path: (pointer ?? "")
      .split("/")
      .filter(Boolean)
      .map((name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
      .map((name) => ({ permissionGroups: "permissionGroupIds" })[name] ?? name),
    message,
  }));
}
