import { createHmac } from "node:crypto";
import type { Budget, QuotaStatus, Reservation } from "../budget.ts";

/** What the calls of one operation are weighed against. */
export type OperationBudget = Pick<Budget, "reserve" | "release" | "status" | "closedUntil">;

/**
 * The budget of a credential, as far as one of its callers may use it: each unit counts for the credential and for the
 * caller, and is granted where both have it. What is told is the lower of the two remainders.
 *
 * @param caller who it is among all callers; only an HMAC of it is kept
 */
export function callerQuota(credential: OperationBudget, quotas: Budget, caller: string): OperationBudget {
  const own = createHmac("sha256", "cloudflare-iam-graphql caller").update(caller).digest("base64url");
  return {
    async reserve(key, units, spare): Promise<Reservation> {
      const share = await quotas.reserve(own, units, spare);
      if (!share.granted) return { ...share, of: "caller" };
      const whole = await credential.reserve(key, units, spare);
      if (!whole.granted) quotas.release(own, units, share.at);
      if (!whole.granted) return whole;
      return { ...lower(share, whole), granted: true, at: Math.min(share.at, whole.at) };
    },
    release(key, units, from) {
      quotas.release(own, units, from);
      credential.release(key, units, from);
    },
    async status(key) {
      const [share, whole] = await Promise.all([quotas.status(own), credential.status(key)]);
      return lower(share, whole);
    },
    closedUntil: (key) => credential.closedUntil(key),
  };
}

function lower(share: QuotaStatus, whole: QuotaStatus): QuotaStatus {
  return share.left <= whole.left ? { ...share, of: "caller" } : whole;
}
