import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { GraphQLObjectType } from "graphql";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schema } from "../../src/graph/schema.ts";
import { exampleOperations } from "../../src/server/graphiql/example-operations.ts";

/** Path of the Chromium that comes as an npm package, for x64 Linux. */
async function packaged(): Promise<string> {
  // Only where it takes the machine for one of AWS does it unpack the libraries that a bare machine lacks.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs24.x";
  const { default: chromium } = await import("@sparticuz/chromium");
  return chromium.executablePath();
}

async function launch(): Promise<Browser> {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH || (await packaged()), args, timeout: 15_000 });
}

const browser = await launch().catch((error: Error) => {
  if (process.env.CI === "true") throw error;
  console.log(`No browser here, GraphiQL is not tried in one: ${error.message.split("\n")[0]}`);
});

/** The process on a free port, until the end of the block or of `stop`. */
async function start(args: string[], settings: Record<string, string> = {}) {
  const env = { ...process.env, HOST: "127.0.0.1", PORT: "0", ...settings };
  const started = spawn(process.execPath, ["src/server/main.ts", ...args], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  async function stop(): Promise<void> {
    started.kill("SIGTERM");
    await once(started, "exit");
  }
  for await (const line of createInterface(started.stdout)) {
    const url = /^GraphQL +(\S+)/.exec(line)?.[1];
    if (url) return { url, stop, [Symbol.asyncDispose]: stop };
  }
  throw new Error("The process ended before it said where it listens.");
}

/** What came back. */
interface Shown {
  data?: Record<string, Record<string, unknown>>;
  errors?: unknown;
  extensions?: Record<string, unknown>;
}

const names = (await exampleOperations()).map(
  ({ query }) => /^(?:query|mutation|subscription) (\w+)/m.exec(query)?.[1] ?? "",
);

describe.skipIf(!browser)("GraphiQL in a browser, served by `npm run dev`", () => {
  let gateway: Awaited<ReturnType<typeof start>>;
  let page: Page;
  const requests: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    gateway = await start(["--sandbox"]);
    // What the browser has from before: a moved divider, with more room for the answer, and the tabs of another page.
    const old = { id: "1", title: "Old", query: "query Old { a }", operationName: "Old" };
    const tabs = [{ ...old, variables: null, headers: null, response: null }];
    const localStorage = [
      { name: "graphiql:editorFlex", value: "0.8" },
      { name: "graphiql:tabState", value: JSON.stringify({ tabs, activeTabIndex: 0 }) },
      { name: "graphiql:query", value: old.query },
    ];
    const context = await browser?.newContext({
      viewport: { width: 1240, height: 820 },
      deviceScaleFactor: 2,
      storageState: { cookies: [], origins: [{ origin: new URL(gateway.url).origin, localStorage }] },
    });
    if (!context) return;
    context.on("request", (request) => requests.push(request.url()));
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText;
      // The editor stops a worker that it no longer needs, even before that has arrived.
      if (reason !== "net::ERR_ABORTED") complaints.push(`${request.url()}: ${reason}`);
    });
    context.on("console", (message) => complaints.push(message.text()));
    context.on("weberror", (error) => complaints.push(error.error().message));
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(gateway.url);
    await shows("query", names[0]);
    // A reload before anything was touched: there GraphiQL would open an empty tab beside the others.
    await stored(0, names[0] ?? "");
    await page.reload();
    await shows("query", names[0]);
  }, 30_000);

  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const pane = (name: "query" | "response") =>
    page.locator(name === "query" ? ".graphiql-query-editor" : ".graphiql-response");
  const shows = (name: "query" | "response", text = "") => pane(name).getByText(text).first().waitFor();

  /**
   * GraphiQL stores its tabs half a second after a change, and looks a tenth of a second after it what there is to run:
   * what is stored runs at one click.
   */
  async function stored(index: number, text: string): Promise<void> {
    await page.waitForFunction(
      ([at, part]) => {
        const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState") ?? "{}");
        return activeTabIndex === at && tabs[at].query?.includes(part);
      },
      [index, text] as const,
    );
  }

  /** One click on the button, and what came back and is shown. */
  async function execute(name: string): Promise<Shown> {
    const sent = new RegExp(`(query|mutation|subscription) ${name}\\b`);
    const answer = page.waitForResponse((response) => sent.test(response.request().postData() ?? ""));
    await page.getByRole("button", { name: "Execute query" }).click();
    const result = await (await answer).json();
    await pane("response")
      .getByText(/"(data|errors|extensions)"/)
      .first()
      .waitFor();
    return result;
  }

  async function open(name: string): Promise<void> {
    const index = names.indexOf(name);
    await page.getByRole("tab").nth(index).getByRole("button").first().click();
    await shows("query", name);
    await stored(index, name);
  }

  /** Puts a text in the place of what an editor has. */
  async function write(editor: string, text: string): Promise<void> {
    await page.locator(editor).locator(".view-lines").first().click();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.insertText(text);
  }

  test("FullGraph shows the groups", async () => {
    await open("FullGraph");
    await page.getByRole("button", { name: "Variables" }).click();
    await execute("FullGraph");
    await shows("response", '"Auditors"');
    if (process.env.UPDATE_PICTURE) {
      await page.mouse.move(0, 0);
      await page.screenshot({ path: "docs/graphiql.png", animations: "disabled" });
    }
  });

  test("every example operation is a tab, in order, and finds something at one click", {
    timeout: 40_000,
  }, async () => {
    expect(await page.getByRole("tab").count()).toBe(names.length);
    for (const [index, name] of names.entries()) {
      expect(await page.getByRole("tab").nth(index).textContent()).toContain(name);
      // Its answer does not end.
      if (name === "WaitForDomain") continue;
      await open(name);
      const { data = {}, errors } = await execute(name);
      expect(errors, name).toBeUndefined();
      for (const value of Object.values({ ...data, ...data.account })) {
        expect(value, name).not.toBeNull();
        expect(value, name).not.toMatchObject({ nodes: [] });
        expect(value, name).not.toMatchObject({ message: expect.any(String) });
      }
    }
  });

  test("WhatItCosts shows what was planned and what was spent", async () => {
    await open("WhatItCosts");
    const { extensions } = await execute("WhatItCosts");
    expect(extensions?.upstream).toMatchObject({ planned: { min: 1 }, calls: expect.any(Number) });
    await pane("response").locator(".view-lines").first().click();
    await page.keyboard.press("ControlOrMeta+End");
    await shows("response", '"planned"');
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
  });

  test("WaitForDomain shows the events of a subscription as they come, until it is stopped", async () => {
    await open("WaitForDomain");
    const sent = page.waitForRequest((request) => /subscription WaitForDomain/.test(request.postData() ?? ""));
    await page.getByRole("button", { name: "Execute query" }).click();
    const request = await sent;
    expect([request.method(), request.headers().accept]).toEqual([
      "POST",
      expect.stringContaining("text/event-stream"),
    ]);
    await shows("response", '"PENDING"');
    const stopped = page.waitForEvent("requestfailed", (each) => each === request);
    await page.getByRole("button", { name: "Stop query" }).click();
    await stopped;
  });

  test("a refused query shows why", async () => {
    await page.getByRole("button", { name: "New tab" }).click();
    await write(".graphiql-query-editor", 'query Refused { account(id: "../members") { name } }');
    await stored(names.length, "Refused");
    await execute("Refused");
    await shows("response", '"BAD_USER_INPUT"');
  });

  test("the documentation leads to the members of a group", async () => {
    const members = (schema.getType("UserGroup") as GraphQLObjectType).getFields().members?.description ?? "";
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    const explorer = page.locator(".graphiql-doc-explorer");
    for (const link of ["Query", "Account", "UserGroupConnection", "UserGroup", "members"]) {
      await explorer.getByRole("link", { name: link, exact: true }).first().click();
      await explorer.locator(".graphiql-doc-explorer-title").getByText(link, { exact: true }).waitFor();
    }
    expect(await explorer.locator(".graphiql-markdown-description").first().textContent()).toContain(
      members.replaceAll("`", ""),
    );
  });

  test("a reload opens the same tabs, and what the browser keeps holds no credential", async () => {
    await page.getByRole("button", { name: "Headers" }).click();
    await write(".graphiql-editor-tool .graphiql-editor:not(.hidden)", '{ "Authorization": "Bearer typed-by-hand" }');
    await write(".graphiql-query-editor", "query Kept { __typename }");
    await stored(names.length, "Kept");
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toMatch(/Bearer|typed-by-hand|sandbox-admin/);

    await page.reload();
    await shows("query", "Kept");
    expect(await page.getByRole("tab").count()).toBe(names.length + 1);
    expect(await execute("Kept")).toMatchObject({ data: { __typename: "Query" } });
  });

  test("no request left the machine, and the browser had nothing to complain about", () => {
    expect(new Set(requests.map((url) => new URL(url).origin))).toEqual(new Set([new URL(gateway.url).origin]));
    expect(complaints).toEqual([]);
  });
});

