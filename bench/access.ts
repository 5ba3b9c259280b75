/**
 * Who can purge the cache of a zone, in an account of 1,000 groups of 10 policies and 5,000 members: how long it takes to work out,
 * without the REST calls, and how long others wait meanwhile. `node bench/access.ts` prints medians of 15 evaluations after five, in
 * milliseconds, and ends with status 1 where a bound is missed.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { TimeSlice } from "../src/execution/time-slice.ts";
import { inTurns } from "../src/graph/in-turns.ts";
import { evaluate, largeAccount } from "./large-account.ts";
import { machine, median } from "./measure.ts";

const [WARM, ROUNDS] = [5, 15];
const bounds = { evaluation: 300, "longest stall": 50 };

const account = largeAccount();
const figures = { evaluation: [] as number[], "longest stall": [] as number[] };
for (let round = 0; round < WARM + ROUNDS; round++) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await new Promise(setImmediate);
  delay.enable();
  const started = performance.now();
  await inTurns(evaluate(account), new TimeSlice());
  const milliseconds = performance.now() - started;
  await new Promise(setImmediate);
  delay.disable();
  if (round < WARM) continue;
  figures.evaluation.push(milliseconds);
  figures["longest stall"].push(delay.max / 1e6);
}

console.log(`${machine()}\n\n| whoCan, 1,000 × 10 policies, 5,000 members | ms | at most |\n| --- | ---: | ---: |`);
for (const [name, most] of Object.entries(bounds)) {
  const figure = median(figures[name as keyof typeof bounds]);
  console.log(`| ${name} | ${figure.toFixed(0)} | ${most} |`);
  if (figure > most) process.exitCode = 1;
}
