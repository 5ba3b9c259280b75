import { expect, test } from "vitest";
import type { Call } from "../../src/cloudflare/client.ts";
import { CloudflareError } from "../../src/cloudflare/error.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import { gatewayCredential } from "../../src/upstream/gateway-credential.ts";

const { route } = userGroups.list;
const failing = (error: unknown) => {
  const next = (async () => {
    throw error;
  }) as unknown as Call;
  return gatewayCredential(next)(userGroups.list, { account_id: "a" });
};

test("a refusal of the gateway's own credential is no fault of the caller's: unavailable, with when it may be tried again", async () => {
  const resetAt = new Date("2026-01-01T00:01:00Z");
  const refused = new CloudflareError(route, "Invalid access token", { kind: "unauthenticated", status: 403, resetAt });
  await expect(failing(refused)).rejects.toMatchObject({
    kind: "unavailable",
    route,
    resetAt,
    cause: refused,
    message: `${route} was not done: Cloudflare refuses the credential of this gateway`,
  });
});

test("any other failure, and an answer, go through as they are", async () => {
  const forbidden = new CloudflareError(route, "No right", { kind: "forbidden", status: 403 });
  await expect(failing(forbidden)).rejects.toBe(forbidden);
  const bug = new TypeError("a bug");
  await expect(failing(bug)).rejects.toBe(bug);
  const next = (async () => "an answer") as unknown as Call;
  expect(await gatewayCredential(next)(userGroups.list, { account_id: "a" })).toBe("an answer");
});
