import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { exampleOperations } from "../../src/server/graphiql/example-operations.ts";
import { GraphiQLPage, launch, start } from "./graphiql-browser.ts";

const browser = await launch();
const sandbox = createSandbox();
const names = (await exampleOperations()).map(
  ({ query }) => /^(?:query|mutation|subscription) (\w+)/m.exec(query)?.[1] ?? "",
);
/** Routes that were called. */
const routes = () => sandbox.calls.map(({ route }) => route);

describe.skipIf(!browser)("GraphiQL in a browser, in front of what it takes for the real API", () => {
  let rest: Awaited<ReturnType<typeof sandbox.listen>>;
  let gateway: Awaited<ReturnType<typeof start>>;
  const at = (url: string) => GraphiQLPage.open(browser as NonNullable<typeof browser>, url);

  beforeAll(async () => {
    rest = await sandbox.listen();
    gateway = await start([], { GRAPHIQL: "true", EXPLAIN: "true", CLOUDFLARE_API_BASE_URL: rest.url });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
    await rest?.close();
  });

  test("says that it is production, in another colour than the sandbox, and to which host calls go", async () => {
    await using page = await at(gateway.url);
    const badge = page.page.getByText("Production", { exact: true });
    await badge.waitFor();
    expect(await badge.getAttribute("title")).toBe(`REST calls go to ${new URL(rest.url).host}`);
    const colour = await badge.evaluate((element) => getComputedStyle(element).backgroundColor);
    await using dev = await start(["--sandbox"]);
    await using sandboxed = await at(dev.url);
    const other = sandboxed.page.getByText("Sandbox", { exact: true });
    expect(await other.evaluate((element) => getComputedStyle(element).backgroundColor)).not.toBe(colour);
  });

  test("begins with a placeholder, makes no call with it, and reads the accounts once there is a credential", async () => {
    sandbox.calls.length = 0;
    await using page = await at(gateway.url);
    expect(await page.credential.inputValue()).toBe("Bearer <API token>");
    await page.page.getByText("It is still the placeholder: put your API token there.").waitFor();
    // The schema is there without one: fields are completed.
    await page.write("Operation", "query Completed { acc");
    await page.page.keyboard.press("Control+Space");
    await page.page.locator(".suggest-widget").getByText("accounts").first().waitFor();
    expect(routes()).toEqual([]);
    await page.credential.fill("Bearer sandbox-admin");
    await page.page
      .getByRole("combobox", { name: "Account" })
      .getByText("Acme Ventures")
      .waitFor({ state: "attached" });
    expect(routes()).toEqual(["GET /accounts"]);
    expect(await page.credential.getAttribute("type")).toBe("password");
    await page.button("Show").click();
    expect(await page.credential.getAttribute("type")).toBe("text");
  });

  test("asks before a mutation is sent, and sends it only then", async () => {
    await using page = await at(gateway.url);
    await page.credential.fill("Bearer sandbox-admin");
    await page.open("Create group", "CreateGroup");
    const input = { accountId: "023e105f4ecef8ad9ca31a8372d0c353", name: "Asked" };
    await page.write("Variables", JSON.stringify({ input }));
    const dialog = page.page.getByRole("dialog", { name: "Change production?" });
    const writes = () => routes().filter((route) => route.startsWith("POST "));
    for (const refuse of [() => dialog.getByText("Cancel").click(), () => page.page.keyboard.press("Escape")]) {
      await page.run.click();
      await dialog.getByText("CreateGroup").waitFor();
      await refuse();
      await page.shows("Answer", "Not sent: you did not confirm it.");
      expect(writes()).toEqual([]);
    }
    await page.execute("CreateGroup", async () => {
      await page.run.click();
      await dialog.getByText("Send the mutation").click();
    });
    await page.shows("Answer", '"Asked"');
    expect(writes()).toHaveLength(1);
    await page.open("Accounts", "Accounts");
    await page.execute("Accounts");
  });

  test("asks before a mutation that is named as GraphiQL's own query for the schema", async () => {
    await using page = await at(gateway.url);
    await page.credential.fill("Bearer sandbox-admin");
    await page.open("Accounts", "Accounts");
    const writes = () => routes().filter((route) => route.startsWith("POST "));
    const before = writes();
    const input = '{ accountId: "023e105f4ecef8ad9ca31a8372d0c353", name: "Unasked" }';
    await page.write("Operation", `mutation IntrospectionQuery { createUserGroup(input: ${input}) { __typename } }`);
    await page.run.click();
    await page.page.getByRole("dialog", { name: "Change production?" }).getByText("Cancel").click();
    await page.shows("Answer", "Not sent: you did not confirm it.");
    expect(writes()).toEqual(before);
  });

  test("never shows a token that lacks its scheme", async () => {
    await using page = await at(gateway.url);
    await page.credential.fill("a-token-without-its-scheme");
    await page.page.getByText("It must begin with").waitFor();
    expect(await page.credential.getAttribute("type")).toBe("password");
  });

  test("has inputs of mutations as templates, in which the account that was picked is filled in", async () => {
    await using page = await at(gateway.url);
    await page.open("Change members", "ChangeMembers");
    expect(JSON.parse(await page.text("variables"))).toMatchObject({ add: { memberIds: ["<memberId>"] } });
    await page.credential.fill("Bearer sandbox-admin");
    const picker = page.page.getByRole("combobox", { name: "Account" });
    await picker.getByText("Acme Ventures").waitFor({ state: "attached" });
    await picker.selectOption("Acme Ventures");
    const accountId = "eb78d65290b24279ba6f44721b3ea3c4";
    await expect
      .poll(async () => JSON.parse(await page.text("variables")))
      .toMatchObject({ add: { accountId, userGroupId: "<userGroupId>" }, remove: { accountId } });
    await page.open("Groups with policies", "GroupsWithPolicies");
    expect(JSON.parse(await page.text("variables"))).toEqual({ account: accountId });
  });

  test("cannot be reset: there is no button, and nothing to press it for", async () => {
    await using page = await at(gateway.url);
    expect(await page.button("Reset sandbox").count()).toBe(0);
    const headers = { "content-type": "application/json" };
    expect((await fetch(`${gateway.url}/reset-sandbox`, { method: "POST", headers })).status).toBe(404);
  });

  test("shows neither plan nor cost where the server has `EXPLAIN` off", async () => {
    await using silent = await start([], { GRAPHIQL: "true", CLOUDFLARE_API_BASE_URL: rest.url });
    await using page = await at(silent.url);
    await page.credential.fill("Bearer sandbox-admin");
    await page.execute("Accounts");
    for (const name of ["Plan", "Analyze"]) expect(await page.button(name).count()).toBe(0);
    expect(await page.cost.count()).toBe(0);
    expect(await page.page.getByRole("combobox", { name: "Reads" }).count()).toBe(0);
  });

  test("behind Cloudflare Access asks for no credential", async () => {
    await using behind = await start([], {
      GRAPHIQL: "true",
      CLOUDFLARE_API_BASE_URL: rest.url,
      CLOUDFLARE_API_TOKEN: "the-token-of-all",
      CALLERS_FILE: "examples/callers.json",
      JWT_AUDIENCE: "iam",
      ACCESS_TEAM_DOMAIN: "acme.cloudflareaccess.com",
    });
    await using page = await at(behind.url);
    expect(await page.credential.count()).toBe(0);
    await page.run.click();
    await page.shows("Answer", '"UNAUTHENTICATED"');
  });
});

