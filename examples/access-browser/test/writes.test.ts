import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { account, heading, screens } from "./on-screen.ts";

const onScreen = screens("access browser: writes");

const question = `#/${account}/who-can?what=cache_domain_purge&where=checkout.acme.example`;
const yusuf = "yusuf.demir@acme.example";
const write = "DELETE /accounts/{account_id}/members/{member_id}";

/** Goes where the reader may go without loading the page again: what was read before is still remembered. */
async function visit(page: Page, address: string): Promise<void> {
  await page.evaluate((to) => location.assign(to), address);
}

/** Looks at all that a reader may have seen of somebody before, and then at that person. */
async function readBefore(page: Page): Promise<void> {
  await page.getByText("14 people").waitFor();
  await visit(page, `#/${account}/people?search=demir`);
  await page.getByText("1 person").waitFor();
  await page.getByRole("link", { name: yusuf }).click();
  await page.getByRole("link", { name: "Web Performance" }).waitFor();
}

async function offboard(page: Page): Promise<void> {
  const section = page.getByRole("region", { name: "Off-boarding" });
  await section.getByRole("button", { name: "Show what it would do" }).click();
  await section.getByRole("button", { name: "Remove from all groups and the account" }).click();
}

/** That nothing of what the screens show is of before. */
async function assertGone(page: Page): Promise<void> {
  await page.getByText("There is no such member in this account").waitFor();
  assert.equal(await page.getByRole("heading", { name: "Effective access" }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "Web Performance" }).count(), 0);
  await visit(page, `#/${account}/people?search=demir`);
  await page.getByText("Nobody is called like this.").waitFor();
  await visit(page, question);
  await page.getByText("13 people").waitFor();
  assert.equal(await page.getByText(yusuf).count(), 0);
}

onScreen("access that was removed is shown nowhere any more", question.slice(2), async (page) => {
  await readBefore(page);
  await offboard(page);
  await page.getByText("Done:").waitFor();
  await page.getByText("There is no such member in this account").waitFor();
  assert.ok(await page.getByText("The account: left").isVisible());
  await assertGone(page);
});

onScreen("nor is it after a failure that may have removed it", question.slice(2), async (page, { sandbox }) => {
  await readBefore(page);
  // Done, but the answer is not to be understood.
  sandbox.injectFault(write, { kind: "truncated" });
  await offboard(page);
  await page.getByRole("status").getByText("The account: ").waitFor();
  await assertGone(page);
});

onScreen("nor while it cannot be read", question.slice(2), async (page) => {
  await readBefore(page);
  const section = page.getByRole("region", { name: "Off-boarding" });
  await section.getByRole("button", { name: "Show what it would do" }).click();
  await page.route("**/graphql", (route) =>
    route.request().postDataJSON().operationName === "Offboard" ? route.continue() : route.abort(),
  );
  await section.getByRole("button", { name: "Remove from all groups and the account" }).click();
  await page.getByText("The gateway could not be asked").waitFor();
  await page.getByText("Done:").waitFor();
  assert.equal(await page.getByRole("heading", { name: "Effective access" }).count(), 0);
});

onScreen("access that was given is shown everywhere", `${account}/people?search=demir`, async (page) => {
  await page.getByRole("link", { name: yusuf }).click();
  await page.getByRole("link", { name: "Web Performance" }).waitFor();
  await visit(page, `#/${account}/groups`);
  await page.getByRole("link", { name: "DNS Operators" }).click();
  const section = page.getByRole("region", { name: "Who gains what if one is added" });
  await section.getByLabel("Person").fill("yusuf");
  await section.getByRole("button", { name: "Find" }).click();
  await section.getByRole("button", { name: yusuf }).click();
  await section.getByRole("button", { name: `Add ${yusuf} to the group` }).click();
  await section.getByText(`${yusuf} is in the group.`).waitFor();
  await page.getByRole("link", { name: yusuf }).click();
  await heading(page, "Yusuf Demir").waitFor();
  await page.getByRole("link", { name: "DNS Operators" }).waitFor();
});

onScreen("the outcome is told of the person for whom it was asked", `${account}/groups`, async (page) => {
  await page.getByRole("link", { name: "DNS Operators" }).click();
  const section = page.getByRole("region", { name: "Who gains what if one is added" });
  const find = async (search: string, name: string) => {
    await section.getByLabel("Person").fill(search);
    await section.getByRole("button", { name: "Find" }).click();
    return section.getByRole("button", { name, exact: true });
  };
  await (await find("yusuf", yusuf)).click();
  const add = section.getByRole("button", { name: `Add ${yusuf} to the group` });
  await add.waitFor();
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/graphql", async (route) => {
    if (route.request().postDataJSON().operationName === "AddMember") await held;
    await route.continue();
  });
  await add.click();
  const mei = await find("mei", "mei.chen@acme.example");
  await mei.waitFor();
  assert.ok(await mei.isDisabled());
  answer();
  await section.getByText(`${yusuf} is in the group.`).waitFor();
  await mei.click();
  await section.getByRole("button", { name: "Add mei.chen@acme.example to the group" }).waitFor();
  assert.equal(await section.getByText("is in the group.").count(), 0);
});
