import type { CloudflareError } from "../../cloudflare/error.ts";
import { ExpiringCache } from "./expiring-cache.ts";

/** Milliseconds for which a refused credential is not sent again. */
export const REFUSED_FOR = 60_000;

/** Milliseconds for which a credential that is not used counts as one that works. */
const KNOWN_FOR = 3_600_000;

/** How many credentials of each kind are remembered: about 200 bytes each. */
const MOST = 10_000;

/** What an answer says of the credential it was given to. */
export type Verdict = "works" | "refused" | "forbidden" | "nothing";

/**
 * What Cloudflare has said of credentials, by their HMAC, for one process. A credential is known once an answer has shown that
 * it works, refused for a minute once an answer has said that it is none, and otherwise unknown.
 */
export class Credentials {
  readonly #known = new ExpiringCache<true>(MOST, KNOWN_FOR);
  /** Until when each counts as refused, in milliseconds since the epoch. */
  readonly #refused = new ExpiringCache<number>(MOST, REFUSED_FOR);

  /** How many are remembered. */
  get size(): number {
    return this.#known.size + this.#refused.size;
  }

  /** Whether it has worked within the hour, and was not refused since. */
  isKnown(key: string): boolean {
    return this.#known.get(key) !== undefined;
  }

  /** Whether it has worked within the hour in an account, and was not refused since. */
  isKnownIn(key: string, account: string): boolean {
    return this.isKnown(key) && this.#known.get(`${key} ${account}`) !== undefined;
  }

  /** When a refused credential may be sent again; `undefined` where it is not refused. */
  refusedUntil(key: string): Date | undefined {
    const until = this.#refused.get(key);
    return until !== undefined && until > Date.now() ? new Date(until) : undefined;
  }

  /** An answer has shown that it works, perhaps in an account. One that was asked for before a refusal proves nothing after it. */
  works(key: string, account?: string): void {
    if (!this.isKnown(key)) {
      if (this.refusedUntil(key)) return;
      this.#known.set(key, true);
    }
    if (account !== undefined && !this.isKnownIn(key, account)) this.#known.set(`${key} ${account}`, true);
  }

  /** Cloudflare does not know it. */
  refuse(key: string): void {
    this.#known.delete(key);
    this.#refused.set(key, Date.now() + REFUSED_FOR);
  }
}

/** Cloudflare's codes for a path that it has no route for: it may say so before it looks at the credential. */
const NO_ROUTE = new Set<number | null>([7000, 7003]);

/**
 * What a failed call says of its credential. A 403 with code 10000 comes both for a credential that is none and for one without
 * the right, so that `forbidden` proves neither. 5xx, rate limits and what was never answered say nothing.
 */
export function verdictOf({ route, kind, status, errors }: CloudflareError): Verdict {
  // Cloudflare refuses a token that an account owns there in the words that it has for one that is none.
  if (status === null || route === "GET /user") return "nothing";
  if (kind === "unauthenticated") return "refused";
  if (kind === "forbidden") return "forbidden";
  if (kind === "invalid_response") return "works";
  const told = errors.length > 0 && !errors.some(({ code }) => NO_ROUTE.has(code));
  return told && (kind === "not_found" || kind === "rejected") ? "works" : "nothing";
}
