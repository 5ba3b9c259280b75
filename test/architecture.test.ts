import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

/** Who may import whom: a layer and what it may reach, ours first and then libraries. The first row that fits a file counts. */
const layers: [layer: RegExp, ours: RegExp, libraries: RegExp][] = [
  [/^options/, /^$/, /^(leven|zod)$/],
  [/^end-of-turn/, /^$/, /^$/],
  [/^operations/, /^$/, /^@graphql-typed-document-node\/core$/],
  [/^client-schema/, /^$/, /^$/],
  [/^(apollo|graphcache)\.ts/, /^client-schema\.ts$/, /^$/],
  [/^variable-values/, /^$/, /^graphql$/],
  [/^cloudflare\/(connections|exchange|transport\.ts)/, /^(cloudflare\/|options)/, /^undici$/],
  [/^cloudflare\/(content-encoding|tls-probe)/, /^cloudflare\//, /^node:(tls|zlib)$/],
  [/^cloudflare\//, /^(cloudflare\/|options)/, /^zod$/],
  [/^upstream\/freshness\/redis/, /^(upstream\/(budget|freshness)\/|options)/, /^node:crypto$/],
  [
    /^upstream\/budget\/redis/,
    /^(upstream\/budget|cloudflare\/|options)/,
    /^(rate-limiter-flexible|lru-cache|@redis\/client|zod|node:.*)$/,
  ],
  [
    /^upstream\//,
    /^((upstream|cloudflare)\/|options|end-of-turn)/,
    /^(lru-cache|structured-headers|zod|node:(crypto|timers\/promises))$/,
  ],
  [/^loaders\//, /^((loaders|cloudflare)\/|end-of-turn)/, /^dataloader$/],
  [/^access\//, /^(access\/|cloudflare\/(api-tokens|members|permission-groups|policies|resource-groups)\.ts$)/, /^$/],
  [
    /^graph\//,
    /^(graph\/|access\/|loaders\/loaders\.ts$|cloudflare\/(?!client|transport))/,
    /^(graphql|@pothos\/.*|zod|node:crypto)$/,
  ],
  [
    /^plan\//,
    /^(plan\/|variable-values|graph\/(connection|cost|node)|loaders\/(loaders|fewest-pages)\.ts$|cloudflare\/(accounts|endpoint))/,
    /^graphql$/,
  ],
  [/^execution\//, /^(execution\/|variable-values)/, /^(graphql|graphql-yoga)$/],
  [/^sandbox\//, /^(sandbox\/|options|cloudflare\/(?!client|transport|error))/, /^(zod|node:.*)$/],
  [/^server\/callers\/rules-file\.ts/, /^(options|server\/callers\/rules)\.ts$/, /^jsonc-parser$/],
  [
    /^server\/callers\/(jwt|key-set)\.ts/,
    /^(options|end-of-turn|cloudflare\/(call-timeout|wire)|server\/(callers\/|http-error))/,
    /^(jose(\/.*)?|lru-cache|node:(crypto|timers\/promises))$/,
  ],
  [
    /^server\/settings/,
    /^(options|server\/(callers\/jwt-options|client-address|credential|origin|settings\/)|upstream\/budget\/key-secret)/,
    /^(leven|zod)$/,
  ],
  [/^server\/graphiql(\.ts|\/)/, /^(options|server\/graphiql|graphiql-page\/built\.js$)/, /^(graphql|node:.*|zod)$/],
  // It runs in browsers.
  [
    /^graphiql-page\//,
    /^(graphiql-page\/|server\/(credential|graphiql\/(assets|page-data))\.ts$)/,
    /^(@graphiql\/.*|eventsource-parser\/stream|graphql|jsonc-parser|monaco-graphql\/.*|react|react-dom\/client)$/,
  ],
  [/^server\/audit\//, /^upstream\/audit/, /^node:.*$/],
  [
    /^server\/trusted-documents/,
    /^(options|server\/(http-error|operation-params|trusted-documents\/))/,
    /^(graphql|node:crypto)$/,
  ],
  [
    /^server\/(process-log|log-lines|personal-data|text-line)/,
    /^server\/(hooks|log|log-lines|personal-data|text-line)\.ts$/,
    /^(pino|node:crypto)$/,
  ],
  [/^server\/open-telemetry/, /^(options|server\/hooks)\.ts$/, /^@opentelemetry\/api$/],
  [/^server\/metrics\.ts/, /^server\/(gateway-status|hooks|least-of-minute)\.ts$/, /^prom-client$/],
  [/^server\/examples/, /^(sandbox\/|graph\/node)/, /^@graphql-typed-document-node\/core$/],
  [/^server\/main/, /^server\/command-line\.ts$/, /^$/],
  [/^server\/command-line/, /^server\/(serve|settings)\.ts$/, /^(leven|node:(fs|util))$/],
  [/^server\/serve/, /^(?!index|server\/(main|command-line))/, /^(graphql-yoga|node:.*)$/],
  [
    /^server\//,
    /^(?!graphiql-page|index|sandbox|server\/(main|command-line|serve|settings))/,
    /^(graphql|graphql-yoga|@graphql-typed-document-node\/core|lru-cache|zod|node:.*)$/,
  ],
  [
    /^(audit|index|graphiql|opentelemetry|redis|sandbox|service-mode|transport|trusted-documents|worker)\.ts/,
    /^(?!server\/(main|command-line|serve))/,
    /^$/,
  ],
];

const files = globSync("**/*.{ts,tsx}", { cwd: "src" });

function importsOf(file: string): string[] {
  // The build of the page writes it.
  if (file === "graphiql-page/built.js") return [];
  const source = readFileSync(join("src", file), "utf8");
  return Array.from(
    source.matchAll(/(?:\bfrom\s+|import\()"([^"]+)"|^import "([^"]+)"/gm),
    ([, from, bare]) => from ?? bare ?? "",
  );
}

test.each(files)("%s imports only what its layer may", (file) => {
  const [, ours, libraries] = layers.find(([layer]) => layer.test(file)) ?? [];
  expect(ours, "a file without a layer: add a row to `layers` in test/architecture.test.ts").toBeDefined();
  for (const name of importsOf(file)) {
    if (name.startsWith(".")) expect(normalize(join(dirname(file), name))).toMatch(ours as RegExp);
    else expect(name).toMatch(libraries as RegExp);
  }
});

test("nobody imports main or index, and only settings' caller reads the environment", () => {
  for (const file of files) {
    for (const name of importsOf(file))
      expect(name).not.toMatch(
        /\/(main|index)\.ts$(?<!cloudflare\/index\.ts)|^\.\.\/(audit|graphiql|opentelemetry|redis|sandbox|service-mode|transport|trusted-documents|worker)\.ts$(?<!server\/worker\.ts)/,
      );
    if (file !== "server/main.ts") expect(readFileSync(join("src", file), "utf8")).not.toContain("process.env");
  }
});

test("there are no utils or helpers files, and no file is longer than 250 lines", () => {
  for (const file of files) {
    expect(file).not.toMatch(/(utils?|helpers?|common|types|services?|managers?)(\.ts|\/)/);
    // The code generator writes that one.
    if (file === "operations.ts") continue;
    expect(readFileSync(join("src", file), "utf8").split("\n").length, file).toBeLessThanOrEqual(251);
  }
});

/** Files that refer to each other as the domain does. */
const entities = /^graph\/(member|policy|user-group)\.ts$/;

test("no files import each other in a circle, but the graph's entities", () => {
  const imports = new Map(
    files.map((file) => {
      const own = importsOf(file).filter((name) => name.startsWith("."));
      return [file, own.map((name) => normalize(join(dirname(file), name)))];
    }),
  );
  const circles = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      const circle = path.slice(start);
      if (!circle.every((part) => entities.test(part))) circles.add(circle.join(" → "));
      return;
    }
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect([...circles]).toEqual([]);
});

describe("CONTRIBUTING.md", () => {
  const page = readFileSync("CONTRIBUTING.md", "utf8");
  const folders = new Set(files.filter((file) => file.includes("/")).map((file) => file.split("/")[0] as string));

  /** What a folder may import, by its general rule: whole folders, folders without some files, or a few files. */
  function mayImport(folder: string): string {
    const [, ours] = layers.find(([layer]) => layer.source === `^${folder}\\/`) ?? [];
    const cells = [...folders].toSorted().flatMap((other) => {
      if (other === folder) return [];
      const inside = files.filter((file) => file.startsWith(`${other}/`)).toSorted();
      const allowed = inside.filter((file) => ours?.test(file));
      const refused = inside.filter((file) => !ours?.test(file));
      if (allowed.length === 0) return [];
      if (refused.length === 0) return [`\`${other}/\``];
      if (allowed.length <= refused.length && allowed.length <= 5) return allowed.map((file) => `\`${file}\``);
      const without = refused.map((file) => `\`${file.slice(other.length + 1)}\``);
      return [`\`${other}/\` without ${without.join(", ")}`];
    });
    return cells.join("; ") || "nothing of ours";
  }

  /** The packages that the files of a folder import. */
  function packages(folder: string): string {
    const names = files.filter((file) => file.startsWith(`${folder}/`)).flatMap(importsOf);
    const packages = names
      .filter((name) => !/^(\.|node:)/.test(name))
      .map((name) => (/^(@[^/]+\/)?[^/]+/.exec(name) as RegExpExecArray)[0]);
    return [...new Set(packages)].toSorted().join(", ");
  }

  test("its table of layers is that of this test", () => {
    const rows = Array.from(page.matchAll(/^\| `([\w-]+)\/` \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$/gm), (found) =>
      found.slice(1),
    );
    expect(rows.map(([folder]) => folder).toSorted()).toEqual([...folders].toSorted());
    for (const [folder = "", , ours, libraries] of rows) {
      expect({ folder, ours, libraries: libraries?.trim() }, "correct the row of CONTRIBUTING.md").toEqual({
        folder,
        ours: mayImport(folder),
        libraries: packages(folder),
      });
    }
  });

  test("its chain of a call names every link", () => {
    const links = files.filter(
      (file) =>
        /^upstream\/[^/]+$/.test(file) &&
        /\): Link\b|get link\(\)|link\(.*\): Link/.test(readFileSync(join("src", file), "utf8")),
    );
    expect(links.length).toBeGreaterThan(5);
    const missing = links.filter((file) => file !== "upstream/chain.ts" && !page.includes(`src/${file} `));
    expect(missing, "CONTRIBUTING.md, “The chain of a call”: add a line for each of these files").toEqual([]);
  });
});

test.each(["CONTRIBUTING.md", "AGENTS.md"])("%s names files that exist", (page) => {
  const text = readFileSync(page, "utf8");
  const paths = text.match(/\b(src|test|schema|bench|docs)\/[\w./-]*\w/g) ?? [];
  expect(paths.length).toBeGreaterThan(3);
  for (const path of paths) expect(existsSync(path), `${page} names ${path}`).toBe(true);
});

test.each([
  ["upstream/audit.ts", "audit.ts"],
  ["server/trusted-documents.ts", "trusted-documents.ts"],
])("%s is loaded by those who use it, through %s", (file, subpath) => {
  const loads = (from: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(from)) return seen;
    seen.add(from);
    const source = readFileSync(join("src", from), "utf8");
    // Types are not loaded.
    for (const [, name = ""] of source.matchAll(/^(?:import|export) (?!type )[^"]*?from "(\.[^"]+)"/gm))
      loads(normalize(join(dirname(from), name)), seen);
    return seen;
  };
  expect(loads(subpath)).toContain(file);
  expect(loads("index.ts")).toContain("upstream/chain.ts");
  for (const entry of ["index.ts", "server/serve.ts"]) expect(loads(entry)).not.toContain(file);
});

test.each([
  ["jose", /^jose\b/],
  ["pino", /^pino$/],
  ["prom-client", /^prom-client$/],
  ["@opentelemetry/api", /^@opentelemetry/],
])("%s is loaded only where it is switched on: an embedder's gateway does not", (_, library) => {
  const imports = (file: string): string[] => importsOf(file).filter((name) => name.startsWith("."));
  const loads = (file: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const name of imports(file)) loads(normalize(join(dirname(file), name)), seen);
    return seen;
  };
  const loaders = files.filter((file) => importsOf(file).some((name) => library.test(name)));
  expect(loaders.length).toBeGreaterThan(0);
  for (const file of loaders) expect(loads("index.ts")).not.toContain(file);
});

test("zod is imported as `* as z`: with `{ z }` a bundle has all of it, half a megabyte more", () => {
  const text = (file: string) => readFileSync(join("src", file), "utf8");
  expect(files.filter((file) => /^import \{[^}]*\bz\b[^}]*\} from "zod"/m.test(text(file)))).toEqual([]);
});
