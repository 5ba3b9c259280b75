/** What replicas know together of the writes to one account. */
export interface WriteCount {
  /** The same as before only if no write was sent meanwhile: it never comes back. */
  version: string;
  /** Milliseconds since the epoch until which reads may not show the last write; 0 where none is known of. */
  quietUntil: number;
}

/**
 * Tells several replicas of the writes to accounts, so that none shows what it read before a write of another. `"*"` stands
 * for all accounts. No method ever rejects.
 */
export interface WriteCounters {
  /** What is known of these accounts, in one round trip; null without an answer. */
  read(accounts: readonly string[]): Promise<WriteCount[] | null>;
  /** A write to an account is about to be sent, or has ended. Resolves when the others can know it, or cannot be told. */
  raise(account: string, ended: boolean): Promise<void>;
  /** Lets go of connections and timers. */
  dispose(): Promise<void>;
}

const methods = ["read", "raise", "dispose"] as const;

/** Whether something has all methods of {@link WriteCounters}. */
export function isWriteCounters(given: unknown): boolean {
  return (
    typeof given === "object" &&
    given !== null &&
    methods.every((name) => typeof (given as WriteCounters)[name] === "function")
  );
}
