import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { getIntrospectionQuery } from "graphql";
import { globalId } from "../src/graph/node.ts";
import { ask, askAndCount } from "./load.ts";
import { peakMemoryOf, pinSelf, quantile } from "./measure.ts";
import { OTHER_CORE, startGateway, startUpstream } from "./servers.ts";
import { accountOf } from "./work.ts";

/**
 * How long everybody else waits while one caller has four of the dearest operations that are allowed carried out in a
 * loop. The other caller asks `{ __typename }` every 10 ms, over connections that it keeps, or over a new one each time.
 *
 *     npm run bench:neighbour -- --seconds 60
 *     npm run bench:neighbour -- --seconds 60 --new-connections
 */
const { values: options } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, "new-connections": { type: "boolean", default: false } },
});
const seconds = Number(options.seconds);

const account = accountOf(1000);
const full = readFileSync(new URL("../schema/operations/03-full-graph.graphql", import.meta.url), "utf8");
const circles = (times: number): string =>
  times === 0 ? "id" : `policies { owner { ... on UserGroup { ${circles(times - 1)} } } }`;
const ids = Array.from({ length: 1000 }, (_, i) => globalId("Account", String(i).padStart(32, "0")));
const aliases = Array.from({ length: 190 }, (_, i) => `f${i}: id`).join(" ");
const introspection = getIntrospectionQuery();
const schema = introspection.slice(introspection.indexOf("__schema"), introspection.indexOf("fragment FullType"));

/** Reads of long lists, circles, long texts, and the schema many times over. */
const dearest = [
  { query: full, variables: { account, groups: 1000, members: 50 } },
  { query: `{ account(id: "${account}") { userGroups(first: 1000) { nodes { ${circles(5)} } } } }` },
  { query: `query ($ids: [ID!]!) { nodes(ids: $ids) { ${aliases} } }`, variables: { ids } },
  {
    query: `{ a: ${schema.trim().replace(/}$/, "")} b: ${schema.trim().replace(/}$/, "")} } ${introspection.slice(introspection.indexOf("fragment FullType"))}`,
  },
].map((operation) => JSON.stringify(operation));

const unlimited = Object.fromEntries(
  ["UPSTREAM_QUOTA", "UPSTREAM_RATE", "MAX_CALLS_PER_OPERATION"].map((name) => [name, "off"]),
);

pinSelf(OTHER_CORE);
const upstream = await startUpstream();
const server = await startGateway(upstream, unlimited);
const answered = dearest.map(() => ({ times: 0, bytes: 0 }));
// What the upstream and the engine work out once is not what is measured.
for (const body of [...dearest, ...dearest]) await ask(server.url, body, "bench-neighbour");
const end = performance.now() + seconds * 1000;

async function neighbour(body: string, count: { times: number; bytes: number }): Promise<void> {
  while (performance.now() < end) {
    const { status, start, length } = await askAndCount(server.url, body, "bench-neighbour");
    if (status !== 200 || start.startsWith('{"errors"')) throw new Error(`${status} ${start}`);
    count.times++;
    count.bytes = length;
  }
}

async function bystander(): Promise<number[]> {
  const connections = options["new-connections"] ? "new" : "kept";
  const child = fork(new URL("bystander.ts", import.meta.url), [server.url, String(seconds), connections]);
  const [latencies] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`The other caller ended with ${code}`))),
  ])) as [number[]];
  return latencies;
}

const [latencies] = await Promise.all([
  bystander(),
  ...dearest.map((body, i) => neighbour(body, answered[i] as never)),
]);
const shown = [0.5, 0.9, 0.99, 1].map((part) => quantile(latencies, part).toFixed(1));
console.log(
  `${latencies.length} answers to the other caller: p50 ${shown[0]}, p90 ${shown[1]}, p99 ${shown[2]}, longest ${shown[3]} ms`,
);
for (const { times, bytes } of answered)
  console.log(`${times} answers of ${(bytes / 1e6).toFixed(1)} MB to the neighbour`);
console.log(`peak memory ${peakMemoryOf(server.pid).toFixed(0)} MB`);
await server.stop();
await upstream.stop();
