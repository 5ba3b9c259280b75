/** Lets writes to one thing happen one after the other, and writes to different things at the same time. */
export interface Sequence {
  /** Runs `write` once every earlier one under the same key has ended, well or badly. */
  run<T>(key: string, write: () => Promise<T>): Promise<T>;
}

/** A sequence for one process: other processes, and Cloudflare's dashboard, are not held up by it. */
export function createSequence(): Sequence {
  const last = new Map<string, Promise<unknown>>();
  return {
    async run(key, write) {
      const turn = (last.get(key) ?? Promise.resolve()).then(write, write);
      last.set(key, turn);
      try {
        return await turn;
      } finally {
        if (last.get(key) === turn) last.delete(key);
      }
    },
  };
}
