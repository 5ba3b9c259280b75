import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { readPage } from "./markdown.ts";

const page = readPage("SECURITY.md");

/** Each test file that a row names, with the titles that follow it. */
const named = Array.from(
  page.matchAll(/`(test\/[\w./-]+\.test\.ts)`((?: *,? *“[^”]+”)*)/g),
  ([, file = "", titles = ""]) => ({
    file,
    titles: Array.from(titles.matchAll(/“([^”]+)”/g), ([, title = ""]) => title),
  }),
);

test("SECURITY.md names tests that exist", () => {
  expect(named.length).toBeGreaterThan(20);
  for (const { file, titles } of named) {
    expect(existsSync(file), file).toBe(true);
    const text = readPage(file);
    for (const title of titles) expect(text, `${file} “${title}”`).toContain(title);
  }
});

test("each threat of SECURITY.md names a test", () => {
  const [, ...tables] = page.split("| threat | what stops it | shown by |\n");
  const rows = tables.flatMap((table) => table.split("\n\n")[0]?.split("\n").slice(1) ?? []);
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row.split(" | ").at(-1)).toMatch(/^`test\/[\w./-]+\.test\.ts`/);
});
