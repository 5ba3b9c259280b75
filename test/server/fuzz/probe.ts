import { memoryUsage } from "node:process";

/** What a process tells of itself. */
export interface Probe {
  /** Bytes that are still in use after a full collection, in the heap and outside of it. */
  bytes: number;
  /** The most milliseconds of processor time that its main thread spent without a turn for others, since it was asked before. */
  longest: number;
}

let longest = 0;
let before = process.threadCpuUsage();
let collecting = false;

// A timer runs once the turn before it is over. Processor time, because a busy machine stops the clock's time of a process.
setInterval(() => {
  const { user, system } = process.threadCpuUsage(before);
  before = process.threadCpuUsage();
  if (!collecting) longest = Math.max(longest, (user + system) / 1000);
  collecting = false;
}, 5).unref();

/*
 * Loaded into a process beside its program (`--expose-gc --import`): answers each message of its parent by a `Probe`.
 */
process.on("message", async () => {
  collecting = true;
  // What finalizers free is only seen by the collection after them.
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  const { heapUsed, external } = memoryUsage();
  process.send?.({ bytes: heapUsed + external, longest } satisfies Probe);
  longest = 0;
});
// A process whose program is over ends, whether its parent still listens or not.
process.channel?.unref();
