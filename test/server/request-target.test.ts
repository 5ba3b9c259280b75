import { once } from "node:events";
import { createServer as createHttp2Server, connect as http2Connect } from "node:http2";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createGateway, type GatewayOptions } from "../../src/server/gateway.ts";
import { graphiql } from "../../src/server/graphiql.ts";
import { setup } from "../gateway.ts";
import { listening, type RawAnswer } from "./raw-http.ts";

const query = "query={__typename}";
const host = "Host: gateway\r\n";

/** A refusal of ours: GraphQL's shape, the ID, and nothing of the process. */
function expectRefusal(answer: RawAnswer | undefined, status: number): void {
  expect(answer).toMatchObject({
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-request-id": expect.stringMatching(/^[\w.:-]{1,128}$/),
    },
  });
  const { errors, ...rest } = JSON.parse(answer?.body ?? "");
  expect(rest).toEqual({});
  expect(errors).toEqual([{ message: expect.any(String), extensions: { code: "BAD_USER_INPUT" } }]);
  expect(answer?.body).not.toMatch(/\bat .*:\d+|node_modules|file:/);
}

/** The same, of an answer of `gateway.fetch`. */
async function expectFetchRefusal(response: Response, status: number): Promise<void> {
  expectRefusal(
    { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() },
    status,
  );
}

afterEach(() => void vi.restoreAllMocks());

function gatewayWith(options: Partial<GatewayOptions> = {}) {
  return createGateway({ transport: createSandbox().handle, logging: false, ...options });
}

