import { readFileSync } from "node:fs";
import { createSandbox } from "cloudflare-iam-graphql/sandbox";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { Miniflare } from "miniflare";

const config = JSON.parse(readFileSync("wrangler.jsonc", "utf8").replace(/^\s*\/\/.*$/gm, ""));
const { vars } = config;
/** The runtime that the Worker is deployed for. */
export const deployed = {
  compatibilityDate: config.compatibility_date,
  compatibilityFlags: config.compatibility_flags,
};
const issuer = `https://${vars.ACCESS_TEAM_DOMAIN}`;

/** Stands between the Worker and the network: Cloudflare's API is the sandbox, and Cloudflare Access has the test's keys. */
const edge = `export default {
  fetch(request, { JWKS, API }) {
    const { hostname, pathname, search } = new URL(request.url);
    if (pathname === "/cdn-cgi/access/certs") return new Response(JWKS);
    if (hostname !== "api.cloudflare.com") return new Response("Nothing is there", { status: 502 });
    return fetch(new Request(API + pathname.replace("/client/v4", "") + search, request));
  },
}`;

/**
 * The Worker as it is deployed, twice (two isolates that have the Durable Objects in common), in the runtime of Cloudflare, in front
 * of a sandbox over HTTP.
 */
export async function deploy(options = {}) {
  const sandbox = createSandbox(options);
  const { url, close } = await sandbox.listen();
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "1", alg: "RS256" }] };
  const objects = ["CredentialQuota", "AccountWrites"];
  const worker = (name) => ({
    name,
    ...deployed,
    modules: true,
    scriptPath: "dist/index.js",
    bindings: {
      ...vars,
      CLOUDFLARE_API_TOKEN: "sandbox-admin",
      OBJECT_SECRET: "a secret of this test, and of no other",
    },
    durableObjects: Object.fromEntries(
      ["QUOTA", "WRITES"].map((binding, i) => [
        binding,
        { className: objects[i], useSQLite: true, ...(name !== "one" && { scriptName: "one" }) },
      ]),
    ),
    outboundService: "edge",
  });
  const bindings = { JWKS: JSON.stringify(jwks), API: url };
  const outside = { name: "edge", ...deployed, modules: true, script: edge, bindings };
  const runtime = new Miniflare({ workers: [worker("one"), worker("two"), outside] });
  const { href } = new URL("/graphql", await runtime.ready);

  /** A token as Cloudflare Access signs it. */
  const tokenOf = (email) =>
    new SignJWT({ email, sub: email })
      .setProtectedHeader({ alg: "RS256", kid: "1" })
      .setIssuer(issuer)
      .setAudience(vars.ACCESS_AUD)
      .setExpirationTime("5m")
      .sign(privateKey);
  const admin = await tokenOf("admin@acme.example");

  /** A request of the admin, or with another token, or without one. */
  const requestOf = (body, { token = admin, headers = {} } = {}) => ({
    method: "POST",
    headers: {
      "content-type": "application/json",
      "cf-connecting-ip": "192.0.2.1",
      ...(token && { "cf-access-jwt-assertion": token }),
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

  /** Sends a request to one of the two isolates. */
  const send = async (body, { to = "one", ...options } = {}) =>
    (await runtime.getWorker(to)).fetch("https://iam.acme.example/graphql", requestOf(body, options));

  return {
    sandbox,
    /** Where the first isolate listens. */
    url: href,
    tokenOf,
    requestOf,
    send,
    ask: async (query, variables, init) => (await send({ query, variables }, init)).json(),
    [Symbol.asyncDispose]: async () => {
      await runtime.dispose();
      await close();
    },
  };
}
