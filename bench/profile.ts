import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "./load.ts";
import { startBaseline, startGateway, type Upstream } from "./servers.ts";
import { bodyFor, CREDENTIALS } from "./work.ts";

/** A profile as V8 writes it: a tree of call frames, and which of them was running at each sample. */
interface Profile {
  startTime: number;
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

/** Runs one server with V8's profiler under a steady load, and prints where its time goes. */
export async function profile(
  upstream: Upstream,
  which: "gateway" | "baseline",
  env: Record<string, string>,
  seconds: number,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-profile-"));
  const flags = ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=250"];
  const server = await (which === "baseline" ? startBaseline(upstream, flags) : startGateway(upstream, env, flags));
  const work = { url: server.url, body: bodyFor(100), credentials: CREDENTIALS };
  await load({ ...work, seconds: 4 });
  const from = process.hrtime.bigint() / 1000n;
  const { latencies, seconds: took } = await load({ ...work, seconds });
  const to = process.hrtime.bigint() / 1000n;
  await server.stop();

  const file = join(folder, readdirSync(folder).find((name) => name.endsWith(".cpuprofile")) ?? "");
  console.log(`\nProfile of the ${which}: ${file}`);
  console.log(`${latencies.length} queries in ${took.toFixed(1)} s, with the profiler's own cost.`);
  const times = selfTimes(JSON.parse(readFileSync(file, "utf8")) as Profile, Number(from), Number(to));
  print("Self time by function", times, latencies.length, 25);
  print("By file or package", grouped(times), latencies.length, 15);
}

/** Microseconds by function, of the samples between two moments of the monotonic clock. */
function selfTimes({ startTime, nodes, samples, timeDeltas }: Profile, from: number, to: number): Map<string, number> {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || "(anonymous)"}  ${where(url, lineNumber)}`,
    ]),
  );
  const times = new Map<string, number>();
  let now = startTime;
  samples.forEach((id, i) => {
    const took = timeDeltas[i] ?? 0;
    now += took;
    const name = names.get(id) ?? "";
    if (now >= from && now <= to && name.trim() !== "(idle)") times.set(name, (times.get(name) ?? 0) + took);
  });
  return times;
}

/** Functions without a file are V8's and Node's own, or compiled by the server itself: those have lines. */
function where(url: string, line: number): string {
  return url ? `${short(url)}:${line + 1}` : line >= 0 ? "(compiled)" : "";
}

function short(url: string): string {
  return url.replace(/^.*\/node_modules\//, "").replace(/^file:\/\/.*?\/(?=(src|dist|bench)\/)/, "");
}

/** The same by package for libraries, and by file for our own. */
function grouped(times: Map<string, number>): Map<string, number> {
  const groups = new Map<string, number>();
  for (const [name, time] of times) {
    const [what = "", where = ""] = name.split("  ");
    const from = /^((src|dist|bench)\/[^:]+|@[^/]+\/[^/]+|[^/:]+)/.exec(where)?.[0];
    const group = from ?? (what.startsWith("(") ? what : "(native)");
    groups.set(group, (groups.get(group) ?? 0) + time);
  }
  return groups;
}

function print(title: string, times: Map<string, number>, queries: number, rows: number): void {
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  console.log(`\n${title}   (ms per query, share)`);
  for (const [name, time] of [...times].sort(([, a], [, b]) => b - a).slice(0, rows)) {
    console.log(
      `${(time / 1000 / queries).toFixed(3).padStart(8)}  ${((time / all) * 100).toFixed(1).padStart(5)} %  ${name}`,
    );
  }
}