describe("over sockets", () => {
  test.each([
    ["GET", ""],
    ["POST", '{"query":"{__typename}"}'],
  ])("%s on the path of the endpoint is answered", async (method, body) => {
    await using server = await listening(gatewayWith());
    const target = method === "GET" ? `/graphql?${query}` : "/graphql";
    const length = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const answer = await server.send(`${method} ${target} HTTP/1.1\r\n${host}${length}\r\n${body}`);
    expect(answer).toMatchObject({ status: 200, body: '{"data":{"__typename":"Query"}}' });
  });

  test.each([
    `/admin?x=/graphql&${query}`,
    `/admin/graphql?${query}`,
    `//graphql?${query}`,
    `/graphql/?${query}`,
    `/graphql%2f?${query}`,
    `/%67raphql?${query}`,
    `/GraphQL?${query}`,
    `/x/../graphql?${query}`,
    `/./graphql?${query}`,
    `/graphql;x?${query}`,
    `/graphql#?${query}`,
    "/health",
    "/admin/health",
    "/graphql/health",
    "/?/graphql",
    "/",
  ])("%s is nobody's path", async (target) => {
    await using server = await listening(gatewayWith());
    expectRefusal(await server.send(`GET ${target} HTTP/1.1\r\n${host}\r\n`), 404);
  });

  test("a query that ends in /health is an operation like any other", async () => {
    await using server = await listening(gatewayWith());
    const answer = await server.send(`GET /graphql?${query}&x=/health HTTP/1.1\r\n${host}\r\n`);
    expect(answer).toMatchObject({ status: 200, body: '{"data":{"__typename":"Query"}}' });
  });

  test.each([`http://evil/graphql?${query}`, `http://gateway/graphql?${query}`])(
    "a target with a host in it (%s) is refused",
    async (target) => {
      await using server = await listening(gatewayWith());
      expectRefusal(await server.send(`GET ${target} HTTP/1.1\r\n${host}\r\n`), 400);
    },
  );

  test("so is one that is no path at all", async () => {
    await using server = await listening(gatewayWith());
    expectRefusal(await server.send(`OPTIONS * HTTP/1.1\r\n${host}\r\n`), 400);
  });

  test.each([
    "[",
    "[::1",
    "[]",
    "[::g]",
    `evil/graphql?${query}&`,
    "evil?",
    "evil#",
    "user@evil",
    "two words",
    "a,b",
    "evil:port",
    "evil:99999",
    "999.999.999.999",
    "ev\\il",
    "%",
    "",
    "\xe9vil",
    "x".repeat(300),
  ])("the host “%s” is refused", async (bad) => {
    await using server = await listening(gatewayWith());
    for (const target of ["/admin", `/graphql?${query}`]) {
      expectRefusal(await server.send(`GET ${target} HTTP/1.1\r\nHost: ${bad}\r\n\r\n`), 400);
    }
  });

  test("two hosts are refused, even equal ones", async () => {
    await using server = await listening(gatewayWith());
    expectRefusal(await server.send(`GET /graphql?${query} HTTP/1.1\r\n${host}${host}\r\n`), 400);
  });

  test.each([
    "gateway",
    "GATEWAY.example.",
    "gateway:4000",
    "my_service:80",
    "127.0.0.1",
    "[::1]:4000",
    "[::ffff:1.2.3.4]",
  ])("the host “%s” is answered", async (good) => {
    await using server = await listening(gatewayWith());
    const answer = await server.send(`GET /graphql?${query} HTTP/1.1\r\nHost: ${good}\r\n\r\n`);
    expect(answer).toMatchObject({ status: 200, body: '{"data":{"__typename":"Query"}}' });
  });

  test("HTTP/1.0 needs no host", async () => {
    await using server = await listening(gatewayWith());
    expect(await server.send(`GET /graphql?${query} HTTP/1.0\r\n\r\n`)).toMatchObject({ status: 200 });
  });

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])(
    "%s is not allowed, and the answer tells what is",
    async (method) => {
      await using server = await listening(gatewayWith());
      const answer = await server.send(`${method} /graphql HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
      expectRefusal(answer, 405);
      expect(answer?.headers.allow).toBe("GET, POST");
    },
  );

  test("an answer to HEAD is a head alone", async () => {
    await using server = await listening(gatewayWith());
    using connection = server.connect().write(`HEAD /graphql HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
    expect(await connection.closed()).toMatch(/^HTTP\/1.1 405 [\s\S]*\r\n\r\n$/);
  });

  test("the caller's own request id comes back, and its media type, if it is one of ours", async () => {
    await using server = await listening(gatewayWith());
    const wanted = "X-Request-Id: mine-1\r\nAccept: application/graphql-response+json\r\n";
    const answer = await server.send(`GET /x HTTP/1.1\r\n${host}${wanted}\r\n`);
    expect(answer?.headers).toMatchObject({
      "x-request-id": "mine-1",
      "content-type": "application/graphql-response+json; charset=utf-8",
    });
  });

  test("a line in the log has the request's ID and our words, and nothing of the request", async () => {
    const log = vi.spyOn(console, "info").mockReturnValue();
    await using server = await listening(gatewayWith({ logging: "info" }));
    const answer = await server.send(`GET /s3cret HTTP/1.1\r\nHost: s3cret/\r\nAuthorization: Bearer s3cret\r\n\r\n`);
    const lines = log.mock.calls.map((words) => words.join(" "));
    expect(lines).toEqual([
      expect.stringContaining(
        `Request ${answer?.headers["x-request-id"]} was refused with 400: The header \`Host\` must`,
      ),
    ]);
    expect(lines.join()).not.toContain("s3cret");
  });

  test("whatever stands in target and Host, the answer is one of ours, and no operation runs elsewhere", async () => {
    const errors = vi.spyOn(console, "error").mockReturnValue();
    await using server = await listening(gatewayWith({ logging: "error" }));
    const printable = fc.string({
      unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
    });
    const part = fc.constantFrom(
      "/",
      "//",
      "graphql",
      "?",
      "#",
      "[",
      "]",
      "@",
      ":",
      "..",
      "%2f",
      "health",
      query,
      "evil",
    );
    const text = fc.oneof(
      printable,
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (target, hostname) => {
        const answer = await server.send(`GET /${target} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
        expect(answer?.status).toBeLessThan(500);
        if (answer?.body.includes("__typename")) expect(`/${target}`).toMatch(/^\/graphql\?/);
      }),
      { numRuns: 300 },
    );
    expect(errors).not.toHaveBeenCalled();
  });
});

describe("over HTTP/2", () => {
  test("the same holds", async () => {
    const server = createHttp2Server(gatewayWith());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const session = http2Connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const ask = async (headers: Record<string, string>) => {
      const stream = session.request(headers);
      const [answered] = await once(stream, "response");
      let body = "";
      for await (const chunk of stream.setEncoding("utf8")) body += chunk;
      return { status: Number(answered[":status"]), headers: answered, body };
    };
    expect(await ask({ ":path": `/graphql?${query}` })).toMatchObject({ status: 200 });
    expectRefusal(await ask({ ":path": "/admin?x=/graphql" }), 404);
    session.close();
    server.close();
  });
});

describe("where Express has cut the path", () => {
  test("the path is what the client asked for", async () => {
    const gateway = gatewayWith({ path: "/iam" });
    await using server = await listening((request, response) => {
      const mounted = Object.assign(request, { originalUrl: request.url, url: request.url?.replace("/iam", "/") });
      void gateway(mounted, response);
    });
    expect(await server.send(`GET /iam?${query} HTTP/1.1\r\n${host}\r\n`)).toMatchObject({ status: 200 });
    expectRefusal(await server.send(`GET /iam/x?${query} HTTP/1.1\r\n${host}\r\n`), 404);
  });
});

describe("over Fetch", () => {
  const { gateway } = setup();

  test.each(["/admin?x=/graphql", "//graphql", "/graphql/", "/health", "/x/health", "/", "/%67raphql"])(
    "%s is nobody's path",
    async (path) => {
      await expectFetchRefusal(await gateway.fetch(`http://gateway${path}`), 404);
      await expectFetchRefusal(await gateway.fetch(new Request(`http://gateway${path}`)), 404);
    },
  );

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("%s is not allowed", async (method) => {
    const response = await gateway.fetch("http://gateway/graphql", { method });
    expect(response.headers.get("allow")).toBe("GET, POST");
    await expectFetchRefusal(response, 405);
  });

  test("a URL that is none is refused", async () => {
    await expectFetchRefusal(await gateway.fetch("http://[/graphql"), 400);
  });

  test("whatever host the URL has, the path decides", async () => {
    for (const url of [
      `https://evil.example/graphql?${query}`,
      `/graphql?${query}`,
      `http://x/graphql?${query}&x=/health`,
    ]) {
      const response = await gateway.fetch(url);
      expect(await response.json()).toEqual({ data: { __typename: "Query" } });
    }
    const response = await gateway.fetch(new URL(`https://evil.example/graphql?${query}`));
    expect(await response.json()).toEqual({ data: { __typename: "Query" } });
  });
});

test("every answer of `fetch` is the platform's `Response`, as SvelteKit insists on", async () => {
  const { gateway } = setup({}, undefined, { graphiql: graphiql() });
  const posted = { method: "POST", headers: { "content-type": "application/json" }, body: '{"query":"{__typename}"}' };
  for (const [path, init, status] of [
    ["/graphql", posted, 200],
    ["/graphql", { ...posted, body: "{" }, 400],
    [`/graphql?${query}`, {}, 200],
    ["/graphql", { headers: { accept: "text/html" } }, 200],
    ["/graphql", { method: "PUT" }, 405],
    ["/elsewhere", {}, 404],
  ] as const) {
    for (const asked of [new Request(`http://gateway${path}`, init), `http://gateway${path}`]) {
      const answer = await gateway.fetch(asked, typeof asked === "string" ? init : undefined);
      expect(answer).toBeInstanceOf(Response);
      expect(answer.status).toBe(status);
      expect(answer.headers.get("x-request-id") ?? answer.headers.get("etag")).toBeTruthy();
    }
  }
});

test("where GraphiQL is on, HEAD is allowed for its page, and GET and HEAD for its files", async () => {
  const { gateway } = setup({}, undefined, { graphiql: graphiql() });
  const ask = (path: string, method: string) =>
    gateway.fetch(`http://gateway${path}`, { method, headers: { accept: "text/html" } });
  expect((await ask("/graphql", "HEAD")).status).toBe(200);
  expect((await ask("/graphql", "PUT")).headers.get("allow")).toBe("GET, HEAD, POST");
  const page = await (await ask("/graphql", "GET")).text();
  const [, file = ""] = /src="\.(\/graphql\/page-[^"]+)"/.exec(page) ?? [];
  expect((await ask(file, "HEAD")).status).toBe(200);
  expect((await ask(file, "POST")).headers.get("allow")).toBe("GET, HEAD");
  await expectFetchRefusal(await ask("/graphql/page-ABCDEFGH.js", "GET"), 404);
});

