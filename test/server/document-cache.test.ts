import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parse, specifiedRules, validate } from "graphql";
import { describe } from "vitest";
import { compile } from "../../src/execution/compile.ts";
import { compiledSize } from "../../src/execution/compiled-size.ts";
import { TimeSlice } from "../../src/execution/time-slice.ts";
import { compiledResolver, schema } from "../../src/graph/schema.ts";
import { DocumentCache, parsedSize } from "../../src/server/document-cache.ts";
import { scan } from "../../src/server/document-scan.ts";
import { linearRules } from "../../src/server/documents.ts";
import { expect, setup, test } from "../gateway.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const MB = 1024 * 1024;

/** Bytes in use, once everything that nobody holds is gone. */
async function heap(): Promise<number> {
  for (let i = 0; i < 2; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

const many = (count: number, part: (i: number) => string) => Array.from({ length: count }, (_, i) => part(i)).join(" ");
/** A text of its own, as one from a request is: not a rope of the parts it was made of. */
const flat = (text: string) => Buffer.from(text).toString();

const kinds: [name: string, count: number, text: (k: number) => string][] = [
  ["tiny ones", 5000, (k) => `{ __typename } # ${k}`],
  ["fields", 40, (k) => `{ accounts { nodes { ${many(900, () => "name")} } } } # ${k}`],
  ["aliases", 100, (k) => `{ accounts { nodes { ${many(190, (i) => `a${i}_${k}: name`)} } } }`],
  [
    "fields within each other",
    60,
    (k) => `{ accounts { nodes { ${many(150, (i) => `p${i % 9}_${k}: userGroups { totalCount }`)} } } }`,
  ],
  ["numbers", 40, (k) => `{ nodes(ids: [${many(2000, (i) => String(i + k))}]) { id } }`],
  ["strings", 40, (k) => `{ nodes(ids: [${many(1500, (i) => `"id ${i} of ${k}"`)}]) { id } }`],
  ["one long string", 100, (k) => `{ node(id: "${"x".repeat(70_000)}${k}") { id } }`],
  ["one long string in another script", 100, (k) => `{ node(id: "${"é€".repeat(20_000)}${k}") { id } }`],
  ["one long comment", 100, (k) => `{ __typename } # ${"x".repeat(70_000)}${k}`],
  ["many comments", 40, (k) => `{ __typename } ${"#\n".repeat(3000)} # ${k}`],
  [
    "spreads",
    40,
    (k) => `{ accounts { nodes { ${many(700, () => `...F${k}`)} } } } fragment F${k} on Account { name }`,
  ],
  ["inline fragments", 40, (k) => `{ accounts { nodes { ${many(500, () => `... { name }`)} } } } # ${k}`],
  ["variables", 40, (k) => `query (${many(300, (i) => `$v${i}: [Int!]! = ${k}`)}) { __typename }`],
  [
    "types within each other",
    60,
    (k) => `query (${many(15, (i) => `$v${i}: ${"[".repeat(90)}Int${"]".repeat(90)}`)}) { __typename } # ${k}`,
  ],
];

describe("what a document takes is estimated within half of what it takes", () => {
  test.for(kinds)("%s", async ([, count, text]) => {
    const texts = Array.from({ length: count }, (_, k) => flat(text(k)));
    // Whatever is made once is made by these.
    for (const each of texts.slice(0, 3)) validate(schema, parse(each));
    const cache = new DocumentCache(512 * MB);
    const before = await heap();
    for (const each of texts) {
      const document = parse(flat(each));
      cache.set(each, document, { parsed: parsedSize(each, scan(each, { tokens: 1e6 })), compiled: 0 });
    }
    const held = (await heap()) - before;
    expect(cache.size / held).toBeGreaterThan(1 / 1.5);
    expect(cache.size / held).toBeLessThan(1.5);
  });
});

/** An example operation with a word of its own. */
const example = (name: string) => {
  const text = readFileSync(`schema/operations/${name}.graphql`, "utf8");
  return (k: number) => `${text} # ${k}`;
};
const onNode =
  "id ... on UserGroup { name } ... on Member { email } ... on Account { name } ... on SsoConnector { enabled }";
const owners = (times: number): string =>
  times === 0
    ? "id"
    : `owner { ... on UserGroup { policies { ${owners(times - 1)} } } ... on Member { id policies { id } } }`;

const asked: [name: string, count: number, text: (k: number) => string][] = [
  ["groups with policies", 150, example("02-groups-with-policies")],
  ["the full graph", 150, example("03-full-graph")],
  ["resource groups", 150, example("06-resource-groups-of-a-zone")],
  ["members", 150, example("10-account-members")],
  ["nodes of one type", 400, (k) => `{ node(id: "x") { ... on Node { id } } } # ${k}`],
  ["nodes of any type", 400, (k) => `{ node(id: "x") { ${onNode} } } # ${k}`],
  [
    "nodes under many names",
    20,
    (k) => `{ ${many(60, (i) => `a${i}: node(id: "x") { ... on Node { id b: id c: id d: id } }`)} } # ${k}`,
  ],
  [
    "nodes with no field but of one type",
    20,
    (k) => `{ ${many(90, (i) => `a${i}: node(id: "x") { ... on Account { id } }`)} } # ${k}`,
  ],
  ["owners of policies", 100, (k) => `{ node(id: "x") { ... on UserGroup { policies { ${owners(5)} } } } } # ${k}`],
  ["one field many times", 40, (k) => `{ accounts { nodes { ${many(900, () => "name")} } } } # ${k}`],
];

describe("so is what is compiled of it when it is asked for again", () => {
  test.for(asked)("%s", async ([, count, text]) => {
    const texts = Array.from({ length: count }, (_, k) => flat(text(k)));
    const compiling = { schema, resolverOf: compiledResolver, slice: new TimeSlice() };
    for (const each of texts.slice(0, 3))
      expect(validate(schema, parse(each), linearRules(specifiedRules))).toEqual([]);
    for (const each of texts.slice(0, 3)) compile(compiling, parse(each));
    const documents = texts.map((each) => parse(each));
    const before = await heap();
    const compiled = documents.map((document) => compile(compiling, document));
    const held = (await heap()) - before;
    expect(compiled).not.toContain(null);
    const charged = documents.reduce((sum, document) => sum + compiledSize(schema, document), 0);
    expect(charged / held).toBeGreaterThan(1 / 2);
    expect(charged / held).toBeLessThan(2);
  });
});

test("a document whose compiled operations cannot be counted in time is not kept when it is asked for again", () => {
  const circles = (times: number): string =>
    times === 0
      ? "id"
      : `owner { ... on Node { ... on UserGroup { policies { ${circles(times - 1)} } } ... on Member { policies { ${circles(times - 1)} } } } }`;
  const operation = (i: number) => `query q${i} { node(id: "x") { ... on UserGroup { policies { ...P } } } }`;
  const text = `${many(400, operation)} fragment P on Policy { ${circles(5)} }`;
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const started = performance.now();
  const compiled = compiledSize(schema, document);
  expect(performance.now() - started).toBeLessThan(500);
  expect(compiled).toBe(Number.MAX_SAFE_INTEGER);
  const cache = new DocumentCache(512 * MB);
  cache.set(text, document, { parsed: 1, compiled });
  expect(cache.get(text)).toBe(document);
  expect(cache.get(text)).toBeUndefined();
  expect(cache.size).toBe(0);
});

describe("documents of 72 kB, 972 of them, take no more than the cache may", () => {
  const bound = 16 * MB;
  const filled = (text: string) => `${text} # ${"x".repeat(72_000 - text.length)}`;

  test.for([
    [
      "that are valid",
      {},
      (k: number) => `{ ${many(30, () => `...F${k} ... { __typename }`)} } fragment F${k} on Query { __typename }`,
    ],
    ["that validation refuses", {}, (k: number) => `{ __typename ${many(200, () => `...F${k}`)} }`],
    ["that have too many tokens", {}, (k: number) => `{ ${many(6000, () => `a${k}`)} }`],
    [
      "that have too many fields",
      {},
      (k: number) => `{ ...F } fragment F on Query { a${k} ${many(100, () => "__typename")} }`,
    ],
    ["that are no GraphQL", {}, (k: number) => `{ __typename ${many(300, () => `a${k}`)} !`],
  ] as const)("%s", { timeout: 60_000 }, async ([, limits, text]) => {
    const { gateway } = setup({}, undefined, { documentCacheSize: bound, limits: { rootFields: 9999, ...limits } });
    const headers = { "content-type": "application/json" };
    const ask = async (query: string) => {
      const body = JSON.stringify({ query });
      await (await gateway.fetch("http://gateway/graphql", { method: "POST", headers, body })).text();
    };
    for (let k = 0; k < 3; k++) await ask(filled(text(k)));
    const before = await heap();
    for (let k = 0; k < 972; k++) await ask(filled(text(k)));
    expect((await heap()) - before).toBeLessThan(1.5 * bound);
  });
});

test("texts of one length are told apart as fast as others", () => {
  const cache = new DocumentCache(512 * MB);
  const document = parse("{ a }");
  const texts = Array.from({ length: 2000 }, (_, k) =>
    flat(`{ a } # ${"x".repeat(40_000)} ${String(k).padStart(4, "0")}`),
  );
  const started = performance.now();
  for (const each of texts) cache.set(each, document, { parsed: 1, compiled: 1 });
  for (const each of texts) expect(cache.get(flat(each))).toBe(document);
  expect(performance.now() - started).toBeLessThan(2500);
});
