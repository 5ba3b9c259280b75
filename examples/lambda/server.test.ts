import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { test } from "node:test";
import { createSandbox, exampleIds } from "cloudflare-iam-graphql/sandbox";
import { checkHost } from "../host-checks.ts";

const { size } = statSync("dist/handler.mjs");
const host = {
  example: "Lambda",
  version: "events of version 2.0",
  command: [process.execPath, "function-url.ts"],
  // A function is not told that its client has left: its own timeout ends the calls.
  aborted: "out of time",
};
checkHost(host, { createSandbox, exampleIds });

test(`one file of ${(size / 1e6).toFixed(1)} MB`, () => {
  const modules = readdirSync("dist").filter((name) => /js$/.test(name));
  assert.deepEqual(modules, ["handler.mjs"]);
});
