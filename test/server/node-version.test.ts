import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const source = readFileSync("src/server/main.ts", "utf8");

/** Starts `src/server/main.ts` as a Node that calls itself by another version. */
function startAs(version: string) {
  const pretend = `Object.defineProperty(process.versions, "node", { value: "${version}" })`;
  const flags = ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`];
  // A setting that cannot be used ends a process that has gone on.
  return promisify(execFile)(process.execPath, [...flags, "src/server/main.ts"], { env: { PORT: "none" } }).then(
    () => ({ code: 0, stderr: "", stdout: "" }),
    ({ code, stderr, stdout }) => ({ code, stderr, stdout }),
  );
}

test.each(["14.21.3", "20.20.2", "22.18.0"])("Node %s is told which one is needed, in a line", async (version) => {
  expect(await startAs(version)).toEqual({
    code: 1,
    stderr: `cloudflare-iam-graphql needs Node 22.19 or later; this is Node ${version}.\n`,
    stdout: "",
  });
});

test.each([
  ["bun", "src/server/main.ts"],
  ["deno", "run", "--allow-all", "src/server/main.ts"],
])("%s is told the same, and ends", async (name, ...args) => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const ended = promisify(execFile)(`node_modules/.bin/${name}`, args, { env: { PORT: "0" }, timeout: 30_000 });
  await expect(ended).rejects.toMatchObject({
    code: 1,
    stderr: `cloudflare-iam-graphql needs Node 22.19 or later; this is ${name === "bun" ? "Bun" : "Deno"} ${version}.\n`,
    stdout: "",
  });
});

test.each(["22.19.0", "23.0.0", "24.1.0", "100.0.0"])("Node %s goes on", async (version) => {
  const { stderr } = await startAs(version);
  expect(stderr).toBe('PORT="none" is not allowed; it must be a port, 0 to 65535.\n');
});

test("it is the Node of package.json's `engines`", () => {
  const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
  const [, major, minor] = /\[major, minor\] = \[(\d+), (\d+)\]/.exec(source) ?? [];
  expect(engines.node).toBe(`>=${major}.${minor}`);
});

test("the entry imports nothing before it has looked, and has no syntax that an old Node cannot parse", () => {
  expect(source).not.toMatch(/^\s*(import|export)\s[^(]/m);
  expect(source).not.toMatch(/^\s*await |\busing\b/m);
});
