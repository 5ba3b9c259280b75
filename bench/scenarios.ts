import { load } from "./load.ts";
import { cpuOf, peakMemoryOf, quantile } from "./measure.ts";
import type { Server, Upstream } from "./servers.ts";
import { bodyFor, CREDENTIALS, type Size } from "./work.ts";

/** One way of asking, bounded in time and, where latencies are what counts, in number. */
export interface Scenario {
  groups: Size;
  /** Milliseconds that every answer of the upstream waits. */
  latency: number;
  /** One connection for each. */
  credentials: string[];
  seconds: number;
  queries?: number;
  /** Gives every query a credential of its own. */
  fresh?: boolean;
  /** What every query accepts of earlier reads. */
  cacheControl?: string;
}

const alone = ["bench-alone"];
const twins = CREDENTIALS.map(() => "bench-twin");

/** In this order: what is said of memory is said of 100 groups. */
export const scenarios = {
  many: { groups: 100, latency: 0, credentials: CREDENTIALS, seconds: 6 },
  twins: { groups: 100, latency: 0, credentials: twins, seconds: 5 },
  alone: { groups: 100, latency: 0, credentials: alone, seconds: 6, queries: 300 },
  far: { groups: 100, latency: 40, credentials: alone, seconds: 14, queries: 100 },
  few: { groups: 10, latency: 40, credentials: alone, seconds: 5, queries: 40 },
  crowd: { groups: 1000, latency: 40, credentials: alone, seconds: 12, queries: 15 },
} satisfies Record<string, Scenario>;

/** Those that only the gateway has: without sharing, with the limits that it has unless told otherwise, and without a rate. */
export const variants = {
  unshared: scenarios.twins,
  limited: { ...scenarios.far, seconds: 8, queries: 20, fresh: true },
  unhurried: { ...scenarios.far, seconds: 8, queries: 20, fresh: true },
} satisfies Record<string, Scenario>;

/** Those in which both servers remember what they read. */
export const remembering = {
  remembered: { ...scenarios.twins, cacheControl: "max-age=60" },
  rememberedAlone: { ...scenarios.alone, cacheControl: "max-age=60" },
} satisfies Record<string, Scenario>;

export type Name = keyof typeof scenarios | keyof typeof variants | keyof typeof remembering;

/** What one run of a scenario shows. */
export interface Sample {
  /** Milliseconds. */
  p50: number;
  p99: number;
  perSecond: number;
  /** Milliseconds of processor time per query. */
  cpu: number;
  /** REST calls per query, and connections opened for it. */
  calls: number;
  opened: number;
  /** Megabytes, from the start of the process on. */
  memory: number;
  /** Kilobytes of an answer. */
  answer: number;
  /** Share of the other core that upstream and load took. */
  other: number;
}

/** Runs one scenario on one server, after a little of the same that does not count. */
export async function run(upstream: Upstream, server: Server, scenario: Scenario, bytes: number): Promise<Sample> {
  const { groups, latency, ...how } = scenario;
  const work = { ...how, url: server.url, body: bodyFor(groups), bytes };
  await upstream.control(latency);
  await load({ ...work, seconds: 1, queries: 2 * how.credentials.length });

  const before = { ...(await upstream.control()), cpu: cpuOf(server.pid), other: others(upstream) };
  const { latencies, seconds, received } = await load(work);
  const used = { cpu: cpuOf(server.pid) - before.cpu, other: others(upstream) - before.other };
  const after = await upstream.control(0);
  const queries = latencies.length;
  return {
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    perSecond: queries / seconds,
    cpu: used.cpu / queries,
    calls: (after.calls - before.calls) / queries,
    opened: (after.connections - before.connections) / queries,
    memory: peakMemoryOf(server.pid),
    answer: received / queries / 1000,
    other: used.other / seconds / 10,
  };
}

function others(upstream: Upstream): number {
  return cpuOf(upstream.pid) + cpuOf(process.pid);
}
