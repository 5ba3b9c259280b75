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
 * behind it, whether sent, shared or remembered, can go round it. `operation.needs` is read at each call.
 */
export function accountCheck(operation: Readonly<CheckedOperation>): Link {
  return (next): Call =>
    async (endpoint, params, body, options) => {
      const refusal = accountRefusal(operation, accountOf(endpoint, params as object), endpoint.route);
      if (refusal) throw refusal;
      return next(endpoint, params, body, options);
    };
}

/** Throws where an operation may not use an account: for what reaches its caller without a call of their own. */
export function checkAccount(operation: Readonly<CheckedOperation>, account: string): void {
  const refusal = accountRefusal(operation, account, "");
  if (refusal) throw refusal;
}

/**
 * Why an operation may not use an account, if that is so: the same for one that does not exist. Without an account it is
 * refused wherever there are rules.
 */
export function accountRefusal(
  { rights, needs }: Readonly<CheckedOperation>,
  account: string | undefined,
  route: string,
): CloudflareError | undefined {
  if (rights === null || (account !== undefined && allows(rights, account, needs))) return undefined;
  const what = account === "*" ? "all accounts" : account ? `the account ${account}` : "what belongs to no account";
  const message = `This caller has no right to ${needs} ${what}. Nothing was sent.`;
  return new CloudflareError(route, message, { kind: "access_denied" });
}