test("a page of GraphiQL that cannot be made is masked, and logged with the ID of the request", async () => {
  const log = vi.spyOn(console, "error").mockReturnValue();
  const toJSON = () => {
    throw new Error("s3cret");
  };
  const gateway = gatewayWith({
    graphiql: graphiql({
      examples: [{ group: "Reads", title: "", shows: "", costs: "", query: "", variables: { toJSON } }],
    }),
    logging: "info",
  });
  await using server = await listening(gateway);
  const answer = await server.send(`GET /graphql HTTP/1.1\r\n${host}Accept: text/html\r\n\r\n`);
  expect(answer?.status).toBe(500);
  expect(JSON.parse(answer?.body ?? "")).toEqual({
    errors: [{ message: "Unexpected error.", extensions: { code: "INTERNAL_SERVER_ERROR" } }],
  });
  expect(log).toHaveBeenCalledOnce();
  expect(log.mock.calls[0]?.join(" ")).toContain(`Request ${answer?.headers["x-request-id"]} failed unexpectedly:`);
});

describe("a gateway that is mounted elsewhere tells its path, and the one it got", () => {
  const told = (path: string) =>
    `There is nothing at ${path}: the gateway answers at /graphql, which is its option \`path\`.`;

  test.each(["/", "/api/graphql", "/graphql/", "/Graphql"])("%s", async (path) => {
    const gateway = gatewayWith();
    await using server = await listening(gateway);
    const answer = await server.send(`GET ${path}?${query} HTTP/1.1\r\n${host}\r\n`);
    expect(JSON.parse(answer?.body ?? "").errors[0].message).toBe(told(path));
    const response = await gateway.fetch(`http://gateway${path}?${query}`);
    expect([response.status, (await response.json()).errors[0].message]).toEqual([404, told(path)]);
  });

  test("under a router of Express, which cuts off where it is mounted", async () => {
    const gateway = gatewayWith();
    await using server = await listening((request, response) => {
      const { url = "" } = request;
      void gateway(Object.assign(request, { originalUrl: url, url: url.slice("/api".length) }), response);
    });
    const answer = await server.send(`GET /api/graphql?${query} HTTP/1.1\r\n${host}\r\n`);
    expect(JSON.parse(answer?.body ?? "").errors[0].message).toBe(told("/api/graphql"));
  });

  test.each(["/s%20cret", `/${"s3cret".repeat(20)}`, "/bearer:s3cret"])("%s is not repeated", async (path) => {
    const response = await gatewayWith().fetch(`http://gateway${path}`);
    expect((await response.json()).errors[0].message).toBe(told("this path"));
  });
});
