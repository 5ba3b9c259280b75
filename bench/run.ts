import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { readSettings } from "../src/settings.ts";
import { check } from "./check.ts";
import { load } from "./load.ts";
import { machine, pinned, pinSelf } from "./measure.ts";
import { profile } from "./profile.ts";
import { type Name, run, type Scenario, scenarios, variants } from "./scenarios.ts";
import {
  OTHER_CORE,
  SERVER_CORE,
  type Server,
  startFloor,
  startGateway,
  startUpstream,
  type Upstream,
} from "./servers.ts";
import { type Round, table } from "./table.ts";
import { accountOf, bodyFor, CREDENTIALS, SIZES } from "./work.ts";

const { values: options } = parseArgs({
  options: {
    /** One short round. */
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    /** Writes the table into README.md. */
    markdown: { type: "boolean", default: false },
    /** No table: where the gateway's time goes, or with `--of floor` the floor's. */
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
});
const unshared = known({ SHARING: "off" });

function known(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => {
      const has = name in readSettings({ [name]: value });
      if (!has) console.log(`The gateway has no setting ${name}: left out.`);
      return has;
    }),
  );
}

/** Calls per second that the upstream answers when it has a core for itself. */
async function ceiling(upstream: Upstream): Promise<number> {
  const url = `${upstream.url}/client/v4/accounts/${accountOf(100)}`;
  pinSelf(SERVER_CORE);
  const credentials = Array.from({ length: 64 }, () => "bench");
  await load({ url, credentials, seconds: 0.5 });
  const { latencies, seconds } = await load({ url, credentials, seconds: 1 });
  pinSelf(OTHER_CORE);
  return latencies.length / seconds;
}

/** Both servers, fresh and warm, through every scenario, one after the other in each, and who is first changes. */
async function round(upstream: Upstream, number: number, brief: number): Promise<Round> {
  const servers = { gateway: await startGateway(upstream, unlimited), floor: await startFloor(upstream) };
  const shown: Round = {};
  // Each size before it is measured, not all at first: a thousand groups would be what is said of memory.
  const bytes = new Map<number, number>([[100, await check(upstream, servers.gateway, servers.floor, 100)]]);
  for (const server of Object.values(servers)) await warm(server, 3 * brief);
  for (const [i, [name, scenario]] of Object.entries(scenarios).entries()) {
    const { groups } = scenario;
    if (!bytes.has(groups)) bytes.set(groups, await check(upstream, servers.gateway, servers.floor, groups));
    const measure = (server: Server) => run(upstream, server, shorter(scenario, brief), bytes.get(groups) ?? 0);
    const gatewayFirst = (number + i) % 2 === 0;
    const early = gatewayFirst && (await measure(servers.gateway));
    const floor = await measure(servers.floor);
    shown[name as Name] = { floor, gateway: early || (await measure(servers.gateway)) };
  }
  for (const server of Object.values(servers)) await server.stop();

  const variant = async (name: keyof typeof variants, env: Record<string, string>, floor = shown.twins?.floor) => {
    const server = await startGateway(upstream, env);
    if (name === "unshared") await warm(server, 2 * brief);
    try {
      const gateway = await run(upstream, server, shorter(variants[name], brief), bytes.get(100) ?? 0);
      if (floor) shown[name] = { gateway, floor };
    } catch (error) {
      console.log(`Without a figure for "${name}": ${(error as Error).message}`);
    }
    await server.stop();
  };
  if (Object.keys(unshared).length > 0) await variant("unshared", { ...unlimited, ...unshared });
  await variant("limited", {}, shown.far?.floor);
  return shown;
}

function warm({ url }: Server, seconds: number) {
  return load({ url, body: bodyFor(100), credentials: CREDENTIALS, seconds });
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
    await profile(upstream, options.of === "floor" ? "floor" : "gateway", unlimited, Number(options.seconds));
    return upstream.stop();
  }
  const most = await ceiling(upstream);
  const rounds: Round[] = [];
  const count = Number(options.rounds ?? (options.quick ? 1 : 3));
  for (let number = 0; number < count; number++) {
    const before = performance.now();
    rounds.push(await round(upstream, number, options.quick ? 0.4 : 1));
    console.log(
      `Round ${number + 1} of ${count}: ${((performance.now() - before) / 1000).toFixed(0)} s, load ${loadavg()[0]?.toFixed(1)}.`,
    );
  }
  await upstream.stop();
  const about = [
    `${machine()}.`,
    `Medians of ${count} ${count === 1 ? "round" : "rounds"}; groups per account ${SIZES.join(", ")}.`,
    `The upstream on a core of its own answers ${Math.round(most)} calls per second.`,
  ].join(" ");
  const text = `${about}\n\n${table(rounds)}`;
  console.log(`\n${text}`);
  if (options.markdown) write(text);
}

const late = setTimeout(() => {
  console.error("Ten minutes are over.");
  process.exit(1);
}, 600_000);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
await main();
clearTimeout(late);
