import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { createSandbox, exampleIds } from "cloudflare-iam-graphql/sandbox";
import { checkHost, versionOf } from "../host-checks.ts";

const command = ["node_modules/.bin/bun", "server.ts"];
checkHost({ example: "Bun", version: versionOf("bun"), command }, { createSandbox, exampleIds });

test("the command line ends, and says that it needs Node", () => {
  const args = ["node_modules/.bin/cloudflare-iam-graphql", "--sandbox"];
  const { status, stderr } = spawnSync("node_modules/.bin/bun", args, { encoding: "utf8", timeout: 30_000 });
  assert.match(stderr, /^cloudflare-iam-graphql needs Node \S+ or later; this is Bun \S+\.\n$/);
  assert.equal(status, 1);
});
