import { readFile } from "node:fs/promises";

/** What a file is, and what is told of it. Its path is not repeated: somebody may have set a secret in its place. */
export interface WatchedFileOptions<T> {
  /** The setting that names the file. */
  name: string;
  path: string;
  /** Makes the value of its text. Throws where that cannot be; the message is logged. */
  parse: (text: string) => T;
  log: { info(line: string): void; error(line: string): void };
}

/** Milliseconds between two looks at a file. */
const INTERVAL = 10_000;

/**
 * The value of a file that may change while the process runs. It is looked at by content, because that alone shows a change
 * behind every kind of mount. A file that is broken, or gone, leaves the last good value, and is logged once.
 */
export class WatchedFile<T> implements Disposable {
  readonly #options: WatchedFileOptions<T>;
  #text: string;
  #value: T;
  #problem = "";
  #looking = false;
  readonly #timer: NodeJS.Timeout;

  /** Reads a file for the first time. Rejects with what is wrong with it. */
  static async open<T>(options: WatchedFileOptions<T>): Promise<WatchedFile<T>> {
    const text = await textOf(options);
    return new WatchedFile(options, text, options.parse(text));
  }

  private constructor(options: WatchedFileOptions<T>, text: string, value: T) {
    this.#options = options;
    this.#text = text;
    this.#value = value;
    this.#timer = setInterval(() => void this.look(), INTERVAL).unref();
  }

  /** Of the last good content. */
  get value(): T {
    return this.#value;
  }

  /** Looks at the file now. Never rejects. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const { name, parse, log } = this.#options;
    try {
      const text = await textOf(this.#options);
      if (text !== this.#text) {
        this.#value = parse(text);
        this.#text = text;
        log.info(`${name} has changed and was read again.`);
      } else if (this.#problem) log.info(`${name} is as it was before.`);
      this.#problem = "";
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#problem) log.error(`${message}\nThe last good content of ${name} is used.`);
      this.#problem = message;
    } finally {
      this.#looking = false;
    }
  }

  /** Looks at it no more. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

async function textOf({ name, path }: WatchedFileOptions<unknown>): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new Error(`The file of ${name} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
