import { readdirSync, readFileSync } from "node:fs";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { getVariableValues, type OperationDefinitionNode, parse } from "graphql";
import { describe, expect, test, vi } from "vitest";
import { schema } from "../../src/graph/schema.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createGateway, type Gateway, type GatewayOptions } from "../../src/server/gateway.ts";
import { assets } from "../../src/server/graphiql/assets.ts";
import { exampleOperations } from "../../src/server/graphiql/example-operations.ts";
import { exampleGroups, type PageData } from "../../src/server/graphiql/page-data.ts";
import { type GraphiQLOptions, graphiql } from "../../src/server/graphiql.ts";

const reads = vi.hoisted(() => ({ files: [] as string[], built: true }));
vi.mock("node:fs/promises", async (original) => {
  const fs: typeof import("node:fs/promises") = await original();
  const readFile = (...args: Parameters<typeof fs.readFile>) => {
    reads.files.push(String(args[0]));
    return fs.readFile(...args);
  };
  const stat = (file: URL) =>
    reads.built ? fs.stat(file) : Promise.reject(Object.assign(new Error("no such file"), { code: "ENOENT" }));
  return { ...fs, readFile, stat };
});
const pageFiles = () => reads.files.filter((file) => file.includes("/graphiql-page/"));

function gatewayWith(options: GraphiQLOptions | false, path = "/graphql", more: Partial<GatewayOptions> = {}): Gateway {
  return createGateway({
    transport: createSandbox().handle,
    logging: false,
    graphiql: options && graphiql(options),
    path,
    ...more,
  });
}

/** As a browser asks for a page, or for what it loads. */
async function get(gateway: Gateway, path = "/graphql", headers: Record<string, string> = {}, method = "GET") {
  return gateway.fetch(`http://gateway${path}`, { method, headers: { accept: "text/html,*/*;q=0.8", ...headers } });
}

/** What a page carries for the script. */
function embedded(page: string): PageData {
  return JSON.parse(/id="data">(.*?)<\/script>/.exec(page)?.[1] ?? "{}");
}

/** Paths of all that a page loads. */
async function assetsOf(gateway: Gateway, path = "/graphql"): Promise<string[]> {
  const page = await (await get(gateway, path)).text();
  const linked = Array.from(page.matchAll(/(?:src|href)="(\.[^"]+)"/g), ([, url = ""]) => url);
  return [...linked, ...Object.values(embedded(page).workers)].map(
    (url) => new URL(url, `http://gateway${path}`).pathname,
  );
}

describe("off", () => {
  const gateway = gatewayWith(false);

  test("there is no page and no asset, and nothing of it is read", async () => {
    expect(await (await get(gateway)).text()).not.toContain("<script");
    expect((await get(gateway, "/graphql/page-ABCDEFGH.js")).status).toBe(404);
    gatewayWith({});
    expect(pageFiles()).toEqual([]);
  });
});

