import type { Call } from "../cloudflare/client.ts";
import { accountOf } from "../cloudflare/endpoint.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import type { Link } from "./link.ts";
import { type AccessLevel, allows, type Rights } from "./rights.ts";

/** One operation, as far as its caller's rights decide about it. */
export interface CheckedOperation {
  /** `null` where the gateway has no rules: Cloudflare alone decides, by the caller's own credential. */
  rights: Rights | null;
  /** What every call of the operation needs: a mutation reads only where it may write. */
  needs: AccessLevel;
}

/**
 * Link: a call goes on only for an account that its caller has a right to. It is the first of the chain, so that nothing
 * behind it, whether sent, shared or remembered, can go round it. `operation.needs` is read at each call. A refusal tells
 * nothing but what was asked: the same for an account that does not exist.
 */
export function accountCheck(operation: Readonly<CheckedOperation>): Link {
  return (next): Call =>
    async (endpoint, params, body, options) => {
      const { rights, needs } = operation;
      if (rights !== null) {
        const account = accountOf(endpoint, params as object);
        if (account === undefined || !allows(rights, account, needs)) throw accessDenied(endpoint.route, account, needs);
      }
      return next(endpoint, params, body, options);
    };
}

function accessDenied(route: string, account: string | undefined, needs: AccessLevel): CloudflareError {
  const of =
    account === undefined
      ? "what does not belong to one account"
      : account === "*"
        ? "all accounts"
        : `the account ${account}`;
  return new CloudflareError(route, `This caller has no right to ${needs} ${of}. Nothing was sent.`, {
    kind: "access_denied",
  });
}
