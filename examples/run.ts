/**
 * Installs and tests the examples, each with the packed project and in a folder of its own outside of this one. See README.md.
 * `npm run examples` runs all of them, `npm run examples -- worker hono` two, `npm run examples -- --lock worker` writes its lock, and
 * `npm run examples -- --build access-browser` puts what it builds into its `dist`, from where `npm run dev` serves it.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** What an example's test says of one host or client that it has tried. */
interface Report {
  example: string;
  version: string;
  passed: string[];
}

/** What became of one folder. */
interface Outcome {
  folder: string;
  reports: Report[];
  failure: string | undefined;
  seconds: number;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const archive = "cloudflare-iam-graphql.tgz";

/** Ends what is running, and everything after it. */
let stopped = false;

/** Minutes that installing, and then testing one example may take. */
const LONGEST = 10;

/** The environment of a machine that has neither this repository's tools on its path nor the settings of its npm run. */
const ownTools = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_(?!config)|npm_config_local|INIT_CWD)/.test(name)),
  ),
  PATH: [dirname(process.execPath), ...ownTools].join(delimiter),
};

/** Runs npm, shows what it prints, and answers with that. Rejects if it fails or takes too long, and ends what it has started. */
function npm(folder: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", args, {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    let failure: string | undefined;
    const stop = () => child.pid && process.kill(-child.pid, "SIGKILL");
    const timer = setTimeout(() => {
      failure = `\`npm ${args.join(" ")}\` took longer than ${LONGEST} minutes`;
      stop();
    }, LONGEST * 60_000);
    const onSignal = () => {
      stopped = true;
      stop();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      process.stdout.write(text);
    });
    child.stderr.pipe(process.stderr);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, onSignal);
      failure ??= code === 0 ? undefined : `\`npm ${args.join(" ")}\` ended with ${code ?? signal}`;
      if (failure === undefined) resolve(printed);
      else reject(new Error(failure));
    });
  });
}

/** Puts the packed project and the examples where each finds it as `file:../cloudflare-iam-graphql.tgz`. */
async function prepare(work: string, folders: string[]): Promise<void> {
  await npm(root, "pack", "--pack-destination", work);
  const [packed = ""] = readdirSync(work);
  renameSync(join(work, packed), join(work, archive));
  // Beside the folders stand files that the tests of several share: modules, as in this repository.
  writeFileSync(join(work, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const shared = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".ts"));
  for (const name of [...folders, ...shared]) {
    const made = (path: string) =>
      /^(node_modules|dist|\..*)$/.test(basename(path)) && !/^\.(npmrc|env.*|dev\.vars.*)$/.test(basename(path));
    cpSync(join(root, "examples", name), join(work, name), { recursive: true, filter: (path) => !made(path) });
  }
}

/** Rejects where the lock was written for other dependencies of the project: `npm ci` would install those without a word. */
function checkLock(folder: string): void {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
  const locked = read(`examples/${folder}/package-lock.json`).packages["node_modules/cloudflare-iam-graphql"];
  const sorted = (found: object = {}) => JSON.stringify(Object.entries(found).toSorted());
  const { dependencies, peerDependencies } = read("package.json");
  if (
    sorted(locked?.dependencies) !== sorted(dependencies) ||
    sorted(locked?.peerDependencies) !== sorted(peerDependencies)
  ) {
    throw new Error(`its lock has other dependencies of the project: \`npm run examples -- --lock ${folder}\``);
  }
}

/** Writes the lock of an example. Of the packed project it has no checksum, which changes with every commit. */
async function writeLock(work: string, folder: string): Promise<void> {
  const path = join(work, folder, "package-lock.json");
  if (existsSync(path)) rmSync(path);
  const known = join(root, "examples", folder, "package-lock.json");
  if (existsSync(known)) {
    const lock = JSON.parse(readFileSync(known, "utf8"));
    delete lock.packages["node_modules/cloudflare-iam-graphql"];
    writeFileSync(path, JSON.stringify(lock));
  }
  await npm(join(work, folder), "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund");
  const lock = JSON.parse(readFileSync(path, "utf8"));
  delete lock.packages["node_modules/cloudflare-iam-graphql"].integrity;
  writeFileSync(known, `${JSON.stringify(lock, null, 2)}\n`);
}

/** Builds an example, and keeps its `dist`. Nothing is installed in this repository. */
async function build(work: string, folder: string): Promise<void> {
  checkLock(folder);
  await npm(join(work, folder), "ci", "--no-audit", "--no-fund");
  await npm(join(work, folder), "run", "build");
  const built = join(root, "examples", folder, "dist");
  rmSync(built, { recursive: true, force: true });
  cpSync(join(work, folder, "dist"), built, { recursive: true });
}

async function testOf(work: string, folder: string): Promise<Outcome> {
  const began = performance.now();
  const reports: Report[] = [];
  let failure: string | undefined;
  try {
    checkLock(folder);
    await npm(join(work, folder), "ci", "--no-audit", "--no-fund");
    const printed = await npm(join(work, folder), "test");
    for (const [line] of printed.matchAll(/\{"example":.*\}/g)) reports.push(JSON.parse(line));
    if (reports.every(({ passed }) => passed.length === 0)) failure = "its test reported nothing that passed";
  } catch (error) {
    failure = (error as Error).message;
    console.error(`${folder}: ${failure}`);
  }
  return { folder, reports, failure, seconds: Math.round((performance.now() - began) / 1000) };
}

function table(outcomes: Outcome[]): string {
  const rows = outcomes.flatMap(({ folder, reports, failure, seconds }) => {
    const passed = reports.map(({ example, version, passed }) => [example, version, passed.join(", "), `${seconds} s`]);
    return failure === undefined ? passed : [[folder, "", `FAILED: ${failure}`, `${seconds} s`]];
  });
  return [["host or client", "version", "passed", "took"], ["---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

const known = readdirSync(join(root, "examples")).filter((name) =>
  existsSync(join(root, "examples", name, "package.json")),
);
const { values, positionals } = parseArgs({
  options: { lock: { type: "boolean" }, build: { type: "boolean" } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No example ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  process.exit(1);
}
const folders = positionals.length > 0 ? positionals : known;
const work = mkdtempSync(join(tmpdir(), "cloudflare-iam-graphql-examples-"));
try {
  await prepare(work, folders);
  if (values.lock) {
    for (const folder of folders) await writeLock(work, folder);
  } else if (values.build) {
    for (const folder of folders) await build(work, folder);
  } else {
    const outcomes: Outcome[] = [];
    for (const folder of folders) if (!stopped) outcomes.push(await testOf(work, folder));
    console.log(`\n${table(outcomes)}`);
    if (stopped || outcomes.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
