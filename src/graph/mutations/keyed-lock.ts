/** Lets writes to one thing happen one after the other, and writes to different things at the same time. */
export interface KeyedLock {
  /**
   * Runs `write` once it is its turn among those under the same key. Rejects, without running it, if that takes too long. A
   * key is the account's ID, `/` and the thing's. Who holds one may take another: the account's own after that of a thing in it.
   */
  run<T>(key: string, write: () => Promise<T>): Promise<T>;
  /** Waits for something without a call: a key that is held is not given to others meanwhile, as it is where its holder does nothing. */
  hold<T>(work: () => Promise<T>): Promise<T>;
}
