import { isRead } from "../../cloudflare/endpoint.ts";
import type { CloudflareError } from "../../cloudflare/error.ts";
import { messageOf } from "../error.ts";
import type { FieldError, MutationErrorData } from "./mutation-errors.ts";

/** A path in the body that was sent (`policies`, `3`, `access`) as one in the input. */
export type PathMapper = (path: string[]) => string[];

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
  [/Cannot re-use policy IDs/i, /./, "Cloudflare mints a new ID for each policy that is written."],
  [/non-editable/i, /resource_groups/, "Cloudflare made this resource group: it can be neither changed nor deleted."],
  [
    /./,
    /^(POST|PUT) .*user_groups\/\{user_group_id\}\/members$/,
    "Perhaps one of them is no member of the account, or a directory keeps the group through SCIM.",
  ],
  [
    /does(n't| not) exist|no such user|not found/i,
    /^POST \/accounts\/\{account_id\}\/members$/,
    "`status: ACCEPTED` adds people at once who have a Cloudflare user already, and in Enterprise accounts only. Leave it out to invite them by e-mail.",
  ],
  [
    /./,
    /^(POST|PUT) \/accounts\/\{account_id\}\/members/,
    "Perhaps a permission group, a resource group or a role does not exist, or somebody was to be added directly who cannot be.",
  ],
  [
    /./,
    /^PUT .*user_groups\/\{user_group_id\}$|^DELETE .*user_groups\//,
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

/** Words that need no explanation. */
const clear = /\bin use\b|already exists|not verified/i;
/** Words that name no cause. Only behind these a guess (“Perhaps …”) is of any use. */
const vague =
  /^\W*$|^(bad|invalid) request\W*$|\b(unknown|unexpected|unspecified|internal) (\w+ )?error\b|^(\w+ )?validation( failed| error)?\W*$/i;
const conflicts = new RegExp(`${clear.source}|non-editable|disable|another account`, "i");
/** Writes that create an object, whose ID is not known yet. */
const creates = /^POST .*\/(user_groups|resource_groups|sso_connectors)$|^POST \/accounts\/\{account_id\}\/members$/;

/** How a mutation shows a failure of Cloudflare's. `written` tells that the write itself was done before. */
export function toMutationError(error: CloudflareError, written: boolean, place: PathMapper): MutationErrorData {
  const { route, status, errors, rayId, kind, resetAt } = error;
  const cloudflare = status === null ? undefined : { route, status, errors, rayId };
  if (written) {
    const message = `The write was done; reading the result failed: ${sentence(error.message)}`;
    return { type: "UpstreamError", message, cloudflare, outcome: "WRITTEN" };
  }
  const read = isRead(route);
  const message = explained(error);
  const nothingSent = `${sentence(message)} Nothing was sent.`;
  switch (kind) {
    case "not_found":
      return { type: "NotFoundError", message, cloudflare };
    case "forbidden":
      return { type: "PermissionDeniedError", message, cloudflare };
    case "rate_limited":
      return { type: "RateLimitedError", message, cloudflare, resetAt };
    case "unavailable":
    case "too_expensive":
      return { type: "UpstreamError", message: nothingSent, cloudflare, outcome: "NOT_SENT" };
    case "rejected":
      if (status === 409 || errors.some((each) => conflicts.test(each.message))) {
        return { type: "ConflictError", message, cloudflare, written: false };
      }
      if (status === 400 || status === 422) {
        return { type: "InvalidInputError", message, cloudflare, fields: problems(error, place) };
      }
      return { type: "UpstreamError", message, cloudflare, outcome: "REFUSED" };
    default:
      if (read || (kind === "invalid_response" && status === null)) {
        return { type: "UpstreamError", message: nothingSent, cloudflare, outcome: "NOT_SENT" };
      }
      return {
        type: "UpstreamError",
        message: `${sentence(message)} ${howToFindOut(route)}`,
        cloudflare,
        outcome: "UNKNOWN",
      };
  }
}

function sentence(text: string): string {
  return /\.\)?$/.test(text) ? text : `${text}.`;
}

function howToFindOut(route: string): string {
  const look = creates.test(route) ? "look for it in the account's list" : "read it again";
  return `Whether it was done is not known: ${look} before you repeat it.`;
}

function explained(error: CloudflareError): string {
  const { errors, kind, route } = error;
  const message = messageOf(error);
  if (kind !== "rejected" || errors.some((each) => clear.test(each.message))) return message;
  const exact = errors.some((each) => each.pointer || !vague.test(each.message));
  const [, , explanation] =
    explanations.find(
      ([says, on, words]) =>
        on.test(route) && errors.some((each) => says.test(each.message)) && !(exact && words.startsWith("Perhaps")),
    ) ?? [];
  return explanation ? `${message} (${explanation})` : message;
}

function problems({ errors }: CloudflareError, place: PathMapper): FieldError[] {
  return errors.map(({ pointer, message }) => ({ path: pointer ? place(pathOf(pointer)) : [], message }));
}

/**
 * Cloudflare's pointer into the body as a path of an input, whose names are camelCase: `/policies/0/permission_groups/1/id`
 * is `policies`, `0`, `permissionGroupIds`, `1`. A scope has several spellings, so that it is named as a whole.
 */
function pathOf(pointer: string): string[] {
  const path = pointer
    .replace(/^#/, "")
    .split("/")
    .filter(Boolean)
    .map((name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
  const [list, ids, scope] = [/^\d+$/.test(path[0] ?? ""), path.indexOf("permissionGroups"), path.indexOf("scope")];
  if (list) return ["memberIds", ...path.slice(0, 1)];
  if (ids >= 0) return path.with(ids, "permissionGroupIds").slice(0, ids + 2);
  return scope >= 0 ? path.slice(0, scope + 1) : path;
}
