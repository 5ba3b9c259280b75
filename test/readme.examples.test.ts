import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GatewayOptions } from "../src/server/gateway.ts";
import { setup } from "./gateway.ts";
import { blocksOf, readPage } from "./markdown.ts";
import { PackedProject } from "./packed-project.ts";
import { askApollo, askTransport, mounted, outcome, resolving } from "./readme-scripts.ts";

const blocks = blocksOf(readPage("README.md"));
const codeOf = (language: string) => blocks.filter((block) => block.language === language).map(({ code }) => code);

/** The files that its blocks are, by the names in their first lines. */
const files = new Map(
  codeOf("ts")
    // Excerpts of the examples, which have tests of their own: readme.test.ts compares them.
    .filter((code) => !code.startsWith("// from examples/"))
    .map((code) => [/^\/\/ (\S+\.ts)\n/.exec(code)?.[1] ?? code, code]),
);
const [rename = "", ...queries] = codeOf("graphql");
const [develop = "", start = "", curl = "", team = "", aged = "", ...commands] = codeOf("sh");

/** What no test runs, and why. */
const notRun = new Map([
  [develop, "`npm ci` would install anew beneath this test; test/server/main.test.ts runs the scripts"],
]);

let project: PackedProject;
beforeAll(async () => {
  project = await PackedProject.create();
  for (const [name, code] of files) project.write(name, code);
  project.write("src/rename.graphql", rename);
}, 300_000);
afterAll(() => project?.[Symbol.dispose]());

test("every block is known here: a new one is run, or says why not", () => {
  for (const [code, reason] of notRun) console.info(`Not run: ${reason}.\n${code}`);
  expect([...files.keys()]).toEqual([
    "audit.ts",
    "examples/node-http/server.ts",
    "examples/hono/server.ts",
    "examples/express/server.ts",
    "examples/fastify/server.ts",
    "examples/next/lib/gateway.ts",
    "examples/next/app/graphql/[[...path]]/route.ts",
    "examples/next/next.config.ts",
    "examples/lambda/handler.ts",
    "examples/deno/server.ts",
    "examples/bun/server.ts",
    "transport.ts",
    "team.ts",
    "sandbox.ts",
    "execute.ts",
    "codegen.ts",
    "apollo.ts",
  ]);
  expect([queries, commands]).toEqual([[], []]);
  // Those in JSON and the diagram are held against the gateway in readme.test.ts; Next.js builds its page in `npm run examples`.
  const rest = blocks.map(({ language }) => language).filter((language) => !/^(ts|sh|graphql)$/.test(language));
  expect(rest).toEqual(["json", "text", "tsx", "mermaid", "json", "json", "text", "json", "json"]);
});

