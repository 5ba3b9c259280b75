import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { load } from "./load.ts";
import { machine, median, peakMemoryOf, pinned, pinSelf, quantile } from "./measure.ts";
import { OTHER_CORE, SERVER_CORE, type Server, startGateway, startUpstream } from "./servers.ts";
import { accountOf, bodyFor, CREDENTIALS } from "./work.ts";

/**
 * What one process serves, and what two do: queries per second, the time of a query, and memory. Sixteen callers with a credential
 * each, who ask again as soon as they are answered; the upstream has no latency. Log, metrics and audit are on, and quotas are
 * counted. One process has a core, and everything else the other. Two processes share both cores with upstream, load and Redis, and
 * every other connection goes to the other one, as a balancer of connections has it.
 *
 *     npm run bench:sizing                    # three rounds, less than six minutes
 *     npm run bench:sizing -- --rounds 1 --seconds 2
 */
const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, seconds: { type: "string", default: "7" } },
});
const seconds = Number(options.seconds);
const BOTH_CORES = `${SERVER_CORE},${OTHER_CORE}`;

const bodies = {
  "FullGraph of 100 groups": bodyFor(100),
  "one call": JSON.stringify({ query: `{ account(id: "${accountOf(100)}") { name } }` }),
};

const folder = mkdtempSync(join(tmpdir(), "bench-"));
const asOperated = {
  NODE_ENV: "production",
  METRICS_PORT: "0",
  UPSTREAM_QUOTA: "9999999/300s",
  UPSTREAM_RATE: "off",
};
const cached = { CACHE_MAX_AGE: "60s", CACHE_DEFAULT_AGE: "60s" };

/** Ways of serving: what each process is started with, and how many there are. */
const ways: [name: string, processes: 1 | 2, env: Record<string, string>][] = [
  ["one process", 1, {}],
  ["one process, from memory", 1, cached],
  ["two processes, Redis", 2, {}],
  ["two processes, Redis, from memory", 2, cached],
];

const redisPort = 20_000 + (process.pid % 20_000);
const redis = spawn("redis-server", ["--port", String(redisPort), "--save", "", "--appendonly", "no"], {
  stdio: "ignore",
});
process.once("exit", () => redis.kill());
if (!pinned) console.log("No taskset or one core only: server, upstream and load share what there is.");
// One upstream is held on the other core, and one goes where there is room.
const upstreams = { 1: await startUpstream(), 2: await startUpstream(BOTH_CORES) };
let audits = 0;
const servers: Server[][] = [];
for (const [, processes, env] of ways) {
  const shared: Record<string, string> =
    processes === 1 ? {} : { REDIS_URL: `redis://127.0.0.1:${redisPort}`, UPSTREAM_REPLICAS: "2" };
  const cores = processes === 1 ? SERVER_CORE : BOTH_CORES;
  const each = Array.from({ length: processes }, () => {
    const AUDIT_LOG = join(folder, `audit-${audits++}.jsonl`);
    return startGateway(upstreams[processes], { ...asOperated, ...shared, ...env, AUDIT_LOG }, [], cores);
  });
  servers.push(await Promise.all(each));
}

/** What sixteen callers see. Milliseconds. */
interface Sample {
  perSecond: number;
  p50: number;
  p99: number;
}

/** Every process has its share of the callers. */
async function ask(processes: Server[], body: string, most: number): Promise<Sample> {
  const shares = processes.map(({ url }, n) => {
    const credentials = CREDENTIALS.filter((_, i) => i % processes.length === n);
    return load({ url, body, credentials, seconds: most });
  });
  const outcomes = await Promise.all(shares);
  const latencies = outcomes.flatMap((each) => each.latencies).toSorted((a, b) => a - b);
  const perSecond = outcomes.reduce((sum, each) => sum + each.latencies.length / each.seconds, 0);
  return { perSecond, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}

const measured = Object.keys(bodies).map(() => ways.map((): Sample[] => []));
const rounds = Number(options.rounds);
for (let round = 0; round < rounds; round++) {
  for (const [operation, body] of Object.values(bodies).entries()) {
    for (const turn of ways.keys()) {
      // Who is first changes from round to round.
      const way = (turn + round) % ways.length;
      const processes = servers[way] ?? [];
      pinSelf(processes.length === 1 ? OTHER_CORE : BOTH_CORES);
      await ask(processes, body, round === 0 ? 3 : 1);
      measured[operation]?.[way]?.push(await ask(processes, body, seconds));
    }
  }
}

console.log(
  `${machine()}. Medians of ${rounds} rounds of ${seconds} s; memory is the peak of all processes together.\n`,
);
console.log("| operation | | queries per second | p50, ms | p99, ms | memory, MB |");
console.log("| --- | --- | --: | --: | --: | --: |");
for (const [operation, name] of Object.keys(bodies).entries()) {
  for (const [way, [what]] of ways.entries()) {
    const samples = measured[operation]?.[way] ?? [];
    const middle = (of: keyof Sample) => median(samples.map((each) => each[of])).toFixed(1);
    const memory = (servers[way] ?? []).reduce((sum, { pid }) => sum + peakMemoryOf(pid), 0);
    console.log(
      `| ${name} | ${what} | ${middle("perSecond")} | ${middle("p50")} | ${middle("p99")} | ${memory.toFixed(0)} |`,
    );
  }
}
for (const server of servers.flat()) await server.stop();
for (const upstream of Object.values(upstreams)) await upstream.stop();
redis.kill();
