import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { account, assertCost, heading, screens } from "./on-screen.ts";
import { acme } from "./setup.ts";

const onScreen = screens("access browser: screens");

/** The file that a button gives. */
async function saved(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

onScreen("accounts", "", async (page, site) => {
  await page.getByText("2 accounts").waitFor();
  await assertCost(page, site);
  const link = page.getByRole("link", { name: "Acme", exact: true });
  await link.click();
  await heading(page, "Groups").waitFor();
});

onScreen("groups: search and pages", `${account}/groups`, async (page, site) => {
  await page.getByText("10 of 16 groups").waitFor();
  await assertCost(page, site);
  const items = page.locator("main .list > li");
  assert.equal(await items.count(), 10);
  await page.getByRole("button", { name: "Show more groups" }).click();
  await page.getByRole("link", { name: "Zero Trust Administrators" }).waitFor();
  assert.equal(await items.count(), 16);
  await page.getByLabel("Name contains").fill("support");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("2 groups").waitFor();
  await page.goBack();
  await page.getByText("16 groups").waitFor();
});

onScreen("a group: its policies in words, and its members", `${account}/groups`, async (page, site) => {
  await page.getByLabel("Name contains").fill("Web Perf");
  await page.getByRole("button", { name: "Search" }).click();
  const link = page.getByRole("link", { name: "Web Performance" });
  await link.waitFor();
  await page.getByText("1 group").waitFor();
  const before = site.sandbox.calls.length;
  await link.click();
  await heading(page, "Web Performance").waitFor();
  const words =
    "Allows Page Rules Read and Cache Domain Purge on Storefront (checkout.acme.example, cdn.acme.example, " +
    "shop.acme.example) and Marketing Sites (blog.acme.example, www.acme.example).";
  assert.equal(await page.locator("main li").first().innerText(), words);
  await page.getByText("4 members").waitFor();
  await page.getByRole("link", { name: "yusuf.demir@acme.example" }).waitFor();
  await assertCost(page, site, before);
});

onScreen(
  "the preview: who gains what if one is added, before anything is sent",
  `${account}/groups`,
  async (page, site) => {
    await page.getByText("10 of 16 groups").waitFor();
    await assertCost(page, site);
    const before = site.sandbox.calls.length;
    await page.getByRole("link", { name: "DNS Operators" }).click();
    const section = page.getByRole("region", { name: "Who gains what if one is added" });
    await section.getByLabel("Person").fill("yusuf");
    await section.getByRole("button", { name: "Find" }).click();
    await section.getByRole("button", { name: "yusuf.demir@acme.example" }).click();
    await section.getByText("yusuf.demir@acme.example gains DNS on the whole account").waitFor();
    await section.getByText("What was not looked at").waitFor();
    await assertCost(page, site, before);
    assert.ok(site.sandbox.calls.every(({ method }) => method === "GET"));
    await section.getByRole("button", { name: "Add yusuf.demir@acme.example to the group" }).click();
    await section.getByText("yusuf.demir@acme.example is in the group.").waitFor();
    await page.getByText("7 members").waitFor();
    await assertCost(page, site, before);
    assert.equal(site.sandbox.calls.filter(({ method }) => method === "POST").length, 1);
  },
);

onScreen("a person: groups, and access with the path that grants it", `${account}/people`, async (page, site) => {
  await page.getByText("20 of 60 people").waitFor();
  await assertCost(page, site);
  await page.getByLabel("Name or e-mail").fill("demir");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("1 person").waitFor();
  const before = site.sandbox.calls.length;
  await page.getByRole("link", { name: "yusuf.demir@acme.example" }).click();
  await heading(page, "Yusuf Demir").waitFor();
  await page.getByRole("link", { name: "Web Performance" }).waitFor();
  await assertCost(page, site, before);
  await page.getByRole("button", { name: "Table" }).click();
  const rows = await page.getByRole("row").allInnerTexts();
  const storefront = "Storefront (checkout.acme.example, cdn.acme.example, shop.acme.example)";
  const granted = ["yusuf.demir@acme.example", "Web Performance", "allows", "Cache Domain Purge", storefront].join(
    "\t",
  );
  assert.ok(rows.includes(granted), rows.join("\n"));
  assert.ok(
    rows.includes(
      ["yusuf.demir@acme.example", "(none)", "denies", "Cache Domain Purge", "checkout.acme.example"].join("\t"),
    ),
  );
});

onScreen(
  "off-boarding: what it would do, and then what became of each step",
  `${account}/people?search=demir`,
  async (page, site) => {
    await page.getByText("1 person").waitFor();
    await assertCost(page, site);
    const before = site.sandbox.calls.length;
    await page.getByRole("link", { name: "yusuf.demir@acme.example" }).click();
    const section = page.getByRole("region", { name: "Off-boarding" });
    await section.getByRole("button", { name: "Show what it would do" }).click();
    await section.getByText("Web Performance").waitFor();
    for (const title of ["Rights that end", "What no preview can see", "What was not looked at"]) {
      await section.getByRole("heading", { name: title }).waitFor();
    }
    await assertCost(page, site, before);
    assert.ok(site.sandbox.calls.every(({ method }) => method === "GET"));
    await section.getByRole("button", { name: "Remove from all groups and the account" }).click();
    await section.getByText("Done:").waitFor();
    assert.deepEqual(await section.getByRole("status").getByRole("listitem").allInnerTexts(), [
      "Web Performance: left",
      "The account: left",
    ]);
    await page.getByText("There is no such member in this account").waitFor();
    await assertCost(page, site, before);
  },
);

onScreen("off-boarding yourself asks for a confirmation", `${account}/people?search=lindqvist`, async (page, site) => {
  await page.getByRole("link", { name: "mara.lindqvist@acme.example" }).click();
  const section = page.getByRole("region", { name: "Off-boarding" });
  await section.getByRole("button", { name: "Show what it would do" }).click();
  await section.getByRole("button", { name: "Remove from all groups and the account" }).click();
  await section.getByRole("button", { name: /Nobody would be left .* do it nevertheless/ }).waitFor();
  assert.ok(site.sandbox.calls.every(({ method }) => method === "GET"));
});

onScreen(
  "who can: two boxes, every path, near misses, and what was not looked at",
  `${account}/who-can`,
  async (page, site) => {
    await page.getByLabel("What").fill("cache_domain_purge");
    await page.getByLabel("Where").fill("checkout.acme.example");
    await page.locator("footer output", { hasText: " REST calls, " }).waitFor();
    const before = site.sandbox.calls.length;
    await page.getByRole("button", { name: "Who can?" }).click();
    await page.getByText("14 people").waitFor();
    await page.getByText("yusuf.demir@acme.example denied").waitFor();
    await page.getByRole("listitem").getByText("organization administrators Acme Holding").waitFor();
    await page.getByText("A policy that denies counts more").waitFor();
    await page.getByText("purge-all-but-checkout denied").waitFor();
    await page.getByRole("button", { name: "Table" }).click();
    await page.getByText("19 of 19 paths").waitFor();
    await page.getByLabel("Person").fill("hannah");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("button", { name: "hannah.cohen@acme.example" }).click();
    await page.getByText("not granted").waitFor();
    await page.getByRole("heading", { name: "Near misses" }).waitFor();
    await assertCost(page, site, before);
  },
);

onScreen("single sign-on: its state, live", `${account}/sign-on`, async (page, site) => {
  const { sandbox } = site;
  const connectors = [...(sandbox.state.accounts.get(acme)?.ssoConnectors.values() ?? [])];
  const item = (domain: string) => page.getByRole("listitem").filter({ hasText: domain });
  await item("acme-labs.example").getByText("Read at ").waitFor();
  await assertCost(page, site);
  await item("acme-retail.example").getByRole("button", { name: "Let Cloudflare look for the record" }).click();
  await item("acme-retail.example").getByText("Live.").waitFor();
  const labs = connectors.find(({ email_domain: domain }) => domain === "acme-labs.example");
  sandbox.verifySso(labs?.id ?? "");
  await item("acme-labs.example").getByText("It is verified.").waitFor();
  await item("acme-retail.example").getByText("Read at ").waitFor();
  assert.equal(await item("acme-labs.example").getByRole("status").innerText(), "verified");
});

onScreen(
  "the picture: pointing at something, or focusing it, lights its paths",
  `${account}/people?search=demir`,
  async (page) => {
    await page.getByRole("link", { name: "yusuf.demir@acme.example" }).click();
    const resource = page.locator(".picture button", { hasText: "the whole account" });
    await resource.hover();
    const lit = () => page.locator(".picture button.lit").allInnerTexts();
    const path = [
      "yusuf.demir@acme.example",
      "Role Minimal Account Access",
      "Minimal Account Access",
      "the whole account",
    ];
    await page.getByText("1 of 6 paths go through the whole account.").waitFor();
    assert.deepEqual(await lit(), path);
    assert.equal(await page.locator(".picture path.lit").count(), 3);
    await page.mouse.move(0, 0);
    assert.deepEqual(await lit(), []);
    await page.locator(".picture button", { hasText: "Page Rules Read" }).focus();
    assert.deepEqual((await lit()).slice(0, 4), [
      "yusuf.demir@acme.example",
      "Web Performance",
      "allows",
      "Page Rules Read",
    ]);
  },
);

onScreen("above 200 records the table is first", `${account}/access`, async (page, site) => {
  await page.getByText("200 of 252 paths").waitFor();
  await assertCost(page, site);
  assert.equal(await page.locator(".picture").count(), 0);
  await page.getByRole("button", { name: "Show 52 more" }).click();
  await page.getByText("252 of 252 paths").waitFor();
  await page.getByRole("button", { name: "Picture" }).click();
  await page.getByText("252 paths. Choose").waitFor();
});

onScreen(
  "names are other people's text: escaped, hidden characters shown, no formula in a CSV file",
  "",
  async (page, site) => {
    const groups = [...(site.sandbox.state.accounts.get(acme)?.userGroups.values() ?? [])];
    const group = groups.find(({ name }) => name === "DNS Operators");
    assert.ok(group);
    group.name = '=HYPERLINK("//evil")<img src=x onerror=alert(1)>\u202Egnp.exe';
    await page.goto(`${site.url}#/${account}/groups/${group.id}`);
    const shown = '=HYPERLINK("//evil")<img src=x onerror=alert(1)>⟨U+202E⟩gnp.exe';
    await heading(page, shown).waitFor();
    assert.equal(await page.locator("h1 mark").innerText(), "⟨U+202E⟩");
    assert.equal(await page.locator("main img").count(), 0);
    assert.equal(await page.title(), `${shown} · Access`);
    const line = `"elena.petrova@acme.example","'${shown.replaceAll('"', '""')}","1: allows","DNS","the whole account"`;
    const csv = (await saved(page, "CSV file")).text.split("\r\n");
    assert.equal(csv[0], '"Person","Group","Policy","Permission","Resource"');
    assert.equal(csv[1], line);
    assert.equal(csv.length, 8);
    const text = (await saved(page, "Text file")).text.split("\n");
    assert.equal(text[0], `elena.petrova@acme.example → ${shown} → 1: allows → DNS → the whole account`);
  },
);

onScreen("what cannot be read is never shown as none", `${account}/groups`, async (page, { sandbox }) => {
  const route = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
  sandbox.injectFault(route, { kind: "error", status: 403, body: "html" });
  await page.getByRole("link", { name: "DNS Operators" }).click();
  await page.getByText("could not be read").first().waitFor();
  await page.getByRole("alert").waitFor();
  await page.getByText("Allows DNS on the whole account.").waitFor();
  assert.equal(await page.getByText("Nobody.").count(), 0);
});

onScreen("a picture and its files say what they lack", account, async (page, { sandbox, url }) => {
  const route = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
  sandbox.injectFault(route, { kind: "error", status: 403, body: "html" }, 1);
  await page.goto(`${url}#/${account}/access`);
  const lacks = "Not all paths are here: 1 group could not be read in full";
  await page.getByRole("note").getByText(`${lacks}.`).waitFor();
  const { name, text } = await saved(page, "Text file");
  assert.deepEqual([name, text.split("\n")[0]], ["access-partial.txt", `${lacks}.`]);
});

onScreen("a credential can be given, and is not in the address", `${account}/groups`, async (page) => {
  const give = async (credential: string) => {
    await page.getByLabel("API token or JWT").fill(credential);
    await page.getByRole("button", { name: "Use it" }).click();
  };
  await page.locator("summary", { hasText: "Credential" }).click();
  await give("no-such-token");
  await page.getByText("Give a credential at the top of the page.").first().waitFor();
  await give("sandbox-reader");
  await page.getByText("10 of 16 groups").waitFor();
  assert.equal(page.url().includes("sandbox"), false);
});

onScreen(
  "a picture says what the question could not look at",
  `${account}/who-can?what=cache_domain_purge&where=checkout.acme.example`,
  async (page, { sandbox }) => {
    const lacks = "Not all paths are here: 1 thing was not looked at (organization administrators Acme Holding)";
    await page.getByRole("note").getByText(`${lacks}.`).waitFor();
    const { name, text } = await saved(page, "Text file");
    assert.deepEqual([name, text.split("\n")[0]], ["who-can-partial.txt", `${lacks}.`]);
    const route = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
    sandbox.injectFault(route, { kind: "error", status: 403, body: "html" });
    await page.reload();
    await page
      .getByRole("note")
      .getByText(/ things were not looked at \(.*user group members Web Performance/)
      .waitFor();
  },
);
