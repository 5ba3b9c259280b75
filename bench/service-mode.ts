import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { audience, issuer, signingKey, startIssuer } from "../test/server/callers/issuer.ts";
import { load } from "./load.ts";
import { cpuOf, machine, median, pinned, pinSelf } from "./measure.ts";
import { OTHER_CORE, type Server, startGateway, startUpstream } from "./servers.ts";
import { accountOf, bodyFor } from "./work.ts";

/**
 * What knowing the callers costs, and what is logged and counted of them: queries per second in proportion to those without, and the
 * processor time of a query. Others on the machine disturb the first more than the second. Sixteen callers of one token on each side,
 * and nothing is shared between them, so that all sides make the same REST calls.
 *
 *     npm run bench:service -- --rounds 5
 */
const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, seconds: { type: "string", default: "4" } },
});
const seconds = Number(options.seconds);
const CALLERS = 16;

const bodies = {
  "FullGraph of 100 groups": bodyFor(100),
  "one call": JSON.stringify({ query: `{ account(id: "${accountOf(100)}") { name } }` }),
};

const unlimited = Object.fromEntries(
  ["UPSTREAM_CONCURRENCY", "UPSTREAM_QUOTA", "UPSTREAM_RATE", "MAX_CALLS_PER_OPERATION", "REQUEST_DEDUPLICATION"].map(
    (name) => [name, "off"],
  ),
);

pinSelf(OTHER_CORE);
if (!pinned) console.log("No taskset or one core only: server, upstream and load share what there is.");
await using keys = await startIssuer(await signingKey("bench"));
const folder = mkdtempSync(join(tmpdir(), "bench-"));
const callersFile = join(folder, "callers.json");
const rules = [
  { claims: { groups: "auditors" }, accounts: [accountOf(10)], access: "read" },
  { claims: { groups: "iam-admins" }, accounts: [accountOf(100)], access: "write" },
];
writeFileSync(callersFile, JSON.stringify({ rules }));
const service = {
  CLOUDFLARE_API_TOKEN: "bench",
  JWT_ISSUER: issuer,
  JWT_AUDIENCE: audience,
  JWT_JWKS_URL: keys.jwksUrl,
  CALLERS_FILE: callersFile,
};
const exp = Math.floor(Date.now() / 1000) + 3600;
const tokens = await Promise.all(
  Array.from({ length: CALLERS }, (_, n) => keys.token({ sub: `user-${n}`, groups: ["staff", "iam-admins"], exp })),
);
const token = Array.from({ length: CALLERS }, () => "bench");

const sinks = {
  NODE_ENV: "production",
  LOG_FORMAT: "json",
  METRICS_PORT: "0",
  TRACING: "true",
  AUDIT_LOG: join(folder, "audit.jsonl"),
};

const upstream = await startUpstream();
const sides: [name: string, server: Server, credentials: string[]][] = [
  ["passthrough, nothing logged", await startGateway(upstream, { ...unlimited, LOG_LEVEL: "silent" }), token],
  ["passthrough, log", await startGateway(upstream, { ...unlimited, LOG_FORMAT: "json" }), token],
  ["JWTs and rules", await startGateway(upstream, { ...unlimited, ...service, LOG_LEVEL: "silent" }), tokens],
  [
    "JWTs, rules, log, metrics, traces, audit",
    await startGateway(upstream, { ...unlimited, ...service, ...sinks }),
    tokens,
  ],
];
/** Queries per second, and the server's own milliseconds of processor time for each. */
interface Sample {
  perSecond: number;
  cpu: number;
}
const measured = new Map(Object.keys(bodies).map((name) => [name, sides.map((): Sample[] => [])]));
for (let round = 0; round <= Number(options.rounds); round++) {
  for (const [name, body] of Object.entries(bodies)) {
    // Who is first changes from round to round.
    const order = sides.map((_, i) => (i + round) % sides.length);
    for (const side of order) {
      const [, server, credentials] = sides[side] as (typeof sides)[number];
      const before = cpuOf(server.pid);
      const { latencies, seconds: took } = await load({ url: server.url, body, credentials, seconds });
      const cpu = (cpuOf(server.pid) - before) / latencies.length;
      // The first round warms up.
      if (round > 0) measured.get(name)?.[side]?.push({ perSecond: latencies.length / took, cpu });
    }
  }
}
console.log(`${machine()}. Medians of ${options.rounds} rounds.\n`);
console.log("| operation | | queries per second | ratio | from – to | CPU ms per query | without ÷ with | from – to |");
console.log("| --- | --- | --: | --: | --: | --: | --: | --: |");
/** The middle of the rounds' ratios, and their range. */
function shown(ratios: number[]): string {
  const [least = Number.NaN, ...more] = ratios.toSorted((a, b) => a - b);
  return `${median(ratios).toFixed(2)} | ${least.toFixed(2)} – ${(more.at(-1) ?? least).toFixed(2)}`;
}
for (const [operation, figures] of measured) {
  const [without = []] = figures;
  for (const [side, samples] of figures.entries()) {
    const faster = samples.map(({ perSecond }, round) => perSecond / (without[round]?.perSecond ?? Number.NaN));
    const cheaper = samples.map(({ cpu }, round) => (without[round]?.cpu ?? Number.NaN) / cpu);
    const perSecond = median(samples.map((each) => each.perSecond)).toFixed(1);
    const cpu = median(samples.map((each) => each.cpu)).toFixed(2);
    console.log(
      `| ${operation} | ${sides[side]?.[0]} | ${perSecond} | ${shown(faster)} | ${cpu} | ${shown(cheaper)} |`,
    );
  }
}
for (const [, server] of sides) await server.stop();
await upstream.stop();
