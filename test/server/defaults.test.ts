import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { defaultLimits } from "../../src/server/limits.ts";
import { readSettings, type Settings } from "../../src/server/settings.ts";

/** A number as code and docstrings write it: `30_000`, `64 * 1024`, `64 MiB`, `1,200`. */
function numberIn(text: string): number {
  const [, digits = "", unit] = /^([\d_,* ]*\d)(?: ([KM])iB)?/.exec(text) ?? [];
  const product = digits.replace(/[_,]/g, "").split("*").map(Number);
  return product.reduce((one, other) => one * other, unit === "K" ? 1024 : unit === "M" ? 1024 ** 2 : 1);
}

/** The numeric defaults that docstrings of a file promise, by option. */
function promised(file: string): Map<string, number> {
  const found = readFileSync(file, "utf8").matchAll(/@default (\d[^\n]*?)(?: \*\/)?\n(?:\s*\*\/\n)?\s+(\w+)\??:/g);
  return new Map(Array.from(found, ([, text = "", name = ""]) => [name, numberIn(text)]));
}

const options = promised("src/server/gateway-options.ts");
const settings = readSettings({});

describe("a default that stands in several places is the same in each", () => {
  test("docstrings of options, and the settings that are passed on to them", () => {
    const serve = readFileSync("src/server/serve.ts", "utf8");
    const known = new Map([...options, ...promised("src/server/limits.ts"), ...promised("src/cloudflare/wire.ts")]);
    const passed = Array.from(serve.matchAll(/(\w+): settings\.([A-Z_]+)/g), ([, option = "", setting = ""]) => [
      option,
      setting,
    ]).filter(([option = ""]) => known.has(option));
    expect(passed.length).toBeGreaterThan(12);
    for (const [option = "", setting = ""] of passed) {
      const why = `@default of \`${option}\` and ${setting} in src/server/settings.ts`;
      expect(known.get(option), why).toBe(settings[setting as keyof Settings]);
    }
  });

  test("docstrings of options, and the code that fills them in", () => {
    const gateway = readFileSync("src/server/gateway.ts", "utf8");
    const filled = Array.from(gateway.matchAll(/\b(?:options\.)?(\w+)(?: = | \?\? )(\d[\d_* ]*\d|\d)/g), (found) =>
      found.slice(1),
    );
    const both = filled.filter(([name = ""]) => options.has(name));
    expect(both.length).toBeGreaterThan(6);
    for (const [name = "", text = ""] of both) {
      expect(numberIn(text), `${name} in src/server/gateway.ts and its @default`).toBe(options.get(name));
    }
  });

  test("docstrings of limits, and their values", () => {
    expect(Object.fromEntries(promised("src/server/limits.ts"))).toEqual(defaultLimits);
  });
});

test("every setting has an effect: src/server/serve.ts reads it", () => {
  const serve = readFileSync("src/server/serve.ts", "utf8");
  for (const name of Object.keys(settings))
    expect(serve, `${name} is read nowhere in src/server/serve.ts`).toContain(name);
});
