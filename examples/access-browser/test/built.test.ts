import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { report } from "./setup.ts";

report("access browser: built");

/** All that a build has made, as one text. */
function contentOf(folder: string): string {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  const files = paths.filter((path) => statSync(path).isFile());
  assert.ok(files.some((path) => path.endsWith(".js")));
  return files.map((path) => readFileSync(path, "utf8")).join("\n");
}

test("built with `VITE_TOKEN=` the page has no credential, and without it the sandbox's", (t) => {
  assert.ok(contentOf("dist").includes("sandbox-admin"));
  const folder = mkdtempSync(join(tmpdir(), "access-browser-"));
  t.after(() => rmSync(folder, { recursive: true }));
  execFileSync("npm", ["run", "build", "--", "--outDir", folder, "--emptyOutDir"], {
    env: { ...process.env, VITE_TOKEN: "" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  assert.equal(contentOf(folder).includes("sandbox-admin"), false);
});
