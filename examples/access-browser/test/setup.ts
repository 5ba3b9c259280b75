import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach } from "node:test";
import { createGateway } from "cloudflare-iam-graphql";
import { createSandbox, type Sandbox } from "cloudflare-iam-graphql/sandbox";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { preview } from "vite";

/** The account that the sandbox plays. */
export const acme = "023e105f4ecef8ad9ca31a8372d0c353";

/** The built page in front of a gateway, in front of a sandbox. */
export interface Site {
  url: string;
  sandbox: Sandbox;
  close(): Promise<void>;
}

/** Serves the built page as a host would, with its policy, and the gateway below the same origin. */
export async function serveSite(options?: { explain: boolean }): Promise<Site> {
  const sandbox = createSandbox();
  const gateway = createGateway({ transport: sandbox.handle, explain: options?.explain ?? true });
  const server = createServer(gateway).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const proxy = { "/graphql": `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const page = await preview({ preview: { port: 0, host: "127.0.0.1", proxy }, logLevel: "warn" });
  return {
    url: `http://127.0.0.1:${(page.httpServer.address() as AddressInfo).port}/`,
    sandbox,
    close: async () => {
      await page.close();
      server.closeAllConnections();
      server.close();
      await gateway.dispose();
    },
  };
}

/** Debian's Chromium, or the one that `CHROMIUM_PATH` names. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

/** A page of its own, and what went wrong in it: exceptions, warnings, what its policy has stopped. */
export interface Opened {
  page: Page;
  problems: string[];
}

/** Opens a screen: what is behind `#` in its address. */
export async function open(browser: Browser, url: string, options?: BrowserContextOptions): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  await page.goto(url);
  return { page, problems };
}

/** Prints what has passed for the table of the examples. */
export function report(example: string): { also(figure: string): void } {
  const passed: string[] = [];
  afterEach((test) => {
    if ("passed" in test && test.passed) passed.push(test.name);
  });
  const versionOf = (name: string) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;
  const version = `React ${versionOf("react")}, Apollo Client ${versionOf("@apollo/client")}`;
  after(() => console.log(JSON.stringify({ example, version, passed })));
  return { also: (figure) => passed.push(figure) };
}
