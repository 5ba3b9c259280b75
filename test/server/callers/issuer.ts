import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** A key of an issuer: private, public, and as it stands in the JWKS. */
export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: object;
}

/** Makes a key of an issuer. */
export async function signingKey(kid: string, alg = "RS256"): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

/** Who issues the tokens of tests, for which application. */
export const issuer = "https://issuer.example";
export const audience = "iam-gateway";

/** Signs a token. It is good for a minute, unless the claims say otherwise; a claim that is undefined is left out. */
export function tokenOf({ privateKey, kid, alg }: SigningKey, claims: JWTPayload = {}, header: object = {}) {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: issuer, aud: audience, sub: "user-1", iat: now, exp: now + 60, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
}

/** An issuer with its JWKS on a port of this machine. */
export interface Issuer extends AsyncDisposable {
  jwksUrl: string;
  /** Keys in the JWKS. */
  keys: SigningKey[];
  /** How often the JWKS was asked for. */
  reads: number;
  /** In place of the keys: what answers, for an outage and the like. */
  answer: RequestListener | undefined;
  /** Signs with the first key. */
  token(claims?: JWTPayload, header?: object): Promise<string>;
}

/** Starts an issuer. */
export async function startIssuer(...keys: SigningKey[]): Promise<Issuer> {
  const server = createServer((request, response) => {
    here.reads++;
    if (here.answer) return void here.answer(request, response);
    const body = JSON.stringify({ keys: here.keys.map(({ jwk }) => jwk) });
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const here: Issuer = {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    keys,
    reads: 0,
    answer: undefined,
    token: (claims, header) => tokenOf(here.keys[0] as SigningKey, claims, header),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return here;
}
