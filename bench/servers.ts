import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Probe } from "../test/server/fuzz/probe.ts";
import { pinned } from "./measure.ts";

/** The core of the server under test, and that of everything else. */
export const SERVER_CORE = 0;
export const OTHER_CORE = 1;

/** A process that serves. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  /** Ends the process, and waits until it is gone. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

const root = new URL("../", import.meta.url).pathname;

/** Starts the process on one core, or on some by commas, and takes the first URL that it prints as where it serves. */
async function start(cores: number | string, args: string[], env: Record<string, string>): Promise<Server> {
  const [command = "", ...rest] = [...(pinned ? ["taskset", "-c", String(cores)] : []), process.execPath, ...args];
  const child = spawn(command, rest, {
    cwd: root,
    // Nobody's own settings, only ours.
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child.once("exit", () => running.delete(child)));
  const url = await firstUrl(child);
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await gone;
      clearTimeout(late);
    },
  };
}

/** Reads what a process prints to the end, so that it is never held up by its log. */
async function firstUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("no output to read");
  const lines = createInterface({ input: child.stdout });
  const url = new Promise<string>((resolve, reject) => {
    lines.on("line", (line) => {
      // Metrics are at another port.
      const found = line.includes("/metrics") ? undefined : /http:\/\/[^\s"]+/.exec(line)?.[0];
      if (found) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`${child.spawnargs.join(" ")} ended with ${code}`)));
  });
  const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
  return url.finally(() => clearTimeout(late));
}

/** The upstream, played from memory. */
export interface Upstream extends Server {
  /** Sets the milliseconds that every answer waits, and tells what arrived so far. */
  control(latency?: number): Promise<{ calls: number; connections: number }>;
}

export async function startUpstream(cores: number | string = OTHER_CORE): Promise<Upstream> {
  const server = await start(cores, ["bench/upstream.ts"], {});
  return {
    ...server,
    control: async (latency) => {
      const answer = await fetch(`${server.url}/control${latency === undefined ? "" : `?latency=${latency}`}`);
      return (await answer.json()) as { calls: number; connections: number };
    },
  };
}

/** The gateway, by the very words of `npm start`. `flags` are for Node; `cores` is where it runs, by commas where there are several. */
export function startGateway(
  upstream: Pick<Upstream, "url">,
  env: Record<string, string>,
  flags: string[] = [],
  cores: number | string = SERVER_CORE,
): Promise<Server> {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: { start: string } };
  const [node, ...args] = scripts.start.split(" ");
  if (node !== "node") throw new Error(`npm start is no longer a plain \`node …\`: ${scripts.start}`);
  return start(cores, [...flags, ...args], { ...serving(upstream), ...env });
}

export function startBaseline(
  upstream: Upstream,
  flags: string[] = [],
  env: Record<string, string> = {},
): Promise<Server> {
  return start(SERVER_CORE, [...flags, "bench/baseline.ts"], { ...serving(upstream), ...env });
}

function serving(upstream: Pick<Upstream, "url">): Record<string, string> {
  return { PORT: "0", CLOUDFLARE_API_BASE_URL: `${upstream.url}/client/v4` };
}

/** A gateway that tells what it takes, without a core of its own. */
export interface ProbedGateway {
  readonly url: string;
  readonly pid: number;
  probe(): Promise<Probe>;
  /** Sends SIGTERM; the exit code. */
  end(): Promise<number | null>;
}

/** Starts it, with the settings given and no others. */
export async function startProbedGateway(env: Record<string, string>): Promise<ProbedGateway> {
  const probe = new URL("../test/server/fuzz/probe.ts", import.meta.url).href;
  const child = spawn(process.execPath, ["--expose-gc", "--import", probe, "src/server/main.ts"], {
    cwd: root,
    env: { PATH: process.env.PATH, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  running.add(child.once("exit", () => running.delete(child)));
  return {
    url: await firstUrl(child),
    pid: child.pid ?? 0,
    probe: async () => {
      child.send("");
      const [told] = (await once(child, "message")) as [Probe];
      return told;
    },
    end: async () => {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const [code] = (await gone) as [number | null];
      return code;
    },
  };
}
