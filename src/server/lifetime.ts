import type { Plugin } from "graphql-yoga";
import { HttpError } from "./http-error.ts";

/** Until when a gateway answers: what is under way when it is disposed is still answered, nothing else is. */
export class Lifetime {
  readonly #running = new Set<Promise<unknown>>();
  #operations = 0;
  #over = false;
  /** Whether the process is about to end. */
  stopping = false;
  readonly #waits: boolean;

  /** @param waits whether {@link end} waits for what is under way. What a runtime drops when a client leaves would be kept for ever. */
  constructor(waits = true) {
    this.#waits = waits;
  }

  /** Why nothing new is answered; `undefined` while it is. */
  get refusal(): HttpError | undefined {
    if (!this.#over) return undefined;
    const message = "This gateway was disposed and answers nothing any more.";
    return new HttpError(503, message, { code: "INTERNAL_SERVER_ERROR" });
  }

  /** Notes each operation until it is carried out: a write goes on when its client has left. */
  readonly operations: Plugin = {
    onParams: ({ paramsHandler, setParamsHandler }) =>
      setParamsHandler(async (payload) => {
        this.#operations++;
        try {
          return await this.track(Promise.resolve(paramsHandler(payload)));
        } finally {
          this.#operations--;
        }
      }),
  };

  /** Operations under way. */
  get running(): number {
    return this.#operations;
  }

  /** Notes something that is under way until it is settled. */
  track<T>(running: Promise<T>): Promise<T> {
    if (!this.#waits) return running;
    const settled = running.then(
      () => void this.#running.delete(settled),
      () => void this.#running.delete(settled),
    );
    this.#running.add(settled);
    return running;
  }

  /** Refuses whatever comes from now on, and resolves when all that is under way is settled. */
  async end(): Promise<void> {
    this.#over = true;
    this.stopping = true;
    await Promise.all(this.#running);
  }
}
