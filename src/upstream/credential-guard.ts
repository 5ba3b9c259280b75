import type { Call } from "../cloudflare/client.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import { type Credentials, verdictOf } from "./credential-guard/credentials.ts";
import type { UnknownLimit } from "./credential-guard/unknown-limit.ts";
import type { Deadline } from "./deadline.ts";
import type { Link } from "./link.ts";

/** Answers with 403 after which the rest of an operation is not sent, while nothing shows that its credential works. */
const MOST_FORBIDDEN = 10;

/** Whose calls one operation makes. */
export interface GuardedCredential {
  /** HMAC of the credential. */
  key: string;
  /** The client's network; `undefined` where that is not known: then no limit per address holds. */
  client: string | undefined;
  /** How long the operation waits. */
  deadline: Deadline;
  /** Whether anything of the operation has been sent. */
  sent: () => boolean;
}

/** Keeps one operation from sending what its credential cannot get: before its calls are weighed, and again before they leave. */
export class CredentialGuard {
  readonly #credentials: Credentials;
  readonly #limit: UnknownLimit;
  readonly #guarded: GuardedCredential;
  /** Cloudflare has refused the credential in this operation. */
  #refused = false;
  #forbidden = 0;

  constructor(credentials: Credentials, limit: UnknownLimit, guarded: GuardedCredential) {
    this.#credentials = credentials;
    this.#limit = limit;
    this.#guarded = guarded;
  }

  /** Whether the credential is known to work. */
  get known(): boolean {
    return this.#credentials.isKnown(this.#guarded.key);
  }

  /** Whether the credential is known to work in an account. */
  knownIn(account: string): boolean {
    return this.#credentials.isKnownIn(this.#guarded.key, account);
  }

  /** Why nothing may be sent at this moment, if that is so; without a route it is the whole operation. */
  refusal(route = ""): CloudflareError | undefined {
    const { key, client } = this.#guarded;
    if (this.known && !this.#refused) return undefined;
    const until = this.#credentials.refusedUntil(key);
    if (this.#refused || until) return refusedBefore(route, until);
    if (this.#forbidden >= MOST_FORBIDDEN) return forbiddenBefore(route);
    return client === undefined ? undefined : this.#limit.refusal(client, key, route);
  }

  /** Does what belongs to a call, or to several, once the credential has a place among the unknown ones of its address. */
  async hold<T>(route: string, run: () => Promise<T>): Promise<T> {
    const refusal = this.refusal(route);
    if (refusal) throw refusal;
    const { key, client, deadline, sent } = this.#guarded;
    return this.known || client === undefined ? run() : this.#limit.run(client, key, route, deadline, run, sent);
  }

  /** Link: every call is held. */
  readonly link: Link =
    (next): Call =>
    (endpoint, params, body, options) =>
      this.known && !this.#refused
        ? next(endpoint, params, body, options)
        : this.hold(endpoint.route, () => next(endpoint, params, body, options));

  /** An answer was a success, perhaps in an account. */
  succeeded(account?: string): void {
    this.#credentials.works(this.#guarded.key, account);
  }

  /** Notes what a failure says of the credential. Returns whether it is rejected. */
  failed(error: unknown): boolean {
    const { key } = this.#guarded;
    const verdict = error instanceof CloudflareError ? verdictOf(error) : "nothing";
    if (verdict === "works") this.#credentials.works(key);
    if (verdict === "forbidden" && !this.known) this.#forbidden++;
    if (verdict !== "refused") return false;
    this.#refused = true;
    this.#credentials.refuse(key);
    return true;
  }
}

function refusedBefore(route: string, until: Date | undefined): CloudflareError {
  const again = until ? ` It may be tried again at ${until.toISOString()}.` : "";
  const message = `${route || "The operation"} was not sent: Cloudflare has just refused this credential.${again}`;
  return new CloudflareError(route, message, { kind: "unauthenticated", resetAt: until ?? null });
}

function forbiddenBefore(route: string): CloudflareError {
  const message =
    `${route || "The operation"} was not sent: Cloudflare answered ${MOST_FORBIDDEN} calls of this operation with 403, and none ` +
    "has shown that the credential works.";
  return new CloudflareError(route, message, { kind: "forbidden" });
}