describe("the page", () => {
  const gateway = gatewayWith({ credential: { name: "token", value: "</script>" } });

  test("may run nothing but what we serve, and be framed by nobody", async () => {
    const { status, headers } = await get(gateway);
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")?.split("; ")).toMatchInlineSnapshot(`
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "img-src data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]
    `);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      vary: "accept, accept-encoding",
    });
  });

  test("has no inline script, and what it carries cannot end its element", async () => {
    const page = await (await get(gateway)).text();
    expect(page.match(/<script[^>]*>/g)).toEqual([
      expect.stringMatching(/^<script type="module" src="[^"]+">$/),
      '<script type="application/json" id="data">',
    ]);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toMatch(/ (on\w+|style)=/);
    expect(embedded(page).credential).toEqual({ name: "token", value: "</script>" });
  });

  test("is the same until it changes", async () => {
    const first = await get(gateway);
    const etag = first.headers.get("etag") ?? "";
    const again = await get(gateway, "/graphql", { "if-none-match": `"other", ${etag}` });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    expect(again.headers.get("etag")).toBe(etag);
    expect((await get(gateway, "/graphql", { "if-none-match": 'W/"other"' })).status).toBe(200);
    expect((await get(gatewayWith({}))).headers.get("etag")).not.toBe(etag);
  });

  test("is told what it needs to know of the gateway, and no credential", async () => {
    const told = async (options: GraphiQLOptions, more: Partial<GatewayOptions> = {}) => {
      const { workers, examples, ...rest } = embedded(await (await get(gatewayWith(options, "/graphql", more))).text());
      return rest;
    };
    expect(await told({})).toEqual({
      credential: { name: "API token", value: "<API token>" },
      sandbox: false,
      api: "api.cloudflare.com",
      explain: false,
      maxAge: 0,
      reset: null,
    });
    const cache = { maxAge: 60_500 };
    const sandbox = createSandbox();
    expect(await told({ credential: false, sandbox }, { explain: true, cache, baseUrl: "http://rest:81/v4" })).toEqual({
      credential: null,
      sandbox: true,
      api: "rest:81",
      explain: true,
      maxAge: 60,
      reset: "./graphql/reset-sandbox",
    });
  });

  test("is for browsers: GraphQL over GET and POST is as without it", async () => {
    const query = "{ __typename }";
    const asked = { GET: `?query=${encodeURIComponent(query)}`, POST: "" };
    for (const [method, search] of Object.entries(asked)) {
      for (const accept of ["application/graphql-response+json", "application/json", "*/*"]) {
        const response = await gateway.fetch(`http://gateway/graphql${search}`, {
          method,
          headers: { accept, "content-type": "application/json" },
          ...(method === "POST" && { body: JSON.stringify({ query }) }),
        });
        expect(await response.json(), `${method} ${accept}`).toEqual({ data: { __typename: "Query" } });
      }
    }
    const posted = await gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers: { accept: "text/html", "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    expect(posted.headers.get("content-type") ?? "").not.toContain("text/html");
  });
});

describe("until the page is built", () => {
  test("it says so, looks again by itself, and the API answers; then it opens", async () => {
    const gateway = gatewayWith({});
    const [script = ""] = (await assetsOf(gateway)).filter((path) => path.includes("/page-") && path.endsWith(".js"));
    reads.built = false;
    try {
      const waiting = await get(gateway);
      expect(waiting.status).toBe(503);
      expect(waiting.headers.get("cache-control")).toBe("no-store");
      expect(waiting.headers.get("content-security-policy")).toContain("script-src 'self'");
      const text = await waiting.text();
      expect(text).toContain("GraphiQL is being built");
      expect(text).toContain('<meta http-equiv="refresh" content="1">');
      expect(text).not.toContain("<script");
      expect((await get(gateway, script)).status).toBe(404);
      const answer = await gateway.fetch("http://gateway/graphql?query={__typename}");
      expect(await answer.json()).toEqual({ data: { __typename: "Query" } });
    } finally {
      reads.built = true;
    }
    expect((await get(gateway)).status).toBe(200);
    expect((await get(gateway, script)).status).toBe(200);
  });
});

