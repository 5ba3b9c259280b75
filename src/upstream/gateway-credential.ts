import type { Call } from "../cloudflare/client.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import type { Link } from "./link.ts";

/**
 * Link: where Cloudflare refuses the gateway's own credential, its callers have done nothing wrong: they are not asked to log
 * in again, but told that the upstream is unavailable. What was refused was not done.
 */
export const gatewayCredential: Link =
  (next): Call =>
  async (endpoint, params, body, options) => {
    try {
      return await next(endpoint, params, body, options);
    } catch (error) {
      throw error instanceof CloudflareError ? asUnavailable(error) : error;
    }
  };

/** A refusal of the gateway's own credential, as its callers may see it; any other error as it is. */
export function asUnavailable(error: CloudflareError): CloudflareError {
  if (error.kind !== "unauthenticated") return error;
  const { route, resetAt } = error;
  const message = `${route || "The operation"} was not done: Cloudflare refuses the credential of this gateway`;
  return new CloudflareError(route, message, { kind: "unavailable", resetAt, cause: error });
}
