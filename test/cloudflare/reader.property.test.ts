import { types } from "node:util";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { endpoints } from "../../src/cloudflare/index.ts";
import { read } from "../../src/cloudflare/reader.ts";
import { readInTurns } from "../../src/cloudflare/reader-in-turns.ts";
import { Message, Misfit, ResultInfo } from "../../src/cloudflare/result.ts";
import { acmeId } from "../../src/sandbox/acme.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { runs } from "../property.ts";

const base = "http://sandbox/client/v4";

/** What the sandbox really gives, beside the schemas that read it. */
const results: [schema: z.ZodType, value: unknown][] = [
  [ResultInfo, { page: 1, per_page: 20, count: 20, total_count: 91, total_pages: 5 }],
  [Message, { code: 1001, message: "said", documentation_url: "https://example.com", source: { pointer: "/a" } }],
];

beforeAll(async () => {
  const sandbox = createSandbox({ quota: false });
  const get = async (path: string) => {
    const { text } = await sandbox.handle({
      method: "GET",
      url: base + path,
      headers: { authorization: "Bearer sandbox-admin" },
    });
    return JSON.parse(text).result;
  };
  for (const { route, result } of endpoints) {
    if (!route.startsWith("GET ")) continue;
    const list = route
      .slice(4)
      .replace(/\/\{\w+\}$/, "")
      .replace("{account_id}", acmeId);
    const group = (await get(`/accounts/${acmeId}/iam/user_groups`))[0].id;
    const records = await get(list.replace("{user_group_id}", group));
    results.push([result, route.endsWith("}") && Array.isArray(records) ? records[0] : records]);
  }
});

/** Replaces what is at one place, chosen by a number, of a JSON value. */
function spoil(value: unknown, at: number, by: unknown): unknown {
  const places: [object, string][] = [];
  const walk = (here: unknown) => {
    if (typeof here !== "object" || here === null) return;
    for (const key of Object.keys(here)) {
      places.push([here, key]);
      walk((here as Record<string, unknown>)[key]);
    }
  };
  const copy = { root: structuredClone(value) };
  walk(copy);
  const [holder, key] = places[at % places.length] ?? [copy, "root"];
  if (by === undefined && !Array.isArray(holder)) delete (holder as Record<string, unknown>)[key];
  else (holder as Record<string, unknown>)[key] = by ?? null;
  return copy.root;
}

/** What was read, with a word for each list that throws wherever it is touched. */
function shown(value: unknown): unknown {
  if (types.isProxy(value)) return "a list that cannot be read";
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null || value instanceof Misfit) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shown(each)]));
}

/** Time that is over at every other look. */
function shortTime() {
  let looks = 0;
  return {
    turn: async () => {},
    get over() {
      return looks++ % 2 === 0;
    },
  };
}

test("a compiled reader reads what zod reads, and refuses what zod refuses, in zod's words", async () => {
  const junk = fc.oneof(
    fc.constantFrom(
      undefined,
      null,
      "",
      "x",
      0,
      -1.5,
      1e300,
      true,
      [],
      {},
      [[]],
      [null],
      { key: "k", value: "v" },
      { id: 7 },
    ),
    fc.jsonValue(),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), junk, fc.boolean(), async (which, place, by, corrupted) => {
      const [schema, given] = results[which % results.length] as [z.ZodType, unknown];
      const value = corrupted ? spoil(given, place, by) : given;
      const zods = schema.safeParse(structuredClone(value));
      const inTurns = await readInTurns(schema, structuredClone(value), shortTime());
      for (const mine of [read(schema, structuredClone(value)), inTurns]) {
        expect(mine.success).toBe(zods.success);
        if (mine.success) expect(shown(mine.data)).toEqual(shown(zods.data));
        else expect(mine.error.issues).toEqual(zods.error?.issues);
      }
    }),
    runs(2_000),
  );
});

/** Schemas of everything that readers are compiled of, one in another. */
const schemas: fc.Arbitrary<z.ZodType> = fc.letrec<{ any: z.ZodType }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(z.string(), z.number(), z.boolean(), z.email(), z.int32(), z.record(z.string(), z.unknown())),
    fc.constantFrom(
      z.int(),
      z.int().min(1),
      z.int().min(-5.5),
      z.int().min(1).min(3),
      z.int().positive(),
      z.int().max(3),
    ),
    tie("any").map((schema) => schema.nullish()),
    tie("any").map((schema) => schema.nullish().catch(null)),
    tie("any").map((schema) => z.array(schema)),
    tie("any").map((schema) => z.looseObject({ a: schema })),
    tie("any").map((schema) => z.object({ a: schema, b: z.int().min(0).nullish().catch(null) })),
    tie("any").map((schema) => schema.transform((value) => [value])),
  ),
})).any;

const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(undefined, null, Number.NaN, -0, 0, 1, 3, 1.5, 1e300, -7, Number.POSITIVE_INFINITY, 2 ** 53),
    fc.constantFrom("1", "x", "a@example.com", true, {}, []),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.record({ a: tie("any"), b: tie("any") }, { requiredKeys: [] }),
    fc.record({ a: tie("any"), constructor: tie("any"), c: tie("any") }, { requiredKeys: [] }),
  ),
})).any;

test("so does the reader of any schema that is made of the same parts", async () => {
  await fc.assert(
    fc.asyncProperty(schemas, fc.array(values, { minLength: 5, maxLength: 10 }), async (schema, all) => {
      for (const value of all) {
        const zods = schema.safeParse(structuredClone(value));
        const inTurns = await readInTurns(schema, structuredClone(value), shortTime());
        for (const mine of [read(schema, structuredClone(value)), inTurns]) {
          expect([mine.success, mine.data, mine.error?.issues]).toEqual([zods.success, zods.data, zods.error?.issues]);
        }
      }
    }),
    runs(2_000),
  );
});
