/**
 * Events of one subscription, for one reader. One that is not taken in time gives way to the next: a state is told, not its history.
 * `onClose` is called once, when the last event was taken, or the reader wants no more.
 */
export class EventQueue<E> implements AsyncIterableIterator<E> {
  readonly #onClose: () => void;
  readonly #onTake: () => void;
  #event: { event: E } | undefined;
  #last = false;
  #closed = false;
  #waiting: ((result: IteratorResult<E>) => void)[] = [];

  /** @param onTake called before an event is given to the reader */
  constructor({ onTake, onClose }: { onTake: () => void; onClose: () => void }) {
    this.#onTake = onTake;
    this.#onClose = onClose;
  }

  /** Adds an event; after the last one nothing more is taken. */
  add(event: E, last: boolean): void {
    if (this.#last || this.#closed) return;
    this.#event = { event };
    this.#last = last;
    this.#give();
  }

  async next(): Promise<IteratorResult<E>> {
    if (this.#closed) return done;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#give();
    });
  }

  async return(): Promise<IteratorResult<E>> {
    this.#close();
    return done;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #give(): void {
    if (this.#event && this.#waiting.length > 0) {
      const { event } = this.#event;
      this.#event = undefined;
      this.#onTake();
      this.#waiting.shift()?.({ done: false, value: event });
    }
    if (this.#last && !this.#event) this.#close();
  }

  #close(): void {
    this.#event = undefined;
    if (!this.#closed) {
      this.#closed = true;
      this.#onClose();
    }
    for (const resolve of this.#waiting.splice(0)) resolve(done);
  }
}

const done = { done: true, value: undefined } as const;
