import type { Credential } from "../cloudflare/client.ts";

/** What a request has for a credential. */
export interface Presented {
  credential: Credential | null;
  /** Why that is none: what was sent, never the secret, and what is needed. Empty where there is one. */
  problem: string;
}

const NEEDED = "send `Authorization: Bearer <API token>`, or `X-Auth-Email` with `X-Auth-Key`.";

/** A credential that the host gives beside an operation. Throws nothing: what is wrong with it is its `problem`. */
export function givenCredential(credential: Credential | null): Presented {
  if (!credential) return { credential, problem: "No credential: give `{ token }` or `{ email, key }`." };
  const problem = credentialProblem(credential);
  if (problem) return { credential: null, problem };
  // Written down, it is the key of its caller: its names must be in one order.
  const { token } = credential as { token?: string };
  if (token !== undefined) return { credential: { token }, problem: "" };
  const { email, key } = credential as { email: string; key: string };
  return { credential: { email, key }, problem: "" };
}

/** Whether something has one of the two forms of a credential, each part of it a string. */
export function isCredential(given: unknown): given is Credential {
  if (typeof given !== "object" || given === null) return false;
  const names = Object.keys(given).sort().join();
  return (names === "token" || names === "email,key") && Object.values(given).every((each) => typeof each === "string");
}

/** What is wrong with a credential that this process was given, without repeating it. */
export function credentialProblem(credential: Credential): string | undefined {
  if (!isCredential(credential)) return "`credential` must be { token } or { email, key }, each a string.";
  for (const [name, value] of Object.entries(credential)) {
    const what = secretProblem(value);
    if (what) return `\`credential.${name}\` ${what}.`;
  }
  return undefined;
}

/** What is wrong with a part of a credential, as the end of a sentence that does not repeat it. */
export function secretProblem(value: string): string | undefined {
  return value === "" ? "is empty" : wrong(value);
}

/** The caller's credential, in one of the two forms that Cloudflare takes. Whatever else is sent stays here. */
export function presented(headers: Headers): Presented {
  const { token, problem } = bearer(headers.get("authorization"));
  if (token) return { credential: { token }, problem: "" };
  const [email, key] = ["x-auth-email", "x-auth-key"].map((name) => headers.get(name)?.trim() ?? "");
  if (email && key && !wrong(email) && !wrong(key)) return { credential: { email, key }, problem: "" };
  const told = problem || (email || key ? pairProblem(email ?? "", key ?? "") : "No credential");
  return { credential: null, problem: `${told}: ${NEEDED}` };
}

/** Schemes of `Authorization` that may be repeated; another word there may be the token itself. */
const schemes = ["Basic", "Digest", "Negotiate", "NTLM", "Token", "ApiKey", "AWS4-HMAC-SHA256"];

function bearer(authorization: string | null): { token?: string; problem?: string } {
  if (!authorization) return {};
  const [scheme = "", ...rest] = authorization.split(" ");
  if (scheme.toLowerCase() !== "bearer") {
    const known = schemes.find((name) => name.toLowerCase() === scheme.toLowerCase());
    return { problem: `\`Authorization\` was sent with ${known ? `the scheme \`${known}\`` : "no scheme `Bearer`"}` };
  }
  const token = rest.join(" ").trim();
  if (token === "") return { problem: "`Authorization: Bearer` was sent with no token after it" };
  const what = wrong(token);
  return what ? { problem: `The token after \`Authorization: Bearer\` ${what}` } : { token };
}

function pairProblem(email: string, key: string): string {
  if (!email) return "`X-Auth-Key` was sent without `X-Auth-Email`";
  if (!key) return "`X-Auth-Email` was sent without `X-Auth-Key`";
  return wrong(key) ? `\`X-Auth-Key\` ${wrong(key)}` : `\`X-Auth-Email\` ${wrong(email)}`;
}

/** What programs write for a value that they do not have. */
const unset = /^(undefined|null|none|nil|nan|false|true|\[object \w+\])$/i;

/** What templates and shells leave in the place of a secret. */
const template = /^(<.*>|\$\w+|\$?\{.*\}|%\w+%|\[.*\]|\.{3}|x{3,}|\*{3,}|(change|replace)[-_]?me)$/i;
/** What documentation has there: `YOUR_API_TOKEN`. */
const example =
  /^((your|my|the|insert|paste|replace)[-_ ])?((cloudflare|cf)[-_ ])?((api|access|auth|global)[-_ ]?)?(token|key)([-_ ]here)?$/i;

/** What is wrong with a value, as the end of a sentence that does not repeat it. */
function wrong(value: string): string | undefined {
  const word = unset.exec(value)?.[0];
  if (word) return `is the word \`${word}\`, as of a variable that is not set`;
  if (template.test(value) || example.test(value)) return "is a placeholder";
  if (!/^[\x21-\x7e]+$/.test(value)) return "has characters that none has, such as a space";
  return undefined;
}
