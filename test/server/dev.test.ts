import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** Saves as editors do: the new text goes into a file of its own, which then takes the place of the old one. */
function saveAtomically(file: string): void {
  copyFileSync(file, `${file}~`);
  renameSync(`${file}~`, file);
}

/** Counts the starts of a process by what it prints, and waits for the next one. */
class Starts {
  #seen = 0;
  #printed = "";
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#printed += text;
    });
  }

  async next(): Promise<void> {
    this.#seen++;
    while ((this.#printed.match(/^GraphQL {2}/gm) ?? []).length < this.#seen) {
      await once(this.#child.stdout as NodeJS.EventEmitter, "data");
    }
  }
}

test("npm run dev restarts at every save of a source file or an example operation, also where a file is replaced", {
  timeout: 90_000,
}, async () => {
  const copy = mkdtempSync(join(tmpdir(), "dev-"));
  for (const name of ["package.json", "src", "schema"]) cpSync(name, join(copy, name), { recursive: true });
  symlinkSync(resolve("node_modules"), join(copy, "node_modules"));
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: { dev: string } };
  const child = spawn(scripts.dev, {
    cwd: copy,
    shell: true,
    env: { PORT: "0", PATH: `${resolve("node_modules/.bin")}:${process.env.PATH}` },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  // Also after a timeout, when the test itself waits for ever.
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), "SIGKILL");
    rmSync(copy, { recursive: true });
  });
  const starts = new Starts(child);
  await starts.next();
  for (const file of [
    "src/graph/scope.ts",
    "src/graph/scope.ts",
    "src/graph/mutations/input.ts",
    "schema/operations/01-accounts.graphql",
    "schema/operations/01-accounts.graphql",
  ]) {
    saveAtomically(join(copy, file));
    await starts.next();
  }
  const ended = once(child, "close");
  process.kill(-(child.pid ?? 0), "SIGINT");
  await ended;
  expect(child.exitCode ?? child.signalCode).toBeOneOf([0, 130, "SIGINT"]);
});
