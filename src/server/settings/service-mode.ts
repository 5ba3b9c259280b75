import * as z from "zod";
import { type Algorithm, ASYMMETRIC, isJwksUrl, isTeamDomain, JWKS_URL, TEAM_DOMAIN } from "../callers/jwt-options.ts";
import { secretProblem } from "../credential.ts";
import { duration } from "./values.ts";

/** A text that is not set. */
const unset = "";

/** Settings of service mode: many callers on one token. Empty where they are not set. */
export const serviceSettings = {
  CLOUDFLARE_API_TOKEN: z
    .string()
    .refine((text) => !secretProblem(text), "an API token of Cloudflare's, without spaces, and no placeholder")
    .default(unset)
    .describe(
      "API token for the calls of all callers, who then prove themselves with a JWT. Without it each caller sends a credential of their own. Ignored with `--sandbox`.",
    ),
  CLOUDFLARE_API_TOKEN_FILE: z
    .string("a path")
    .default(unset)
    .describe("File with the same, in its place. A changed file is noticed within 10 seconds."),
  CALLERS_FILE: z
    .string("a path")
    .default(unset)
    .describe(
      "JSON file with the rules that give callers accounts and access by the claims of their JWT. A changed file is noticed within 10 seconds; a broken one leaves the last good rules. Without a rule that matches, a caller has no access.",
    ),
  JWT_ISSUER: z.string("a text").default(unset).describe("Issuer (`iss`) of callers' JWTs, letter by letter."),
  JWT_AUDIENCE: z
    .string("a text")
    .default(unset)
    .describe("Audience (`aud`) of callers' JWTs. For Cloudflare Access, the AUD tag of your application."),
  JWT_JWKS_URL: z
    .string()
    .refine(isJwksUrl, JWKS_URL)
    .default(unset)
    .describe("Keys that sign callers' JWTs (JWKS). Read through `HTTPS_PROXY`, when the first token comes."),
  JWT_ALGORITHMS: algorithms()
    .prefault("RS256")
    .describe("Algorithms that may sign callers' JWTs; none with a secret."),
  JWT_CLOCK_TOLERANCE: duration(0)
    .prefault("30s")
    .describe("By how much the issuer's clock may differ, for `exp` and `nbf`."),
  ACCESS_TEAM_DOMAIN: z
    .string()
    .refine(isTeamDomain, TEAM_DOMAIN)
    .default(unset)
    .describe(
      "Team domain of Cloudflare Access, which sets issuer and JWKS URL; the JWT is that of the header `Cf-Access-Jwt-Assertion`.",
    ),
};

function algorithms() {
  const allowed = `some of ${ASYMMETRIC.join(", ")}, by commas`;
  return z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()) as Algorithm[])
    .refine((names) => names.every((name) => ASYMMETRIC.includes(name)), allowed);
}

/** Settings that service mode is made of, once they are checked. */
export type ServiceSettings = { [Name in keyof typeof serviceSettings]: z.output<(typeof serviceSettings)[Name]> };

const callers = ["JWT_ISSUER", "JWT_AUDIENCE", "JWT_JWKS_URL", "ACCESS_TEAM_DOMAIN"] as const;
const others = ["JWT_ALGORITHMS", "JWT_CLOCK_TOLERANCE", "CALLERS_FILE", "CALLER_QUOTA", "CALLER_RATE"] as const;

/** What does not go together, a sentence for each. `given` are the variables that are set. */
export function serviceProblems(given: Readonly<Record<string, unknown>>): string[] {
  const set = (name: string) => given[name] !== undefined;
  const tokens = (["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_TOKEN_FILE"] as const).filter(set);
  if (tokens.length === 0) {
    return [...callers, ...others]
      .filter(set)
      .map(
        (name) => `${name} has no effect without CLOUDFLARE_API_TOKEN or CLOUDFLARE_API_TOKEN_FILE: set one of them.`,
      );
  }
  const problems: string[] = [];
  if (tokens.length > 1) problems.push(`${tokens.join(" and ")} are both set: unset one of them.`);
  if (!callers.some(set)) return [...problems, withoutCallers(tokens[0] as string)];
  const access = set("ACCESS_TEAM_DOMAIN");
  const twice = (["JWT_ISSUER", "JWT_JWKS_URL"] as const).filter((name) => access && set(name));
  for (const name of twice) problems.push(`${name} is what ACCESS_TEAM_DOMAIN sets: unset one of them.`);
  if (!set("JWT_AUDIENCE")) {
    const tag = access ? " It is the AUD tag of your own application in Cloudflare Access." : "";
    problems.push(`JWT_AUDIENCE is missing: without it tokens for any other application would get in.${tag}`);
  }
  for (const name of ["JWT_ISSUER", "JWT_JWKS_URL"] as const)
    if (!access && !set(name)) problems.push(`${name} is missing: set it, or ACCESS_TEAM_DOMAIN.`);
  return problems;
}

function withoutCallers(token: string): string {
  return `${token} is set, but nothing says who may use it. Unset it for passthrough, where each caller sends a credential of their own, or set JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL, or ACCESS_TEAM_DOMAIN and JWT_AUDIENCE.`;
}
