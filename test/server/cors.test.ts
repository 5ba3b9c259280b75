import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GatewayOptions } from "../../src/server/gateway.ts";
import { graphiql } from "../../src/server/graphiql.ts";
import { HttpError } from "../../src/server/http-error.ts";
import { setup } from "../gateway.ts";

const app = "https://app.example.com";
const vary =
  "accept, authorization, cache-control, x-auth-email, x-auth-key, cf-access-jwt-assertion, origin, x-upstream-explain";

type Ask = (path: string, init: RequestInit & { headers?: Record<string, string> }) => Promise<Response>;

/** A gateway by `fetch`, and the same by `node:http`. */
const ways: Record<string, (options: Partial<GatewayOptions>) => Promise<{ ask: Ask; close: () => void }>> = {
  fetch: async (options) => {
    const { gateway } = setup({}, undefined, options);
    return { ask: (path, init) => gateway.fetch(`http://gateway${path}`, init), close: () => {} };
  },
  "node:http": async (options) => {
    const { gateway } = setup({}, undefined, options);
    const server = createServer(gateway);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const close = () => {
      server.close();
      server.closeAllConnections();
    };
    return { ask: (path, init) => fetch(base + path, init), close };
  },
};

/** The headers of an answer that are about origins and caches. */
const told = ({ status, headers }: Response) => ({
  status,
  ...Object.fromEntries(Array.from(headers).filter(([name]) => /^(access-control-.*|vary|cache-control)$/.test(name))),
});

const query = (headers: Record<string, string> = {}): RequestInit & { headers: Record<string, string> } => ({
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin", ...headers },
  body: JSON.stringify({ query: "{ accounts { nodes { name } } }" }),
});
const preflight = (origin: string) => ({
  method: "OPTIONS",
  headers: {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,x-evil",
  },
});
const readable = {
  "access-control-allow-origin": app,
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "age, retry-after, www-authenticate, x-request-id",
};
const answered = { status: 200, vary, "cache-control": "no-store" };

describe.each(Object.entries(ways))("by %s", (_, open) => {
  describe("a gateway that lets the pages of two origins in", () => {
    let here: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      here = await open({ corsOrigins: [app, "http://localhost:3000"] });
    });
    afterAll(() => here.close());

    test.each([app, "http://localhost:3000"])("answers the preflight of %s", async (origin) => {
      expect(told(await here.ask("/graphql", preflight(origin)))).toEqual({
        status: 204,
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers":
          "authorization, cache-control, content-type, x-auth-email, x-auth-key, x-request-id, x-upstream-explain",
        "access-control-max-age": "600",
        "cache-control": "no-store",
        vary: "origin, access-control-request-method, access-control-request-headers",
      });
    });

    test("lets them read answers, and refusals", async () => {
      expect(told(await here.ask("/graphql", query({ origin: app })))).toEqual({ ...answered, ...readable });
      const broken = { ...query({ origin: app }), body: "{" };
      expect(told(await here.ask("/graphql", broken))).toEqual({ ...answered, ...readable, status: 400 });
      const nowhere = { ...answered, ...readable, status: 404 };
      expect(told(await here.ask("/elsewhere", query({ origin: app })))).toEqual(nowhere);
    });

    test.each([
      "https://app.example.com.evil.example",
      "https://evil.example",
      "http://app.example.com",
      "https://app.example.com:8443",
      "https://sub.app.example.com",
      "https://APP.example.com",
      "http://localhost",
      "null",
      "*",
    ])("tells nothing to a page of %s", async (origin) => {
      expect(told(await here.ask("/graphql", query({ origin })))).toEqual(answered);
      expect(told(await here.ask("/graphql", preflight(origin)))).toEqual({ ...answered, status: 403 });
    });

    test("answers clients that are no pages as ever", async () => {
      expect(told(await here.ask("/graphql", query()))).toEqual(answered);
      const options = { method: "OPTIONS", headers: { origin: app } };
      expect(told(await here.ask("/graphql", options))).toMatchObject({ status: 405 });
      expect(told(await here.ask("/elsewhere", preflight(app)))).toMatchObject({ status: 404 });
    });

    test("refuses what a page can send without a preflight", async () => {
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
        const asked = query({ origin: "https://evil.example", "content-type": type });
        expect((await here.ask("/graphql", asked)).status).toBe(415);
      }
      const mutation = encodeURIComponent('mutation { deleteUserGroup(input: { id: "x" }) { __typename } }');
      const get = { method: "GET", headers: { origin: app, authorization: "Bearer sandbox-admin" } };
      expect((await here.ask(`/graphql?query=${mutation}`, get)).status).toBe(405);
    });
  });

  test("without the option no origin is let in, and preflights are what they were", async () => {
    const here = await open({});
    expect(told(await here.ask("/graphql", query({ origin: app })))).toEqual(answered);
    expect(told(await here.ask("/graphql", preflight(app)))).toEqual({ ...answered, status: 405 });
    here.close();
  });

  test("no answer is kept by a cache: a page, 401, 406, a mutation", async () => {
    const authenticate = async (headers: Headers) => {
      if (!headers.has("authorization")) throw new HttpError(401, "No token.", { code: "UNAUTHENTICATED" });
      return { id: "user-1", credential: { token: "sandbox-admin" }, problem: "", rights: new Map([["*", "write"]]) };
    };
    const here = await open({ authenticate: authenticate as never, corsOrigins: [app] });
    const page = { method: "GET", headers: { accept: "text/html" } };
    expect(told(await here.ask("/graphql", page))).toEqual(answered);
    const nobody = { ...query(), headers: { "content-type": "application/json", origin: app } };
    expect(told(await here.ask("/graphql", nobody))).toEqual({ ...answered, ...readable, status: 401 });
    expect(told(await here.ask("/graphql", query({ accept: "image/png" })))).toEqual({ ...answered, status: 406 });
    const body = JSON.stringify({ query: "mutation { __typename }" });
    expect(told(await here.ask("/graphql", { ...query(), body }))).toEqual(answered);
    here.close();
  });

  test("but the files of GraphiQL, which are the same for everybody", async () => {
    const here = await open({ graphiql: graphiql() });
    const page = await here.ask("/graphql", { method: "GET", headers: { accept: "text/html" } });
    const [, file = ""] = /src="([^"]+)"/.exec(await page.text()) ?? [];
    const asset = await here.ask(new URL(file, "http://x/graphql").pathname, { method: "GET" });
    expect(told(asset)).toEqual({
      status: 200,
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept, accept-encoding",
    });
    here.close();
  });
});
