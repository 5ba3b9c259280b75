import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { describeSettings, readSettings } from "../src/server/settings.ts";
import { listening } from "./server/raw-http.ts";
import { waitFor } from "./wait-for.ts";

/** No container engine is needed: the steps of each stage are done in a folder of its own. */
const steps = readFileSync("Dockerfile", "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => {
    const [word = "", ...rest] = line.split(" ");
    return [word, rest.join(" ")] as const;
  });
const last = (word: string) => steps.findLast(([name]) => name === word)?.[1] ?? "";
const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  packages: Record<string, { dev?: boolean; optional?: boolean }>;
};

let root: string;
let app: string;
const environment: Record<string, string> = {};

/** `npm ci` as it leaves its folder: with `--omit=dev` there is what the lock file has for production, and nothing else. */
function install(folder: string, command: string): void {
  const link = (path: string) => symlinkSync(resolve(path), join(folder, path));
  for (const file of ["package.json", "package-lock.json"]) expect(existsSync(join(folder, file)), file).toBe(true);
  if (command === "npm ci --ignore-scripts") {
    link("node_modules");
    return;
  }
  expect(command).toBe("npm ci --omit=dev --ignore-scripts");
  for (const [path, { dev, optional }] of Object.entries(lock.packages)) {
    if (!/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) || dev || optional) continue;
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    link(path);
  }
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "image-"));
  const stages = new Map<string, string>();
  let stage = "";
  const inside = (path: string) => join(stage, path.startsWith("/") ? path : join("app", path));
  for (const [word, rest] of steps) {
    const words = rest.split(" ");
    if (word === "FROM") {
      expect(words[0]).toBe("node:24-slim");
      stage = join(root, words[2] ?? "image");
      stages.set(words[2] ?? "image", stage);
      mkdirSync(join(stage, "app"), { recursive: true });
    } else if (word === "COPY") {
      const from = /^--from=(\w+)$/.exec(words[0] ?? "")?.[1];
      const sources = words.slice(from ? 1 : 0, -1);
      const to = inside(words.at(-1) ?? "");
      for (const source of sources) {
        if (from) symlinkSync(join(stages.get(from) ?? "", source), to);
        if (from) continue;
        cpSync(source, sources.length > 1 ? join(to, basename(source)) : to, { recursive: true });
      }
    } else if (word === "RUN") {
      if (rest.startsWith("npm ci")) install(join(stage, "app"), rest);
      else await promisify(execFile)("sh", ["-c", rest], { cwd: join(stage, "app") });
    } else if (word === "ENV")
      for (const each of words) environment[each.split("=")[0] ?? ""] = each.split("=")[1] ?? "";
  }
  app = join(stage, "app");
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("Dockerfile", () => {
  test("runs as a user without rights, and copies nothing but what it names", () => {
    expect(last("USER")).toBe("node");
    expect(steps.filter(([word, rest]) => word === "COPY" && /(^| )\. /.test(rest))).toEqual([]);
    const ignored = readFileSync(".dockerignore", "utf8").trim().split("\n");
    expect(ignored[0]).toBe("*");
    const sources = steps.flatMap(([word, rest]) =>
      word === "COPY" && !rest.startsWith("--") ? rest.split(" ").slice(0, -1) : [],
    );
    expect(ignored.slice(1).toSorted()).toEqual([...new Set(sources)].map((source) => `!${source}`).toSorted());
  });

  test("makes an image that serves where nothing can be written, is healthy while it does, and ends at SIGTERM", async () => {
    const free = await listening(createServer());
    const { port } = free;
    await free[Symbol.asyncDispose]();
    const env = { ...environment, HOST: "127.0.0.1", PORT: String(port), AUDIT_LOG: "stdout" };
    const [, ...entry] = JSON.parse(last("ENTRYPOINT")) as string[];
    // What is linked counts as what is there, so that nothing is found which the image does not have.
    const readOnly = [
      "--preserve-symlinks",
      "--preserve-symlinks-main",
      "--permission",
      "--allow-fs-read=*",
      "--allow-worker",
      "--disable-warning=SecurityWarning",
    ];
    const child = spawn(process.execPath, [...readOnly, ...entry, "--sandbox"], { cwd: app, env });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (printed += text));
    const exit = new Promise((done) => child.once("exit", done));
    const [, ...check] = JSON.parse(last("HEALTHCHECK").replace(/^.* CMD /, "")) as string[];
    const healthy = () =>
      promisify(execFile)(process.execPath, check, { env }).then(
        () => true,
        () => false,
      );
    await waitFor(() => expect(printed).toContain("Listening."));
    expect(await healthy()).toBe(true);
    const ask = async (query: string) => {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
        body: JSON.stringify({ query }),
      });
      return response.json();
    };
    expect(await ask("{ accounts { totalCount } }")).toMatchObject({ data: { accounts: { totalCount: 2 } } });
    const input = '{ accountId: "023e105f4ecef8ad9ca31a8372d0c353", name: "Night Shift" }';
    await ask(`mutation { createUserGroup(input: ${input}) { __typename } }`);
    // The thread that writes it is a file of its own, as it is built.
    await waitFor(() => expect(printed).toMatch(/^\{"audit":"after".*"outcome":"DONE"/m));
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
    expect(await healthy()).toBe(false);
    expect(printed).not.toMatch(/error|ERR_ACCESS_DENIED/i);
  });
});

