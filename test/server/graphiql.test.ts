import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { createGateway, type Gateway } from "../../src/server/gateway.ts";
import { assets } from "../../src/server/graphiql/assets.ts";
import { exampleOperations } from "../../src/server/graphiql/example-operations.ts";
import { type GraphiQLOptions, graphiql } from "../../src/server/graphiql.ts";

const library = vi.hoisted(() => ({ loads: 0 }));
vi.mock("@graphql-yoga/render-graphiql/graphiql", (original) => {
  library.loads++;
  return original();
});

function gatewayWith(options: GraphiQLOptions | false, path = "/graphql"): Gateway {
  return createGateway({
    transport: createSandbox().handle,
    logging: false,
    graphiql: options && graphiql(options),
    path,
  });
}

/** As a browser asks for a page, or for what it loads. */
async function get(gateway: Gateway, path = "/graphql", headers: Record<string, string> = {}, method = "GET") {
  return gateway.fetch(`http://gateway${path}`, { method, headers: { accept: "text/html,*/*;q=0.8", ...headers } });
}

interface Embedded {
  workers: Record<string, string>;
  options: {
    defaultTabs: { query: string; variables?: string }[];
    headers: string;
    shouldPersistHeaders: boolean;
  };
}

/** What a page carries for the script. */
function embedded(page: string): Embedded {
  return JSON.parse(/id="options">(.*?)<\/script>/.exec(page)?.[1] ?? "{}");
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

  test("there is no page and no asset, and the library is not loaded", async () => {
    expect(await (await get(gateway)).text()).not.toContain("<script");
    expect((await get(gateway, "/graphql/script-0123456789abcdef.js")).status).toBe(404);
    gatewayWith({});
    expect(library.loads).toBe(0);
  });
});

describe("the page", () => {
  const gateway = gatewayWith({ headers: { Authorization: "Bearer </script>" } });

  test("may run nothing but what we serve, and be framed by nobody", async () => {
    const { status, headers } = await get(gateway);
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")?.split("; ")).toMatchInlineSnapshot(`
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "font-src data:",
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
      expect.stringMatching(/^<script defer src="[^"]+">$/),
      '<script type="application/json" id="options">',
    ]);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toMatch(/ (on\w+|style)=/);
    expect(JSON.parse(embedded(page).options.headers)).toEqual({ Authorization: "Bearer </script>" });
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

  test("keeps no headers, and has none but those it was given", async () => {
    const { options } = embedded(await (await get(gatewayWith({ tabs: await exampleOperations() }))).text());
    expect(options).toMatchObject({ headers: "{}", shouldPersistHeaders: false });
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

describe("the tabs", () => {
  const folder = new URL("../../schema/operations/", import.meta.url);
  const files = readdirSync(folder).toSorted();

  test("are the example operations in order, each with its comment on what it shows and costs", async () => {
    const page = await (await get(gatewayWith({ tabs: await exampleOperations() }))).text();
    const queries = embedded(page).options.defaultTabs.map(({ query }) => `${query}\n`);
    expect(queries).toEqual(files.map((name) => readFileSync(new URL(name, folder), "utf8")));
    for (const query of queries) expect(query).toMatch(/^# .+\n(# .+\n)*# \d+ REST call/);
  });

  test("are one to write in where there are no example operations", async () => {
    for (const none of [{}, { tabs: [] }]) {
      const page = await (await get(gatewayWith(none))).text();
      expect(embedded(page).options.defaultTabs).toEqual([{ query: "" }]);
    }
  });

  test("ask for what must be given, by name where it is not known", async () => {
    const tabs = await exampleOperations({
      account: "abc",
      "CreateGroup.input": { name: "new" },
      search: "need not be given",
    });
    const variables = tabs.map((tab) => tab.variables);
    const tabOf = (name: string) => variables[files.findIndex((file) => file.endsWith(`-${name}.graphql`))];
    expect(tabOf("accounts")).toBeUndefined();
    expect(tabOf("groups-with-policies")).toEqual({ account: "abc" });
    expect(tabOf("one-group")).toEqual({ account: "abc", group: "<group>" });
    expect(tabOf("create-group")).toEqual({ input: { name: "new" } });
    expect(tabOf("change-members")).toEqual({ add: {}, remove: {} });
  });
});

describe("the assets", () => {
  const gateway = gatewayWith({});

  test("are found beside the endpoint", async () => {
    const paths = await assetsOf(gateway);
    expect(paths.map((asset) => asset.replace(/-\w+/, ""))).toMatchInlineSnapshot(`
      [
        "/graphql/style.css",
        "/graphql/script.js",
        "/graphql/graphql.js",
        "/graphql/json.js",
        "/graphql/editor.js",
      ]
    `);
    for (const asset of paths) expect((await get(gateway, asset)).status, asset).toBe(200);
  });

  test.each(["/", "/api/iam", "/api/iam/"])("are found wherever the endpoint is: %s", async (path) => {
    const elsewhere = gatewayWith({}, path);
    const [style = ""] = await assetsOf(elsewhere, path);
    expect((await get(elsewhere, style)).headers.get("content-type")).toBe("text/css; charset=utf-8");
  });

  test("are named after their content, so they may be kept for ever", async () => {
    for (const asset of await assetsOf(gateway)) {
      const response = await get(gateway, asset);
      expect(asset).toContain(hash("sha256", await response.text()).slice(0, 16));
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
    "/graphql/script-0123456789abcdef.js",
    "/graphql/constructor",
    "/graphql/../package.json",
    "/script-0123456789abcdef.js",
    "/favicon.ico",
  ])("and nothing else: %s is 404", async (path) => {
    const response = await get(gateway, path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  });

  test("are loaded once for all gateways", () => {
    expect(library.loads).toBe(1);
    expect(assets()).toBe(assets());
  });
});
