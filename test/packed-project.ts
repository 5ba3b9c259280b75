import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const exec = promisify(execFile);

/** Lets a program listen as it says, but on a port that is free, and prints which. */
const anyPort = `
import { Server } from "node:net";
const { listen } = Server.prototype;
Server.prototype.listen = function (where, ...rest) {
  this.once("listening", () => console.log("PORT " + this.address().port));
  return listen.call(this, typeof where === "object" ? { ...where, port: 0 } : 0, ...rest);
};
`;

const strict = { strict: true, verbatimModuleSyntax: true, skipLibCheck: true, noEmit: true, target: "es2023" };

/** How a server is compiled, which Node runs as it stands. */
const forNode = {
  compilerOptions: {
    ...strict,
    module: "nodenext",
    types: ["node"],
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
  },
  // What Deno and Next.js declare is not here: `npm run examples` checks their types.
  exclude: ["src", "examples/deno", "examples/next/next.config.ts"],
};

/** How a frontend is, for its bundler. */
const forBundlers = {
  compilerOptions: { ...strict, module: "preserve", moduleResolution: "bundler", types: [], lib: ["es2023", "dom"] },
  include: ["src", "apollo.ts"],
};

/**
 * A project in which the package is installed as `npm pack` makes it, beside the libraries of this repository. It is
 * where an embedder's files and a frontend's stand.
 */
export class PackedProject implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "packed-project-"));
  /** The file that `npm pack` made. */
  readonly archive = join(this.folder, "packed.tgz");

  /** Builds the package, packs it, and unpacks it where it is found. */
  static async create(): Promise<PackedProject> {
    const project = new PackedProject();
    const { folder } = project;
    const source = join(folder, "source");
    const installed = join(folder, "node_modules", "cloudflare-iam-graphql");
    for (const each of [source, installed]) mkdirSync(each, { recursive: true });
    for (const each of ["package.json", "README.md", "LICENSE", "schema"])
      cpSync(join(root, each), join(source, each), { recursive: true });
    await project.run("tsc", "-p", join(root, "tsconfig.build.json"), "--outDir", join(source, "dist"));
    // Built before the tests: test/build-graphiql.ts.
    cpSync(join(root, "dist", "graphiql-page"), join(source, "dist", "graphiql-page"), { recursive: true });
    await exec("npm", ["pack", "--ignore-scripts"], { cwd: source });
    const [file = ""] = readdirSync(source).filter((name) => name.endsWith(".tgz"));
    cpSync(join(source, file), project.archive);
    await exec("tar", ["-xzf", project.archive, "-C", installed, "--strip-components=1"]);
    rmSync(source, { recursive: true });
    for (const name of readdirSync(join(root, "node_modules"))) project.link(name, name);
    project.write("package.json", '{ "type": "module" }');
    project.write("tsconfig.json", JSON.stringify(forNode));
    project.write("tsconfig.frontend.json", JSON.stringify(forBundlers));
    project.write("any-port.mjs", anyPort);
    return project;
  }

  /** Puts a library of this repository where the project finds it under a name. */
  link(name: string, library: string): void {
    const path = join(this.folder, "node_modules", name);
    rmSync(path, { force: true });
    symlinkSync(join(root, "node_modules", library), path);
  }

  /** Writes a file by its path in the project. */
  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  /** Takes a file away. */
  remove(file: string): void {
    rmSync(join(this.folder, file));
  }

  /** Runs a command of a library, such as `tsc`, and answers with what it printed; where it fails, that is thrown. */
  async run(command: string, ...args: string[]): Promise<string> {
    return this.#output(join(root, "node_modules", ".bin", command), args);
  }

  /** Runs a file of the project, and answers with what it printed. */
  async node(file: string, ...args: string[]): Promise<string> {
    return this.#output(process.execPath, ["--disable-warning=ExperimentalWarning", file, ...args]);
  }

  /** The same behind a hook of Node's. */
  async nodeBehind(hook: string, file: string): Promise<string> {
    return this.#output(process.execPath, ["--disable-warning=ExperimentalWarning", "--import", hook, file]);
  }

  async #output(command: string, args: string[]): Promise<string> {
    try {
      return (await exec(command, args, { cwd: this.folder, timeout: 60_000 })).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${command} ${args.join(" ")}:\n${stdout}${stderr}`, { cause: error });
    }
  }

  /** Starts a file that listens, as it stands but for the port. */
  async serve(file: string): Promise<{ url: string } & AsyncDisposable> {
    const child = spawn(process.execPath, ["--import", "./any-port.mjs", file], { cwd: this.folder, stdio: "pipe" });
    return { url: await urlOf(child), [Symbol.asyncDispose]: () => end(child) };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

async function urlOf(child: ChildProcess): Promise<string> {
  let printed = "";
  const read = (text: string) => {
    printed += text;
  };
  child.stdout?.setEncoding("utf8").on("data", read);
  child.stderr?.setEncoding("utf8").on("data", read);
  const closed = once(child, "close");
  for (;;) {
    const [, port] = /^PORT (\d+)$/m.exec(printed) ?? [];
    if (port) return `http://localhost:${port}`;
    if (child.exitCode !== null) throw new Error(`It ended:\n${printed}`);
    await Promise.race([closed, once(child.stdout ?? child, "data")]);
  }
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
