import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createClient } from "@redis/client";
import { endpoints } from "../src/cloudflare/index.ts";
import { acmeId } from "../src/sandbox/acme.ts";
import type { Fault } from "../src/sandbox/fault-injection.ts";
import { createSandbox } from "../src/sandbox/sandbox.ts";
import type { Probe } from "../test/server/fuzz/probe.ts";
import { machine, quantile } from "./measure.ts";
import { startProbedGateway } from "./servers.ts";

/**
 * The process for minutes under reads, writes, faults and callers who leave, beside a Redis: what it takes, and that nothing is lost.
 * Every group that an answer calls created must be there, every one that it calls deleted gone, and no answer may be missing.
 *
 *     npm run soak                 # ten minutes
 *     npm run soak -- --seconds 60
 */
const { values: options } = parseArgs({ options: { seconds: { type: "string", default: "600" } } });
const seconds = Number(options.seconds);
const READERS = 6;
const WRITERS = 3;
const LEAVERS = 3;
/** Share of the calls of a route that meet each kind of fault. */
const SHARE = 0.004;
/** Groups to begin with. */
const GROUPS = 30;

const faults: Fault[] = [
  { kind: "latency", milliseconds: 300 },
  { kind: "hang" },
  { kind: "slowBody", milliseconds: 1 },
  { kind: "reset", at: "request" },
  { kind: "reset", at: "head" },
  { kind: "reset", at: "body" },
  { kind: "error", status: 502, body: "html" },
  { kind: "error", status: 500, body: "empty" },
  { kind: "truncated" },
];

const fullGraph = {
  query: readFileSync(new URL("../schema/operations/03-full-graph.graphql", import.meta.url), "utf8"),
  variables: { account: acmeId, groups: GROUPS },
};
const outcome = "__typename ... on MutationError { message } ... on UpstreamError { outcome }";
const create = `mutation ($input: CreateUserGroupInput!) { result: createUserGroup(input: $input) { ${outcome}
  ... on CreateUserGroupPayload { userGroup { cloudflareId } } } }`;
const remove = `mutation ($input: DeleteUserGroupInput!) { result: deleteUserGroup(input: $input) { ${outcome} } }`;

/** What an answer says of a write. */
interface Written {
  __typename: string;
  outcome?: string;
  userGroup?: { cloudflareId: string } | null;
}

const redisPort = 20_000 + (process.pid % 20_000);
const redis = spawn("redis-server", ["--port", String(redisPort), "--save", "", "--appendonly", "no"], {
  stdio: "ignore",
});
process.once("exit", () => redis.kill());
const sandbox = createSandbox({ groups: GROUPS, membersPerGroup: 5, quota: false });
for (const { route } of endpoints)
  for (const fault of faults) sandbox.injectFault(route, fault, () => Math.random() < SHARE);
const rest = await sandbox.listen();
const gateway = await startProbedGateway({
  CLOUDFLARE_API_BASE_URL: rest.url,
  REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  UPSTREAM_QUOTA: "1000000/300s",
  UPSTREAM_RATE: "off",
  CACHE_MAX_AGE: "10s",
  CALL_TIMEOUT: "2s",
  OPERATION_TIMEOUT: "5s",
  LOG_LEVEL: "error",
});
const groups = sandbox.state.accounts.get(acmeId)?.userGroups ?? new Map<string, unknown>();
const end = performance.now() + seconds * 1000;
const count = { read: 0, failed: 0, left: 0, written: 0, unknown: 0, lost: 0 };
const latencies: number[] = [];

