import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

/** Who may import whom: a layer and what it may reach, ours first and then libraries. The first row that fits a file counts. */
const layers: [layer: RegExp, ours: RegExp, libraries: RegExp][] = [
  [/^options/, /^$/, /^(leven|zod)$/],
  [/^operations/, /^$/, /^@graphql-typed-document-node\/core$/],
  [/^variable-values/, /^$/, /^graphql$/],
  [/^cloudflare\/(connections|exchange|transport\.ts)/, /^(cloudflare\/|options)/, /^undici$/],
  [/^cloudflare\/(content-encoding|tls-probe)/, /^cloudflare\//, /^node:(tls|zlib)$/],
  [/^cloudflare\//, /^(cloudflare\/|options)/, /^zod$/],
  [
    /^upstream\/budget\/redis/,
    /^(upstream\/budget|cloudflare\/|options)/,
    /^(rate-limiter-flexible|@redis\/client|zod|node:.*)$/,
  ],
  [
    /^upstream\//,
    /^((upstream|cloudflare)\/|options)/,
    /^(lru-cache|rate-limiter-flexible|structured-headers|zod|node:(crypto|timers\/promises))$/,
  ],
  [/^loaders\//, /^(loaders|cloudflare)\//, /^dataloader$/],
  [
    /^graph\//,
    /^(graph\/|loaders\/loaders\.ts$|cloudflare\/(?!client|transport))/,
    /^(graphql|graphql-scalars|@pothos\/.*|zod|node:crypto)$/,
  ],
  [
    /^plan\//,
    /^(plan\/|variable-values|graph\/(connection|cost|node)|loaders\/(loaders|plan)\.ts$|cloudflare\/(accounts|endpoint))/,
    /^graphql$/,
  ],
  [/^execution\//, /^(execution\/|variable-values)/, /^(graphql|graphql-yoga)$/],
  [/^sandbox\//, /^(sandbox\/|options|cloudflare\/(?!client|transport|error))/, /^(zod|node:.*)$/],
  [/^server\/settings/, /^(options|server\/client-address)/, /^zod$/],
  [/^server\/graphiql/, /^server\/graphiql/, /^(node:.*|@graphql-yoga\/render-graphiql\/graphiql)$/],
  [/^server\/examples/, /^(sandbox\/|graph\/node)/, /^@graphql-typed-document-node\/core$/],
  [/^server\/main/, /^server\/serve\.ts$/, /^$/],
  [/^server\/serve/, /^(?!index|server\/main)/, /^(graphql-yoga|node:.*)$/],
  [
    /^server\//,
    /^(?!index|sandbox|server\/(main|serve|settings))/,
    /^(graphql|graphql-yoga|@graphql-typed-document-node\/core|lru-cache|zod|node:.*)$/,
  ],
  [/^index/, /^(?!server\/main)/, /^$/],
];

const files = globSync("**/*.ts", { cwd: "src" });

function importsOf(file: string): string[] {
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
    for (const name of importsOf(file)) expect(name).not.toMatch(/\/(main|index)\.ts$(?<!cloudflare\/index\.ts)/);
    if (file !== "server/main.ts") expect(readFileSync(join("src", file), "utf8")).not.toContain("process.env");
  }
});

test("no file is a drawer for odds and ends, and none is longer than 250 lines", () => {
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
