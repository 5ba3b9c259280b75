import { setTimeout as pause } from "node:timers/promises";
import { ask, askOver, keptConnections } from "./load.ts";

/**
 * The other caller of `noisy-neighbour.ts`, a process of its own: what keeps the neighbour's client busy must not count.
 * Asks `{ __typename }` every 10 ms, and sends its parent the milliseconds that each answer took, ascending.
 *
 *     node bench/bystander.ts <url> <seconds> kept|new
 */
const [url = "", seconds, connections] = process.argv.slice(2);
const question = [url, '{"query":"{ __typename }"}', "bench-bystander"] as const;
const pool = keptConnections(new URL(url).origin);
const end = performance.now() + Number(seconds) * 1000;
const latencies: number[] = [];
const asked: Promise<void>[] = [];

while (performance.now() < end) {
  const sent = performance.now();
  const answer = connections === "new" ? ask(...question) : askOver(pool, ...question);
  asked.push(
    answer.then(({ status, text }) => {
      if (status !== 200) throw new Error(`${status} ${text}`);
      latencies.push(performance.now() - sent);
    }),
  );
  await pause(10);
}
await Promise.all(asked);
await pool.close();
process.send?.(
  latencies.sort((a, b) => a - b),
  () => process.disconnect(),
);
