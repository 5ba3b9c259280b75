import { millisecondsOrNone, OptionsError, object, value } from "../../options.ts";

/** Algorithms of which the public key alone can check a signature: with a secret, whoever checks a token could make one. */
export const ASYMMETRIC = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

/** One of {@link ASYMMETRIC}. */
export type Algorithm = (typeof ASYMMETRIC)[number];

/** The tokens (JWTs) of callers. */
export interface JwtOptions {
  /** Who issues them: their `iss`, letter by letter. */
  issuer: string;
  /** For whom they are: their `aud`, or one of several. Without it any token of the issuer would do, of any application. */
  audience: string;
  /** Where the issuer's keys (JWKS) are: an https URL; http for a loopback address. */
  jwksUrl: string;
  /** @default ["RS256"] */
  algorithms?: readonly Algorithm[];
  /** Milliseconds by which the issuer's clock may differ from ours. @default 30000 */
  clockTolerance?: number;
  /** The header they come in: `Authorization: Bearer <token>`, or that of Cloudflare Access. The former where nothing is said. */
  header?: "authorization" | "cf-access-jwt-assertion";
}

/** Where keys are, as the end of a sentence. */
export const JWKS_URL = "an https URL (http for a loopback address), without user and fragment";

/** Whether something is a {@link JWKS_URL}. Keys that come over plain http could be anybody's. */
export function isJwksUrl(given: unknown): boolean {
  const url = typeof given === "string" ? URL.parse(given) : null;
  if (!url || url.username || url.password || url.hash) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && loopback.test(url.hostname));
}

const loopback = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

const isAlgorithm = (given: unknown) => ASYMMETRIC.includes(given as Algorithm);
const some = (what: string) => value(what, (given) => typeof given === "string" && given !== "");

/** What {@link JwtOptions} may be. */
export const jwtOptions = object<JwtOptions>(
  {
    issuer: some("the issuer of tokens, as it stands in their `iss`"),
    audience: some("the audience of tokens, as it stands in their `aud`"),
    jwksUrl: value(JWKS_URL, isJwksUrl),
    algorithms: value(
      `a list of ${ASYMMETRIC.join(", ")}`,
      (given) => Array.isArray(given) && given.length > 0 && given.every(isAlgorithm),
    ),
    clockTolerance: millisecondsOrNone,
    header: value(
      "authorization or cf-access-jwt-assertion",
      (given) => given === "authorization" || given === "cf-access-jwt-assertion",
    ),
  },
  "issuer",
  "audience",
  "jwksUrl",
);

/** A team domain of Cloudflare Access, as the end of a sentence. */
export const TEAM_DOMAIN = "the team domain of Cloudflare Access, such as acme.cloudflareaccess.com";

const teamDomain = /^(?:https:\/\/)?([a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)\.cloudflareaccess\.com\/?$/;

/** Whether something is a {@link TEAM_DOMAIN}. */
export function isTeamDomain(given: unknown): boolean {
  return typeof given === "string" && teamDomain.test(given);
}

/**
 * What {@link JwtOptions} are behind Cloudflare Access, but for the audience, which is the application's own: who issues
 * tokens, where the keys are, which header has the token. Throws `OptionsError`.
 * [D] https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/validating-json/
 */
export function cloudflareAccess(domain: string): Pick<JwtOptions, "issuer" | "jwksUrl" | "header"> {
  const [, team] = teamDomain.exec(domain) ?? [];
  if (team === undefined) throw new OptionsError(`cloudflareAccess: the domain must be ${TEAM_DOMAIN}.`);
  const issuer = `https://${team}.cloudflareaccess.com`;
  return { issuer, jwksUrl: `${issuer}/cdn-cgi/access/certs`, header: "cf-access-jwt-assertion" };
}