describe("the examples", () => {
  const folder = new URL("../../schema/operations/", import.meta.url);
  const files = readdirSync(folder).toSorted();

  test("are the example operations in order, each with what it shows and costs", async () => {
    const { examples } = embedded(await (await get(gatewayWith({ examples: await exampleOperations() }))).text());
    expect(examples.map(({ query }) => `${query}\n`)).toEqual(
      files.map((name) => readFileSync(new URL(name, folder), "utf8")),
    );
    for (const { title, shows, costs } of examples) {
      expect(shows, title).toMatch(/^[A-Z].+[.:)]$/);
      expect(costs, title).toMatch(/\d REST call/);
    }
    expect(new Set(examples.map(({ title }) => title)).size).toBe(examples.length);
  });

  test("are grouped by what they are about, or else by what they do", async () => {
    const groups = Object.groupBy(await exampleOperations(), ({ group }) => group);
    expect(Object.keys(groups).toSorted()).toEqual(exampleGroups.toSorted());
    for (const { title, query } of groups.Writes ?? []) expect(query, title).toMatch(/^mutation /m);
    for (const { title, query } of groups.Reads ?? []) expect(query, title).toMatch(/^(query|subscription) /m);
    for (const { title, shows, query } of groups.People ?? []) expect(shows + query, title).toMatch(/member|somebody/i);
    const titles = (groups.Access ?? []).map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining(["Who can purge a cache", "Why can this person", "Why not"]));
  });

  test("are named by people's words", async () => {
    const titles = (await exampleOperations()).map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining(["Groups with policies", "Set up SSO", "What it costs"]));
  });

  test("ask for what must be given: with what is known of it, or with a template of its type", async () => {
    const examples = await exampleOperations({
      account: "abc",
      "CreateGroup.input": { name: "new" },
      search: "need not be given",
    });
    const of = (name: string) => examples[files.findIndex((file) => file.endsWith(`-${name}.graphql`))]?.variables;
    expect(of("accounts")).toBeUndefined();
    expect(of("groups-with-policies")).toEqual({ account: "abc" });
    expect(of("one-group")).toEqual({ account: "abc", group: "<group>" });
    expect(of("create-group")).toEqual({ input: { name: "new" } });
    expect(of("change-members")).toEqual({
      add: { accountId: "<accountId>", userGroupId: "<userGroupId>", memberIds: ["<memberId>"] },
      remove: { accountId: "<accountId>", userGroupId: "<userGroupId>", memberId: "<memberId>" },
    });
    expect(of("refetch")).toEqual({ ids: ["<id>"] });
  });

  test("have templates that their types accept", async () => {
    for (const { title, query, variables = {} } of await exampleOperations()) {
      const [operation] = parse(query).definitions as OperationDefinitionNode[];
      const { errors } = getVariableValues(schema, operation?.variableDefinitions ?? [], variables);
      expect(errors, title).toBeUndefined();
    }
  });
});

describe("the sandbox is reset", () => {
  const ask = (gateway: Gateway, init: RequestInit) => gateway.fetch("http://gateway/graphql/reset-sandbox", init);
  const json = { method: "POST", headers: { "content-type": "application/json" } };

  test("by a POST that no other page can send", async () => {
    const sandbox = createSandbox();
    const gateway = gatewayWith({ sandbox });
    const [account] = sandbox.state.accounts.values();
    const before = [...(account?.userGroups.keys() ?? [])];
    account?.userGroups.clear();
    expect((await ask(gateway, { method: "POST", headers: { "content-type": "text/plain" } })).status).toBe(415);
    expect((await ask(gateway, { method: "GET" })).headers.get("allow")).toBe("POST");
    const preflight = { origin: "http://elsewhere", "access-control-request-method": "POST" };
    expect((await ask(gateway, { method: "OPTIONS", headers: preflight })).status).toBe(405);
    expect([...sandbox.state.accounts.values()][0]?.userGroups.size).toBe(0);
    expect((await ask(gateway, json)).status).toBe(204);
    expect([...([...sandbox.state.accounts.values()][0]?.userGroups.keys() ?? [])]).toEqual(before);
  });

  test("and nothing else is: without one there is no such path", async () => {
    expect((await ask(gatewayWith({}), json)).status).toBe(404);
    expect((await ask(gatewayWith(false), json)).status).toBe(404);
  });
});

