import { createHash } from "node:crypto";
import { isPathId } from "../../cloudflare/endpoint.ts";
import { badInput } from "../error.ts";

/** What a list is ordered by: a text, and an ID for records with the same text. */
export interface Key {
  readonly text: string;
  readonly id: string;
}

/** The order of keys. */
export function compareKeys(a: Key, b: Key): number {
  if (a.text !== b.text) return a.text < b.text ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Characters of a cursor: an e-mail address has at most 254. */
const MAX_CURSOR = 2000;

/**
 * Places in a list that is worked out anew for each page, as opaque strings that no other list accepts. A cursor holds the key of
 * its record: what follows it is found also where the record itself is gone.
 */
export class KeyCursors {
  readonly #hash: string;

  /** @param list what tells the list from every other */
  constructor(list: unknown[]) {
    this.#hash = createHash("sha256").update(JSON.stringify(list)).digest("base64url").slice(0, 8);
  }

  /** The cursor of a record. */
  print({ text, id }: Key): string {
    return Buffer.from(`${this.#hash}:${id}:${text}`).toString("base64url");
  }

  /** The key in a cursor; throws the caller's mistake if it is not one of this list. */
  parse(cursor: string, argument: string): Key {
    const [hash, id = "", ...text] = Buffer.from(cursor.slice(0, MAX_CURSOR), "base64url").toString().split(":");
    if (hash === this.#hash && isPathId(id) && text.length > 0) return { id, text: text.join(":") };
    throw badInput(argument, "must be a cursor of this list, with the same arguments");
  }
}