async function ask(body: object, headers: Record<string, string> = {}, signal?: AbortSignal) {
  const response = await fetch(gateway.url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin", ...headers },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  return (await response.json()) as { data?: { result?: Written } | null; errors?: { message: string }[] };
}

async function read(n: number): Promise<void> {
  while (performance.now() < end) {
    const sent = performance.now();
    const { errors } = await ask(fullGraph, n % 2 ? { "cache-control": "max-age=10, stale-if-error=10" } : {});
    latencies.push(performance.now() - sent);
    count.read++;
    if (errors) count.failed++;
  }
}

/** Creates a group and deletes it. Each answer is compared with the sandbox, unless it says that nobody knows. */
async function write(n: number): Promise<void> {
  for (let i = 0; performance.now() < end; i++) {
    const name = `soak ${n} ${i}`;
    const isThere = () => [...groups.values()].some((group) => (group as { name: string }).name === name);
    const created = (await ask({ query: create, variables: { input: { accountId: acmeId, name } } })).data?.result;
    note(created, "CreateUserGroupPayload", isThere, true);
    const id = created?.userGroup?.cloudflareId;
    if (!id) continue;
    const input = { accountId: acmeId, userGroupId: id };
    note((await ask({ query: remove, variables: { input } })).data?.result, "DeleteUserGroupPayload", isThere, false);
  }
}

function note(result: Written | undefined, done: string, isThere: () => boolean, expected: boolean): void {
  count.written++;
  if (result?.outcome === "UNKNOWN" || !result) count.unknown++;
  else if ((result.__typename === done) !== (isThere() === expected)) {
    count.lost++;
    console.error(`lost: ${JSON.stringify(result)}, and the group is ${isThere() ? "there" : "not there"}`);
  }
}

/** Callers who leave before they are answered. */
async function leave(): Promise<void> {
  while (performance.now() < end) {
    await ask(fullGraph, {}, AbortSignal.timeout(Math.floor(Math.random() * 200))).catch(() => count.left++);
  }
}

/** Descriptors that a process has open: sockets, mostly. */
const descriptors = () => readdirSync(`/proc/${gateway.pid}/fd`).length;

const samples: (Probe & { descriptors: number })[] = [];
async function watch(): Promise<void> {
  while (performance.now() < end) {
    await wait(Math.max(1_000, seconds * 50));
    samples.push({ ...(await gateway.probe()), descriptors: descriptors() });
  }
}

await Promise.all([
  watch(),
  ...Array.from({ length: READERS }, (_, n) => read(n)),
  ...Array.from({ length: WRITERS }, (_, n) => write(n)),
  ...Array.from({ length: LEAVERS }, leave),
]);
// What hangs has ended by then: reads of an operation, and connections that are kept.
await wait(10_000);
const last = { ...(await gateway.probe()), descriptors: descriptors() };
const client = await createClient({ url: `redis://127.0.0.1:${redisPort}` }).connect();
const keys = await client.keys("*");
const lifetimes = await Promise.all(keys.map((key) => client.pTTL(key)));
const lasting = keys.filter((_, i) => lifetimes[i] === -1);
client.destroy();
const exit = await gateway.end();
const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
const middle = samples.slice(Math.floor(samples.length / 2));
const turns = samples.map(({ longest }) => longest);
const sorted = latencies.toSorted((a, b) => a - b);
console.log(`${machine()}. ${seconds} s.

| what | figure |
| --- | --- |
| queries answered (with errors of faults) | ${count.read} (${count.failed}) |
| p50, p99 of them, ms | ${quantile(sorted, 0.5).toFixed(0)}, ${quantile(sorted, 0.99).toFixed(0)} |
| callers who left | ${count.left} |
| writes (told as UNKNOWN) | ${count.written} (${count.unknown}) |
| writes told wrong | ${count.lost} |
| REST calls | ${sandbox.calls.length} |
| memory in use, MB: at half-time, at the end, after it | ${megabytes(middle[0]?.bytes ?? 0)}, ${megabytes(samples.at(-1)?.bytes ?? 0)}, ${megabytes(last.bytes)} |
| open descriptors: most, after it | ${Math.max(...samples.map((each) => each.descriptors))}, ${last.descriptors} |
| longest turn of the event loop, ms of processor time: in the first twentieth, after it | ${turns[0]?.toFixed(0)}, ${Math.max(...turns.slice(1)).toFixed(0)} |
| keys in Redis (without a lifetime) | ${keys.length} (${lasting.join(", ")}) |
| exit code after SIGTERM | ${exit} |`);
await rest.close();
redis.kill();
if (count.lost > 0 || exit !== 0) process.exitCode = 1;
