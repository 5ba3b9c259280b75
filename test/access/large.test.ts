import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect, test } from "vitest";
import { evaluate, largeAccount } from "../../bench/large-account.ts";
import { TimeSlice } from "../../src/execution/time-slice.ts";
import { inTurns } from "../../src/graph/in-turns.ts";
import { slowness } from "../machine-speed.ts";

test("1,000 groups of 10 policies and 5,000 members are evaluated within 300 ms, and nobody waits for 50", async () => {
  const account = largeAccount();
  const times: number[] = [];
  const stalls: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await new Promise(setImmediate);
    delay.enable();
    const started = performance.now();
    const found = await inTurns(evaluate(account), new TimeSlice());
    times.push(performance.now() - started);
    await new Promise(setImmediate);
    delay.disable();
    stalls.push(delay.max / 1e6);
    expect(found).toBeGreaterThan(200);
  }
  const slow = slowness();
  console.info(`${Math.min(...times).toFixed(0)} ms, stalls of ${Math.min(...stalls).toFixed(0)} ms at most`);
  expect(Math.min(...times)).toBeLessThan(300 * slow);
  expect(Math.min(...stalls)).toBeLessThan(50 * slow);
});
