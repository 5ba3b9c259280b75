import { UnreadableRecord } from "../cloudflare/error.ts";
import type { ApiRecord } from "./page.ts";

/** Records shown so far by the lists of one endpoint and parent, with any filter and order. */
export class RecordCache<R extends ApiRecord> {
  readonly #byId = new Map<string, R>();
  readonly #shown: R[][] = [];
  #complete = false;
  /** A record was shown whose ID could not be read: it may be any. */
  #nameless = false;

  /** Every record was shown, and each under its id: what is not here does not exist. */
  get complete(): boolean {
    return this.#complete && !this.#nameless;
  }

  set complete(complete: boolean) {
    this.#complete = complete;
  }

  /** Notes records; they are sorted by ID only when somebody looks for one. */
  show(records: R[]): void {
    this.#shown.push(records);
    this.#nameless ||= records.some((record) => record instanceof UnreadableRecord && !record.id);
  }

  get byId(): Map<string, R> {
    for (const record of this.#shown.splice(0).flat()) if (record.id) this.#byId.set(record.id, record);
    return this.#byId;
  }
}
