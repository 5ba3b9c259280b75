import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

/** Who may import whom: a layer and what it may reach, ours first and then libraries. */
const house: [layer: RegExp, ours: RegExp, libraries: RegExp][] = [
  [/^options/, /^$/, /^(leven|zod)$/],
  [/^cloudflare\/(connections|exchange|transport\.ts)/, /^(cloudflare\/|options)/, /^undici$/],
  [/^cloudflare\/(content-encoding|tls-probe)/, /^cloudflare\//, /^node:(tls|zlib)$/],
  [/^cloudflare\/(fresh-groups|retry)/, /^cloudflare\//, /^(lru-cache|node:timers\/promises)$/],
  [/^cloudflare\//, /^(cloudflare\/|options)/, /^zod$/],
  [/^loaders/, /^(loaders|cloudflare\/)/, /^dataloader$/],
  [
    /^graph\//,
    /^(graph\/|loaders\.ts$|cloudflare\/(?!client|transport))/,
    /^(graphql|graphql-scalars|@pothos\/.*|zod|node:crypto)$/,
  ],
  [/^sandbox\//, /^(sandbox\/|options|cloudflare\/(?!client|transport|error))/, /^(zod|node:.*)$/],
  [/^settings/, /^(options|server\/client-address)/, /^zod$/],
  [/^graphiql/, /^graphiql/, /^(node:.*|@graphql-yoga\/render-graphiql\/graphiql)$/],
  [
    /^server\//,
    /^(server\/|options|graph\/|graphiql\.ts$|execution|upstream\/|plan|turns\.ts$|admission|spending|sharing|budget\.ts$|settings|cloudflare\/(call-timeout|client|error|transport|wire))/,
    /^(graphql|graphql-yoga|lru-cache|zod|node:.*)$/,
  ],
  [
    /^upstream\//,
    /^(upstream(\.ts$|\/)|admission|spending|turns|sharing\/patience|budget\.ts$|cloudflare\/(client|endpoint|error|transport))/,
    /^(lru-cache|node:(crypto|timers\/promises))$/,
  ],
  [/^examples/, /^(sandbox\/|graph\/node)/, /^$/],
  [/^execution/, /^execution/, /^(graphql|graphql-yoga)$/],
  [/^turns/, /^turns\//, /^$/],
  [
    /^plan/,
    /^(plan|graph\/(connection|cost|node)|loaders\.ts$|loaders\/plan|cloudflare\/(accounts|endpoint))/,
    /^graphql$/,
  ],
  [
    /^sharing/,
    /^(sharing\/|admission|spending|cloudflare\/(client|endpoint|error|transport))/,
    /^(graphql-yoga|node:crypto)$/,
  ],
  [/^budget\/redis/, /^(budget|options)/, /^(rate-limiter-flexible|@redis\/client|zod|node:.*)$/],
  [/^budget/, /^(budget|options|cloudflare\/client)/, /^(rate-limiter-flexible|structured-headers|zod|node:crypto)$/],
  [/^spending/, /^(loaders\.ts$|cloudflare\/transport)/, /^$/],
  [/^admission/, /^(budget\.ts$|spending|cloudflare\/(client|error))/, /^node:timers\/promises$/],
  [/^upstream/, /^(upstream\/|admission|budget\.ts$|spending|turns\.ts$|cloudflare\/(client|error|transport))/, /^$/],
  [/^explain/, /^(admission|budget\.ts$|cloudflare\/error|plan|spending)/, /^(graphql|graphql-yoga)$/],
  [
    /^gateway/,
    /^(server\/|options|graph\/|loaders|cloudflare\/|graphiql|execution|plan\/selection|sharing|admission|budget\.ts$|explain|spending|turns\.ts$|upstream)/,
    /^(graphql|graphql-yoga)$/,
  ],
  [/^index/, /^(?!main)/, /^$/],
  [/^serve\.ts/, /^(?!index|main)/, /^(graphql-yoga|node:.*)$/],
  [/^main/, /^serve\.ts$/, /^$/],
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
  const [, ours, libraries] = house.find(([layer]) => layer.test(file)) ?? [];
  expect(ours, "a file without a layer: add it to the table").toBeDefined();
  for (const name of importsOf(file)) {
    if (name.startsWith(".")) expect(normalize(join(dirname(file), name))).toMatch(ours as RegExp);
    else expect(name).toMatch(libraries as RegExp);
  }
});

test("nobody imports main or index, and only settings' caller reads the environment", () => {
  for (const file of files) {
    for (const name of importsOf(file)) expect(name).not.toMatch(/\/(main|index)\.ts$(?<!cloudflare\/index\.ts)/);
    if (file !== "main.ts") expect(readFileSync(join("src", file), "utf8")).not.toContain("process.env");
  }
});

test("no file is a drawer for odds and ends, and none is longer than 250 lines", () => {
  for (const file of files) {
    expect(file).not.toMatch(/(utils?|helpers?|common|types|services?|managers?)(\.ts|\/)/);
    expect(readFileSync(join("src", file), "utf8").split("\n").length, file).toBeLessThanOrEqual(251);
  }
});
