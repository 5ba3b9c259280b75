import { createHash } from "node:crypto";
import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import type { Scan } from "./document-scan.ts";

/** Documents by their text, the least recently used ones forgotten first once they take more than `maxSize` bytes. */
export class DocumentCache {
  readonly #documents: LRUCache<string, DocumentNode>;

  constructor(maxSize: number) {
    this.#documents = new LRUCache({ maxSize });
  }

  /** Bytes that the documents take, as {@link bytesOf} estimates them. */
  get size(): number {
    return this.#documents.calculatedSize;
  }

  /** The document with this text, if it was seen lately. */
  get(text: string): DocumentNode | undefined {
    return this.#documents.get(keyOf(text));
  }

  /** Keeps a document, unless it is larger than the whole cache. */
  set(text: string, scan: Scan, document: DocumentNode): void {
    this.#documents.set(keyOf(text), document, { size: bytesOf(text, scan) });
  }
}

/** V8 hashes strings of more than 16 KB by their length alone: different ones would be compared one by one. */
function keyOf(text: string): string {
  return text.length < 4096 ? text : createHash("sha256").update(text).digest("base64");
}

/** What a document takes in memory, in bytes: its text, its tokens and nodes, and what is compiled of it. */
export function bytesOf(text: string, { tokens, values }: Scan): number {
  return 2000 + 2 * text.length + 100 * tokens + 500 * values;
}
