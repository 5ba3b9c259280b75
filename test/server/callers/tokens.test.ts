import { createHmac } from "node:crypto";
import { exportSPKI } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Caller } from "../../../src/server/caller.ts";
import { cloudflareAccess } from "../../../src/server/callers/jwt-options.ts";
import { type ServiceModeOptions, serviceMode } from "../../../src/server/callers/service-mode.ts";
import type { HttpError } from "../../../src/server/http-error.ts";
import { audience, type Issuer, issuer, type SigningKey, signingKey, startIssuer, tokenOf } from "./issuer.ts";

const keys: Record<string, SigningKey> = {};
const key = (name: string) => keys[name] as SigningKey;
let here: Issuer;

beforeAll(async () => {
  keys.own = await signingKey("key-1");
  keys.foreign = await signingKey("key-1");
  keys.elliptic = await signingKey("key-2", "ES256");
  here = await startIssuer(key("own"), key("elliptic"));
});
afterAll(() => here[Symbol.asyncDispose]());

const credential = { token: "t0ken-of-the-gateway" };
const rules = [{ claims: { groups: "admins" }, accounts: "*", access: "write" }] as const;

/** What a gateway in service mode makes of these headers. */
function callerOf(headers: Record<string, string>, options: Partial<ServiceModeOptions> = {}): Promise<Caller> {
  const jwt = { issuer, audience, jwksUrl: here.jwksUrl };
  return serviceMode({ credential, jwt, rules, log: () => {}, ...options })(new Headers(headers));
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Who a token makes of its bearer. */
const callerWith = async (token: string | Promise<string>) => callerOf(bearer(await token));

/** Why headers are refused, and what the answer tells beside. */
async function refusal(caller: Promise<Caller>) {
  const error = await caller.then(
    () => undefined,
    (error: HttpError) => error,
  );
  return error && { status: error.status, message: error.message, challenge: error.headers["www-authenticate"] };
}

const invalid = (problem: string) => ({
  status: 401,
  message: `The token ${problem}.`,
  challenge: 'Bearer error="invalid_token"',
});

const seconds = () => Math.floor(Date.now() / 1000);
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("a valid token makes a caller: who, with whose credential, with which rights", async () => {
  const { expiresAt, ...caller } = await callerWith(here.token({ groups: ["staff", "admins"] }));
  expect(expiresAt).toBeGreaterThan(Date.now());
  expect(caller).toEqual({
    id: '{"iss":"https://issuer.example","sub":"user-1"}',
    email: null,
    credential,
    problem: "",
    rights: new Map([["*", "write"]]),
  });
});

test("the e-mail address is that of the claim", async () => {
  expect(await callerWith(here.token({ email: "mara@acme.example" }))).toMatchObject({ email: "mara@acme.example" });
  expect(await callerWith(here.token({ email: "" }))).toMatchObject({ email: null });
});

test("a caller whom no rule names may do nothing", async () => {
  expect((await callerWith(here.token({ groups: ["staff"] }))).rights).toEqual(new Map());
});

test("the audience may be one of several, and the scheme in any case", async () => {
  const token = await here.token({ aud: ["another", audience] });
  expect(await callerOf({ authorization: `bearer ${token}` })).toMatchObject({ credential });
});

test("clocks may differ by the tolerance", async () => {
  const now = seconds();
  expect(await callerWith(here.token({ exp: now - 20, nbf: now + 20 }))).toMatchObject({ credential });
});

describe("a token is refused with 401 and the reason", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["of another issuer", { iss: "https://evil.example" }, `is of another issuer (\`iss\`) than ${issuer}`],
    ["without issuer", { iss: undefined }, "has no `iss`"],
    [
      "for another audience",
      { aud: "another" },
      "is for another audience (`aud`): it was made for another application",
    ],
    ["without audience", { aud: undefined }, "has no `aud`"],
    ["without end", { exp: undefined }, "has no `exp`"],
    ["with an end that is no number", { exp: "tomorrow" }, "has an invalid `exp`"],
    ["expired", { exp: 1_700_000_000 }, "has expired"],
    ["not valid yet", { nbf: 4_000_000_000, exp: 4_000_000_100 }, "is not valid yet (`nbf`)"],
    ["without subject", { sub: undefined }, "has no `sub`"],
    ["with an empty subject", { sub: "" }, "has no `sub`"],
    ["with a subject that is no text", { sub: 7 }, "has no `sub`"],
    ["of a service token, where Access is not in front", { sub: "", common_name: "ci.access" }, "has no `sub`"],
  ])("%s", async (_, claims, problem) => {
    expect(await refusal(callerWith(here.token(claims)))).toEqual(invalid(problem));
  });

  test("signed by somebody else under a known name", async () => {
    const token = await tokenOf(key("foreign"));
    expect(await refusal(callerWith(token))).toEqual(invalid("has a signature that is not of the key it names"));
  });

  test("with `alg: none`, in any spelling", async () => {
    const payload = encoded({ iss: issuer, aud: audience, sub: "user-1", exp: seconds() + 60, groups: "admins" });
    for (const alg of ["none", "None", "NONE", "nOnE"]) {
      for (const token of [`${encoded({ alg })}.${payload}.`, `${encoded({ alg, kid: "key-1" })}.${payload}.c2ln`])
        expect(await refusal(callerWith(token))).toEqual(invalid("must be signed with RS256"));
    }
  });

  test("HS256, with the public key as the secret", async () => {
    const payload = encoded({ iss: issuer, aud: audience, sub: "user-1", exp: seconds() + 60, groups: "admins" });
    for (const secret of [await exportSPKI(key("own").publicKey), JSON.stringify(key("own").jwk)]) {
      const signed = `${encoded({ alg: "HS256", kid: "key-1" })}.${payload}`;
      const token = `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
      expect(await refusal(callerWith(token))).toEqual(invalid("must be signed with RS256"));
    }
  });

  test("an algorithm that is not allowed, though its key is in the JWKS", async () => {
    const token = await tokenOf(key("elliptic"));
    expect(await refusal(callerWith(token))).toEqual(invalid("must be signed with RS256"));
    const jwt = { issuer, audience, jwksUrl: here.jwksUrl, algorithms: ["RS256", "ES256"] as const };
    expect(await callerOf(bearer(token), { jwt })).toMatchObject({ credential });
  });

  test("a key of its own, in its header", async () => {
    const { jwk } = await signingKey("key-1");
    for (const header of [{ jwk }, { jku: "http://127.0.0.1:1/jwks" }, { x5u: "http://127.0.0.1:1/cert" }])
      expect(await refusal(callerWith(tokenOf(key("foreign"), {}, header)))).toEqual(
        invalid("has a signature that is not of the key it names"),
      );
  });

  test("an extension that must be understood", async () => {
    const [, payload, signature] = (await here.token()).split(".");
    const token = `${encoded({ alg: "RS256", kid: "key-1", crit: ["x"], x: 1 })}.${payload}.${signature}`;
    expect(await refusal(callerWith(token))).toEqual(invalid("needs something in its header that is not supported"));
  });

  test.each(["x", "x.y", "x.y.z", "a.b.c.d.e", "..", "e30.e30.", "\u00e9.\u00e9.\u00e9", "undefined"])(
    "what is no token: %s",
    async (token) => {
      expect(await refusal(callerWith(token))).toMatchObject({
        status: 401,
        challenge: 'Bearer error="invalid_token"',
      });
    },
  );

  test("a huge one, before it is looked at", async () => {
    const token = await here.token({ groups: Array.from({ length: 20_000 }, (_, i) => `group-${i}`) });
    expect(await refusal(callerWith(token))).toEqual(invalid("has more than 16384 characters"));
  });

  test("and no message repeats any of it", async () => {
    const token = await here.token({ sub: "s3cret-subject", aud: "s3cret-audience", iss: "s3cret-issuer" });
    const message = (await refusal(callerWith(token)))?.message ?? "";
    expect(message).not.toContain("s3cret");
    for (const part of token.split(".")) expect(message).not.toContain(part);
  });
});

test.each<[string, Record<string, string>, string]>([
  ["no header", {}, "No token: send `Authorization: Bearer <JWT>`."],
  ["another scheme", { authorization: "Basic dTpw" }, "`Authorization` must be `Bearer` and a JWT."],
  ["no token after the scheme", { authorization: "Bearer" }, "`Authorization` must be `Bearer` and a JWT."],
  ["two of them", { authorization: "Bearer a.b.c, Bearer d.e.f" }, "`Authorization` must be `Bearer` and a JWT."],
  [
    "Cloudflare's own headers",
    { "x-auth-email": "a@example.com", "x-auth-key": "k", cookie: "CF_Authorization=x" },
    "No token: send `Authorization: Bearer <JWT>`.",
  ],
])("without a token (%s): 401, and what to send", async (_, headers, message) => {
  expect(await refusal(callerOf(headers))).toEqual({ status: 401, message, challenge: "Bearer" });
});

test("an API token of Cloudflare's is no token here", async () => {
  expect(await refusal(callerWith("Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"))).toEqual(invalid("is not a signed JWT"));
});

describe("behind Cloudflare Access", () => {
  const team = cloudflareAccess("acme.cloudflareaccess.com");
  const asked: string[] = [];
  /** Access's own JWKS, from the issuer of this test. */
  const transport: ServiceModeOptions["transport"] = async ({ url }) => {
    asked.push(url);
    return { status: 200, headers: {}, text: JSON.stringify({ keys: [key("own").jwk], public_certs: [] }) };
  };
  const options = { jwt: { ...team, audience: "aud-tag" }, transport };
  const claims = { iss: "https://acme.cloudflareaccess.com", aud: ["aud-tag"], type: "app" };
  const assertion = async (more: object) => ({ "cf-access-jwt-assertion": await here.token({ ...claims, ...more }) });

  test("the token is the header's, its keys are the team's", async () => {
    expect(await callerOf(await assertion({ sub: "7335d417" }), options)).toMatchObject({
      id: '{"iss":"https://acme.cloudflareaccess.com","sub":"7335d417"}',
    });
    expect(new Set(asked)).toEqual(new Set(["https://acme.cloudflareaccess.com/cdn-cgi/access/certs"]));
  });

  test("a service token is known by its `common_name`, and is nobody's subject", async () => {
    expect(await callerOf(await assertion({ sub: "", common_name: "e367826f.access" }), options)).toMatchObject({
      id: '{"iss":"https://acme.cloudflareaccess.com","common_name":"e367826f.access"}',
    });
  });

  test("a token of neither is refused", async () => {
    expect(await refusal(callerOf(await assertion({ sub: "" }), options))).toEqual(
      invalid("has neither `sub` nor `common_name`"),
    );
  });

  test("a token for another application of the team is refused", async () => {
    expect(await refusal(callerOf(await assertion({ aud: ["another-tag"] }), options))).toEqual(
      invalid("is for another audience (`aud`): it was made for another application"),
    );
  });

  test("`Authorization` and the cookie do not count", async () => {
    const { "cf-access-jwt-assertion": token } = await assertion({});
    for (const headers of [{ authorization: `Bearer ${token}` }, { cookie: `CF_Authorization=${token}` }])
      expect(await refusal(callerOf(headers, options))).toEqual({
        status: 401,
        message: "No token: `Cf-Access-Jwt-Assertion` is missing, so the request did not pass Cloudflare Access.",
        challenge: "Bearer",
      });
  });

  test.each(["https://acme.cloudflareaccess.com", "https://acme.cloudflareaccess.com/"])("%s is the team", (domain) => {
    expect(cloudflareAccess(domain)).toEqual(team);
  });

  test.each([
    "",
    "acme",
    "acme.example.com",
    "evil.com/.cloudflareaccess.com",
    "a.b.cloudflareaccess.com",
    "http://acme.cloudflareaccess.com",
  ])("“%s” is no team domain", (domain) => {
    expect(() => cloudflareAccess(domain)).toThrow("the domain must be the team domain of Cloudflare Access");
  });
});
