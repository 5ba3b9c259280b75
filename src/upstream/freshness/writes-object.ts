import type { ObjectState } from "../durable-object.ts";
import { LONGEST_WRITE, READ_AFTER_WRITE } from "./invalidations.ts";

/** What an isolate asks, or says: a write begins or has ended; without it only what is counted is asked. */
export interface WritesMessage {
  write?: "begins" | "ended";
}

/** What the object knows of the writes to its account. */
export interface WritesAnswer {
  count: number;
  /** Milliseconds for which reads may not show the last write. */
  quietFor: number;
}

/** What an object keeps. The count is never deleted: one that began anew could come to where it was. */
interface Stored {
  count: number;
  /** When each of the writes under way is over at the latest, in milliseconds since the epoch. */
  writing: number[];
  quietUntil: number;
}

/**
 * A class of Durable Objects for `durableObjectWriteCounters`: each object counts the writes to one account, for all isolates of a
 * Worker. It keeps numbers, and nothing that was read.
 */
export class AccountWrites {
  readonly #state: ObjectState;
  #writes: Stored = { count: 0, writing: [], quietUntil: 0 };

  constructor(state: ObjectState) {
    this.#state = state;
    void state.blockConcurrencyWhile(async () => {
      this.#writes = ((await state.storage.get("writes")) as Stored | undefined) ?? this.#writes;
    });
  }

  /** Answers one message. */
  async fetch(request: Request): Promise<Response> {
    const { write } = (await request.json()) as WritesMessage;
    const now = Date.now();
    const writes = this.#writes;
    writes.writing = writes.writing.filter((until) => until > now);
    if (write) {
      writes.count++;
      if (write === "begins") writes.writing.push(now + LONGEST_WRITE);
      else {
        writes.writing.shift();
        writes.quietUntil = now + READ_AFTER_WRITE;
      }
      await this.#state.storage.put("writes", writes);
    }
    const until = Math.max(writes.quietUntil, ...writes.writing.map((end) => end + READ_AFTER_WRITE));
    return Response.json({ count: writes.count, quietFor: Math.max(0, until - now) } satisfies WritesAnswer);
  }
}
