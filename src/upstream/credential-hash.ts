import { createHmac } from "node:crypto";
import type { Credential } from "../cloudflare/client.ts";

/**
 * Makes what names credentials: an HMAC, so that no credential is ever a key of a map or stands in a log. The name of an object is
 * computed once; every request has a credential object of its own.
 *
 * @param secretOf makes the secret when it is first needed: some runtimes have nothing random before the first request. It is a text,
 *   because with a Buffer for its key `createHmac` throws and catches two errors inside, which cost more than the HMAC
 */
export function credentialHash(secretOf: () => string): (credential: Credential | null) => string {
  let secret: string | undefined;
  const known = new WeakMap<Credential, string>();
  return (credential) => {
    const before = credential && known.get(credential);
    if (before) return before;
    secret ??= secretOf();
    const name = createHmac("sha256", secret).update(JSON.stringify(credential)).digest("base64url");
    if (credential) known.set(credential, name);
    return name;
  };
}
