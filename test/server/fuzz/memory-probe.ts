import { memoryUsage } from "node:process";

/*
 * Loaded into a process beside its program (`--expose-gc --import`): answers each message of its parent by the bytes that are
 * still in use after a full collection, in the heap and outside of it.
 */
process.on("message", async () => {
  // What finalizers free is only seen by the collection after them.
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  const { heapUsed, external } = memoryUsage();
  process.send?.(heapUsed + external);
});
// A process whose program is over ends, whether its parent still listens or not.
process.channel?.unref();
