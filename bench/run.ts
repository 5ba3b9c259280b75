import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { readSettings } from "../src/server/settings.ts";
import { check } from "./check.ts";
import { load } from "./load.ts";
import { cpuOf, machine, pinned, pinSelf } from "./measure.ts";
import { profile } from "./profile.ts";
import { type Name, remembering, run, type Scenario, scenarios, variants } from "./scenarios.ts";
import {
  OTHER_CORE,
  SERVER_CORE,
  type Server,
  startBaseline,
  startGateway,
  startUpstream,
  type Upstream,
} from "./servers.ts";
import { type Round, table } from "./table.ts";
import { accountOf, bodyFor, CREDENTIALS } from "./work.ts";

/** Seconds that all of it may take. */
const LIMIT = 590;

const { values: options } = parseArgs({
  options: {
    /** One short round. */
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    /** Writes the table into README.md. */
    markdown: { type: "boolean", default: false },
    /** No table: where the gateway's time goes, or with `--of baseline` the baseline's. */
    profile: { type: "boolean", default: false },
    of: { type: "string", default: "gateway" },
    seconds: { type: "string", default: "8" },
  },
});

/** What the gateway imposes on itself, switched off; settings that it does not have (yet) are left out. */
const unlimited = known({
  UPSTREAM_CONCURRENCY: "off",
  UPSTREAM_QUOTA: "off",
  UPSTREAM_RATE: "off",
  MAX_CALLS_PER_OPERATION: "off",
  MAX_UNKNOWN_CREDENTIALS: "off",
});
/** Every request comes from one address, and many with a credential of their own. */
const anyCredential = known({ MAX_UNKNOWN_CREDENTIALS: "off" });
const unshared = known({ REQUEST_DEDUPLICATION: "off" });

function known(environment: Record<string, string>): Record<string, string> {
  const has = ([name, value]: [string, string]) => name in readSettings({ [name]: value });
  const all = Object.entries(environment);
  const missing = all.filter((each) => !has(each)).map(([name]) => name);
  if (missing.length > 0) console.log(`The gateway has no ${missing.join(", ")}: left out.`);
  return Object.fromEntries(all.filter(has));
}

/** Calls per second that the upstream could answer with a core for itself, by what it needs for one. */
async function ceiling(upstream: Upstream): Promise<number> {
  const url = `${upstream.url}/client/v4/accounts/${accountOf(100)}`;
  pinSelf(SERVER_CORE);
  const credentials = Array.from({ length: 64 }, () => "bench");
  await load({ url, credentials, seconds: 1 });
  const before = cpuOf(upstream.pid);
  const { latencies } = await load({ url, credentials, seconds: 2 });
  pinSelf(OTHER_CORE);
  return (latencies.length / (cpuOf(upstream.pid) - before)) * 1000;
}

/** Both servers, fresh and warm, through every scenario, one after the other in each, and who is first changes. */
async function round(upstream: Upstream, number: number, brief: number): Promise<Round> {
  const servers = { gateway: await startGateway(upstream, unlimited), baseline: await startBaseline(upstream) };
  const shown: Round = {};
  // Each size before it is measured, not all at first: a thousand groups would be what is said of memory.
  const bytes = new Map<number, number>([[100, await check(upstream, servers.gateway, servers.baseline, 100)]]);
  for (const server of Object.values(servers)) await warm(server, 3 * brief);
  for (const [i, [name, scenario]] of Object.entries(scenarios).entries()) {
    const { groups } = scenario;
    if (!bytes.has(groups)) bytes.set(groups, await check(upstream, servers.gateway, servers.baseline, groups));
    const measure = (server: Server) => run(upstream, server, shorter(scenario, brief), bytes.get(groups) ?? 0);
    const gatewayFirst = (number + i) % 2 === 0;
    const early = gatewayFirst && (await measure(servers.gateway));
    const baseline = await measure(servers.baseline);
    shown[name as Name] = { baseline, gateway: early || (await measure(servers.gateway)) };
  }
  for (const server of Object.values(servers)) await server.stop();

  const variant = async (
    name: keyof typeof variants,
    env: Record<string, string>,
    baseline = shown.twins?.baseline,
  ) => {
    const server = await startGateway(upstream, env);
    await warm(server, 5 * brief, true);
    try {
      const gateway = await run(upstream, server, shorter(variants[name], brief), bytes.get(100) ?? 0);
      if (baseline) shown[name] = { gateway, baseline };
    } catch (error) {
      console.log(`Without a figure for "${name}": ${(error as Error).message}`);
    }
    await server.stop();
  };
  if (Object.keys(unshared).length > 0) await variant("unshared", { ...unlimited, ...unshared });
  await variant("limited", anyCredential, shown.far?.baseline);
  await variant("unhurried", { ...anyCredential, UPSTREAM_RATE: "off" }, shown.far?.baseline);
  await remember(shown, upstream, number, brief, bytes.get(100) ?? 0);
  return shown;
}

