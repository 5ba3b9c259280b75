import { createHmac, randomBytes } from "node:crypto";

/** A text: with a Buffer for its key `createHmac` is slow, see `credentialHash`. */
const secret = randomBytes(32).toString("base64url");

/** Whatever stands around an `@`, or a percent-encoded one. What a quoted name has before its last part may stay. */
const ADDRESS = /[^\s"'<>(),;=\\]*(?:@|%40)[^\s"'<>(),;\\]+/gi;

/** A credential, as headers have it. */
const CREDENTIAL = /\b(bearer|basic)(\s+|%20)[^\s"'\\,;]+/gi;

/**
 * A line without e-mail addresses, unless they are allowed, and without what follows the scheme of a credential. An address
 * becomes a word that is the same for the same address, until the process ends.
 */
export function withoutPersonalData(line: string, allowed: boolean): string {
  const clean = /(bearer|basic)\s|%20/i.test(line) ? line.replace(CREDENTIAL, "$1 [hidden]") : line;
  return allowed || !/@|%40/.test(clean) ? clean : clean.replace(ADDRESS, pseudonym);
}

function pseudonym(address: string): string {
  const name = address.toLowerCase().replace("%40", "@");
  return `email:${createHmac("sha256", secret).update(name).digest("hex").slice(0, 12)}`;
}
