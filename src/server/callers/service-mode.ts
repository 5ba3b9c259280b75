import * as z from "zod";
import type { Credential } from "../../cloudflare/client.ts";
import { fetchTransport } from "../../cloudflare/fetch-transport.ts";
import type { Transport } from "../../cloudflare/wire.ts";
import { callable, checkOptions, OptionsError, object, value } from "../../options.ts";
import type { Authenticate } from "../caller.ts";
import { credentialProblem, givenCredential, type Presented } from "../credential.ts";
import { expiryOf, invalidToken, jwtVerifier, unauthenticated } from "./jwt.ts";
import { type JwtOptions, jwtOptions } from "./jwt-options.ts";
import { JWKS_TIMEOUT, KeySet, MAX_JWKS_SIZE } from "./key-set.ts";
import { anyDocumentOf, type CallerRule, type Claims, listOfRules, rightsOf } from "./rules.ts";

/** How callers of one credential are known, and what they may do. */
export interface ServiceModeOptions {
  /** What Cloudflare is called with, for all callers; a function is asked for each request. */
  credential: Credential | (() => Credential);
  /** The tokens of callers. */
  jwt: JwtOptions;
  /** What callers may do; a function is asked for each request. Without a rule that matches, a caller may do nothing. */
  rules: readonly CallerRule[] | (() => readonly CallerRule[]);
  /** What reads the JWKS. @default `fetchTransport()` with 5 s and 256 KiB */
  transport?: Transport;
  /** Told when the JWKS cannot be read, and when it can be again. @default console.error */
  log?: (line: string) => void;
}

const allowed = object<ServiceModeOptions>(
  {
    // Looked at on its own, because a refusal shows what was given.
    credential: value("", () => true),
    jwt: jwtOptions,
    rules: z.preprocess(
      (given) => (typeof given === "function" ? [] : given),
      listOfRules("a list of rules, or a function that gives one"),
    ),
    transport: callable("a function: `createTransport()`, `fetchTransport()`, or one of your own"),
    log: callable(),
  },
  "credential",
  "jwt",
  "rules",
);

/**
 * Makes the gateway option `authenticate` for many callers on one credential: each proves who they are with a JWT, and rules
 * say by its claims what they may do. Nothing of their requests is forwarded to Cloudflare. Throws `OptionsError`.
 */
export function serviceMode(options: ServiceModeOptions): Authenticate {
  checkOptions("serviceMode", allowed, options);
  const { credential, rules } = options;
  const problem = typeof credential === "function" ? undefined : credentialProblem(credential);
  if (problem) throw new OptionsError(`serviceMode: ${problem}`);
  const { issuer, audience, jwksUrl: url, header = "authorization" } = options.jwt;
  const { algorithms = ["RS256"], clockTolerance = 30_000 } = options.jwt;
  const { transport = fetchTransport(jwksBounds), log = console.error } = options;
  const verify = jwtVerifier({ issuer, audience, algorithms, clockTolerance }, new KeySet({ url, transport, log }));
  let last: { text: string; presented: Presented } | undefined;
  /** The credential, as one object for as long as it is the same: what is computed of it is computed once. */
  const presented = () => {
    const given = typeof credential === "function" ? credential() : credential;
    const text = JSON.stringify(given);
    if (last?.text !== text) last = { text, presented: givenCredential(given) };
    return last.presented;
  };
  return async (headers) => {
    const claims = await verify(tokenIn(headers, header));
    const given = typeof rules === "function" ? rules() : rules;
    return {
      id: idOf(claims, header),
      email: isName(claims.email) ? claims.email : null,
      ...presented(),
      rights: rightsOf(given, claims),
      expiresAt: expiryOf(claims, clockTolerance),
      ...(anyDocumentOf(given, claims) && { anyDocument: true }),
    };
  };
}

/** Bounds of the transport that reads the JWKS. */
export const jwksBounds = { callTimeout: JWKS_TIMEOUT, maxResponseSize: MAX_JWKS_SIZE };

/** The token of a request. No other header, and no cookie, is looked at. */
function tokenIn(headers: Headers, header: NonNullable<JwtOptions["header"]>): string {
  const given = headers.get(header);
  if (header === "cf-access-jwt-assertion") {
    if (!given)
      throw unauthenticated(
        "No token: `Cf-Access-Jwt-Assertion` is missing, so the request did not pass Cloudflare Access.",
      );
    return given;
  }
  if (!given) throw unauthenticated("No token: send `Authorization: Bearer <JWT>`.");
  const [, token] = /^bearer +(\S+)$/i.exec(given) ?? [];
  if (token === undefined) throw unauthenticated("`Authorization` must be `Bearer` and a JWT.");
  return token;
}

/**
 * One text for who a caller is. Tokens of Access for its service tokens have an empty `sub`, and `common_name` for the ID of
 * the service token. [D] https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/application-token/
 */
function idOf({ iss, sub, common_name }: Claims, header: JwtOptions["header"]): string {
  if (isName(sub)) return JSON.stringify({ iss, sub });
  if (header === "authorization") throw invalidToken("has no `sub`");
  if (isName(common_name)) return JSON.stringify({ iss, common_name });
  throw invalidToken("has neither `sub` nor `common_name`");
}

function isName(given: unknown): given is string {
  return typeof given === "string" && given !== "";
}
