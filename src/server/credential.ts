import type { Credential } from "../cloudflare/client.ts";

/** The caller's credential, in one of the two forms that Cloudflare takes. Whatever else is sent stays here. */
export function credentialOf(headers: Headers): Credential | null {
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (token) return { token };
  const [email, key] = ["x-auth-email", "x-auth-key"].map((name) => headers.get(name)?.match(/^[\x21-\x7e]+$/)?.[0]);
  return email && key ? { email, key } : null;
}
