import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { print } from "graphql";
import { describe, expect, type TestContext, test, vi } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/sandbox.ts";
import { defaultLimits } from "../../src/server/limits.ts";
import { readSettings } from "../../src/server/settings.ts";
import { account, setup } from "../gateway.ts";
import { messages } from "../gateway-process.ts";
import { FullGraphDocument } from "../operations/graphql.ts";
import { RawConnection } from "./raw-http.ts";

/** The gateway as a process of its own, with what it prints. */
class Gateway implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;
  readonly #changed = new EventTarget();
  #ended = false;
  stdout = "";
  stderr = "";

  /** Starts `node <flags> src/server/main.ts <args>` in a folder on any free port, with nothing of this process' environment. */
  constructor(args: string[], settings: Record<string, string> = {}, flags: string[] = [], cwd = process.cwd()) {
    this.#child = spawn(process.execPath, [...flags, "src/server/main.ts", ...args], {
      cwd,
      env: { PORT: "0", ...settings },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, so that a Ctrl-C reaches it and its children as a terminal's would.
      detached: true,
    });
    this.#exit = once(this.#child, "close");
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#read("stdout", text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#read("stderr", text));
    this.#child.once("close", () => {
      this.#ended = true;
      this.#changed.dispatchEvent(new Event("output"));
    });
  }

  #read(stream: "stdout" | "stderr", text: string): void {
    this[stream] += text;
    this.#changed.dispatchEvent(new Event("output"));
  }

  /** Waits until a pattern was printed. */
  async printed(pattern: RegExp, stream: "stdout" | "stderr" = "stdout"): Promise<string[]> {
    for (;;) {
      const found = pattern.exec(this[stream]);
      if (found) return [...found];
      if (this.#ended) throw new Error(`It ended without ${pattern}:\n${this.stdout}${this.stderr}`);
      await once(this.#changed, "output");
    }
  }

  /** The URL that it prints once it listens. */
  async url(): Promise<string> {
    const [, url = ""] = await this.printed(/^GraphQL {2}(\S+)/m);
    return url;
  }

  /** The same, once it was printed. */
  get address(): string {
    return /^GraphQL {2}(\S+)/m.exec(this.stdout)?.[1] ?? "";
  }

  /** Reads nothing more of what it prints. */
  closePipes(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Sends one operation. */
  async ask(query: string, variables?: object, headers: Record<string, string> = admin) {
    const response = await fetch(await this.url(), {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as { data?: unknown; errors?: { message: string; extensions: { code: string } }[] };
  }

  /** Sends a signal to the whole group. */
  signal(name: "SIGINT" | "SIGTERM"): void {
    process.kill(-(this.#child.pid ?? 0), name);
  }

  /** Waits for the end: the exit code, or the signal that ended it. */
  async end(): Promise<unknown> {
    const [code, signal] = await this.#exit;
    return code ?? signal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null)
      process.kill(-(this.#child.pid ?? 0), "SIGKILL");
    await this.#exit;
  }
}

/** The sandbox's server in a folder as this repository's, of whose examples it has only what is given. */
function sandboxWith(files: Record<string, string>, onTestFinished: TestContext["onTestFinished"]): Gateway {
  const folder = mkdtempSync(join(tmpdir(), "sandbox-server-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ["src", "schema", "node_modules", "package.json"]) symlinkSync(resolve(name), join(folder, name));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  // Its modules are those of the folder, not of where the links lead.
  return new Gateway(["--sandbox"], {}, ["--preserve-symlinks", "--preserve-symlinks-main"], folder);
}

/** The watcher of `npm run dev` with its options, as arguments of Node. */
function watcher(): string[] {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: { dev: string } };
  const [name, ...options] = scripts.dev.split(" dev.ts")[0]?.split(" ") ?? [];
  return [`node_modules/${name}/bin/${name}.js`, ...options];
}

const admin = { authorization: "Bearer sandbox-admin" };

/** A sandbox that listens here, and a gateway process pointed at it. */
async function beside(
  sandbox: Sandbox,
  settings: Record<string, string> = {},
): Promise<{ gateway: Gateway } & AsyncDisposable> {
  const api = await sandbox.listen();
  const gateway = new Gateway([], { CLOUDFLARE_API_BASE_URL: api.url, ...settings });
  return {
    gateway,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await api.close();
    },
  };
}

describe.concurrent("npm run dev", () => {
  test("prints the URL, the sandbox's tokens and a first query that works", async ({ expect }) => {
    await using gateway = new Gateway(["--sandbox"]);
    const [, url = "", headers = "", body = ""] = await gateway.printed(
      /^Query +curl (\S+)((?: -H '[^']+')+) -d '(.+)'$/m,
    );
    expect(url).toBe(await gateway.url());
    const lines = gateway.stdout.trim().split("\n");
    expect(lines.map((line) => line.slice(0, 9))).toEqual([
      "GraphQL  ",
      "REST     ",
      "Access   ",
      "Token    ",
      "Token    ",
      "Query    ",
    ]);
    expect(lines[1]).toMatch(/^REST {5}http:\/\/127\.0\.0\.1:\d+\S*/);
    // Where it was built, its URL.
    expect(lines[2]).toMatch(/^Access {3}(http:|.*npm run examples -- --build access-browser)/);
    const response = await fetch(url, {
      method: "POST",
      headers: Array.from(headers.matchAll(/'([^:]+): ([^']+)'/g), ([, name = "", value = ""]) => [name, value]),
      body,
    });
    const { data, extensions } = (await response.json()) as { data: unknown; extensions: { upstream: unknown } };
    expect(extensions.upstream).toMatchObject({ planned: { min: 2, max: 2 }, calls: 2, shared: 0, retries: 0 });
    expect({ data }).toMatchInlineSnapshot(`
      {
        "data": {
          "account": {
            "name": "Acme",
            "userGroups": {
              "nodes": [
                {
                  "name": "Auditors",
                },
                {
                  "name": "Contractors",
                },
                {
                  "name": "DNS Operators",
                },
              ],
            },
          },
        },
      }
    `);
    expect(gateway.stderr).toBe("");
  });

  test("leads whoever opens the address alone to the endpoint, where the example application is not built", async ({
    onTestFinished,
  }) => {
    await using gateway = sandboxWith({ "examples/access-browser/README.md": "" }, onTestFinished);
    const url = await gateway.url();
    const response = await fetch(new URL("/", url), { headers: { accept: "text/html" } });
    expect(response.url).toBe(url);
    expect(response.headers.get("content-type")).toContain("text/html");
    await gateway.printed(/^Access {3}not built: /m);
  });

  test("serves the example application at /, where it is built", async ({ onTestFinished }) => {
    const page = "<!doctype html><title>Access</title>";
    await using gateway = sandboxWith({ "examples/access-browser/dist/index.html": page }, onTestFinished);
    const url = await gateway.url();
    const response = await fetch(new URL("/", url));
    expect(response.url).toBe(new URL("/", url).href);
    expect(await response.text()).toBe(page);
    expect((await fetch(url, { headers: { accept: "text/html" } })).headers.get("content-type")).toContain("text/html");
  });

  test("both printed tokens are known to the sandbox", async () => {
    await using gateway = new Gateway(["--sandbox"]);
    await gateway.printed(/^Query /m);
    const tokens = Array.from(gateway.stdout.matchAll(/^Token +(\S+)/gm), ([, token = ""]) => token);
    expect(tokens).toHaveLength(2);
    for (const token of tokens) {
      const { errors } = await gateway.ask("{ accounts { totalCount } }", {}, { authorization: `Bearer ${token}` });
      expect(errors).toBeUndefined();
    }
  });
});

describe.concurrent("the command line", () => {
  test.each([
    [["--sandbx"], "Unknown option: --sandbx. Did you mean --sandbox?\n"],
    [["--colour"], "Unknown option: --colour\n"],
    [["-x"], "Unknown option: -x\n"],
    [["sandbox"], "Unexpected argument: sandbox\n"],
    [["--port"], "Missing value: --port <port>\n"],
    [["--port", "--sandbox"], "Missing value: --port <port>\n"],
    [["--sandbox=yes"], "Option takes no value: --sandbox\n"],
  ])("%j ends with exit code 2 and says why", async (args, problem) => {
    await using gateway = new Gateway(args);
    expect(await gateway.end()).toBe(2);
    expect(gateway.stderr).toBe(`${problem}Try: cloudflare-iam-graphql --help\n`);
    expect(gateway.stdout).toBe("");
  });

  test.each(["--help", "-h"])("%s prints options, settings with defaults, and examples, and ends", async (flag) => {
    await using gateway = new Gateway([flag, "--sandbox"]);
    expect(await gateway.end()).toBe(0);
    expect(gateway.stderr).toBe("");
    for (const name of ["--sandbox", "--port <port>", "--host <host>", "--help", "--version"])
      expect(gateway.stdout).toContain(name);
    for (const name of Object.keys(readSettings({}))) expect(gateway.stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    expect(gateway.stdout).toContain("UPSTREAM_QUOTA  (default: 1200/300s)");
    expect(gateway.stdout).toMatch(/^Examples:\n {2}cloudflare-iam-graphql /m);
    for (const line of gateway.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(110);
  });

  test.each(["--version", "-v"])("%s prints the version, and ends", async (flag) => {
    await using gateway = new Gateway([flag]);
    expect(await gateway.end()).toBe(0);
    expect(gateway.stdout).toBe(`${JSON.parse(readFileSync("package.json", "utf8")).version}\n`);
  });

  test("--port and --host win over the settings of their names", async () => {
    await using gateway = new Gateway(["--port", "0", "--host=localhost"], { PORT: "1", HOST: "192.0.2.1" });
    expect(new URL(await gateway.url()).hostname).toBe("localhost");
  });

  test("a variable that is nearly a setting is reported by name, and the process starts", async () => {
    await using gateway = new Gateway([], { GRAPIHQL: "true", MAX_TOKEN: "s3cret", PGHOST: "db", HOSTNAME: "h" });
    await gateway.url();
    expect(messages(gateway.stderr)).toBe(
      "GRAPIHQL is not a setting and has no effect. Did you mean GRAPHIQL?\n" +
        "MAX_TOKEN is not a setting and has no effect. Did you mean MAX_TOKENS?\n",
    );
  });
});

describe.concurrent("npm start", () => {
  test("a browser gets a page that says how to ask, and GraphQL is answered as before", async () => {
    await using gateway = new Gateway([]);
    const url = await gateway.url();
    const chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
    for (const accept of ["text/html", chrome]) {
      const page = await fetch(new URL("/", url), { headers: { accept } });
      expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
      const text = await page.text();
      for (const part of ["POST /graphql", "Authorization: Bearer", "GRAPHIQL=true"]) expect(text).toContain(part);
    }
    const asked = await fetch(`${url}?query={__typename}`, { headers: { accept: chrome } });
    expect(await asked.json()).toEqual({ data: { __typename: "Query" } });
  });

  test("answers the full graph from whatever speaks the REST API at CLOUDFLARE_API_BASE_URL", async () => {
    const sandbox = createSandbox();
    await using started = await beside(sandbox);
    const answer = await started.gateway.ask(print(FullGraphDocument), { account });
    const { data } = await setup().run(FullGraphDocument, { account });
    expect(answer).toEqual({ data });
    expect(sandbox.calls).toHaveLength(3 + (data?.account?.userGroups?.nodes.length ?? 0));
  });

  test("a query without a token says which header to send", async () => {
    await using started = await beside(createSandbox());
    const { errors } = await started.gateway.ask("{ accounts { totalCount } }", {}, {});
    expect(errors).toMatchObject([
      {
        message: "No credential: send `Authorization: Bearer <API token>`, or `X-Auth-Email` with `X-Auth-Key`.",
        extensions: { code: "UNAUTHENTICATED" },
      },
    ]);
  });

  test("a wrong token is refused in Cloudflare's words and printed nowhere", async () => {
    await using started = await beside(createSandbox());
    const { gateway } = started;
    const answer = await gateway.ask("{ accounts { totalCount } }", {}, { authorization: "Bearer s3cret-s3cret" });
    expect(answer.errors).toMatchObject([
      {
        message: "Cloudflare answered GET /accounts with 403: 9109 Invalid access token",
        extensions: { code: "UNAUTHENTICATED" },
      },
    ]);
    gateway.signal("SIGTERM");
    await gateway.end();
    expect(JSON.stringify(answer) + gateway.stdout + gateway.stderr).not.toContain("s3cret");
  });

  test("MAX_UNKNOWN_CREDENTIALS bounds what one address may try", async () => {
    const sandbox = createSandbox();
    await using started = await beside(sandbox, { MAX_UNKNOWN_CREDENTIALS: "2" });
    const codes = [];
    for (let n = 0; n < 4; n++) {
      const headers = { authorization: `Bearer invented-${n}` };
      const { errors } = await started.gateway.ask("{ accounts { totalCount } }", {}, headers);
      codes.push(errors?.[0]?.extensions.code);
    }
    expect(codes).toEqual(["UNAUTHENTICATED", "UNAUTHENTICATED", "RATE_LIMITED", "RATE_LIMITED"]);
    expect(sandbox.calls).toHaveLength(2);
  });

  test("an API that cannot be reached is an error without its address; the log names the setting, once", async () => {
    const nowhere = "http://127.0.0.1:1/client/v4";
    await using gateway = new Gateway([], { CLOUDFLARE_API_BASE_URL: nowhere });
    const { data, errors } = await gateway.ask(print(FullGraphDocument), { account });
    expect(data).toMatchObject({ account: { name: null, userGroups: null, ssoConnectors: null } });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(Array(3).fill("UPSTREAM_UNAVAILABLE"));
    expect(JSON.stringify(errors)).not.toContain("127.0.0.1");
    expect(gateway.stdout).toContain(nowhere);
    gateway.signal("SIGTERM");
    expect(await gateway.end()).toBe(0);
    expect(messages(gateway.stderr)).toBe(
      `${nowhere} could not be reached (ECONNREFUSED): no server listens there. Check CLOUDFLARE_API_BASE_URL.\n`,
    );
  });
});

test("in production every line is JSON with time and level: at the start, of operations and refusals, and at the end", async () => {
  const sandbox = createSandbox();
  await using started = await beside(sandbox, { NODE_ENV: "production", CACHE_MAX_AGE: "1s", GRAPIHQL: "true" });
  const { gateway } = started;
  const [, url = ""] = await gateway.printed(/"url":"([^"]+)"/);
  const headers = { "content-type": "application/json", ...admin, "x-request-id": "r-1" };
  const body = JSON.stringify({ query: "query Accounts { accounts { totalCount } }" });
  await (await fetch(url, { method: "POST", headers, body })).text();
  await (await fetch(`${url}/else`, { headers })).text();
  gateway.signal("SIGTERM");
  expect(await gateway.end()).toBe(0);
  const lines = gateway.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const { time } of lines) expect(new Date(time).toISOString()).toBe(time);
  expect(lines).toMatchObject([
    { level: "warn", message: expect.stringContaining("GRAPIHQL is not a setting") },
    { level: "info", message: "Listening.", url, api: expect.stringMatching(/^http:/) },
    { level: "info", message: "operation", name: "Accounts", requestId: "r-1", outcome: "ok", calls: 1 },
    { level: "info", requestId: "r-1", status: 404 },
    { level: "info", message: "SIGTERM received, draining requests …" },
    { level: "info", message: "Stopped." },
  ]);
  expect(gateway.stderr).toBe("");
});

describe.concurrent("METRICS_PORT", () => {
  test("serves metrics of what was asked, and tells the health until the process has ended", async () => {
    const sandbox = createSandbox();
    const arrived = Promise.withResolvers<void>();
    const go = Promise.withResolvers<undefined>();
    sandbox.stub("GET /accounts", () => {
      arrived.resolve();
      return go.promise;
    });
    await using started = await beside(sandbox, { METRICS_PORT: "0", SHUTDOWN_GRACE: "70s" });
    const { gateway } = started;
    const [, metrics = ""] = await gateway.printed(/Metrics are at (\S+\/metrics)\./);
    const health = async (name: string) => (await fetch(new URL(`/health/${name}`, metrics))).status;
    await gateway.ask("{ __typename }");
    expect([await health("live"), await health("ready")]).toEqual([200, 200]);
    const answer = gateway.ask("{ accounts { totalCount } }");
    await arrived.promise;
    const text = await (await fetch(metrics)).text();
    expect(text).toContain('iam_gateway_operations_total{kind="query",outcome="ok"} 1');
    expect(text).toContain("iam_gateway_operations_in_flight 1");
    gateway.signal("SIGTERM");
    await gateway.printed(/SIGTERM received/);
    // The main port takes no connection any more.
    const isOpen = () => fetch(new URL("/health", gateway.address)).then(Boolean, () => false);
    await vi.waitUntil(async () => !(await isOpen()), { timeout: 10_000 });
    expect([await health("live"), await health("ready")]).toEqual([200, 503]);
    go.resolve(undefined);
    expect(await answer).toMatchObject({ data: { accounts: { totalCount: expect.any(Number) } } });
    expect(await gateway.end()).toBe(0);
  });

  test("that is taken is refused at the start, by its name", async () => {
    await using occupied = createServer().listen(0, "127.0.0.1");
    await once(occupied, "listening");
    const { port } = occupied.address() as AddressInfo;
    await using gateway = new Gateway([], { METRICS_PORT: String(port) });
    expect(await gateway.end()).toBe(1);
    expect(gateway.stderr).toBe(`Port ${port} is taken. Set METRICS_PORT to another one, or 0 for any that is free.\n`);
  });
});

test("TRACING makes spans for the SDK that is loaded before the process", async () => {
  const sdk = ["--import", "./test/server/tracing-sdk.ts"];
  await using off = new Gateway(["--sandbox"], {}, sdk);
  await using on = new Gateway(["--sandbox"], { TRACING: "true" }, sdk);
  for (const gateway of [off, on]) await gateway.ask("query Mine { accounts { totalCount } }");
  await on.printed(/name: 'query'/);
  expect(on.stdout).toContain("name: 'GET /accounts'");
  expect(off.stdout).not.toContain("name: '");
});

test.each(["text", "json"])("a log in %s that nobody reads any more ends nothing", async (format) => {
  await using started = await beside(createSandbox(), { LOG_FORMAT: format });
  const { gateway } = started;
  const [, url = ""] = await gateway.printed(/(http:\/\/[^"\s]+\/graphql)/);
  gateway.closePipes();
  for (let n = 0; n < 3; n++) {
    const { status } = await fetch(`${url}?query={__typename}`);
    expect(status).toBe(200);
  }
  gateway.signal("SIGTERM");
  expect(await gateway.end()).toBe(0);
});

describe.concurrent("SHUTDOWN_GRACE", () => {
  test("begins when no connection is accepted any more: a short one is no failure", async () => {
    const times = { OPERATION_TIMEOUT: "100ms", CALL_TIMEOUT: "50ms", SHUTDOWN_GRACE: "400ms" };
    await using gateway = new Gateway(["--sandbox"], times);
    await gateway.printed(/GraphQL +(\S+)/);
    gateway.signal("SIGTERM");
    expect(await gateway.end()).toBe(0);
    expect(gateway.stderr).toBe("");
  });

  /** A process that is told to end while Cloudflare does not answer the writes of a mutation. */
  async function endingWhileWriting(writes: number) {
    const sandbox = createSandbox();
    const arrived = Promise.withResolvers<void>();
    sandbox.stub("POST /accounts/{account_id}/iam/user_groups", () => {
      arrived.resolve();
      return new Promise<never>(() => {});
    });
    const times = { OPERATION_TIMEOUT: "100ms", CALL_TIMEOUT: "1s", SHUTDOWN_GRACE: "2100ms" };
    const started = await beside(sandbox, times);
    const create = (n: number) =>
      `g${n}: createUserGroup(input: { accountId: "${account}", name: "New ${n}" }) { __typename }`;
    const answer = started.gateway
      .ask(`mutation { ${Array.from({ length: writes }, (_, n) => create(n)).join(" ")} }`)
      .catch(() => "cut off");
    await arrived.promise;
    started.gateway.signal("SIGTERM");
    return { ...started, answer };
  }

  test("has room for a write that is never answered: it is given up, and the exit code is 0", async () => {
    await using started = await endingWhileWriting(1);
    expect(await started.answer).toMatchObject({ data: { g0: { __typename: "UpstreamError" } } });
    expect(await started.gateway.end()).toBe(0);
  });

  test("ends what is not over by then with exit code 1, and a line says that writes may be done or not", async () => {
    await using started = await endingWhileWriting(9);
    expect(await started.answer).toBe("cut off");
    expect(await started.gateway.end()).toBe(1);
    expect(messages(started.gateway.stderr)).toContain(
      "SHUTDOWN_GRACE is over, and 1 operations are not: what they write may be done or not.\n",
    );
  });
});

test("every limit on a request is the setting of its name", async () => {
  const settings = {
    MAX_TOKENS: "40",
    MAX_DEPTH: "2",
    MAX_ALIASES: "1",
    MAX_ROOT_FIELDS: "3",
    MAX_DIRECTIVES: "1",
    MAX_VARIABLES_SIZE: "1KB",
  };
  await using gateway = new Gateway(["--sandbox"], settings);
  const refused: [keyof typeof settings, string, object?][] = [
    ["MAX_TOKENS", `{ ${"__typename ".repeat(40)} }`],
    ["MAX_DEPTH", "{ accounts { nodes { name } } }"],
    ["MAX_ALIASES", "{ a: __typename b: __typename }"],
    ["MAX_ROOT_FIELDS", "{ __typename __typename __typename __typename }"],
    ["MAX_DIRECTIVES", "{ __typename @skip(if: false) @include(if: true) }"],
    ["MAX_VARIABLES_SIZE", "{ __typename }", { a: "x".repeat(1024) }],
  ];
  for (const list of [Object.keys(settings), refused]) {
    const why = "test/server/main.test.ts: a new limit belongs to `settings` and `refused` here";
    expect(list, why).toHaveLength(Object.keys(defaultLimits).length);
  }
  for (const [name, query, variables] of refused) {
    const { errors } = await gateway.ask(query, variables);
    expect(errors).toMatchObject([{ extensions: { code: "LIMIT_EXCEEDED", limit: { name } } }]);
  }
  expect(await gateway.ask("{ a: __typename }")).toMatchObject({ data: { a: "Query" } });
});

describe.concurrent("what cannot be used is refused at the start, in a line and with exit code 1", () => {
  test.each([
    [{ PORT: "abc" }, 'PORT="abc" is not allowed; it must be a port, 0 to 65535.\n'],
    [
      { GRAPHIQL: "maybe", LOG_LEVEL: "loud" },
      'GRAPHIQL="maybe" is not allowed; it must be one of true, false.\n' +
        'LOG_LEVEL="loud" is not allowed; it must be one of debug, info, warn, error, silent.\n',
    ],
    [{ HOST: "192.0.2.1" }, "This machine has no address 192.0.2.1. Set HOST to one it has, such as 127.0.0.1.\n"],
    [{ HOST: "nobody.invalid" }, expect.stringMatching(/^.* nobody\.invalid\. Set HOST to .*\.\n$/)],
  ])("%j", async (settings, refusal) => {
    await using gateway = new Gateway([], settings);
    expect(await gateway.end()).toBe(1);
    expect(gateway.stderr).toEqual(refusal);
    expect(gateway.stdout).toBe("");
  });

  test("as JSON with time and level where the log is JSON", async () => {
    for (const settings of [{ NODE_ENV: "production" }, { LOG_FORMAT: "json" }]) {
      await using gateway = new Gateway([], { PORT: "abc", ...settings });
      expect(await gateway.end()).toBe(1);
      const line = JSON.parse(gateway.stderr) as { time: string };
      expect(line).toMatchObject({ level: "error", message: expect.stringContaining('PORT="abc" is not allowed') });
      expect(new Date(line.time).toISOString()).toBe(line.time);
    }
  });

  test.each([[[]], [["--sandbox"]]])("a port that is taken, with arguments %j", async (args) => {
    await using occupied = createServer().listen(0, "127.0.0.1");
    await once(occupied, "listening");
    const { port } = occupied.address() as AddressInfo;
    await using gateway = new Gateway(args, { PORT: String(port) });
    expect(await gateway.end()).toBe(1);
    expect(gateway.stderr).toBe(`Port ${port} is taken. Set PORT to another one, or 0 for any that is free.\n`);
    expect(gateway.stdout).toBe("");
  });
});

describe.concurrent("a request under way is answered before the process ends with exit code 0", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("npm start and %s", async (signal) => {
    const sandbox = createSandbox();
    const arrived = Promise.withResolvers<void>();
    const go = Promise.withResolvers<undefined>();
    sandbox.stub("GET /accounts", () => {
      arrived.resolve();
      return go.promise;
    });
    await using started = await beside(sandbox);
    const { gateway } = started;
    const answer = gateway.ask("{ accounts { totalCount } }");
    await arrived.promise;
    gateway.signal(signal);
    await gateway.printed(new RegExp(` INFO {2}${signal} received`));
    go.resolve(undefined);
    expect(await answer).toEqual({ data: { accounts: { totalCount: expect.any(Number) } } });
    expect(await gateway.end()).toBe(0);
    expect(gateway.stderr).toBe("");
  });

  // Under a watcher the signal comes twice, from the terminal and from the watcher; and some press the keys again.
  test.each<[string, string[], (number | string)[]]>([
    ["npm run dev and Ctrl-C", watcher(), [130, "SIGINT"]],
    ["the same without a watcher", [], [0]],
  ])("%s", async (_, flags, codes) => {
    await using gateway = new Gateway(["--sandbox"], { PATH: process.env.PATH ?? "" }, flags);
    const body = JSON.stringify({ query: "{ accounts { totalCount } }" });
    const request = httpRequest(await gateway.url(), {
      method: "POST",
      headers: {
        ...admin,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        // Its answer tells that the request has arrived, before the body is sent.
        expect: "100-continue",
      },
    });
    request.flushHeaders();
    await once(request, "continue");
    gateway.signal("SIGINT");
    await gateway.printed(/ INFO {2}SIGINT received/);
    gateway.signal("SIGINT");
    request.end(body);
    const [response] = await once(request, "response");
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk;
    expect(JSON.parse(text)).toMatchObject({ data: { accounts: { totalCount: expect.any(Number) } } });
    expect(await gateway.end()).toBeOneOf(codes);
  });
});

describe.concurrent("a second Ctrl-C", () => {
  /** A process that is told to end while a request that is never answered is under way. */
  async function ending() {
    const sandbox = createSandbox();
    const arrived = Promise.withResolvers<void>();
    sandbox.stub("GET /accounts", () => {
      arrived.resolve();
      return new Promise<never>(() => {});
    });
    const api = await sandbox.listen();
    const gateway = new Gateway([], { CLOUDFLARE_API_BASE_URL: api.url });
    const answer = gateway.ask("{ accounts { totalCount } }").then(
      () => "answered",
      () => "cut off",
    );
    await arrived.promise;
    gateway.signal("SIGINT");
    await gateway.printed(/ INFO {2}SIGINT received/);
    return {
      gateway,
      answer,
      [Symbol.asyncDispose]: async () => {
        await gateway[Symbol.asyncDispose]();
        await api.close();
      },
    };
  }

  test("that is not the first one doubled ends the process at once", async () => {
    await using started = await ending();
    const { gateway, answer } = started;
    await gateway.printed(/ Press Ctrl-C again to exit at once\.$/m);
    gateway.signal("SIGINT");
    expect(await gateway.end()).toBe(130);
    expect(await answer).toBe("cut off");
    expect(gateway.stderr).toBe("");
  });

  test("within half a second is the first one doubled, and SIGTERM may come as often as it likes", async () => {
    await using started = await ending();
    const { gateway } = started;
    gateway.signal("SIGINT");
    await gateway.printed(/ Press Ctrl-C again to exit at once\.$/m);
    gateway.signal("SIGTERM");
    gateway.signal("SIGINT");
    expect(await gateway.end()).toBe(130);
  });
});

describe.concurrent("the settings of the server hold in the process", () => {
  const raw = (url: string, text: string) => {
    const connection = new RawConnection(Number(new URL(url).port));
    return connection.write(text);
  };

  test("a body, headers and times have their bounds, and the refusals are logged", async () => {
    const settings = {
      MAX_BODY_SIZE: "1KB",
      MAX_HEADER_SIZE: "2KB",
      HEADERS_TIMEOUT: "200ms",
      REQUEST_TIMEOUT: "400ms",
    };
    await using gateway = new Gateway([], settings);
    const url = await gateway.url();
    const head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    const answers = [];
    for (const text of [
      `${head}Content-Length: 2000\r\n\r\n`,
      `${head}X: ${"y".repeat(3_000)}\r\n\r\n`,
      `${head}`,
      `${head}Content-Length: 9\r\n\r\n{`,
      "GET /admin HTTP/1.1\r\nHost: [\r\n\r\n",
    ]) {
      using connection = raw(url, text);
      answers.push(await connection.answer());
    }
    expect(answers.map((answer) => answer?.status)).toEqual([413, 431, 408, 408, 400]);
    for (const answer of answers) {
      await gateway.printed(
        new RegExp(`Request ${answer?.headers["x-request-id"]} was refused with ${answer?.status}: `),
      );
    }
    using silent = raw(url, "");
    expect(await silent.closed()).toBe("");
    expect(gateway.stderr).toBe("");
  });

  test("connections beyond MAX_CONNECTIONS are closed", async () => {
    await using gateway = new Gateway([], { MAX_CONNECTIONS: "1" });
    const get = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    using first = raw(await gateway.url(), get);
    expect(await first.answer()).toMatchObject({ status: 200, body: "ok" });
    using second = raw(await gateway.url(), get);
    expect(await second.closed()).toBe("");
    await gateway.printed(/There are 1 connections/, "stderr");
  });

  test("LOG_LEVEL=silent has no line for a refusal", async () => {
    await using gateway = new Gateway([], { LOG_LEVEL: "silent" });
    using connection = raw(await gateway.url(), "GET /admin HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n");
    expect(await connection.answer()).toMatchObject({ status: 404 });
    await connection.closed();
    gateway.signal("SIGTERM");
    expect(await gateway.end()).toBe(0);
    expect(gateway.stdout + gateway.stderr).not.toContain("refused");
  });
});

describe.concurrent("the end", () => {
  test.each([0, 1, 5])("with %i silent connections comes within two seconds", async (count) => {
    await using gateway = new Gateway([]);
    const port = Number(new URL(await gateway.url()).port);
    const silent = Array.from({ length: count }, () => new RawConnection(port));
    await Promise.all(silent.map(({ socket }) => once(socket, "connect")));
    using idle = new RawConnection(port).write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await idle.answer()).toMatchObject({ status: 200 });
    const started = performance.now();
    gateway.signal("SIGTERM");
    expect(await gateway.end()).toBe(0);
    expect(performance.now() - started).toBeLessThan(2_000);
    for (const connection of silent) expect(await connection.closed()).toBe("");
  });

  test.each(["0s", "1s"])(
    "loses no request of clients that keep their connections (SHUTDOWN_DELAY=%s)",
    async (delay) => {
      await using gateway = new Gateway(["--sandbox"], { SHUTDOWN_DELAY: delay });
      const url = await gateway.url();
      // One in ten makes a REST call.
      const bodies = ["{ __typename }", "{ __typename accounts { totalCount } }"].map((query) =>
        JSON.stringify({ query }),
      );
      let asked = 0;
      const lost: unknown[] = [];
      const told: number[] = [];
      let [answered, afterSignal, signalled] = [0, 0, false];
      /** Asks on one connection until an answer says that it is closed: then a balancer would have sent it elsewhere. */
      const client = async () => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        const ask = async () => {
          const headers = { "content-type": "application/json", ...admin };
          const request = httpRequest(url, { method: "POST", agent, headers });
          const calls = asked++ % 10 === 0;
          request.end(bodies[calls ? 1 : 0]);
          const [response] = (await once(request, "response")) as [IncomingMessage];
          let text = "";
          for await (const chunk of response.setEncoding("utf8")) text += chunk;
          const accounts = calls && { accounts: { totalCount: 2 } };
          expect(JSON.parse(text).data).toEqual({ __typename: "Query", ...accounts });
          return response.headers.connection;
        };
        try {
          for (;;) {
            const connection = await ask();
            answered++;
            if (signalled) afterSignal++;
            if (connection !== "close") continue;
            told.push(answered);
            // Whoever still opens connections is served, too, while the delay lasts.
            if (delay !== "0s") await ask();
            return;
          }
        } catch (error) {
          lost.push(error);
        } finally {
          agent.destroy();
        }
      };
      const clients = Array.from({ length: 20 }, client);
      await vi.waitFor(() => expect(answered).toBeGreaterThan(200), { timeout: 15_000, interval: 5 });
      signalled = true;
      gateway.signal("SIGTERM");
      await Promise.all(clients);
      expect(lost).toEqual([]);
      expect(told).toHaveLength(20);
      expect(afterSignal).toBeGreaterThanOrEqual(20);
      expect(await gateway.end()).toBe(0);
    },
  );
});
