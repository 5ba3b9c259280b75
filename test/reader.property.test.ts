import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { endpoints } from "../src/cloudflare/index.ts";
import { read } from "../src/cloudflare/reader.ts";
import { Message, ResultInfo } from "../src/cloudflare/result.ts";
import { acmeId } from "../src/sandbox/acme.ts";
import { createSandbox } from "../src/sandbox/sandbox.ts";
import { runs } from "./property.ts";

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
    const rows = await get(list.replace("{user_group_id}", group));
    results.push([result, route.endsWith("}") && Array.isArray(rows) ? rows[0] : rows]);
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

test("a compiled reader reads what zod reads, and refuses what zod refuses, in zod's words", () => {
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
  fc.assert(
    fc.property(fc.nat(), fc.nat(), junk, fc.boolean(), (which, place, by, spoilt) => {
      const [schema, given] = results[which % results.length] as [z.ZodType, unknown];
      const value = spoilt ? spoil(given, place, by) : given;
      const mine = read(schema, structuredClone(value));
      const zods = schema.safeParse(structuredClone(value));
      expect(mine.success).toBe(zods.success);
      if (mine.success) expect(mine.data).toEqual(zods.data);
      else expect(mine.error.issues).toEqual(zods.error?.issues);
    }),
    runs(2_000),
  );
});
