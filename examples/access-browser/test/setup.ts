import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGateway } from "cloudflare-iam-graphql";
import { createSandbox, type Sandbox, type SandboxOptions } from "cloudflare-iam-graphql/sandbox";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { preview } from "vite";

/** The built page in front of a gateway, in front of a sandbox. */
export interface Site {
  url: string;
  sandbox: Sandbox;
  close(): Promise<void>;
}

/** Serves the built page as a host would, with its policy, and the gateway below the same origin. */
export async function serveSite(options?: SandboxOptions): Promise<Site> {
  const sandbox = createSandbox(options);
  const gateway = createGateway({ transport: sandbox.handle, explain: true });
  const server = createServer(gateway).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  process.env.GATEWAY = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = await preview({ preview: { port: 0, host: "127.0.0.1" }, logLevel: "warn" });
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

/** A page whose errors, also those of its policy, fail the test that looks at `problems`. */
export async function open(
  browser: Browser,
  url: string,
  options?: BrowserContextOptions,
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  await page.goto(url);
  return { page, problems };
}
