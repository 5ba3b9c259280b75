import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Call } from "../../src/cloudflare/client.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import { Admission } from "../../src/upstream/admit/admission.ts";
import { admit } from "../../src/upstream/admit.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { Deadline } from "../../src/upstream/deadline.ts";
import { OperationUsage } from "../../src/upstream/usage.ts";

const params = { account_id: "a", user_group_id: "g" };

/** An operation that may make two calls, and how often its client was called. */
function operation(inFlight = () => false) {
  const deadline = new Deadline(new AbortController().signal, Date.now() + 30_000);
  const budget = memoryBudget({ quota: { units: 100, seconds: 10 } });
  const options = { caller: "anna", budget, maxCalls: 2, deadline, waitForReset: false };
  const admission = new Admission(options, new OperationUsage());
  const client = vi.fn(async () => ({ result: {}, info: undefined, messages: [] }));
  const call = admit({ admission, deadline, inFlight })(client as unknown as Call);
  const left = async () => (await budget.status("anna")).left;
  return { call, client, left };
}

describe("a call", () => {
  beforeEach(() => void vi.useRealTimers());

  test("goes on once it is admitted, and costs a unit", async () => {
    const { call, client, left } = operation();
    await call(userGroups.get, params);
    expect([client.mock.calls.length, await left()]).toEqual([1, 99]);
  });

  test("is refused beyond what the operation may make, and the client is not called", async () => {
    const { call, client } = operation();
    const reads = ["a", "b", "c"].map((id) => call(userGroups.get, { ...params, user_group_id: id }));
    for (const read of await Promise.allSettled(reads))
      expect(read).toMatchObject({ reason: { kind: "too_expensive" } });
    expect(client).not.toHaveBeenCalled();
  });

  test("that is in flight already goes on without a unit", async () => {
    const { call, client, left } = operation(() => true);
    for (let n = 0; n < 5; n++) await call(userGroups.get, params);
    expect([client.mock.calls.length, await left()]).toEqual([5, 100]);
  });

  test("that another operation has begun meanwhile gives its unit back", async () => {
    let begun = false;
    const { call, client, left } = operation(() => begun);
    const read = call(userGroups.get, params);
    begun = true;
    await read;
    expect([client.mock.calls.length, await left()]).toEqual([1, 100]);
  });

  test("that writes is never taken for one in flight", async () => {
    const { call, left } = operation(() => true);
    await call(userGroups.remove, params);
    expect(await left()).toBe(99);
  });
});
