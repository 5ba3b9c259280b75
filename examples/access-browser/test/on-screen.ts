import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { acme, open, report, type Site, serveSite, startBrowser } from "./setup.ts";

/** The sandbox's account, as the page's address names it. */
export const account = `accounts/${acme}`;

/** A test that begins at one screen, in front of a sandbox of its own. Nothing may go wrong in the page. */
export type OnScreen = (
  name: string,
  screen: string,
  run: (page: Page, site: Site) => Promise<void>,
  options?: { explain: boolean },
) => void;

/** Starts a browser for the tests of a file, which are printed under that name. */
export function screens(example: string): OnScreen {
  report(example);
  let browser: Browser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());
  return (name, screen, run, options) => {
    test(name, async () => {
      const site = await serveSite(options);
      const { page, problems } = await open(browser, `${site.url}#/${screen}`);
      try {
        await run(page, site);
        // The browser itself notes each answer that is an error.
        assert.deepEqual(
          problems.filter((text) => !text.startsWith("Failed to load resource")),
          [],
        );
      } finally {
        await page.context().close();
        await site.close();
      }
    });
  };
}

/** Reads what the footer says of the screen's cost, and compares it with the calls that the sandbox has had. */
export async function assertCost(page: Page, { sandbox }: Site, since = 0): Promise<void> {
  const made = sandbox.calls.length - since;
  await page.locator("footer output", { hasText: new RegExp(`^${made} REST calls?, `) }).waitFor();
}

/** The title of the screen. */
export const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });
