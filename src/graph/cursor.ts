import { createHash } from "node:crypto";
import { isPathId } from "../cloudflare/endpoint.ts";
import type { Anchor } from "../loaders/loaders.ts";
import { badInput } from "./error.ts";

/**
 * Places in one list as opaque strings that no other list accepts: parent, filters and order are hashed into them. A cursor
 * holds where its record stood, the record's ID, by which it is found when records before it were added or deleted, and what
 * Cloudflare counted. The ID is compared with records that were read, and enters no path.
 */
export class Cursors {
  readonly #list: (() => unknown[]) | undefined;
  #name: string | undefined;

  /** @param list what tells the list from every other; without it the cursors of any list are taken */
  constructor(list: (() => unknown[]) | undefined) {
    this.#list = list;
  }

  get #hash(): string {
    this.#name ??= createHash("sha256").update(JSON.stringify(this.#list?.())).digest("base64url").slice(0, 8);
    return this.#name;
  }

  /** The cursor of a record. */
  print({ position, id, count }: Anchor): string {
    const known = id !== null && isPathId(id) ? id : "";
    return Buffer.from(`${this.#hash}:${position}:${count ?? ""}:${known}`).toString("base64url");
  }

  /** Content of a cursor; throws the caller's mistake if it is not one of this list. */
  parse(cursor: string, argument: string): Anchor {
    const [hash, position = "", count = "-", id = "-", ...more] = Buffer.from(cursor, "base64url")
      .toString()
      .split(":");
    const own = !this.#list || hash === this.#hash;
    const numbers = /^\d{1,9}$/.test(position) && /^\d{0,10}$/.test(count);
    if (own && numbers && (id === "" || isPathId(id)) && more.length === 0) {
      return { position: Number(position), count: count === "" ? null : Number(count), id: id || null };
    }
    throw badInput(argument, "must be a cursor of this list, with the same filters and order");
  }
}
