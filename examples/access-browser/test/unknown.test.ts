import assert from "node:assert/strict";
import { account, screens } from "./on-screen.ts";
import { acme } from "./setup.ts";

const onScreen = screens("access browser: what is not known");

onScreen("whether single sign-on is mandatory is not told as no where it is not known", "", async (page, site) => {
  const connectors = site.sandbox.state.accounts.get(acme)?.ssoConnectors.values() ?? [];
  for (const connector of connectors) Object.assign(connector, { enabled: null });
  await page.goto(`${site.url}#/${account}/sign-on`);
  await page.getByText("verified, mandatory or not: that could not be read").waitFor();
  await page.goto(`${site.url}#/${account}/people?search=demir`);
  await page.getByRole("link", { name: "yusuf.demir@acme.example" }).click();
  await page.getByRole("button", { name: "Show what it would do" }).click();
  await page.getByText("acme.example may be mandatory: that could not be read").waitFor();
});

onScreen("a record that cannot be read is in its list", "", async (page, { sandbox, url }) => {
  const state = sandbox.state.accounts.get(acme);
  const [connector] = state?.ssoConnectors.values() ?? [];
  const [group] = state?.userGroups.values() ?? [];
  assert.ok(state && connector && group);
  state.ssoConnectors.clear();
  state.ssoConnectors.set(connector.id, Object.assign(connector, { email_domain: 5 }));
  await page.goto(`${url}#/${account}/sign-on`);
  await page.getByRole("listitem").getByText("could not be read").waitFor();
  assert.equal(await page.getByText("No domain has single sign-on.").count(), 0);
  for (const each of state.userGroups.keys()) if (each !== group.id) state.userGroups.delete(each);
  Object.assign(group, { name: 5 });
  await page.goto(`${url}#/${account}/groups`);
  await page.locator("main").getByRole("listitem").getByText("could not be read").waitFor();
  assert.equal(await page.getByText("No group").count(), 0);
});

onScreen("a connector that is not followed says so, and is followed once another has ended", "", async (page, site) => {
  const connectors = [...(site.sandbox.state.accounts.get(acme)?.ssoConnectors.values() ?? [])];
  for (const connector of connectors)
    Object.assign(connector, { enabled: false, verification: { ...connector.verification, status: "pending" } });
  await page.goto(`${site.url}#/${account}/sign-on`);
  const item = (index: number) => page.getByRole("listitem").nth(index);
  await item(2).getByText("Live.").waitFor();
  await item(3).getByText("Not live: others are followed first").waitFor();
  assert.equal(await page.locator("p.live").count(), 3);
  site.sandbox.verifySso(connectors[3]?.id ?? "", "failed");
  await item(3).getByRole("button", { name: "Read its state now" }).click();
  await item(3).getByText("the DNS record was not found in time").waitFor();
  await item(3).getByRole("button", { name: "Let Cloudflare look for the record" }).click();
  await item(3).getByText("Not live: others are followed first").waitFor();
  site.sandbox.verifySso(connectors[0]?.id ?? "");
  site.sandbox.verifySso(connectors[1]?.id ?? "", "failed");
  await item(0).getByText("It is verified.").waitFor();
  await item(3).getByText("Live.").waitFor();
  await item(1).getByText("The verification has failed.").waitFor();
  await item(1).getByRole("button", { name: "Let Cloudflare look for the record" }).click();
  await item(1).getByText("Live.").waitFor();
  assert.equal(await page.getByText("Not live").count(), 0);
});
