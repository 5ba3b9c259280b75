/** The time of the process for long work, shared by all of it. */
export interface Slice {
  /** Whether the time of this turn of the event loop is used up. */
  readonly over: boolean;
  /** Resolves in a turn that has time left. */
  turn(): Promise<void>;
}

/** Runs long work step by step, and lets others have their turn where its time is used up. Gives what the work returns. */
export async function inTurns<T>(steps: Iterator<unknown, T>, slice: Slice): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (slice.over) await slice.turn();
  }
}
