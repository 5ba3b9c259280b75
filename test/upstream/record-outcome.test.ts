import { expect, test, vi } from "vitest";
import type { Call } from "../../src/cloudflare/client.ts";
import { CloudflareError, type CloudflareErrorInit } from "../../src/cloudflare/error.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import type { CredentialGuard } from "../../src/upstream/credential-guard.ts";
import { recordOutcome } from "../../src/upstream/record-outcome.ts";

const params = { account_id: "a", user_group_id: "g" };

/** The link in front of a client that fails so, or succeeds. */
function attempt(failure?: CloudflareErrorInit) {
  const budget = memoryBudget({ quota: { units: 100, seconds: 10 } });
  const answered = vi.spyOn(budget, "answered");
  const guard = { succeeded: vi.fn(), failed: vi.fn(({ kind }: CloudflareError) => kind === "unauthenticated") };
  const forget = vi.fn();
  const client = async () => {
    if (failure) throw new CloudflareError("GET /x", "failed", failure);
    return { result: {}, info: undefined, messages: [] };
  };
  const link = recordOutcome({ key: "anna", budget, guard: guard as unknown as CredentialGuard, forget });
  return { call: link(client as unknown as Call), budget, answered, guard, forget };
}

test("a success shows that the credential works in its account", async () => {
  const { call, answered, guard } = attempt();
  await call(userGroups.get, params);
  expect(guard.succeeded).toHaveBeenCalledExactlyOnceWith("a");
  expect(answered).toHaveBeenCalledOnce();
});

test("a rate limit closes the budget until its end", async () => {
  const resetAt = new Date(Date.now() + 60_000);
  const { call, budget, answered } = attempt({ kind: "rate_limited", status: 429, resetAt });
  await expect(call(userGroups.get, params)).rejects.toMatchObject({ kind: "rate_limited" });
  expect(budget.closedUntil("anna")).toEqual(resetAt);
  expect(answered).not.toHaveBeenCalled();
});

test("an end in years is told as the moment from which one call may ask again", async () => {
  const resetAt = new Date(Date.now() + 1e11);
  const { call } = attempt({ kind: "rate_limited", status: 429, resetAt });
  const error = await call(userGroups.get, params).catch((error: CloudflareError) => error);
  expect((error as CloudflareError).resetAt?.getTime()).toBeLessThanOrEqual(Date.now() + 301_000);
});

test("a refused credential is forgotten elsewhere", async () => {
  const { call, forget } = attempt({ kind: "unauthenticated", status: 401 });
  await expect(call(userGroups.get, params)).rejects.toMatchObject({ kind: "unauthenticated" });
  expect(forget).toHaveBeenCalledOnce();
});

test("a failure of Cloudflare says nothing of the quota", async () => {
  const { call, answered, forget } = attempt({ kind: "upstream_failure", status: 503 });
  await expect(call(userGroups.get, params)).rejects.toMatchObject({ status: 503 });
  expect(answered).not.toHaveBeenCalled();
  expect(forget).not.toHaveBeenCalled();
});
