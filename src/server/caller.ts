import type { Credential } from "../cloudflare/client.ts";
import type { Rights } from "../upstream/rights.ts";

/** Who asks for an operation, whose credential its calls are made with, and what they may do. */
export interface Caller {
  /**
   * Names a caller who has proved who they are: issuer and subject as one text. `null` in passthrough, where the credential
   * is the caller.
   */
  id: string | null;
  /** The e-mail address that a caller has proved to have, if that is told. In passthrough Cloudflare knows it. */
  email?: string | null;
  /** What Cloudflare is called with: the caller's own in passthrough, the gateway's in service mode. */
  credential: Credential | null;
  /** Why there is no credential: what was sent, never the secret, and what is needed. Empty where there is one. */
  problem: string;
  /** What the caller may do, beyond what the credential may; `null` where Cloudflare alone decides. */
  rights: Rights | null;
  /** When what they proved themselves with expires, in milliseconds since the epoch: a subscription ends then. @default never */
  expiresAt?: number;
  /** Whether the caller may send documents that are not trusted, as for GraphiQL and introspection; left out for no. */
  anyDocument?: boolean;
}

/**
 * Finds out who asks, from the headers of a request and before its body is read. Rejects with an `HttpError`: 401 where the
 * caller has not proved who they are, 503 where it cannot be checked now.
 */
export type Authenticate = (headers: Headers) => Promise<Caller>;
