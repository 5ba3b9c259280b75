import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { after, before, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { acme, open, report, type Site, serveSite, startBrowser } from "./setup.ts";

const { also } = report("access browser: looks");

let browser: Browser;
let site: Site;
before(async () => {
  browser = await startBrowser();
  site = await serveSite();
});
after(async () => {
  await browser.close();
  await site.close();
});

const account = `accounts/${acme}`;
const idOf = (list: "members" | "userGroups", index: number) =>
  [...(site.sandbox.state.accounts.get(acme)?.[list].keys() ?? [])][index] ?? "";

/** Every screen, and what is on it when it is complete. */
const screens: Record<string, { screen: () => string; complete: (page: Page) => Promise<unknown> }> = {
  accounts: { screen: () => "", complete: (page) => page.getByText("2 accounts").waitFor() },
  groups: { screen: () => `${account}/groups`, complete: (page) => page.getByText("10 of 16 groups").waitFor() },
  "a group": {
    screen: () => `${account}/groups/${idOf("userGroups", 4)}`,
    complete: async (page) => {
      await page.locator(".picture path").first().waitFor({ state: "attached" });
      await page.getByLabel("Person").fill("mei");
      await page.getByRole("button", { name: "Find" }).click();
      await page.getByRole("button", { name: "mei.chen@acme.example" }).click();
      await page.getByText("What was not looked at").waitFor();
    },
  },
  people: { screen: () => `${account}/people`, complete: (page) => page.getByText("20 of 60 people").waitFor() },
  "a person": {
    screen: () => `${account}/people/${idOf("members", 21)}`,
    complete: async (page) => {
      await page.locator(".picture path").first().waitFor({ state: "attached" });
      await page.getByRole("button", { name: "Show what it would do" }).click();
      await page.getByText("What was not looked at").waitFor();
      await page.locator(".picture button").last().focus();
    },
  },
  "who can": {
    screen: () => `${account}/who-can?what=cache_domain_purge&where=checkout.acme.example`,
    complete: (page) => page.getByText("14 people").waitFor(),
  },
  "access by groups": {
    screen: () => `${account}/access`,
    complete: (page) => page.getByText("200 of 252 paths").waitFor(),
  },
  "single sign-on": {
    screen: () => `${account}/sign-on`,
    complete: (page) => page.getByText("acme-classic.example", { exact: true }).waitFor(),
  },
};

const looks: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

/** A folder for pictures of every screen, for those who look at them. */
const pictures = process.env.PICTURES;

for (const [look, options] of Object.entries(looks)) {
  test(`axe finds nothing: ${look}`, async () => {
    for (const [name, { screen, complete }] of Object.entries(screens)) {
      const { page, problems } = await open(browser, `${site.url}#/${screen()}`, options);
      await complete(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      assert.deepEqual(found, [], name);
      const wide =
        (await page.evaluate(() => document.documentElement.scrollWidth)) - (page.viewportSize()?.width ?? 0);
      assert.ok(wide <= 0, `${name} is ${wide} pixels wider than the window`);
      const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      assert.equal(background, look === "dark" ? "rgb(28, 25, 23)" : "rgb(255, 255, 255)");
      assert.deepEqual(problems, [], name);
      if (pictures) await page.screenshot({ path: `${pictures}/${name.replaceAll(" ", "-")}-${look}.png` });
      await page.context().close();
    }
  });
}

test("by keyboard alone: to a group, into its picture, and back", async () => {
  const { page } = await open(browser, site.url);
  await page.getByText("2 accounts").waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  const tabTo = async (text: string) => {
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press("Tab");
      if ((await focused()) === text) return;
    }
    assert.fail(`Tab does not reach ${text}`);
  };
  await tabTo("Skip to content");
  await page.keyboard.press("Enter");
  await tabTo("Acme");
  await page.keyboard.press("Enter");
  await page.getByText("10 of 16 groups").waitFor();
  assert.equal(await focused(), "Groups");
  await tabTo("DNS Operators");
  await page.keyboard.press("Enter");
  await page.locator(".picture path").first().waitFor({ state: "attached" });
  await tabTo("elena.petrova@acme.example");
  await tabTo("DNS");
  await page.getByText("6 of 6 paths go through DNS.").waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".picture button[aria-pressed=true]").innerText(), "DNS");
  await page.goBack();
  await page.getByText("10 of 16 groups").waitFor();
  await page.context().close();
});

test("a search leaves the focus where it is, and the box has what the address says", async () => {
  const { page } = await open(browser, `${site.url}#/${account}/groups`);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("name"));
  await page.getByText("10 of 16 groups").waitFor();
  const search = page.getByLabel("Name contains");
  await search.fill("support");
  await page.keyboard.press("Enter");
  await page.getByText("2 groups").waitFor();
  assert.equal(await focused(), "search");
  await page.goBack();
  await page.getByText("10 of 16 groups").waitFor();
  assert.equal(await search.inputValue(), "");
  await page.goto(`${site.url}#/${account}/who-can`);
  await page.getByLabel("Where").fill("checkout.acme.example");
  await page.getByLabel("What").fill("cache_domain_purge");
  await page.keyboard.press("Enter");
  await page.getByText("14 people").waitFor();
  assert.equal(await focused(), "what");
  await page.goBack();
  await page.getByText("14 people").waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("Where").inputValue(), "the whole account");
  await page.context().close();
});

test("usable within 2 s of the server's first answer", async () => {
  const times: number[] = [];
  // The best of some: what else the machine does is not the page's.
  for (let n = 0; n < 5 && !(Math.min(...times) < 2_000); n++) {
    const { page } = await open(browser, "about:blank");
    await page.goto(site.url);
    await page.getByRole("link", { name: "Acme", exact: true }).waitFor();
    times.push(
      await page.evaluate(() => {
        const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
        return performance.now() - (navigation?.responseStart ?? 0);
      }),
    );
    await page.context().close();
  }
  const milliseconds = Math.min(...times);
  assert.ok(milliseconds < 2_000, `${milliseconds} ms`);
  also(`first screen after ${Math.round(milliseconds)} ms`);
});

test("small", () => {
  const files = readdirSync("dist", { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(`dist/${name}`).isFile(),
  );
  const size = files.reduce((sum, name) => sum + brotliCompressSync(readFileSync(`dist/${name}`)).length, 0);
  assert.ok(size < 160_000, `${size} bytes`);
  also(`${Math.round(size / 1000)} kB compressed`);
});
