import { ApiError } from "./answer.ts";

/** Who calls. Several credentials may belong to one user, and share that user's quota [D]. */
export interface SandboxIdentity {
  /** Name in the record of calls, in place of the credential. */
  readonly name: "admin" | "reader" | "key" | "account";
  /** Whose quota it spends: a user's e-mail address, or the account that owns the token. */
  readonly user: string;
  readonly writes: boolean;
}

const admin = "admin@acme.example";

const tokens = new Map<string, SandboxIdentity>([
  ["sandbox-admin", { name: "admin", user: admin, writes: true }],
  // A token that the account owns: it is no user's.
  ["sandbox-account", { name: "account", user: "account", writes: true }],
  ["sandbox-reader", { name: "reader", user: "reader@acme.example", writes: false }],
]);

/** Global API keys, each with the address that must come with it. */
const keys = new Map<string, SandboxIdentity>([["sandbox-admin-key", { name: "key", user: admin, writes: true }]]);

const keyForm = /^(sandbox-[a-z]+-key|[0-9a-f]{37,45})$/;

/**
 * The caller, or why Cloudflare refuses. `Authorization: Bearer sandbox-admin` may do everything, `sandbox-reader` may
 * only read; `sandbox-account` is owned by the account; `sandbox-admin-1` and so on are further tokens of the admin; `X-Auth-Email: admin@acme.example` with `X-Auth-Key: sandbox-admin-key` is the admin by global key.
 * A real token has 40 characters; here any word is well-formed, so that a mistyped one is unknown rather than malformed.
 */
export function identify(headers: Record<string, string>): SandboxIdentity | ApiError {
  const { authorization, "x-auth-email": email, "x-auth-key": key } = headers;
  if (authorization !== undefined) {
    const token = /^Bearer ([\w-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) return malformed(6111, "Authorization");
    return tokens.get(token.replace(/^(sandbox-admin)-\d+$/, "$1")) ?? new ApiError(403, 9109, "Invalid access token");
  }
  // Cloudflare's status under 9106 and 9103 was never recorded: 400 and 403 are assumed.
  if (!email || !key) return new ApiError(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
  if (!keyForm.test(key)) return malformed(6103, "X-Auth-Key");
  const caller = keys.get(key);
  return caller?.user === email.toLowerCase() ? caller : new ApiError(403, 9103, "Unknown X-Auth-Key or X-Auth-Email");
}

function malformed(code: number, header: string): ApiError {
  const chain = { code, message: `Invalid format for ${header} header` };
  return new ApiError(400, 6003, "Invalid request headers", { chain });
}
