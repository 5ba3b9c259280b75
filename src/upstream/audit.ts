import type { Call } from "../cloudflare/client.ts";
import { isRead } from "../cloudflare/endpoint.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import { type AuditRecord, answered, failed, idsOf } from "./audit/record.ts";
import type { Link } from "./link.ts";

/** Where the lines of an audit go: a file, standard output, or something of your own. */
export interface AuditLog {
  /** Resolves when all records are kept, in this order; rejects where that cannot be. */
  write(records: readonly AuditRecord[]): Promise<void>;
}

/** Options of an {@link Audit}. */
export interface AuditOptions {
  /** Milliseconds that a write waits for its line. @default 10000 */
  timeout?: number | undefined;
  /** Told when a line cannot be written, and when one can be again. @default console.error */
  logger?: ((line: string) => void) | undefined;
}

/** Whose writes they are. */
export interface AuditedOperation {
  caller: string;
  requestId: string;
}

/** Lines about writes that were not sent which wait for the log, at most. Those about writes that were sent always wait. */
const MOST_NOT_SENT = 1000;

/**
 * Keeps a record before and after each REST write. A write whose record cannot be kept is not sent. Where the record after a write
 * cannot be kept, the answer is what it is, and the record goes with that of the next write, which is not sent without it.
 */
export class Audit {
  readonly #to: AuditLog;
  readonly #timeout: number;
  readonly #logger: (line: string) => void;
  /** Records that could not be kept. */
  #held: AuditRecord[] = [];
  readonly #underWay = new Set<AuditRecord>();
  readonly #writes = new WeakMap<object, number>();
  #broken = false;
  #over = false;

  /** @param to where the records are kept */
  constructor(to: AuditLog, { timeout = 10_000, logger = console.error }: AuditOptions = {}) {
    this.#to = to;
    this.#timeout = timeout;
    this.#logger = logger;
  }

  /** Link: a REST write is sent when the record before it is kept, and is answered when the one after it is. */
  link({ caller, requestId }: AuditedOperation): Link {
    return (next): Call => {
      const write: Call = async (endpoint, params, body, options) => {
        const { route } = endpoint;
        const { id, name } = options?.mutation ?? { id: crypto.randomUUID(), name: null };
        const before: AuditRecord = {
          audit: "before",
          time: new Date().toISOString(),
          id,
          mutation: name,
          write: this.#count(options?.mutation),
          caller,
          requestId,
          route,
          ids: idsOf(route, params as object, body),
        };
        await this.#begin(before);
        try {
          const answer = await next(endpoint, params, body, options);
          await this.#ended(before, answered(answer, options?.trace?.status ?? null));
          return answer;
        } catch (error) {
          await this.#ended(before, failed(error));
          throw error;
        }
      };
      return (endpoint, params, body, options) =>
        isRead(endpoint.route) ? next(endpoint, params, body, options) : write(endpoint, params, body, options);
    };
  }

  /**
   * Ends it, before the process does: says `UNKNOWN` of every write that is under way, and sends none any more. Resolves with the
   * number of these writes when their records are kept, or cannot be. What was held back is tried once more.
   */
  async end(): Promise<number> {
    this.#over = true;
    const cut = Array.from(this.#underWay, (before) =>
      after(before, { outcome: "UNKNOWN", status: null, rayId: null }),
    );
    this.#underWay.clear();
    if (cut.length + this.#held.length > 0) await this.#keep(cut).catch(() => this.#held.push(...cut));
    return cut.length;
  }

  #count(mutation: object | undefined): number {
    if (!mutation) return 1;
    const count = (this.#writes.get(mutation) ?? 0) + 1;
    this.#writes.set(mutation, count);
    return count;
  }

  async #begin(before: AuditRecord): Promise<void> {
    try {
      if (this.#over) throw new Error("the process is ending");
      await this.#keep([before]);
      // It has ended while the record was written.
      if (this.#over) throw new Error("the process is ending");
      this.#underWay.add(before);
    } catch (cause) {
      // A part of the record may be there, and it may still come.
      if (this.#held.length < MOST_NOT_SENT) this.#held.push(after(before, notSent));
      const message = `${before.route} was not sent: its line in the audit log could not be written`;
      throw new CloudflareError(before.route, message, { kind: "unavailable", cause });
    }
  }

  /** Never rejects: the write has ended as it has. */
  async #ended(before: AuditRecord, how: Partial<AuditRecord>): Promise<void> {
    if (!this.#underWay.delete(before)) return;
    const record = after(before, how);
    try {
      await this.#keep([record]);
    } catch {
      this.#held.push(record);
      const { id, mutation, outcome } = record;
      const what = `The outcome of ${mutation ?? before.route} (${id}) is ${outcome}`;
      this.#logger(`${what}, and its line in the audit log could not be written yet.`);
    }
  }

  /** Keeps records behind those that were held back. */
  async #keep(records: AuditRecord[]): Promise<void> {
    const held = this.#held;
    this.#held = [];
    try {
      await within(this.#timeout, this.#to.write([...held, ...records]));
      if (this.#broken) this.#logger("The audit log can be written again: writes are sent.");
      this.#broken = false;
    } catch (error) {
      this.#held = [...held, ...this.#held];
      const { code, message } = error as NodeJS.ErrnoException;
      if (!this.#broken) this.#logger(`The audit log cannot be written (${code ?? message}): no write is sent.`);
      this.#broken = true;
      throw error;
    }
  }
}

const notSent = { outcome: "NOT_SENT", status: null, rayId: null } as const;

function after(before: AuditRecord, how: Partial<AuditRecord>): AuditRecord {
  return { ...before, ...how, audit: "after", time: new Date().toISOString() };
}

/** Rejects when a time is up. */
function within(milliseconds: number, writing: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not within ${milliseconds} ms`)), milliseconds);
    writing.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
