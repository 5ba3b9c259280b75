import { execFile, spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksOf, readPage } from "./markdown.ts";
import { PackedProject } from "./packed-project.ts";

let project: PackedProject;
let installed: string;
let manifest: {
  bin: Record<string, string>;
  exports: Record<string, string | object>;
  scripts: Record<string, string>;
  version: string;
};
beforeAll(async () => {
  project = await PackedProject.create();
  installed = join(project.folder, "node_modules", "cloudflare-iam-graphql");
  manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
}, 300_000);
afterAll(() => project?.[Symbol.dispose]());

const subpaths = [
  "",
  "/transport",
  "/worker",
  "/redis",
  "/service-mode",
  "/audit",
  "/opentelemetry",
  "/graphiql",
  "/sandbox",
  "/trusted-documents",
  "/apollo",
  "/graphcache",
];

const consumer = `
import { createGateway, memoryBudget } from "cloudflare-iam-graphql";
import * as apollo from "cloudflare-iam-graphql/apollo";
import { Audit, AuditFile, type AuditRecord } from "cloudflare-iam-graphql/audit";
import * as graphcache from "cloudflare-iam-graphql/graphcache";
import { exampleOperations, graphiql } from "cloudflare-iam-graphql/graphiql";
import { openTelemetry } from "cloudflare-iam-graphql/opentelemetry";
import { FullGraphDocument } from "cloudflare-iam-graphql/operations";
import { redisBudget } from "cloudflare-iam-graphql/redis";
import { createSandbox, type Fault } from "cloudflare-iam-graphql/sandbox";
import { type CallerRule, cloudflareAccess, serviceMode } from "cloudflare-iam-graphql/service-mode";
import { createTransport } from "cloudflare-iam-graphql/transport";
import { trustedDocuments } from "cloudflare-iam-graphql/trusted-documents";
import * as worker from "cloudflare-iam-graphql/worker";
export const caches = [apollo.cacheOptions, graphcache.cacheOptions, FullGraphDocument, worker.createWorker];
export const gateways = [
  createGateway({ transport: createTransport(), budget: memoryBudget({ quota: false }), tracing: openTelemetry() }),
  createGateway({ transport: createSandbox().handle, graphiql: graphiql({ examples: await exampleOperations() }) }),
];
export const budget = () => redisBudget({ url: "redis://localhost", quota: false, replicas: 2 });
const rules: CallerRule[] = [{ claims: { groups: "staff" }, accounts: "*", access: "read" }];
const jwt = { ...cloudflareAccess("acme.cloudflareaccess.com"), audience: "iam" };
export const authenticate = serviceMode({ credential: { token: "t0ken" }, jwt, rules });
export const documents = trustedDocuments({ documents: { a: "{ __typename }" }, mode: "audit" });
export const audit = new Audit(await AuditFile.open("audit.jsonl"));
export type { AuditRecord, Fault };
`;

/** Asks a gateway whose transport is its own, and tells the answer and what was loaded. */
const asking = (from: string) => `
import { registerHooks } from "node:module";
const urls = [];
registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
const { default: SchemaBuilder } = await import("@pothos/core");
const { toSchema } = SchemaBuilder.prototype;
let schemas = 0;
SchemaBuilder.prototype.toSchema = function (...options) {
  schemas++;
  return toSchema.apply(this, options);
};
const { createGateway } = await import(${JSON.stringify(from)});
const transport = async () => ({ status: 200, headers: {}, text: '{"success":true,"errors":[],"messages":[],"result":[]}' });
const gateway = createGateway({ transport });
const response = await gateway.fetch("http://gateway/graphql", {
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer 0123456789012345678901234567890123456789" },
  body: JSON.stringify({ query: "{ accounts { nodes { name } } }" }),
});
console.log(JSON.stringify({ answer: await response.json(), schemas, urls }));
`;
/** Opens GraphiQL's page and its script. */
const withPage = `
import { createGateway } from "cloudflare-iam-graphql";
import { graphiql } from "cloudflare-iam-graphql/graphiql";
const gateway = createGateway({ transport: async () => ({ status: 500, headers: {}, text: "" }), graphiql: graphiql() });
const page = await gateway.fetch("http://gateway/graphql", { headers: { accept: "text/html" } });
const [, script = ""] = /src="([^"]+)"/.exec(await page.text()) ?? [];
const file = await gateway.fetch(new URL(script, "http://gateway/graphql").href);
console.log(JSON.stringify([page.status, file.status, file.headers.get("content-type")]));
`;

