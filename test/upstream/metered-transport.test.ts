import { expect, test, vi } from "vitest";
import { CloudflareError, type CloudflareErrorInit } from "../../src/cloudflare/error.ts";
import type { WireRequest } from "../../src/cloudflare/transport.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { meteredTransport } from "../../src/upstream/metered-transport.ts";
import { OperationUsage } from "../../src/upstream/usage.ts";

const request: WireRequest = { route: "GET /accounts", method: "GET", url: "http://x/accounts", headers: {} };

/** A transport that answers with this text, or fails so. */
function metered(outcome: string | CloudflareErrorInit, over = false) {
  const budget = memoryBudget({ quota: { units: 100, seconds: 10 } });
  const observe = vi.spyOn(budget, "observe");
  const slice = { over, turn: vi.fn(async () => {}) };
  const usage = new OperationUsage();
  const send = meteredTransport(
    async ({ route }) => {
      if (typeof outcome !== "string") throw new CloudflareError(route, "failed", outcome);
      return { status: 200, headers: { "x-of": "response" }, text: outcome };
    },
    { key: "anna", budget, usage, slice },
  );
  return { send, usage, observe, slice };
}

test("a call is counted when it is sent, with its status and what its headers say", async () => {
  const { send, usage, observe } = metered("{}");
  const trace = { route: request.route, attempts: 0, status: null };
  await send({ ...request, trace });
  await send({ ...request, trace });
  expect([usage.calls, usage.retries, trace.attempts, trace.status]).toEqual([1, 1, 2, 200]);
  expect(observe).toHaveBeenCalledWith("anna", { "x-of": "response" });
});

test("a call that reached nobody is not counted; one that broke is", async () => {
  for (const [kind, calls] of [
    ["unavailable", 0],
    ["timeout", 1],
  ] as const) {
    const { send, usage } = metered({ kind });
    await expect(send(request)).rejects.toMatchObject({ kind });
    expect(usage.calls).toBe(calls);
  }
});

test.each([
  ["a short response is read at once", "{}", false, 0],
  ["a long one waits for a turn of the event loop", "x".repeat(65 * 1024), false, 1],
  ["so does a short one when this turn's time is spent", "{}", true, 1],
])("%s", async (_title, text, over, turns) => {
  const { send, slice } = metered(text, over);
  await send(request);
  expect(slice.turn).toHaveBeenCalledTimes(turns);
});
