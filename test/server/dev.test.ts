import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { slowness } from "../machine-speed.ts";

/** Saves as editors do: the new text goes into a file of its own, which then takes the place of the old one. */
function saveAtomically(file: string): void {
  copyFileSync(file, `${file}~`);
  renameSync(`${file}~`, file);
}

/** Counts the starts of a process by what it prints, and waits for the next one. */
class Starts {
  #seen = 0;
  #builds = 0;
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

  /** Where the process listens that started last. */
  get url(): string {
    return Array.from(this.#printed.matchAll(/^GraphQL {2}(\S+)/gm), ([, url = ""]) => url).at(-1) ?? "";
  }

  /** Waits for the next build of GraphiQL's page; in how many seconds it was built. */
  async built(): Promise<number> {
    const builds = () =>
      Array.from(this.#printed.matchAll(/^GraphiQL {2}built in ([\d.]+) s$/gm), ([, s]) => Number(s));
    while (builds().length <= this.#builds) await once(this.#child.stdout as NodeJS.EventEmitter, "data");
    return builds()[this.#builds++] ?? Number.NaN;
  }
}

/** `npm run dev` in a copy of the sources. */
function startDev(): { copy: string; child: ChildProcess; starts: Starts } {
  const copy = mkdtempSync(join(tmpdir(), "dev-"));
  for (const name of ["package.json", "package-lock.json", "dev.ts", "build-graphiql.ts", "src", "schema"])
    cpSync(name, join(copy, name), { recursive: true });
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
    rmSync(copy, { recursive: true, force: true });
  });
  return { copy, child, starts: new Starts(child) };
}

test("npm run dev builds GraphiQL when its sources changed, and the API answers meanwhile", {
  timeout: 120_000,
}, async () => {
  const { copy, starts } = startDev();
  const open = (url: string) => fetch(url, { headers: { accept: "text/html" } });
  const styleOf = async (url: string) => {
    const [, style = ""] = /rel="stylesheet" href="([^"]+)"/.exec(await (await open(url)).text()) ?? [];
    return style && (await fetch(new URL(style, url))).text();
  };
  await starts.next();
  const first = await open(starts.url);
  expect(first.status).toBe(503);
  expect(await first.text()).toContain("GraphiQL is being built");
  const answer = await fetch(`${starts.url}?query={__typename}`);
  expect(await answer.json()).toMatchObject({ data: { __typename: "Query" } });
  const within = 20 * slowness();
  expect(await starts.built()).toBeLessThan(within);
  expect(await styleOf(starts.url)).toContain(".confirmation");

  writeFileSync(join(copy, "src/graphiql-page/bar.css"), ".changed { color: #123456 }");
  await starts.next();
  expect(await starts.built()).toBeLessThan(within);
  const changed = await styleOf(starts.url);
  expect(changed).toContain(".changed");
  expect(changed).not.toContain(".confirmation");

  // What is not the page's does not build it again.
  saveAtomically(join(copy, "src/graph/scope.ts"));
  await starts.next();
  expect((await open(starts.url)).status).toBe(200);
});

test("npm run dev restarts at every save of a source file or an example operation, also where a file is replaced", {
  timeout: 90_000,
}, async () => {
  const { copy, child, starts } = startDev();
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
