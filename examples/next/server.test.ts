import assert from "node:assert/strict";
import { test } from "node:test";
import { createSandbox, exampleIds } from "cloudflare-iam-graphql/sandbox";
import { checkHost, versionOf } from "../host-checks.ts";

const host = { example: "Next.js", version: versionOf("next"), command: ["npx", "next", "start"] };
const served = checkHost(host, { createSandbox, exampleIds });

const page = async (token: string) => {
  const headers = { cookie: `cloudflare-token=${token}` };
  return (await fetch(`${served.url}/groups/${served.accountId}`, { headers })).text();
};

test("server component", async () => {
  assert.match(await page("sandbox-admin"), /<li>Security<\/li>/);
  assert.equal(served.upstream.calls.length, 1);
});

test("one gateway for both", async () => {
  // What Cloudflare does not accept is not sent again for a minute, by the gateway that knows.
  assert.match(await page("mistyped"), /Invalid access token/);
  const response = await fetch(`${served.url}/graphql?query={accounts{nodes{name}}}`, {
    headers: { authorization: "Bearer mistyped" },
  });
  assert.equal((await response.json()).errors[0].extensions.code, "UNAUTHENTICATED");
  assert.equal(served.upstream.calls.length, 1);
});
