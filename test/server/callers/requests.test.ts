import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { JWTPayload } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Transport, WireRequest } from "../../../src/cloudflare/wire.ts";
import { serviceMode } from "../../../src/server/callers/service-mode.ts";
import { createGateway, type Gateway } from "../../../src/server/gateway.ts";
import { account, setup } from "../../gateway.ts";
import { RawConnection } from "../raw-http.ts";
import { audience, type Issuer, issuer, signingKey, startIssuer } from "./issuer.ts";

let here: Issuer;
beforeAll(async () => {
  here = await startIssuer(await signingKey("key-1"));
});
afterAll(() => here[Symbol.asyncDispose]());
beforeEach(() => {
  here.answer = undefined;
});

const rules = [
  { claims: { groups: "admins" }, accounts: "*", access: "write" },
  { claims: { groups: "auditors" }, accounts: [account], access: "read" },
] as const;

const authenticate = (token = "sandbox-admin") =>
  serviceMode({
    credential: { token },
    jwt: { issuer, audience, jwksUrl: here.jwksUrl },
    rules,
    log: () => {},
  });

const query = `{ account(id: "${account}") { name } }`;

/** Posts a query with these headers. */
async function ask(gateway: Gateway, headers: Record<string, string>, body: object = { query }) {
  const response = await gateway.fetch("http://gateway/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const bearer = async (claims: JWTPayload) => ({ authorization: `Bearer ${await here.token(claims)}` });

test("a caller with a right reads with the gateway's token", async () => {
  const { gateway, sandbox } = setup({}, undefined, { authenticate: authenticate() });
  expect(await ask(gateway, await bearer({ groups: ["auditors"] }))).toMatchObject({
    status: 200,
    body: { data: { account: { name: "Acme" } } },
  });
  expect(sandbox.calls).toMatchObject([{ route: "GET /accounts/{account_id}", token: "admin" }]);
});

test("a caller without one is refused at the field, and nothing is sent", async () => {
  const { gateway, sandbox } = setup({}, undefined, { authenticate: authenticate() });
  expect(await ask(gateway, await bearer({ groups: ["staff"] }))).toMatchObject({
    body: {
      data: { account: { name: null } },
      errors: [{ path: ["account", "name"], extensions: { code: "FORBIDDEN" } }],
    },
  });
  expect(sandbox.calls).toEqual([]);
});

test("no header and no cookie of a caller reaches Cloudflare", async () => {
  const sent: WireRequest[] = [];
  const transport: Transport = async (request) => {
    sent.push(request);
    return {
      status: 200,
      headers: {},
      text: '{"success":true,"errors":[],"messages":[],"result":{"id":"x","name":"A"}}',
    };
  };
  const gateway = createGateway({ transport, logging: false, authenticate: authenticate("t0ken-of-the-gateway") });
  const headers = {
    ...(await bearer({ groups: ["admins"] })),
    cookie: "CF_Authorization=s3cret",
    "x-auth-email": "s3cret@example.com",
    "x-auth-key": "s3cret",
    "cf-access-jwt-assertion": "s3cret",
    "x-forwarded-for": "192.0.2.1",
    "x-request-id": "s3cret",
    "user-agent": "s3cret",
  };
  await ask(gateway, headers);
  expect(sent.map((request) => request.headers)).toEqual([
    {
      accept: "application/json",
      "user-agent": "cloudflare-iam-graphql",
      authorization: "Bearer t0ken-of-the-gateway",
    },
  ]);
});

describe("without a valid token", () => {
  test("401 tells why, under the request's ID, and repeats no token", async () => {
    const { gateway, sandbox } = setup({}, undefined, { authenticate: authenticate() });
    const token = await here.token({ exp: 1_700_000_000 });
    const { status, headers, body } = await ask(gateway, {
      authorization: `Bearer ${token}`,
      "x-request-id": "id-1",
    });
    expect(status).toBe(401);
    expect(body).toEqual({ errors: [{ message: "The token has expired.", extensions: { code: "UNAUTHENTICATED" } }] });
    expect(headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    expect(headers.get("x-request-id")).toBe("id-1");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(sandbox.calls).toEqual([]);
  });

  test("a credential of Cloudflare's is no way in", async () => {
    const { gateway, sandbox } = setup({}, undefined, { authenticate: authenticate() });
    const key = { "x-auth-email": "admin@acme.example", "x-auth-key": "sandbox-admin-key" };
    for (const headers of [{ authorization: "Bearer sandbox-admin" }, key])
      expect(await ask(gateway, headers)).toMatchObject({ status: 401 });
    expect(sandbox.calls).toEqual([]);
  });

  test("401 comes before the body is read: of a request whose body never ends, and of one that is too large", async () => {
    const { gateway } = setup({}, undefined, { authenticate: authenticate() });
    const server = createServer(gateway);
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      for (const length of ["content-length: 100", "transfer-encoding: chunked", "content-length: 99999999"]) {
        using connection = new RawConnection((server.address() as AddressInfo).port);
        connection.write(
          `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer x.y.z\r\n${length}\r\n\r\n`,
        );
        expect(await connection.answer()).toMatchObject({ status: 401 });
      }
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test("a JWKS that cannot be read is 503, with the time to try again", async () => {
    const { gateway } = setup({}, undefined, { authenticate: authenticate() });
    here.answer = (_, response) => response.writeHead(500).end();
    const { status, headers, body } = await ask(gateway, await bearer({ groups: ["admins"] }));
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toBe("10");
    expect(body).toMatchObject({ errors: [{ extensions: { code: "UPSTREAM_UNAVAILABLE" } }] });
  });
});