describe("its blocks of TypeScript", () => {
  test("compile in strict mode, beside the package as it is packed", async () => {
    expect(await project.run("tsc")).toBe("");
  });

  test("the code generator does not resolve the name of the package", async () => {
    const named = (files.get("codegen.ts") ?? "").replace(
      "node_modules/cloudflare-iam-graphql/schema/",
      "cloudflare-iam-graphql/",
    );
    project.write("named.ts", named);
    await expect(project.run("graphql-codegen", "--config", "named.ts")).rejects.toThrow();
    project.remove("named.ts");
  });

  test("codegen.ts makes types from the packed schema, in which `__typename` tells results apart", async () => {
    await project.run("graphql-codegen");
    project.write("src/outcome.ts", outcome);
    expect(await project.run("tsc", "-p", "tsconfig.frontend.json")).toBe("");
  });

  test.each(["node-http", "express", "fastify", "hono"])("that of %s serves GraphQL and GraphiQL", async (name) => {
    await using server = await project.serve(`examples/${name}/server.ts`);
    const endpoint = `${server.url}/graphql`;
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ query: "{ __typename }" });
    const posted = await fetch(endpoint, { method: "POST", headers, body });
    expect([posted.status, await posted.json()]).toEqual([200, { data: { __typename: "Query" } }]);
    const asked = await fetch(`${endpoint}?query={__typename}`);
    expect([asked.status, await asked.json()]).toEqual([200, { data: { __typename: "Query" } }]);

    const opened = await fetch(endpoint, { headers: { accept: "text/html" } });
    expect([opened.status, opened.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const page = await opened.text();
    for (const [pattern, type] of [
      [/src="([^"]+\.js)"/, "text/javascript; charset=utf-8"],
      [/href="([^"]+\.css)"/, "text/css; charset=utf-8"],
    ] as const) {
      const loaded = await fetch(new URL(pattern.exec(page)?.[1] ?? "", endpoint));
      expect([loaded.status, loaded.headers.get("content-type")]).toEqual([200, type]);
      expect((await loaded.text()).length).toBeGreaterThan(100_000);
    }
    const head = await fetch(endpoint, { method: "HEAD", headers: { accept: "text/html" } });
    expect(head.status).toBe(200);
  });

  test.each(["express", "fastify", "hono"])(
    "that of %s lets pages of the other origin in, by its CORS",
    async (name) => {
      await using server = await project.serve(`examples/${name}/server.ts`);
      const endpoint = `${server.url}/graphql`;
      const origin = "https://app.example.com";
      const asks = { "access-control-request-method": "POST", "access-control-request-headers": "authorization" };
      const preflight = await fetch(endpoint, { method: "OPTIONS", headers: { origin, ...asks } });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
      expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
      expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
      const answer = await fetch(`${endpoint}?query={__typename}`, { headers: { origin } });
      expect(await answer.json()).toEqual({ data: { __typename: "Query" } });
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    },
  );

  test("a path of your own is the whole path, wherever Express and Hono mount it", async () => {
    project.write("mounted.ts", mounted);
    const line = '{"data":{"__typename":"Query"}}\n';
    expect(await project.node("mounted.ts")).toBe(`200 ${line}200 ${line}404\n`);
  });

  test("the schema is found by the name that Node and bundlers resolve", async () => {
    project.write("resolve.ts", resolving);
    expect(await project.node("resolve.ts")).toBe(readPage("schema/schema.graphql"));
  });

  test("transport.ts answers with five lines of its own", async () => {
    project.write("ask-transport.ts", askTransport);
    expect(await project.node("ask-transport.ts")).toBe('{"data":{"accounts":{"nodes":[{"name":"Acme"}]}}}\n');
  });

  test.each(["audit.ts", "sandbox.ts", "execute.ts"])("%s prints what its comments say", async (name) => {
    const [, ...comments] = (files.get(name) ?? "").match(/^\/\/ .*$/gm) ?? [];
    expect(comments.length).toBe(2);
    expect(await project.node(name)).toBe(comments.map((line) => `${line.slice(3)}\n`).join(""));
  });

  test("execute.ts prints the same on graphql 17", async () => {
    project.write(
      "versions.ts",
      'export { version } from "graphql";\nimport { version } from "graphql";\nconsole.log(version);',
    );
    const hook = new URL("graphql-17.ts", import.meta.url).href;
    expect(await project.nodeBehind(hook, "versions.ts")).toMatch(/^17\./);
    expect(await project.nodeBehind(hook, "execute.ts")).toBe(await project.node("execute.ts"));
  });

  test("apollo.ts keeps the errors of a mutation, which a cache without possible types drops", async () => {
    project.write("ask-apollo.ts", askApollo);
    const [answer = "", kept = "", dropped = ""] = (await project.node("ask-apollo.ts")).trim().split("\n");
    const current = { __typename: "UserGroup", name: expect.any(String), revision: expect.any(String) };
    const error = {
      __typename: "ConflictError",
      message: expect.any(String),
      current: expect.objectContaining(current),
    };
    expect(JSON.parse(answer)).toEqual({ updateUserGroup: error });
    expect(JSON.parse(kept)).toEqual({ updateUserGroup: error });
    expect(JSON.parse(dropped)).toEqual({
      updateUserGroup: { __typename: "ConflictError", current: expect.anything() },
    });
  });
});

