import type { Call } from "../cloudflare/client.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import type { Budget } from "./budget.ts";
import type { CredentialGuard } from "./credential-guard.ts";
import type { Link } from "./link.ts";

/** Who learns what an attempt shows. */
export interface OutcomeOptions {
  /** The caller's key in the budget. */
  key: string;
  budget: Budget;
  guard: CredentialGuard;
  /** The credential is none: what is kept of it elsewhere goes. */
  forget: () => void;
}

/** Link: updates the budget and the credential guard after each attempt. */
export function recordOutcome({ key, budget, guard, forget }: OutcomeOptions): Link {
  return (next): Call =>
    async (endpoint, params, body, options) => {
      try {
        const response = await next(endpoint, params, body, options);
        budget.answered(key);
        guard.succeeded((params as { account_id?: string }).account_id);
        return response;
      } catch (error) {
        const { kind, status, resetAt } = error as CloudflareError;
        const limited = kind === "rate_limited";
        if (limited && status !== null && resetAt) budget.close(key, resetAt);
        else if (status !== null && status < 500) budget.answered(key);
        if (guard.failed(error)) {
          forget();
          // Waiting calls release their units first.
          setImmediate(() => budget.forget(key));
        }
        const opens = limited ? budget.closedUntil(key) : null;
        throw opens && resetAt && opens < resetAt ? endingAt(error as CloudflareError, opens) : error;
      }
    };
}

/** The same error with an earlier reset: one call may ask again then. */
function endingAt(error: CloudflareError, resetAt: Date): CloudflareError {
  return new CloudflareError(error.route, error.message, { ...error, cause: error.cause, resetAt });
}