describe("the assets", () => {
  const gateway = gatewayWith({});

  test("are found beside the endpoint", async () => {
    const paths = await assetsOf(gateway);
    expect(paths.map((asset) => asset.replace(/-\w+(?=\.)/, ""))).toMatchInlineSnapshot(`
      [
        "/graphql/page.css",
        "/graphql/page.js",
        "/graphql/editor.js",
        "/graphql/json.js",
        "/graphql/graphql.js",
      ]
    `);
    for (const asset of paths) expect((await get(gateway, asset)).status, asset).toBe(200);
  });

  test.each(["/", "/api/iam", "/api/iam/"])("are found wherever the endpoint is: %s", async (path) => {
    const elsewhere = gatewayWith({}, path);
    const [style = ""] = await assetsOf(elsewhere, path);
    expect((await get(elsewhere, style)).headers.get("content-type")).toBe("text/css; charset=utf-8");
  });

  test("have names that change with their content, so they may be kept for ever", async () => {
    for (const asset of await assetsOf(gateway)) {
      const response = await get(gateway, asset);
      expect(asset).toMatch(/-[0-9A-Z]{8}\.(js|css)$/);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": "default-src 'none'",
        "content-type": `text/${asset.endsWith(".css") ? "css" : "javascript"}; charset=utf-8`,
        "x-content-type-options": "nosniff",
        vary: "accept, accept-encoding",
      });
    }
  });

  test("are the same bytes in every encoding, and a third of them at most on the wire", async () => {
    for (const asset of await assetsOf(gateway)) {
      const [plain, br, gzip] = await Promise.all(
        ["", "br", "gzip"].map(async (encoding) => {
          const response = await get(gateway, asset, { "accept-encoding": encoding });
          expect(response.headers.get("content-encoding") ?? "").toBe(encoding);
          const bytes = Buffer.from(await response.arrayBuffer());
          expect(response.headers.get("content-length")).toBe(String(bytes.length));
          return bytes;
        }),
      );
      if (!plain || !br || !gzip) throw new Error("Not answered.");
      expect(brotliDecompressSync(br).equals(plain)).toBe(true);
      expect(gunzipSync(gzip).equals(plain)).toBe(true);
      // The style is half fonts, which are compressed already.
      expect(br.length / plain.length).toBeLessThan(asset.endsWith(".css") ? 0.5 : 0.33);
    }
  });

  test.each([
    ["gzip, deflate, br, zstd", "br"],
    ["gzip;q=1.0, BR;q=0.5", "br"],
    ["br;q=0, gzip", "gzip"],
    ["br; q=0.000, gzip;q=0", null],
    ["brotli", null],
    ["identity", null],
  ])("with `accept-encoding: %s` come as %s", async (accepted, encoding) => {
    const [style = ""] = await assetsOf(gateway);
    const { headers } = await get(gateway, style, { "accept-encoding": accepted });
    expect(headers.get("content-encoding")).toBe(encoding);
  });

  test("answer HEAD, and 304 to whoever has them", async () => {
    const [style = ""] = await assetsOf(gateway);
    const head = await get(gateway, style, {}, "HEAD");
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(100_000);
    expect(await head.text()).toBe("");
    const etag = head.headers.get("etag") ?? "";
    expect((await get(gateway, style, { "if-none-match": etag })).status).toBe(304);
  });

  test.each([
    "/graphql/page-ABCDEFGH.js",
    "/graphql/built.json",
    "/graphql/constructor",
    "/graphql/../package.json",
    "/page-ABCDEFGH.js",
    "/favicon.ico",
  ])("and nothing else: %s is 404", async (path) => {
    const response = await get(gateway, path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  });

  test("are read once for all gateways", async () => {
    await assetsOf(gatewayWith({}));
    expect(await assets()).toBe(await assets());
    expect(pageFiles()).toEqual([expect.stringMatching(/\/built\.json$/)]);
  });

  test("are all that the build made, parts that are loaded later and fonts, too", async () => {
    const { files = new Map() } = (await assets()) ?? {};
    for (const [name, { type }] of files) {
      const response = await get(gateway, `/graphql/${name}`);
      expect(response.status, name).toBe(200);
      expect(response.headers.get("content-type")).toBe(type);
    }
    const { script = "" } = (await assets()) ?? {};
    const text = await (await get(gateway, `/graphql/${script}`)).text();
    const parts = Array.from(text.matchAll(/"\.\/([\w.-]+)"/g), ([, name = ""]) => name);
    expect(parts.length).toBeGreaterThan(2);
    for (const name of parts) expect(files.has(name), name).toBe(true);
  });
});