test("the fields that AGENTS.md shows compile within the graph", async () => {
  const [code = ""] = blocksOf(readPage("AGENTS.md")).map((block) => block.code);
  const fields = code.trim().split("\n\n");
  expect(fields.length).toBe(2);
  const src = fileURLToPath(new URL("../src", import.meta.url));
  const lines = fields.map((field, index) => `export const field${index}: Record<string, Resolve> = {\n${field}\n};\n`);
  project.write(
    "agents/fields.ts",
    `import { members } from "${src}/cloudflare/members.ts";
import type { Context } from "${src}/graph/context.ts";
type Resolve = (member: { accountId: string; record: { id: string } }, args: object, context: Context) => Promise<unknown>;
${lines.join("")}`,
  );
  const compilerOptions = { rewriteRelativeImportExtensions: false };
  const extended = fileURLToPath(new URL("../tsconfig.json", import.meta.url));
  project.write("agents/tsconfig.json", JSON.stringify({ extends: extended, compilerOptions, include: ["."] }));
  expect(await project.run("tsc", "-p", "agents")).toBe("");
});

describe("its commands", () => {
  test("npm start listens, and says where and in front of what, as its comment does", async () => {
    const env = { PATH: process.env.PATH, PORT: "0" };
    const child = spawn("bash", ["-c", start], { env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
    const closed = once(child, "close");
    let printed = "";
    for await (const text of child.stdout.setEncoding("utf8")) {
      printed += text;
      if (/^REST .*$/m.test(printed)) break;
    }
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await closed;
    const [, path, api = "nothing"] = /# http:\/\/localhost:4000(\S+), in front of (\S+)/.exec(start) ?? [];
    expect(printed).toMatch(new RegExp(`^GraphQL {2}http://127\\.0\\.0\\.1:\\d+${path}\nREST {5}${api}$`, "m"));
  });

  test("one token for a team starts a process in service mode", async () => {
    const folder = mkdtempSync(join(tmpdir(), "team-"));
    const file = join(folder, "token");
    writeFileSync(file, "0123456789012345678901234567890123456789");
    const [, path = ""] = /CLOUDFLARE_API_TOKEN_FILE=(\S+)/.exec(team) ?? [];
    const child = spawn("bash", ["-c", team.replace(path, file)], {
      env: { PATH: process.env.PATH, PORT: "0" },
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    let printed = "";
    for await (const text of child.stdout.setEncoding("utf8")) {
      printed += text;
      if (/^REST .*$/m.test(printed)) break;
    }
    const [, url = ""] = /^GraphQL {2}(\S+)/m.exec(printed) ?? [];
    const answer = await fetch(`${url}?query={__typename}`);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await closed;
    rmSync(folder, { recursive: true });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  });

  /** What a command that asks the gateway at its usual port prints. */
  async function printed(command: string, options: Partial<GatewayOptions> = {}): Promise<unknown> {
    const { gateway } = setup({}, undefined, options);
    const server = createServer(gateway);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const elsewhere = `curl() { command curl -s "\${@/http:\\/\\/localhost:4000/${url.replaceAll("/", "\\/")}}"; }\n`;
    const { stdout } = await promisify(execFile)("bash", ["-c", elsewhere + command], {
      env: { PATH: process.env.PATH, MY_API_TOKEN: "sandbox-admin" },
    });
    server.close();
    return JSON.parse(stdout);
  }

  test("curl asks with a token of one's own", async () => {
    expect(await printed(curl)).toMatchObject({ data: { accounts: { nodes: [{ name: "Acme" }, {}] } } });
  });

  test("curl says how old its reads may be, and is told how old they are", async () => {
    const cache = { maxAge: 60_000 };
    expect(await printed(aged, { cache })).toMatchObject({
      data: { accounts: { nodes: [{ name: "Acme" }, {}] } },
      extensions: { upstream: { cached: 0, age: 0, stale: 0, maxAge: 30 } },
    });
  });
});
