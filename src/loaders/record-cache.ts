import { UnreadableRow } from "../cloudflare/error.ts";
import type { Row } from "./page.ts";

/** Records shown so far by the lists of one endpoint and parent, with any filter and order. */
export class RecordCache<R extends Row> {
  readonly #byId = new Map<string, R>();
  readonly #shown: R[][] = [];
  #complete = false;
  /** A record was shown whose id could not be read: it may be any. */
  #nameless = false;

  /** Every record was shown, and each under its id: what is not here does not exist. */
  get complete(): boolean {
    return this.#complete && !this.#nameless;
  }

  set complete(complete: boolean) {
    this.#complete = complete;
  }

  /** Notes records; they are sorted by id only when somebody looks for one. */
  show(rows: R[]): void {
    this.#shown.push(rows);
    this.#nameless ||= rows.some((row) => row instanceof UnreadableRow && !row.id);
  }

  get byId(): Map<string, R> {
    for (const row of this.#shown.splice(0).flat()) if (row.id) this.#byId.set(row.id, row);
    return this.#byId;
  }
}
