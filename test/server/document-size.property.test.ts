import { readdirSync, readFileSync } from "node:fs";
import fc, { type Arbitrary } from "fast-check";
import { type DocumentNode, Kind, Lexer, parse, type SelectionSetNode, Source } from "graphql";
import { describe, expect, test } from "vitest";
import { scan } from "../../src/server/document-scan.ts";
import { sizeOf } from "../../src/server/document-size.ts";
import { runs } from "../property.ts";

const boundless = { tokens: Number.POSITIVE_INFINITY };

/** Tokens that graphql-js' lexer makes of a text until it ends or cannot be read, comments included. */
function lexed(text: string): { tokens: number; whole: boolean } {
  const lexer = new Lexer(new Source(text));
  let whole = true;
  try {
    while (lexer.advance().kind !== "<EOF>");
  } catch {
    whole = false;
  }
  let token = lexer.token;
  // Comments are behind the last token that was taken.
  while (token.next) token = token.next;
  let tokens = 0;
  for (; token.prev; token = token.prev) tokens++;
  return { tokens: whole ? tokens - 1 : tokens, whole };
}

const pieces = [
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  "...",
  "!",
  "$",
  "&",
  "|",
  ":",
  "=",
  "@",
  "a",
  "_b2",
  "query",
  "1",
  "-1",
  "1.5e-3",
  "0",
];
const texts = [
  '"',
  '""',
  '"""',
  '"a\\"b"',
  '"""a\\"""b"""',
  "\\",
  "# a\r\n",
  "#",
  "\n",
  "\r",
  ",",
  " ",
  "\t",
  "\uFEFF",
  "é",
  ".",
  "..",
  "-",
  "1.",
  "😀",
];
const soup = fc
  .array(fc.constantFrom(...pieces, ...texts), { maxLength: 40, size: "max" })
  .map((parts) => parts.join(""));

describe("a scan counts the tokens that graphql-js' lexer makes", () => {
  test("of any text that it can read, and no fewer where it cannot", () => {
    let readable = 0;
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: "binary", maxLength: 30 })), (text) => {
        const { tokens, whole } = lexed(text);
        const found = scan(text, boundless).tokens;
        if (whole) expect(found).toBe(tokens);
        else expect(found).toBeGreaterThanOrEqual(tokens);
        readable += Number(whole && tokens > 0);
      }),
      runs(5_000),
    );
    expect(readable).toBeGreaterThan(300);
  });

  test.each(readdirSync("schema/operations"))("of %s", (file) => {
    const text = readFileSync(`schema/operations/${file}`, "utf8");
    expect(scan(text, boundless).tokens).toBe(lexed(text).tokens);
  });

  test("and about the nodes that its parser makes", () => {
    const text = '{ a(b: 1.5, c: "x", d: """y""") @e # f\n { ...G } }'.replace("\\n", "\n");
    expect(scan(text, boundless)).toEqual({ tokens: 21, nodes: 19 });
  });
});

/** Fragments of which each may spread those after it, and a query of the first. */
const linked: Arbitrary<string> = fc
  .array(
    fc.array(
      fc.record({
        kind: fc.constantFrom("leaf", "alias", "directive", "field", "inline", "spread"),
        to: fc.integer({ min: 1, max: 4 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    { minLength: 1, maxLength: 7 },
  )
  .map((sets) =>
    sets
      .map((items, at) => {
        const text = items.map(({ kind, to }) => {
          const spread = at + to < sets.length ? `...F${at + to}` : "leaf";
          if (kind === "leaf") return "leaf";
          if (kind === "alias") return "x: leaf # a comment\n";
          if (kind === "directive") return "leaf @include(if: true)";
          if (kind === "field") return `field { ${spread} }`;
          if (kind === "inline") return `... @skip(if: $no) { ${spread} }`;
          return spread;
        });
        return `${at === 0 ? "query ($no: Boolean = false)" : `fragment F${at} on Query`} { ${text.join(" ")} }`;
      })
      .join("\n"),
  );

/** The document as if each fragment were written out wherever it is spread. */
function opened(document: string): { query: string; text: string; others: string[] } {
  const parts = document.split("\n").reduce<string[]>((found, line) => {
    // A comment ended the line.
    if (/^(query|fragment)/.test(line)) found.push(line);
    else found.push(`${found.pop()}\n${line}`);
    return found;
  }, []);
  const bodies = new Map(parts.map((part) => [/^fragment (F\d)/.exec(part)?.[1] ?? "query", part]));
  const used = new Set<string>();
  const written = (text: string): string =>
    text.replace(/\.\.\.(F\d)/g, (spread, name: string) => {
      used.add(name);
      return `${spread} ${written(bodies.get(name) ?? "")}`;
    });
  const inlined = (text: string): string =>
    text.replace(/\.\.\.(F\d)/g, (_, name) => inlined(bodies.get(name) ?? "").replace(/^fragment F\d/, "..."));
  const query = bodies.get("query") ?? "";
  const whole = written(query);
  const others = [...bodies].filter(([name]) => name !== "query" && !used.has(name)).map(([, part]) => part);
  return { query: inlined(query), text: [whole, ...others].join(" "), others };
}

/** The deepest field and the fields at the top of an operation without named fragments. */
function shapeOf({ definitions: [query] }: DocumentNode): { depth: number; rootFields: number } {
  let [deepest, rootFields] = [0, 0];
  const walk = ({ selections }: SelectionSetNode, depth: number): void => {
    for (const each of selections) {
      if (each.kind === Kind.FIELD) {
        deepest = Math.max(deepest, depth + 1);
        if (depth === 0) rootFields++;
        if (each.selectionSet) walk(each.selectionSet, depth + 1);
      } else if (each.kind === Kind.INLINE_FRAGMENT) walk(each.selectionSet, depth);
    }
  };
  if (query && "selectionSet" in query && query.selectionSet) walk(query.selectionSet, 0);
  return { depth: deepest, rootFields };
}

test("a document is as large as it would be with each fragment written out where it is spread", () => {
  fc.assert(
    fc.property(linked, (document) => {
      const { query, text, others } = opened(document);
      const size = sizeOf(parse(document));
      expect(size.tokens).toBe(scan(text, boundless).tokens);
      expect(size.aliases).toBe(text.split("x:").length - 1);
      expect(size.directives).toBe(text.split("@").length - 1);
      const { depth, rootFields } = shapeOf(parse(query));
      expect(size.rootFields).toBe(rootFields);
      // The query has all fragments but those that nothing spreads.
      expect(size.depth).toBe(Math.max(depth, ...others.map((part) => shapeOf(parse(part)).depth)));
    }),
    runs(2_000),
  );
});
