import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Path of the Chromium that comes as an npm package, for x64 Linux. */
async function packaged(): Promise<string> {
  // Only where it takes the machine for one of AWS does it unpack the libraries that a bare machine lacks.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs24.x";
  const { default: chromium } = await import("@sparticuz/chromium");
  return chromium.executablePath();
}

/** Chromium: that of `CHROMIUM_PATH`, of Debian, or of the npm package. `undefined` where there is none, but never in CI. */
export async function launch(): Promise<Browser | undefined> {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];
  const installed = process.env.CHROMIUM_PATH || (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);
  try {
    return await chromium.launch({ executablePath: installed ?? (await packaged()), args, timeout: 30_000 });
  } catch (error) {
    if (process.env.CI === "true") throw error;
    console.log(`No browser here, GraphiQL is not tried in one: ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
}

/** A gateway process on a free port, until the end of the block or of `stop`. */
export async function start(args: string[], settings: Record<string, string> = {}) {
  const env = { ...process.env, HOST: "127.0.0.1", PORT: "0", ...settings };
  const started = spawn(process.execPath, ["src/server/main.ts", ...args], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  async function stop(): Promise<void> {
    if (started.exitCode !== null) return;
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
export interface Shown {
  data?: Record<string, Record<string, unknown>> | null;
  errors?: { message: string; locations?: unknown; extensions?: { code?: string } }[];
  extensions?: { upstream?: Record<string, unknown> };
}

/** GraphiQL as its reader uses it: by what is written on it. */
export class GraphiQLPage implements AsyncDisposable {
  /** URLs of what the browser asked for. */
  readonly requests: string[] = [];
  /** What it sent: operations. */
  readonly sent: string[] = [];
  /** The credentials that it sent. */
  readonly authorizations: string[] = [];
  /** What it complained about. */
  readonly complaints: string[] = [];

  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.#context = context;
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<GraphiQLPage> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 860 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const opened = new GraphiQLPage(page, context);
    context.on("request", (request) => {
      opened.requests.push(request.url());
      opened.sent.push(request.postData() ?? "");
      const { authorization } = request.headers();
      if (authorization) opened.authorizations.push(authorization);
    });
    context.on("console", (message) => opened.complaints.push(message.text()));
    context.on("weberror", (error) => opened.complaints.push(error.error().message));
    await page.goto(url);
    await opened.ready();
    return opened;
  }

  /** Waits until there is an editor to write in. */
  async ready(): Promise<void> {
    await this.page.locator(".document .view-line").first().waitFor();
  }

  example(title: string) {
    return this.page
      .getByRole("region", { name: "Examples" })
      .getByRole("button")
      .filter({ has: this.page.getByText(title, { exact: true }) });
  }

  get tabs() {
    return this.page.getByRole("tab");
  }

  get activeTab() {
    return this.page.getByRole("tab", { selected: true });
  }

  get cost() {
    return this.page.getByRole("status", { name: "Cost" });
  }

  get answer() {
    return this.page.getByRole("region", { name: "Answer" });
  }

  button(name: string | RegExp) {
    return this.page.getByRole("button", { name, exact: true });
  }

  get run() {
    return this.page.getByRole("button", { name: /^Execute query/ });
  }

  get credential() {
    return this.page.getByRole("textbox", { name: /^Authorization/ });
  }

  /** Waits until a part of the page shows a text. */
  async shows(part: "Operation" | "Variables" | "Answer", text: string): Promise<void> {
    await this.page.getByRole("region", { name: part }).getByText(text).first().waitFor();
  }

  /** Opens an example, and waits until it can be run. */
  async open(title: string, operation: string): Promise<void> {
    await this.example(title).click();
    await this.shows("Operation", operation);
    await this.activeTab.getByText(operation, { exact: true }).waitFor();
  }

  /** What an editor has, all of it. */
  text(part: "operation" | "variables" | "response"): Promise<string> {
    return this.page.evaluate((name) => {
      const { __MONACO } = globalThis as unknown as {
        __MONACO: { editor: { getModels(): { uri: { path: string }; getValue(): string }[] } };
      };
      return (
        __MONACO.editor
          .getModels()
          .find(({ uri }) => uri.path.includes(name))
          ?.getValue() ?? ""
      );
    }, part);
  }

  /** Puts a text in the place of what an editor has, as it is: typed, the editor would close brackets of its own. */
  async write(part: "Operation" | "Variables", text: string): Promise<void> {
    await this.page.getByRole("region", { name: part }).locator(".view-lines").click();
    await this.page.evaluate(
      ([name, value]) => {
        const { __MONACO } = globalThis as unknown as {
          __MONACO: { editor: { getModels(): { uri: { path: string }; setValue(text: string): void }[] } };
        };
        const model = __MONACO.editor.getModels().find(({ uri }) => uri.path.includes(name));
        model?.setValue(value);
      },
      [part.toLowerCase(), text] as const,
    );
    await this.page.keyboard.press("ControlOrMeta+End");
  }

  /** Presses a button, and answers with what the gateway said to the operation of that name, once it is shown. */
  async execute(operation: string, press = () => this.run.click()): Promise<Shown> {
    const sent = new RegExp(`(query|mutation|subscription) ${operation}\\b`);
    const answered = this.page.waitForResponse((response) => sent.test(response.request().postData() ?? ""));
    await press();
    const answer = (await (await answered).json()) as Shown;
    await this.answer
      .getByText(/"(data|errors|extensions)"/)
      .first()
      .waitFor();
    return answer;
  }

  /** What it looks like, from its top; kept where `UPDATE_PICTURE` is set. */
  async picture(path: string): Promise<void> {
    await this.page.mouse.move(0, 0);
    await this.page.evaluate(() => scrollTo(0, 0));
    const taken = await this.page.screenshot({ animations: "disabled" });
    if (process.env.UPDATE_PICTURE) writeFileSync(path, taken);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}
