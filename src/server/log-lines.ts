import { destination } from "pino";

/**
 * Milliseconds for which lines are collected: handing one to the system costs as much as a tenth of an operation of one call. A
 * process that is killed, or crashes, loses the lines of this time.
 */
const COLLECTED = 20;

/** Bytes that a pipe takes as one piece (Linux's PIPE_BUF): lines of the audit log on the same pipe come before them or after. */
const PIECE = 4096;

/** Bytes of lines that wait while nobody reads; further lines are lost then, so that requests are still answered. */
const MOST_WAITING = 16 * 1024 * 1024;

/** Milliseconds that the end of the process waits for lines to be written. */
const LAST_LINES = 1_000;

/** Lines on their way to standard output, in their order. They are written in the background: a reader that is stuck stops nothing. */
export class LogLines {
  readonly #to = destination({ dest: 1, sync: false, maxLength: MOST_WAITING, maxWrite: PIECE });
  #collected = "";
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor() {
    // What cannot be written is lost: an error that nobody handles would end the process.
    this.#to.on("error", () => {});
  }

  /** Writes a line, within 20 ms; at once if it is urgent, behind those that were collected. After the end it is lost. */
  write(line: string, urgent: boolean): void {
    if (this.#ended) return;
    const bytes = Buffer.byteLength(line);
    if (this.#bytes + bytes > PIECE) this.#hand();
    this.#collected += line;
    this.#bytes += bytes;
    if (urgent) this.#hand();
    else this.#timer ??= setTimeout(() => this.#hand(), COLLECTED);
  }

  /** Resolves when all lines are written, or cannot be. */
  async end(): Promise<void> {
    this.#hand();
    this.#ended = true;
    const written = new Promise((resolve) => this.#to.once("finish", resolve).once("error", resolve).end());
    await Promise.race([written, new Promise((resolve) => setTimeout(resolve, LAST_LINES).unref())]);
  }

  #hand(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#collected !== "") this.#to.write(this.#collected);
    this.#collected = "";
    this.#bytes = 0;
  }
}
