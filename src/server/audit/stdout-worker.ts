import { writeSync } from "node:fs";
import { parentPort } from "node:worker_threads";

/** Milliseconds between two attempts to write to a reader that takes nothing. */
const PAUSE = 10;

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Writes a line whole, however long its reader takes. Each is a write of its own: a pipe does not mix short ones with others'. */
function writeLine(line: string): void {
  let rest = Buffer.from(line);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(clock, 0, 0, PAUSE);
    }
  }
}

parentPort?.on("message", ({ number, lines }: { number: number; lines: string[] }) => {
  try {
    for (const line of lines) writeLine(line);
    parentPort?.postMessage({ number });
  } catch (error) {
    parentPort?.postMessage({ number, problem: (error as NodeJS.ErrnoException).code });
  }
});
