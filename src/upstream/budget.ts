import type { Credential } from "../cloudflare/client.ts";
import { credentialHash } from "./credential-hash.ts";

export { cloudflareQuota, type Quota, quotaOption } from "./budget/quota.ts";

/** Quota of a caller. */
export interface QuotaStatus {
  /** Units that may still be spent now (lowest of all windows), 0 while the gate is closed; `Infinity` where no limit is known. */
  left: number;
  /** Size of that window's quota; `Infinity` where no limit is known. */
  quota: number;
  /**
   * Time at which more units are released. For a rejected reservation: earliest time it could succeed; null if it exceeds the
   * quota. Otherwise null if nothing is spent or known.
   */
  resetAt: Date | null;
  /**
   * From when one call may pass to ask again: there only while the gate is closed, or nothing is left, because of what
   * answers announced for longer than five minutes. `resetAt` is the same then.
   */
  asksAt?: Date;
  /** `caller` where it is the share of one caller; otherwise it is the credential's. */
  of?: "caller";
}

/** Result of a reservation. */
export interface Reservation extends QuotaStatus {
  /** All of them may be sent, or none. */
  granted: boolean;
  /** The moment they count from, in milliseconds since the epoch: `release` asks for it. */
  at: number;
}

/**
 * The remaining quota of each caller, so that Cloudflare never has a reason to block. A caller is a {@link budgetKey}.
 *
 * In every interval of a window's length no more than its quota is granted, from any start: it is not documented whether
 * Cloudflare's window is fixed, sliding or a bucket. Units count a twentieth of the window longer than it lasts,
 * because what is granted may be sent later. No method ever rejects or throws.
 */
export interface Budget {
  /** Takes so many units at once, or none. `spare`: only as long as a tenth of the quota stays untouched; that belongs to mutations and single reads. */
  reserve(caller: string, units: number, spare: boolean): Promise<Reservation>;
  /**
   * Units that were taken and never sent. Never waits, and believes no more than was taken. `from` is the moment of their
   * taking, or of the first of several; without it any may be meant, and others count for up to a window longer.
   */
  release(caller: string, units: number, from?: number): void;
  /** For refusing an operation before its first call, and for telling what remains. */
  status(caller: string): Promise<QuotaStatus>;
  /**
   * What an answer's `ratelimit` and `ratelimit-policy` say (names in lower case). Called for every answer, so it is cheap.
   * An answer never raises what is left above our own count.
   */
  observe(caller: string, headers: Record<string, string | string[] | undefined>): void;
  /**
   * A 429, or code 971 under 200: nothing is granted to this caller until then, or for a day if that is sooner. Where it
   * is longer than five minutes, one call may pass every five minutes to ask again.
   */
  close(caller: string, until: Date): void;
  /** A call was answered, and not refused for its rate. If it was one that asks, it shows what holds: what was announced before is forgotten. */
  answered(caller: string): void;
  /** When a closed gate opens, or one call may ask whether it does, for calls that were granted before it closed; null when open. From what this process knows. */
  closedUntil(caller: string): Date | null;
  /** A credential was refused: what this process has counted for it goes, unless an answer has ever announced its quota. */
  forget(caller: string): void;
  /** Tells now what would be told with the next reservation. Called at the end of an operation in a Worker, which may be the last. */
  flush?(): Promise<void>;
  /** Lets go of connections and timers. */
  dispose(): Promise<void>;
}

const methods = [
  "reserve",
  "release",
  "status",
  "observe",
  "answered",
  "close",
  "closedUntil",
  "forget",
  "dispose",
] as const;

/** Whether something has all methods of a {@link Budget}. */
export function isBudget(given: unknown): boolean {
  return (
    typeof given === "object" &&
    given !== null &&
    methods.every((name) => typeof (given as Budget)[name] === "function")
  );
}

/**
 * The key of a caller, the same in every replica and after every restart. A credential has too much chance in it to be
 * guessed from its HMAC, so the secret need not be one; it keeps these keys from being those of anything else.
 */
export const budgetKey: (credential: Credential | null) => string = credentialHash(
  () => "cloudflare-iam-graphql budget",
);
