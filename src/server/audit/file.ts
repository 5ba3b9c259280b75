import { constants } from "node:fs";
import { open as openFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { AuditRecord } from "../../upstream/audit/record.ts";
import type { AuditLog } from "../../upstream/audit.ts";

/** What is used of a file that is open. */
export interface OpenFile {
  stat(): Promise<{ dev: number; ino: number; size: number; isFile(): boolean }>;
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<unknown>;
  /** Writes all of it at the end of the file. */
  appendFile(text: string): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

const { O_APPEND, O_CREAT, O_RDWR } = constants;

/** Opens a file to append to it; it is made where there is none, and nobody but its owner and group may read it. */
const openToAppend = (path: string): Promise<OpenFile> => openFile(path, O_APPEND | O_CREAT | O_RDWR, 0o640);

/** Lines that wait for a disk, at most. */
const MOST_WAITING = 10_000;

/** Lines of one write, and who waits for them. */
interface Waiting {
  text: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * An audit log in a file: a line of JSON for each record, synced to the disk before it counts as kept. Records that come while
 * others are synced are synced together. A file that was renamed or removed, as logrotate does, is made anew at the next
 * record. A last line without an end, of a process or a disk that failed within it, is ended first.
 */
export class AuditFile implements AuditLog, AsyncDisposable {
  readonly #path: string;
  readonly #open: (path: string) => Promise<OpenFile>;
  #file: OpenFile;
  /** The file does not end with the end of a line. */
  #torn: boolean;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  /** Opens a file. Rejects where it cannot be opened, or is none: a directory, a pipe, a device. */
  static async open(path: string, open: (path: string) => Promise<OpenFile> = openToAppend): Promise<AuditFile> {
    const { file, torn } = await opened(path, open);
    return new AuditFile(path, open, file, torn);
  }

  private constructor(path: string, open: (path: string) => Promise<OpenFile>, file: OpenFile, torn: boolean) {
    this.#path = path;
    this.#open = open;
    this.#file = file;
    this.#torn = torn;
  }

  write(records: readonly AuditRecord[]): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(new Error("the disk is too slow"));
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject });
      this.#writing ??= this.#commit();
    });
  }

  /** Closes the file when all that waits is written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  /** Never rejects. */
  async #commit(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#reopenIfMoved();
        const text = batch.map((waiting) => waiting.text).join("");
        const start = this.#torn ? "\n" : "";
        // Until it is known to be whole.
        this.#torn = true;
        await this.#file.appendFile(start + text);
        await this.#file.datasync();
        this.#torn = false;
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    // At once: the next record may come before those who wait for this promise run.
    this.#writing = undefined;
  }

  async #reopenIfMoved(): Promise<void> {
    const [there, ours] = await Promise.all([stat(this.#path).catch(unlessGone), this.#file.stat()]);
    if (there && there.dev === ours.dev && there.ino === ours.ino) return;
    const before = this.#file;
    const { file, torn } = await opened(this.#path, this.#open);
    this.#file = file;
    this.#torn = torn;
    await before.close();
  }
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

/** Opens a file, and looks how it ends. */
async function opened(path: string, open: (path: string) => Promise<OpenFile>) {
  const there = await stat(path).catch(unlessGone);
  // To open a pipe would wait for its reader.
  if (there && !there.isFile()) throw new Error("it is no file");
  const file = await open(path);
  try {
    if (!there) await syncDirectory(dirname(path));
    const { size } = await file.stat();
    const last = new Uint8Array(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    return { file, torn: size > 0 && last[0] !== 10 };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The name of a new file is kept, too. Not every system can sync a directory. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await openFile(path).catch(() => undefined);
  await directory?.sync().catch(() => {});
  await directory?.close();
}
