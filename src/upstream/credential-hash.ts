import { createHmac } from "node:crypto";
import type { Credential } from "../cloudflare/client.ts";

/**
 * Makes what names credentials: an HMAC, so that no credential is ever a key of a map or stands in a log. The name of an object is
 * computed once; every request has a credential object of its own.
 *
 * @param secret a text: with a Buffer for its key, `createHmac` throws and catches two errors inside, which costs more than the HMAC
 */
export function credentialHash(secret: string): (credential: Credential | null) => string {
  const known = new WeakMap<Credential, string>();
  return (credential) => {
    const before = credential && known.get(credential);
    if (before) return before;
    const name = createHmac("sha256", secret).update(JSON.stringify(credential)).digest("base64url");
    if (credential) known.set(credential, name);
    return name;
  };
}