/** Both servers with a memory of reads. */
async function remember(shown: Round, upstream: Upstream, number: number, brief: number, bytes: number): Promise<void> {
  const servers = {
    gateway: await startGateway(upstream, { ...unlimited, CACHE_MAX_AGE: "60s" }),
    baseline: await startBaseline(upstream, [], { REMEMBER: "yes" }),
  };
  for (const server of Object.values(servers)) await warm(server, 3 * brief);
  for (const [i, [name, scenario]] of Object.entries(remembering).entries()) {
    const measure = (server: Server) => run(upstream, server, shorter(scenario, brief), bytes);
    const gatewayFirst = (number + i) % 2 === 0;
    const early = gatewayFirst && (await measure(servers.gateway));
    const baseline = await measure(servers.baseline);
    shown[name as Name] = { baseline, gateway: early || (await measure(servers.gateway)) };
  }
  for (const server of Object.values(servers)) await server.stop();
}

function warm({ url }: Server, seconds: number, fresh = false) {
  return load({ url, body: bodyFor(100), credentials: CREDENTIALS, seconds, fresh });
}

function shorter(scenario: Scenario, brief: number): Scenario {
  const { queries, seconds } = scenario;
  return { ...scenario, seconds: seconds * brief, ...(queries && { queries: Math.ceil(queries * brief) }) };
}

/** Puts the figures between the marks of the README. */
function write(text: string): void {
  const file = new URL("README.md", import.meta.url);
  const readme = readFileSync(file, "utf8");
  const marks = /(<!-- figures -->\n)[\s\S]*(<!-- \/figures -->)/;
  writeFileSync(
    file,
    readme.replace(marks, (_, start: string, end: string) => `${start}\n${text}\n\n${end}`),
  );
}

async function main(): Promise<void> {
  if (!pinned) console.log("No taskset or one core only: server, upstream and load share what there is.");
  pinSelf(OTHER_CORE);
  const upstream = await startUpstream();
  if (options.profile) {
    await profile(upstream, options.of === "baseline" ? "baseline" : "gateway", unlimited, Number(options.seconds));
    return upstream.stop();
  }
  const most = await ceiling(upstream);
  const rounds: Round[] = [];
  const wanted = Number(options.rounds ?? (options.quick ? 1 : 3));
  // A round that might not end in time is not begun.
  for (let longest = 0; rounds.length < wanted && process.uptime() + 1.2 * longest < LIMIT; ) {
    const before = process.uptime();
    rounds.push(await round(upstream, rounds.length, options.quick ? 0.4 : 1));
    const took = process.uptime() - before;
    longest = Math.max(longest, took);
    console.log(`Round ${rounds.length} of ${wanted}: ${took.toFixed(0)} s, load ${loadavg()[0]?.toFixed(1)}.`);
  }
  await upstream.stop();
  const about = [
    `${machine()}.`,
    `Medians of ${rounds.length} ${rounds.length === 1 ? "round" : "rounds"}.`,
    `The upstream could answer ${(Math.round(most / 1000) * 1000).toLocaleString("en")} calls per second.`,
  ].join(" ");
  const text = `${about}\n\n${table(rounds)}`;
  console.log(`\n${text}`);
  if (options.markdown) write(text);
}

const late = setTimeout(() => {
  console.error("Ten minutes are over.");
  process.exit(1);
}, LIMIT * 1000);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
await main();
clearTimeout(late);