test("`npm start` with GRAPHIQL=true lists the example operations without a credential", async () => {
  await using gateway = await start([], { GRAPHIQL: "true" });
  const page = await (await fetch(gateway.url, { headers: { accept: "text/html" } })).text();
  expect(page).toContain("\\u003cAPI token>");
  for (const name of names) expect(page).toMatch(new RegExp(`(query|mutation|subscription) ${name}\\b`));
  expect(page).not.toContain("sandbox-");
});

test("in service mode GraphiQL has a place for the caller's JWT, and for nothing where Cloudflare Access sends it", async () => {
  const callers = {
    CLOUDFLARE_API_TOKEN: "the-token-of-all",
    CALLERS_FILE: "examples/callers.json",
    JWT_AUDIENCE: "iam",
  };
  const jwt = { JWT_ISSUER: "https://issuer.example", JWT_JWKS_URL: "https://issuer.example/jwks" };
  const pageOf = async (known: Record<string, string>) => {
    await using gateway = await start([], { GRAPHIQL: "true", ...callers, ...known });
    return (await fetch(gateway.url, { headers: { accept: "text/html" } })).text();
  };
  const [own, access] = await Promise.all([pageOf(jwt), pageOf({ ACCESS_TEAM_DOMAIN: "acme.cloudflareaccess.com" })]);
  expect(own).toContain('"credential":{"name":"JWT","value":"\\u003cJWT>"}');
  expect(access).toContain('"credential":null');
  for (const page of [own, access]) expect(page).not.toContain("the-token-of-all");
});
