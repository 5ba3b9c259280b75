import { CloudflareError } from "../cloudflare/error.ts";
import { Preference } from "../turns/lanes.ts";
import { Lines, Waiter } from "../turns/lines.ts";

/** Who writes. */
export interface Writer {
  /** HMAC of the credential. */
  readonly caller: string;
  /** Whether the credential is known to work. */
  readonly known: boolean;
  /** Told when it holds up somebody whose credential is known, while its own is not: its calls must not wait behind theirs. */
  hurry(): void;
}

/** What one thing is locked by, and who waits for it. */
class Lock {
  readonly known = new Lines();
  readonly unknown = new Lines();
  readonly preference = new Preference();
  holder: Writer;

  constructor(holder: Writer) {
    this.holder = holder;
  }

  next(): Waiter | undefined {
    const [known, unknown] = [!this.known.empty, !this.unknown.empty];
    const first = this.preference.prefers(known, unknown);
    this.preference.taken(first, unknown);
    return (first ? this.known : this.unknown).next();
  }
}

/**
 * Lets writes to one thing happen one after the other, and writes to different things at the same time, in one process: other
 * processes, and Cloudflare's dashboard, are not held up. Callers take turns, and each one's writes go in order. Those whose
 * credential is known to work go first, but for one in eight. The waiting has an end: then nothing was sent.
 */
export class WriteLocks {
  readonly #locks = new Map<string, Lock>();
  readonly #longest: number;

  /** @param longest milliseconds that a write waits for its turn */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** How many things are locked. */
  get size(): number {
    return this.#locks.size;
  }

  /** Runs `write` when it is its turn among the writes to a thing, whether those before it ended well or badly. */
  async run<T>(thing: string, writer: Writer, write: () => Promise<T>): Promise<T> {
    const lock = this.#locks.get(thing);
    if (lock) await this.#wait(lock, writer);
    else this.#locks.set(thing, new Lock(writer));
    try {
      return await write();
    } finally {
      this.#next(thing);
    }
  }

  #wait(lock: Lock, writer: Writer): Promise<void> {
    const { known, caller } = writer;
    if (known && !lock.holder.known) lock.holder.hurry();
    const lines = known ? lock.known : lock.unknown;
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        lock.holder = writer;
        if (!writer.known && !lock.known.empty) writer.hurry();
        resolve();
      };
      const waiter = new Waiter(start, reject);
      const timer = setTimeout(() => {
        lines.remove(waiter);
        waiter.fail(late(this.#longest));
      }, this.#longest);
      lines.add(caller, waiter);
    });
  }

  #next(thing: string): void {
    const next = this.#locks.get(thing)?.next();
    if (next) next.start();
    else this.#locks.delete(thing);
  }
}

function late(longest: number): CloudflareError {
  const message = `The write was not sent: others to the same thing were not done within ${longest} ms.`;
  return new CloudflareError("", message, { kind: "unavailable" });
}
