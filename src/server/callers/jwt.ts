import { hash } from "node:crypto";
import type { JWTVerifyOptions } from "jose";
import * as errors from "jose/errors";
import { jwtVerify } from "jose/jwt/verify";
import { LRUCache } from "lru-cache";
import { HttpError } from "../http-error.ts";
import type { JwtOptions } from "./jwt-options.ts";
import type { FindKey, KeySet } from "./key-set.ts";
import type { Claims } from "./rules.ts";

/** What a token must be. */
export type JwtCheck = Required<Pick<JwtOptions, "issuer" | "audience" | "algorithms" | "clockTolerance">>;

/** Characters that a token may have: more than a browser's cookie holds, less than what is worth a signature check. */
const MAX_TOKEN_LENGTH = 16_384;

/** Bytes that tokens may take which are known to be valid. */
const KNOWN_TOKENS = 16 * 1024 * 1024;

/** What is kept of a token in memory, in bytes, by estimate: its claims as objects. */
const sizeOf = (token: string) => 1_000 + 4 * token.length;

/** A token that was valid, as long as the same keys are used. */
interface KnownToken {
  claims: Claims;
  /** Milliseconds since the epoch, the tolerance included. */
  until: number;
  keys: FindKey;
}

/**
 * Makes what verifies a token and gives its claims. It rejects with `HttpError`: 401 with the reason, or 503. A token that was
 * valid is known by its digest until it expires or the JWKS is read again: a signature costs as much as a small query.
 */
export function jwtVerifier(check: JwtCheck, keys: KeySet): (token: string) => Promise<Claims> {
  const { issuer, audience, clockTolerance } = check;
  const options: JWTVerifyOptions = {
    issuer,
    audience,
    algorithms: [...check.algorithms],
    clockTolerance: clockTolerance / 1000,
    requiredClaims: ["exp"],
  };
  const known = new LRUCache<string, KnownToken>({ maxSize: KNOWN_TOKENS });
  return async (token) => {
    if (token.length > MAX_TOKEN_LENGTH) throw invalidToken(`has more than ${MAX_TOKEN_LENGTH} characters`);
    const digest = hash("sha256", token, "base64");
    const before = known.get(digest);
    if (before && before.until > Date.now() && before.keys === (await keys.current())) return before.claims;
    let used: FindKey | undefined;
    try {
      const { payload: claims } = await jwtVerify(
        token,
        async (header, signed) => {
          // With keys that are read later the signature counts for nothing.
          used = await keys.current();
          return keys.find(header, signed);
        },
        options,
      );
      const until = expiryOf(claims, clockTolerance);
      if (used) known.set(digest, { claims, until, keys: used }, { size: sizeOf(token) });
      return claims;
    } catch (error) {
      if (error instanceof HttpError) throw error;
      throw invalidToken(problemOf(error, check));
    }
  };
}

/** When a token that was valid stops to be: milliseconds since the epoch, the tolerance included. */
export function expiryOf({ exp }: Claims, clockTolerance: number): number {
  return Number(exp) * 1000 + clockTolerance;
}

/** A refusal of a token; `problem` is the rest of the sentence “The token …” and repeats nothing of it. */
export function invalidToken(problem: string): HttpError {
  return unauthenticated(`The token ${problem}.`, 'Bearer error="invalid_token"');
}

/** 401, with what the header `WWW-Authenticate` says (RFC 6750, 3: no error where no token was sent). */
export function unauthenticated(message: string, challenge = "Bearer"): HttpError {
  return new HttpError(401, message, { code: "UNAUTHENTICATED", headers: { "www-authenticate": challenge } });
}

function problemOf(error: unknown, { issuer, algorithms }: JwtCheck): string {
  if (error instanceof errors.JWTExpired) return "has expired";
  if (error instanceof errors.JWTClaimValidationFailed) return claimProblem(error, issuer);
  if (error instanceof errors.JOSEAlgNotAllowed) return `must be signed with ${algorithms.join(" or ")}`;
  if (error instanceof errors.JWKSNoMatchingKey) return "is signed with a key that the JWKS does not have";
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return "does not say which key of the JWKS it is signed with (`kid`)";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "has a signature that is not of the key it names";
  if (error instanceof errors.JOSENotSupported) return "needs something in its header that is not supported";
  if (error instanceof errors.JOSEError) return "is not a signed JWT";
  // The key cannot be imported, or is too short: no token of this key can be trusted.
  return "is signed with a key of the JWKS that cannot be used";
}

function claimProblem({ claim, reason }: errors.JWTClaimValidationFailed, issuer: string): string {
  if (reason === "missing") return `has no \`${claim}\``;
  if (claim === "iss") return `is of another issuer (\`iss\`) than ${issuer}`;
  if (claim === "aud") return "is for another audience (`aud`): it was made for another application";
  if (claim === "nbf") return "is not valid yet (`nbf`)";
  return `has an invalid \`${claim}\``;
}
