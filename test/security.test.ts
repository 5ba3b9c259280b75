import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readPage } from "./markdown.ts";

/** What the lock file has of a dependency. */
interface Locked {
  dev?: boolean;
  hasInstallScript?: boolean;
  integrity?: string;
  resolved?: string;
}

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

test("each row of SECURITY.md names a test", () => {
  const [, ...tables] = page.split(/^\|.* \| shown by \|\n/m);
  const rows = tables.flatMap((table) => table.split("\n\n")[0]?.split("\n").slice(1) ?? []);
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row.split(" | ").at(-1)).toMatch(/^`test\/[\w./-]+\.test\.ts`/);
});

describe("the lock file", () => {
  const { packages } = JSON.parse(readPage("package-lock.json")) as { packages: Record<string, Locked> };
  const dependencies = Object.entries(packages).filter(([path]) => path !== "");

  test("has no dependency of production with an install script, and four of development", () => {
    const scripted = dependencies.filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(scripted.filter(([, { dev }]) => !dev)).toEqual([]);
    expect(scripted.map(([path]) => path.replace("node_modules/", "")).sort()).toEqual([
      "bun",
      "deno",
      "esbuild",
      "node",
    ]);
  });

  test("has a checksum of everything that is downloaded", () => {
    expect(dependencies.length).toBeGreaterThan(100);
    expect(dependencies.filter(([, { integrity }]) => !/^sha(512|256)-/.test(integrity ?? ""))).toEqual([]);
  });
});
