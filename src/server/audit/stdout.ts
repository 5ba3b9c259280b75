import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { AuditRecord } from "../../upstream/audit/record.ts";
import type { AuditLog } from "../../upstream/audit.ts";

/** Milliseconds in which a reader of standard output must take a line. */
const LONGEST = 1_000;

/** A thread that writes texts to standard output, as far as it is used. Tells of each by its number, and what was wrong. */
export interface OutputThread {
  postMessage(text: { number: number; lines: string[] }): void;
  on(event: "message", listener: (done: { number: number; problem?: string }) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "exit", listener: () => void): unknown;
  terminate(): Promise<unknown>;
  unref(): void;
}

// Beside this file, with its extension: `.ts` as the source, `.js` as it is built. What the process was told to load is not for it.
const outputThread = (): OutputThread =>
  new Worker(new URL(`./stdout-worker${extname(import.meta.url)}`, import.meta.url), { execArgv: [] });

/**
 * An audit log on standard output. A thread of its own writes the lines, because a reader that takes nothing would stop
 * this one, and everybody's requests. A record is kept when it is handed over, within a second; as long as one is not, none is taken.
 */
export class AuditStdout implements AuditLog, AsyncDisposable {
  readonly #start: () => OutputThread;
  #thread: OutputThread | undefined;
  readonly #waiting = new Map<number, (problem?: string) => void>();
  #number = 0;
  /** Texts that were not taken in time, and may still be. */
  readonly #late = new Set<number>();

  /** @param start starts the thread, again where one has ended */
  constructor(start: () => OutputThread = outputThread) {
    this.#start = start;
  }

  write(records: readonly AuditRecord[]): Promise<void> {
    if (this.#late.size > 0) return Promise.reject(new Error("standard output is not read"));
    const number = this.#number++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#late.add(number);
        done("standard output is not read");
      }, LONGEST);
      const done = (problem?: string) => {
        clearTimeout(timer);
        this.#waiting.delete(number);
        if (problem === undefined) resolve();
        else reject(new Error(problem));
      };
      this.#waiting.set(number, done);
      this.#running().postMessage({ number, lines: records.map((record) => `${JSON.stringify(record)}\n`) });
    });
  }

  /** Ends the thread. What was not taken by then is lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread?.terminate();
  }

  #running(): OutputThread {
    if (this.#thread) return this.#thread;
    const thread = this.#start();
    const ended = (problem: string) => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#late.clear();
      for (const done of [...this.#waiting.values()]) done(problem);
    };
    thread.on("message", ({ number, problem }) => {
      this.#late.delete(number);
      this.#waiting.get(number)?.(problem);
    });
    thread.on("error", ({ message }) => ended(message));
    thread.on("exit", () => ended("the thread that writes it has ended"));
    // The process does not wait for it.
    thread.unref();
    this.#thread = thread;
    return thread;
  }
}