test("`npm start` with GRAPHIQL=true opens the example operations without a credential", async () => {
  await using gateway = await start([], { GRAPHIQL: "true" });
  const page = await (await fetch(gateway.url, { headers: { accept: "text/html" } })).text();
  expect(page).toContain("Bearer \\u003cAPI token>");
  for (const name of names) expect(page).toMatch(new RegExp(`(query|mutation|subscription) ${name}\\b`));
  expect(page).not.toContain("sandbox");
});

test("in service mode GraphiQL has a place for the caller's JWT, and for nothing where Cloudflare Access sends it", async () => {
  const callers = {
    CLOUDFLARE_API_TOKEN: "the-token-of-all",
    CALLERS_FILE: "examples/callers.json",
    JWT_AUDIENCE: "iam",
  };
  const jwt = { JWT_ISSUER: "https://issuer.example", JWT_JWKS_URL: "https://issuer.example/jwks" };
  const pageOf = async (known: Record<string, string>) => {
    await using gateway = await start([], { GRAPHIQL: "true", ...callers, ...known });
    return (await fetch(gateway.url, { headers: { accept: "text/html" } })).text();
  };
  const [own, access] = await Promise.all([pageOf(jwt), pageOf({ ACCESS_TEAM_DOMAIN: "acme.cloudflareaccess.com" })]);
  expect(own).toContain("Bearer \\u003cJWT>");
  expect(access).not.toContain("Bearer");
  for (const page of [own, access]) expect(page).not.toContain("the-token-of-all");
});
