import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** The middle of some figures. */
export function median(figures: number[]): number {
  return quantile(
    figures.toSorted((a, b) => a - b),
    0.5,
  );
}

/** The figure below which such a share of them is; they must be ascending. */
export function quantile(ascending: number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;
}

/** Linux counts processor time in hundredths of a second, whatever the kernel's own clock. */
const TICK = 10;

/** Milliseconds of processor time that a process has used so far, with all its threads. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

/** Megabytes of memory that a process has had at most. */
export function peakMemoryOf(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

/** Whether processes can be held on a core of their own. */
export const pinned = cpus().length > 1 && works("taskset", "-V");

function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Holds this process, all threads of it, on one core, or on some by commas. */
export function pinSelf(cores: number | string): void {
  // It fails if one of the threads ends meanwhile.
  for (let left = 5; pinned && left > 0; left--) {
    if (works("taskset", "-a", "-c", "-p", String(cores), String(process.pid))) return;
  }
}

/** What the figures were taken on, in a line. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${model}, ${cpus().length} cores, ${memory} GB, ${process.platform} ${release().split("-")[0]}, Node ${process.version}`;
}
