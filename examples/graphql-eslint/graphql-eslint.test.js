import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import plugin from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";
import config, { changed } from "./eslint.config.js";

const passed = [];
afterEach((t) => {
  if (t.passed) passed.push(t.name);
});
after(() => {
  const { version } = JSON.parse(readFileSync("node_modules/@graphql-eslint/eslint-plugin/package.json", "utf8"));
  console.log(JSON.stringify({ example: "GraphQL-ESLint", version, passed }));
});

const [, { files: schema }, { files: documents }] = config;
const eslint = new ESLint();
const found = (results) =>
  results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, line, message }) => `${filePath}:${line} ${ruleId}: ${message}`),
  );

test("schema and relay presets over the SDL", async () => {
  assert.deepEqual(found(await eslint.lintFiles(schema)), []);
  // The rules look: a type without an ID is found.
  const text = `${readFileSync(schema[0], "utf8")}\n"A thing."\ntype Thing {\n  "Its name."\n  thingName: String\n}\n`;
  const rules = found(await eslint.lintText(text, { filePath: schema[0] })).join("\n");
  for (const name of ["strict-id-in-types", "no-typename-prefix", "no-unreachable-types"])
    assert.match(rules, new RegExp(name));
});

test("operations preset over the example operations", async () => {
  const results = await eslint.lintFiles(documents);
  assert.deepEqual(found(results), []);
  assert.ok(results.length > 20);
  const filePath = results[0]?.filePath ?? "";
  const rules = found(
    await eslint.lintText("query ($unused: Int) { accounts { nodes { nonsense } } }", { filePath }),
  ).join("\n");
  for (const name of ["no-anonymous-operations", "no-unused-variables", "fields-on-correct-type"])
    assert.match(rules, new RegExp(name));
});

test("each rule is kept, or set otherwise with a reason", () => {
  const presets = ["flat/schema-recommended", "flat/schema-relay", "flat/operations-recommended"];
  const all = new Map(presets.flatMap((preset) => Object.entries(plugin.configs[preset].rules)));
  const used = new Map(config.flatMap(({ rules }) => Object.entries(rules ?? {})));
  for (const [name, setting] of all) {
    const own = changed[name.replace("@graphql-eslint/", "")];
    if (own) assert.ok(own.reason.length > 20);
    // The rules of both presets for names have one name.
    else if (name !== "@graphql-eslint/naming-convention") assert.deepEqual(used.get(name), setting, name);
  }
  for (const name of Object.keys(changed)) assert.ok(all.has(`@graphql-eslint/${name}`), name);
});