/** How esbuild bundles for Node: README, “Bundles”. */
const bundled = [
  "--bundle",
  "--format=esm",
  "--platform=node",
  "--main-fields=browser,module,main",
  "--log-level=error",
];

const answer = { data: { accounts: { nodes: [] } } };

describe("the package, as npm packs it", () => {
  test("has no fault that publint finds", async () => {
    expect(await project.run("publint", "run", installed, "--pack", "false", "--strict")).toContain("All good!");
  });

  test("has types that every resolver of ES modules finds", async () => {
    const noCode = Object.keys(manifest.exports).filter((name) => /\.(graphql|json)$/.test(name));
    const excluded = ["--exclude-entrypoints", ...noCode.map((name) => name.replace(/^\.\//, ""))];
    // It ends with exit code 1 where it finds a problem.
    await project.run("attw", project.archive, "--profile", "esm-only", ...excluded);
  });

  test.each([
    ["graphql", "16."],
    ["graphql-17", "17."],
  ])("compiles in strict mode where a consumer checks declarations, too, with %s", async (graphql, version) => {
    project.link("graphql", graphql);
    project.write("consumer/consumer.ts", consumer);
    const [hooks] = blocksOf(readPage("docs/observability.md")).filter(({ language }) => language === "ts");
    project.write("consumer/hooks.ts", hooks?.code ?? "no example");
    const compilerOptions = {
      strict: true,
      skipLibCheck: false,
      // Libraries find the version of graphql that stands beside them in this project.
      preserveSymlinks: true,
      noEmit: true,
      module: "nodenext",
      target: "es2024",
      types: ["node"],
    };
    project.write("consumer/tsconfig.json", JSON.stringify({ compilerOptions }));
    const files = await project.run("tsc", "-p", "consumer", "--explainFiles");
    const versions = new Set(Array.from(files.matchAll(/'graphql\/\S*@(\d+\.)\S*'/g), ([, found]) => found));
    expect([...versions]).toEqual([version]);
    project.link("graphql", "graphql");
  });

  test("exports its schema, its operations and its manifest by name", async () => {
    const names = [
      "schema.graphql",
      "schema.semantic-non-null.graphql",
      "schema.subgraph.graphql",
      "introspection.json",
      "possible-types.json",
      "trusted-documents.json",
      "operations/01-accounts.graphql",
      "package.json",
    ];
    project.write(
      "resolve.ts",
      `import { existsSync } from "node:fs";
for (const name of ${JSON.stringify(names)}) console.log(existsSync(new URL(import.meta.resolve("cloudflare-iam-graphql/" + name))));`,
    );
    expect(await project.node("resolve.ts")).toBe("true\n".repeat(names.length));
  });

  test("holds its build, its schema and two pages, and runs no script where it is installed", () => {
    const built = globSync("**/*.*", { cwd: installed }).filter((file) => !/^dist\/.*\.(js|d\.ts|json)$/.test(file));
    expect(built.filter((file) => !/^schema\/.*\.(graphql|json)$/.test(file)).sort()).toEqual([
      "README.md",
      "package.json",
    ]);
    expect(globSync("dist/graphiql-page/*", { cwd: installed })).toEqual(["dist/graphiql-page/built.js"]);
    expect(
      Object.keys(manifest.scripts).filter((name) =>
        /^(pre|post)?(install|prepare|publish)$|^dependencies$/.test(name),
      ),
    ).toEqual([]);
  });

  test("names no source map that is not in it", () => {
    for (const file of globSync("dist/**/*.js", { cwd: installed }))
      expect(readFileSync(join(installed, file), "utf8"), file).not.toContain("sourceMappingURL");
  });

  test("has a command line that runs", async () => {
    const command = join(installed, manifest.bin["cloudflare-iam-graphql"] ?? "");
    expect(readFileSync(command, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(await project.node(command, "--version")).toBe(`${manifest.version}\n`);
    await expect(promisify(execFile)(process.execPath, [command, "--nonsense"])).rejects.toMatchObject({ code: 2 });
    using child = spawn(process.execPath, [command, "--sandbox", "--port", "0"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    for await (const text of child.stdout.setEncoding("utf8")) {
      printed += text;
      if (printed.includes("\nQuery ")) break;
    }
    const [, url = ""] = /^GraphQL {2}(\S+)/.exec(printed) ?? [];
    const headers = { "content-type": "application/json", authorization: "Bearer sandbox-admin" };
    const body = JSON.stringify({ query: "{ accounts(first: 1) { nodes { name } } }" });
    const response = await fetch(url, { method: "POST", headers, body });
    expect(await response.json()).toMatchObject({ data: { accounts: { nodes: [{ name: "Acme" }] } } });
    const page = await (await fetch(url, { headers: { accept: "text/html" } })).text();
    expect(page).toContain("GroupsWithPolicies");
    const [, script = ""] = /src="(\.\/[^"]+)"/.exec(page) ?? [];
    expect((await fetch(new URL(script, url))).status).toBe(200);
  });
});

test("npm ci warns of no engine: the scripts run on the Node that it installs", async () => {
  const { stdout } = await promisify(execFile)("npm", ["config", "get", "loglevel"]);
  expect(stdout.trim()).toBe("error");
});

describe("an import loads what it uses", () => {
  test("createGateway with a transport of one's own", async () => {
    project.write("own.mjs", asking("cloudflare-iam-graphql"));
    const told = JSON.parse(await project.node("own.mjs")) as { answer: object; schemas: number; urls: string[] };
    expect(told.answer).toEqual(answer);
    expect(told.schemas).toBe(1);
    const unused =
      /node_modules\/(jose|pino|prom-client|@opentelemetry|undici|rate-limiter-flexible|@redis|graphql-scalars|react|monaco-editor|@graphiql)\/|node:cluster|\/dist\/(sandbox|server\/graphiql\/)/;
    expect(told.urls.filter((url) => unused.test(url))).toEqual([]);
    expect(told.urls.length).toBeLessThan(1100);
  });

  test("and esbuild makes one ES module of it, which runs without a banner", async () => {
    project.write("entry.mjs", 'export { createGateway } from "cloudflare-iam-graphql";');
    await project.run("esbuild", "entry.mjs", ...bundled, "--outfile=bundle.mjs");
    const bundle = readFileSync(join(project.folder, "bundle.mjs"), "utf8");
    expect(/.*(?:Dynamic require|RateLimiterMemory|EnvHttpProxyAgent).*/.exec(bundle)?.[0]).toBeUndefined();
    expect(bundle.length).toBeLessThan(1_950_000);
    project.write("bundled.mjs", asking("./bundle.mjs"));
    expect(JSON.parse(await project.node("bundled.mjs"))).toMatchObject({ answer });
  });

  test("and with GraphiQL, which has its page and its scripts in that module, too", async () => {
    project.write("with-page.mjs", withPage);
    await project.run("esbuild", "with-page.mjs", ...bundled, "--outfile=elsewhere/with-page.mjs");
    expect(JSON.parse(await project.node("elsewhere/with-page.mjs"))).toEqual([
      200,
      200,
      "text/javascript; charset=utf-8",
    ]);
  });

  test.each(subpaths)("cloudflare-iam-graphql%s has exports", async (subpath) => {
    project.write("exports.mjs", `console.log(Object.keys(await import("cloudflare-iam-graphql${subpath}")).join())`);
    expect((await project.node("exports.mjs")).trim()).not.toBe("");
  });
});
