import { readdirSync, readFileSync } from "node:fs";
import { parse, print } from "graphql";
import { describe, expect, test } from "vitest";
import { OptionsError } from "../../../src/options.ts";
import { parseManifest, sha256, TrustedTexts } from "../../../src/server/trusted-documents/manifest.ts";

const read = (given: unknown) =>
  parseManifest(typeof given === "string" ? given : JSON.stringify(given), "TRUSTED_DOCUMENTS");

/** The lines that refuse a manifest. */
function refusal(given: unknown): string[] {
  try {
    read(given);
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    return (error as Error).message.split("\n");
  }
  return [];
}

const text = "{ __typename }";

describe("a manifest", () => {
  test("is an object of documents by their IDs, or Apollo's", () => {
    const manifest = { [`sha256:${sha256(text)}`]: text, "a.b_c~d-1": "query A { a }" };
    expect(read(manifest)).toEqual(manifest);
    const operations = [{ id: "1f", name: "A", type: "query", body: "query A { a }" }];
    expect(read({ format: "apollo-persisted-query-manifest", version: 1, operations })).toEqual({
      "1f": "query A { a }",
    });
    expect(read({})).toEqual({});
  });

  test.each<[string, unknown, string[]]>([
    ["no JSON", "{ s3cret", ["TRUSTED_DOCUMENTS is not JSON at line 1 column 3."]],
    ["a list", [text], ["TRUSTED_DOCUMENTS must be an object of GraphQL documents by their IDs."]],
    ["null", null, ["TRUSTED_DOCUMENTS must be an object of GraphQL documents by their IDs."]],
    [
      "entries that are no documents",
      { ok: text, a: 1, b: "{ a", c: "" },
      [
        "TRUSTED_DOCUMENTS: `a` must be a GraphQL document as a text.",
        "TRUSTED_DOCUMENTS: `b` is no GraphQL document (Syntax Error: Expected Name, found <EOF>).",
        "TRUSTED_DOCUMENTS: `c` is no GraphQL document (Syntax Error: Unexpected <EOF>).",
      ],
    ],
    [
      "a document that was changed after it was hashed",
      { "sha256:00": text },
      ["TRUSTED_DOCUMENTS: `sha256:00` is not the SHA-256 of its document."],
    ],
  ])("with %s is refused by its entries", (_, given, lines) => {
    expect(refusal(given)).toEqual(lines);
  });

  test("with many problems is told some", () => {
    const lines = refusal(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`d${i}`, 1])));
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe("TRUSTED_DOCUMENTS: 80 more.");
  });
});

test("a long document is looked for letter by letter, so that nobody makes the gateway read what is not listed", () => {
  const long = `{ ${"a ".repeat(40_000)}}`;
  const texts = new TrustedTexts({ long });
  expect([texts.has(long), texts.has(`${long} `)]).toEqual([true, false]);
});

test("the published manifest is that of the example operations: run `npm run codegen` after a change", () => {
  const folder = "schema/operations";
  const texts = readdirSync(folder).map((file) => print(parse(readFileSync(`${folder}/${file}`, "utf8"))));
  const manifest = Object.fromEntries(texts.map((each) => [`sha256:${sha256(each)}`, each]));
  expect(
    read(readFileSync("schema/trusted-documents.json", "utf8")),
    "run `npm run codegen`: schema/trusted-documents.json is old",
  ).toEqual(manifest);
});
