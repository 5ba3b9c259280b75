/** Milliseconds between two reads of a poll: the first pause, which grows by `factor` up to `most`. */
export const pollPauses = { least: 10_000, most: 300_000, factor: 1.5 };

/** Who waits for a thing to change. */
export interface PollListener<T> {
  /** Reads the thing once, in this listener's name. The signal aborts when nobody waits any more. */
  read(signal: AbortSignal): Promise<T>;
  /** The thing as it was read, in milliseconds since the epoch. `shared` where another listener has read it. */
  next(state: { value: T; readAt: number; shared: boolean }): void;
  /** A read has failed; `shared` where it was another listener's. The poll goes on for those who stay. */
  failed(failure: { error: unknown; shared: boolean }): void;
}

/**
 * Things that are read again and again, each by one poll however many listen. A poll reads at once for its first listener, then
 * every 10 s to 5 min: the pause grows while nothing changes, and is short again after a change. It ends with its last listener.
 */
export class Polls {
  readonly #polls = new Map<string, Poll<unknown>>();

  /** Things that are polled now. */
  get size(): number {
    return this.#polls.size;
  }

  /**
   * Listens to a thing, which is named by its credential and its ID. The listener is told what is known if that was read less than
   * 10 s ago; otherwise the thing is read now. Returns what ends the listening.
   */
  join<T>(key: string, listener: PollListener<T>): () => void {
    const poll = (this.#polls.get(key) as Poll<T> | undefined) ?? new Poll<T>(() => this.#polls.delete(key));
    this.#polls.set(key, poll as Poll<unknown>);
    return poll.join(listener);
  }
}

class Poll<T> {
  readonly #listeners = new Set<PollListener<T>>();
  readonly #ended = new AbortController();
  readonly #onEnd: () => void;
  #last: { value: T; readAt: number } | undefined;
  #reading = false;
  #pause = pollPauses.least;
  #timer: NodeJS.Timeout | undefined;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  join(listener: PollListener<T>): () => void {
    this.#listeners.add(listener);
    const last = this.#last;
    if (last && Date.now() - last.readAt < pollPauses.least)
      queueMicrotask(() => this.#listeners.has(listener) && listener.next({ ...last, shared: true }));
    else if (!this.#reading) void this.#read(listener);
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      clearTimeout(this.#timer);
      this.#ended.abort();
      this.#onEnd();
    };
  }

  async #read(reader: PollListener<T>): Promise<void> {
    clearTimeout(this.#timer);
    this.#reading = true;
    const tell = await this.#readFor(reader);
    this.#reading = false;
    for (const each of [...this.#listeners]) tell(each);
    if (this.#listeners.size > 0) this.#timer = setTimeout(() => this.#readNext(), this.#pause);
  }

  /** Reads once, and gives what tells a listener of it. */
  async #readFor(reader: PollListener<T>): Promise<(listener: PollListener<T>) => void> {
    const readAt = Date.now();
    try {
      const value = await reader.read(this.#ended.signal);
      const changed = this.#last === undefined || JSON.stringify(value) !== JSON.stringify(this.#last.value);
      this.#pause = changed ? pollPauses.least : this.#longer();
      this.#last = { value, readAt };
      return (each) => each.next({ value, readAt, shared: each !== reader });
    } catch (error) {
      this.#pause = this.#longer();
      // The reason may be the reader's own, such as a share of the quota that is used up: the next read is another's.
      if (this.#listeners.delete(reader)) this.#listeners.add(reader);
      return (each) => each.failed({ error, shared: each !== reader });
    }
  }

  /** The listener who joined first reads. One whose read failed goes to the end. */
  #readNext(): void {
    const [reader] = this.#listeners;
    if (reader) void this.#read(reader);
  }

  #longer(): number {
    return Math.min(this.#pause * pollPauses.factor, pollPauses.most);
  }
}
