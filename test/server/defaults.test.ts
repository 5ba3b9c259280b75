import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CLOUDFLARE_API } from "../../src/server/gateway-options.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { readSettings, type Settings } from "../../src/server/settings.ts";
import { cloudflareQuota } from "../../src/upstream/budget.ts";

type Value = number | boolean | string;

/** A value as code and docstrings write it: `30_000`, `64 * 1024`, `64 MiB`, `true`, `"/graphql"`; `undefined` for any other. */
function literal(text: string): Value | undefined {
  if (/^(true|false)$/.test(text)) return text === "true";
  const [, quoted] = /^"([^"]*)"$/.exec(text) ?? [];
  if (quoted !== undefined) return quoted;
  const [, digits, unit] = /^(\d[\d_]*(?: \* \d+)*)(?: ([KM])iB| \(\d+ MiB\))?$/.exec(text) ?? [];
  const product = digits?.replaceAll("_", "").split("*").map(Number);
  return product?.reduce((one, other) => one * other, unit === "K" ? 1024 : unit === "M" ? 1024 ** 2 : 1);
}

/** Defaults that the docstrings of a file promise, by option, as they are written. */
function documented(file: string): Map<string, string> {
  const found = readFileSync(file, "utf8").matchAll(/@default ([^\n]*?)(?: \*\/)?\n(?:\s*\*\/\n)?\s+(\w+)\??:/g);
  return new Map(Array.from(found, ([, text = "", name = ""]) => [name, text]));
}

/** Values that code gives an option that is left out: `{ name = 1 }`, `{ name: local = 1 }`, `options.name ?? 1`, `{ name: 1 }`. */
function filledIn(name: string, code: string): Value[] {
  const value = /(true|false|"[^"]*"|\d[\d_]*(?: \* \d+)*)(?=[,;)]| [})])/.source;
  const before = `${name}(?:: \\w+)? = |${name} \\?\\? |${name}: `;
  const found = code.matchAll(new RegExp(`\\b(?:${before})${value}`, "g"));
  return Array.from(found, ([, text = ""]) => literal(text)).filter((each) => each !== undefined);
}

const options = documented("src/server/gateway-options.ts");
const settings = readSettings({});

describe("a default that stands in several places is the same in each", () => {
  const promises = globSync("src/**/*.ts").flatMap((file) =>
    Array.from(documented(file), ([name, text]) => ({ file, name, value: literal(text) })),
  );
  const written = promises.filter(
    ({ file, name, value }) => value !== undefined && file !== "src/server/limits.ts" && name !== "baseUrl",
  );

  test.each(written)("$name of $file: its docstring, and the code that fills it in", ({ file, name, value }) => {
    const folder = globSync(`${/^src\/\w+/.exec(file)?.[0]}/**/*.ts`);
    const own = filledIn(name, readFileSync(file, "utf8"));
    const found = own.length > 0 ? own : folder.flatMap((each) => filledIn(name, readFileSync(each, "utf8")));
    expect(found.length, `no code of ${file}'s folder fills in ${name}`).toBeGreaterThan(0);
    for (const each of found) expect(each, `${name} in ${file}: correct its @default, or the code`).toBe(value);
  });

  test("docstrings of options, and the settings that are passed on to them", () => {
    const serve = readFileSync("src/server/serve.ts", "utf8");
    const known = new Map(written.map(({ name, value }) => [name, value]));
    for (const [name, value] of Object.entries(defaultLimits)) known.set(name, value);
    const passed = Array.from(serve.matchAll(/(\w+): settings\.([A-Z_]+)(?=,)/g), ([, option = "", setting = ""]) => [
      option,
      setting,
    ]).filter(([option = ""]) => known.has(option));
    expect(passed.length).toBeGreaterThan(14);
    for (const [option = "", setting = ""] of passed) {
      const why = `@default of \`${option}\` and ${setting} in src/server/settings.ts`;
      expect(known.get(option), why).toBe(settings[setting as keyof Settings]);
    }
  });

  test("docstrings of limits, and their values", () => {
    const limits = Array.from(documented("src/server/limits.ts"), ([name, text]) => [name, literal(text)]);
    expect(Object.fromEntries(limits)).toEqual(defaultLimits);
  });

  test("quota and rate, and the address of Cloudflare's API", () => {
    const numbers = (text: string) => (text.replaceAll(/[,_]/g, "").match(/\d+/g) ?? []).map(Number);
    const { units, seconds } = cloudflareQuota;
    expect(numbers(options.get("quota") ?? "")).toEqual([units, seconds]);
    expect(settings.UPSTREAM_QUOTA).toEqual(cloudflareQuota);
    const { UPSTREAM_RATE: rate } = settings;
    const code = /rate = (\{[^}]*\})/.exec(readFileSync("src/server/composition.ts", "utf8"))?.[1] ?? "";
    for (const text of [options.get("rate") ?? "", documented("src/upstream/fair-queue.ts").get("rate") ?? "", code])
      expect(numbers(text)).toEqual(rate && [rate.units, rate.seconds * 1000]);
    expect(settings.CLOUDFLARE_API_BASE_URL).toBe(CLOUDFLARE_API);
    expect(literal(options.get("baseUrl") ?? "")).toBe(CLOUDFLARE_API);
  });
});

test("every setting has an effect: src/server/serve.ts reads it, or a file of its name beside it", () => {
  const serve = globSync("src/server/serve*.ts")
    .map((file) => readFileSync(file, "utf8"))
    .join("");
  for (const name of Object.keys(settings))
    expect(serve, `${name} is read nowhere in src/server/serve.ts`).toContain(name);
});