describe("compose.yaml", () => {
  const { services, configs } = parse(readFileSync("compose.yaml", "utf8"), { merge: true });

  test("has two replicas with settings that exist, and more time to end than they take", () => {
    const gateways = ["gateway-1", "gateway-2"].map((name) => services[name]);
    expect(gateways[0]).toEqual(gateways[1]);
    const { environment: given, stop_grace_period, read_only } = gateways[0];
    expect(read_only).toBe(true);
    const { REDIS_URL, ...others } = given;
    const known = describeSettings().map(({ name }) => name);
    expect(Object.keys(given).filter((name) => !known.includes(name))).toEqual([]);
    const settings = readSettings({ ...others, REDIS_URL: REDIS_URL.replace(/\$\{.*?\}/, "s3cret") });
    expect(settings.UPSTREAM_REPLICAS).toBe(2);
    const longest = settings.SHUTDOWN_DELAY + settings.SHUTDOWN_GRACE;
    expect(Number.parseInt(stop_grace_period, 10) * 1000).toBeGreaterThan(longest);
    // The proxy's own, in its configuration below.
    const keepAlive = Number(/keepalive (\d+)s/.exec(configs.caddyfile.content)?.[1]) * 1000;
    expect(settings.KEEP_ALIVE_TIMEOUT).toBeGreaterThan(keepAlive);
  });

  test("names services and configurations that it has, and every image with a version", () => {
    for (const [name, service] of Object.entries<Record<string, never>>(services)) {
      for (const other of (service.depends_on ?? []) as string[]) expect(services, name).toHaveProperty(other);
      for (const { source } of (service.configs ?? []) as { source: string }[])
        expect(configs, name).toHaveProperty(source);
      if (!service.build) expect(service.image, name).toMatch(/:v?\d/);
    }
    const { content } = configs.caddyfile;
    expect(content.split("{").length).toBe(content.split("}").length);
    const upstreams = /reverse_proxy (.*) \{/.exec(content)?.[1]?.split(" ") ?? [];
    expect(upstreams).toEqual(["gateway-1:4000", "gateway-2:4000"]);
    const prometheus = parse(configs.prometheus.content);
    const { METRICS_PORT } = services["gateway-1"].environment;
    expect(prometheus.scrape_configs[0].static_configs[0].targets).toEqual(
      upstreams.map((upstream) => upstream.replace("4000", METRICS_PORT)),
    );
  });
});
