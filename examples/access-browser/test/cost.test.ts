import assert from "node:assert/strict";
import { account, screens } from "./on-screen.ts";

const onScreen = screens("access browser: what a screen has cost");

onScreen(
  "where the gateway does not tell costs, the page says so",
  "",
  async (page) => {
    await page.getByText("its setting EXPLAIN is off").waitFor();
  },
  { explain: false },
);

onScreen("what is left of the quota, and from when there is more", "", async (page) => {
  await page.route("**/graphql", async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    Object.assign(json.extensions.upstream, { remaining: 1187, resetAt: "2030-01-01T12:34:56Z" });
    await route.fulfill({ response, json });
  });
  await page.reload();
  await page
    .locator("footer output")
    .getByText(/ 1,187 calls left, more from \d\d:34:56\.$/)
    .waitFor();
});

onScreen("what each answer was planned to cost", `${account}/people?search=demir`, async (page) => {
  await page.getByRole("link", { name: "yusuf.demir@acme.example" }).click();
  await page.getByRole("button", { name: "Show what it would do" }).click();
  await page.getByText("What was not looked at").waitFor();
  await page.locator("footer summary").click();
  const lines = page.locator("footer").getByRole("listitem");
  await lines.getByText(/^OffboardingPreview: \d+ REST calls, \d+ or more planned/).waitFor();
  assert.equal(await lines.getByText("null").count(), 0);
});
