import assert from "node:assert/strict";
import { account, heading, screens } from "./on-screen.ts";
import { acme } from "./setup.ts";

const onScreen = screens("access browser: pages");

const groups = "GET /accounts/{account_id}/iam/user_groups";

onScreen("a page that cannot be read is told, and can be tried again", `${account}/groups`, async (page, site) => {
  await page.getByText("10 of 16 groups").waitFor();
  let broken = true;
  site.sandbox.injectFault(groups, { kind: "error", status: 403, body: "html" }, () => broken);
  const more = page.getByRole("button", { name: "Show more groups" });
  await more.click();
  await page.getByRole("alert").getByText("403").waitFor();
  await page.getByText("10 of 16 groups").waitFor();
  await page.route("**/graphql", (route) => route.abort());
  await more.click();
  await page.getByRole("alert").getByText("The gateway could not be asked").waitFor();
  assert.equal(await page.locator("main .list > li").count(), 10);
  await page.unroute("**/graphql");
  broken = false;
  await more.click();
  await page.getByRole("link", { name: "Zero Trust Administrators" }).waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
});

onScreen("what could be read of a page is kept, and the rest can be read again", "", async (page, { sandbox, url }) => {
  const state = sandbox.state.accounts.get(acme)?.userGroups;
  const [first] = state?.values() ?? [];
  assert.ok(state && first);
  for (let n = 100; n < 140; n++) {
    const id = `${n}`.padStart(32, "f");
    state.set(id, { ...first, id, name: `Zz ${n}` });
  }
  const last = "139".padStart(32, "f");
  let broken = true;
  sandbox.injectFault(
    `${groups}/{user_group_id}/members`,
    { kind: "error", status: 403, body: "html" },
    ({ params }) => broken && params.user_group_id === last,
  );
  await page.goto(`${url}#/${account}/access`);
  await page.getByText("50 of 56 groups").waitFor();
  await page.getByRole("button", { name: "Show more groups" }).click();
  await page.getByText("56 groups").waitFor();
  await page.getByRole("alert").getByText("403").waitFor();
  await page.getByRole("note").getByText("1 group could not be read in full").waitFor();
  broken = false;
  await page.getByRole("button", { name: "Read the last of them again" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await page.getByText("56 groups").waitFor();
  assert.equal(await page.getByRole("note").count(), 0);
});

onScreen("a group stays where a page of its members fails", "", async (page, { sandbox, url }) => {
  const state = sandbox.state.accounts.get(acme);
  const [group] = state?.userGroups.values() ?? [];
  assert.ok(state && group);
  for (const id of state.members.keys()) group.members.set(id, "2025-01-24T15:31:36Z");
  await page.goto(`${url}#/${account}/groups/${group.id}`);
  await page.getByText("20 of 60 members").waitFor();
  for (const route of [`${groups}/{user_group_id}`, `${groups}/{user_group_id}/members`, groups]) {
    sandbox.injectFault(route, { kind: "error", status: 403, body: "html" });
  }
  await page.getByRole("button", { name: "Show more members" }).click();
  await page.getByRole("alert").first().waitFor();
  await heading(page, group.name).waitFor();
  await page.getByText("20 of 60 members").waitFor();
});
