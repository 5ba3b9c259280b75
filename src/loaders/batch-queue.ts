import { afterPromiseJobs } from "../end-of-turn.ts";

/**
 * Decides when batches of single records run. Without a hold that is after all pending promise jobs, as DataLoader has it. A
 * list whose items are resolved in several event-loop turns holds them: its items form one batch, so an operation makes the
 * same calls on a busy machine as on an idle one.
 */
export class BatchQueue {
  #waiting: (() => void)[] = [];
  #holds = 0;

  /** Runs a batch, or queues it until the last hold is released. */
  add(run: () => void): void {
    if (this.#holds > 0) this.#waiting.push(run);
    else afterPromiseJobs(() => (this.#holds > 0 ? this.#waiting.push(run) : run()));
  }

  /** Queues batches until the returned function is called. */
  hold(): () => void {
    this.#holds++;
    return () => {
      if (--this.#holds > 0) return;
      const runs = this.#waiting;
      this.#waiting = [];
      for (const run of runs) this.add(run);
    };
  }
}
