import { setImmediate as turn } from "node:timers/promises";
import { print } from "graphql";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Transport } from "../../src/cloudflare/wire.ts";
import { account, authenticate, setup } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";

const CALLERS = 1000;
/** Moments of an interval at which callers ask, each a part of them. */
const MOMENTS = 20;
const INTERVAL = 10_000;
/** Milliseconds that a call takes. */
const LATENCY = 100;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets time pass, and between its steps whatever is to be done in this process. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += LATENCY / 2) {
    await vi.advanceTimersByTimeAsync(LATENCY / 2);
    for (let turns = 0; turns < 20; turns++) await turn();
  }
}

test("a thousand callers of one token ask for 100 groups every ten seconds for five minutes: six times the calls of one", async () => {
  const late =
    (sandbox: { handle: Transport }): Transport =>
    async (request) => {
      await new Promise((resolve) => setTimeout(resolve, LATENCY));
      return sandbox.handle(request);
    };
  const size = { groups: 100, membersPerGroup: 1 };
  const { gateway, sandbox } = setup(size, late, {
    authenticate,
    quota: { units: 1200, seconds: 300 },
    cache: { maxAge: 60_000 },
  });
  let [answered, alone] = [0, 0];
  const body = JSON.stringify({ query: print(FullGraphDocument), variables: { account } });
  const ask = async (caller: number) => {
    const headers = {
      "content-type": "application/json",
      authorization: "Bearer sandbox-admin",
      "x-caller": `caller ${caller}`,
      "cache-control": "max-age=60",
    };
    const response = await gateway.fetch("http://gateway/graphql", { method: "POST", headers, body });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get("age"))).toBeLessThanOrEqual(60);
    return Buffer.from(await response.arrayBuffer());
  };
  /** Nothing changes: the data of all answers is the same. */
  let data: unknown;
  const askAll = async (callers: number[]) => {
    const [first, ...more] = await Promise.all(callers.map(ask));
    const answer = JSON.parse(String(first));
    expect(answer.errors?.[0]).toBeUndefined();
    expect(answer.data.account.userGroups.nodes).toHaveLength(100);
    data ??= answer.data;
    expect(answer.data).toEqual(data);
    for (const each of more) expect(each.equals(first as Buffer)).toBe(true);
    answered += callers.length;
  };
  const asked: Promise<void>[] = [];
  for (let moment = 0; moment < (MOMENTS * 300_000) / INTERVAL; moment++) {
    const callers = Array.from({ length: CALLERS / MOMENTS }, (_, i) => i * MOMENTS + (moment % MOMENTS));
    asked.push(askAll(callers));
    await pass(INTERVAL / MOMENTS);
    if (moment === 2) alone = sandbox.calls.length;
  }
  await pass(1_000);
  await Promise.all(asked);
  expect(answered).toBe((CALLERS * 300_000) / INTERVAL);
  console.info(`${answered} answers with ${sandbox.calls.length} calls; one takes ${alone}`);
  expect(alone).toBe(103);
  expect(sandbox.calls.length).toBeLessThanOrEqual(618);
}, 900_000);
