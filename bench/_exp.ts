import { startUpstream, type Server } from "./servers.ts";
import { spawn } from "node:child_process";
import { load } from "./load.ts";
import { cpuOf, peakMemoryOf, pinSelf, quantile } from "./measure.ts";
import { bodyFor, CREDENTIALS } from "./work.ts";
pinSelf(1);
const upstream = await startUpstream();
const files = process.argv.slice(2);
async function start(spec: string) {
  const [file, ...envs] = spec.split(",");
  const env = Object.fromEntries(envs.map((e) => e.split("=")));
  const child = spawn("taskset", ["-c", "0", process.execPath, file!], { env: { ...process.env, CLOUDFLARE_API_BASE_URL: `${upstream.url}/client/v4`, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill("SIGKILL"));
  const url = await new Promise<string>((r) => child.stdout.once("data", (d) => r(/http:\S+/.exec(String(d))![0])));
  return { url, pid: child.pid!, spec };
}
const servers = [];
for (const f of files) servers.push(await start(f));
for (const s of servers) await load({ url: s.url, body: bodyFor(100), credentials: CREDENTIALS, seconds: 3 });
const best = new Map<string, number[][]>();
for (let i = 0; i < 5; i++) for (const s of servers) {
  const c = cpuOf(s.pid); const u = cpuOf(upstream.pid) ;
  const m = await load({ url: s.url, body: bodyFor(100), credentials: CREDENTIALS, seconds: 2 });
  const cpu = (cpuOf(s.pid) - c) / m.latencies.length; const ucpu = (cpuOf(upstream.pid) - u) / m.latencies.length;
  const a = await load({ url: s.url, body: bodyFor(100), credentials: ["x"], seconds: 1 });
  await upstream.control(40);
  const c1 = cpuOf(s.pid);
  const f = await load({ url: s.url, body: bodyFor(100), credentials: ["x"], seconds: 1.5 });
  const cpuAlone = (cpuOf(s.pid) - c1) / f.latencies.length;
  await upstream.control(0);
  const row = [m.latencies.length / m.seconds, cpu, ucpu, quantile(a.latencies, 0.5), quantile(f.latencies, 0.5), cpuAlone, peakMemoryOf(s.pid)];
  best.set(s.spec, [...(best.get(s.spec) ?? []), row]);
}
console.log("q/s  cpu16  upcpu  p50@0 p50@40 cpu@40 mem");
for (const [k, rows] of best) console.log(k, "\n  best", rows[0]!.map((_, i) => (i === 0 ? Math.max : Math.min)(...rows.map((r) => r[i]!)).toFixed(2)).join("  "), "\n  all q/s", rows.map((r) => r[0]!.toFixed(0)).join(" "));
process.exit();
