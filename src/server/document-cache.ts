import { createHash } from "node:crypto";
import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import type { Scan } from "./document-scan.ts";

/** What a document takes in memory, in bytes. */
export interface Bytes {
  /** As it is parsed. */
  parsed: number;
  /** What is compiled of it when it is executed again; one that would take more than the whole cache is not kept then. */
  compiled: number;
}

/** Documents by their text; the one used longest ago is forgotten first once they take more than `maxSize` bytes. */
export class DocumentCache {
  readonly #documents: LRUCache<string, { document: DocumentNode; bytes: Bytes; again: boolean }>;

  constructor(maxSize: number) {
    this.#documents = new LRUCache({ maxSize });
  }

  /** Bytes that the documents take by estimate. */
  get size(): number {
    return this.#documents.calculatedSize;
  }

  /** The document with this text, if it was seen lately; to be executed. */
  get(text: string): DocumentNode | undefined {
    const key = keyOf(text);
    const found = this.#documents.get(key);
    if (!found) return undefined;
    const { document, bytes, again } = found;
    if (!again) this.#documents.set(key, { document, bytes, again: true }, { size: bytes.parsed + bytes.compiled });
    return document;
  }

  /** Keeps a document, unless it is larger than the whole cache. */
  set(text: string, document: DocumentNode, bytes: Bytes): void {
    this.#documents.set(keyOf(text), { document, bytes, again: false }, { size: bytes.parsed });
  }
}

/** V8 hashes strings of more than 16 KB by their length alone: different ones would be compared one by one. */
function keyOf(text: string): string {
  return text.length < 4096 ? text : createHash("sha256").update(text).digest("base64");
}

/**
 * What a parsed document takes in memory, in bytes, measured with graphql 16.15 on Node 24: its text (and what the lexer
 * copies of it), its tokens and nodes. A test holds it against the heap.
 */
export function parsedSize(text: string, { tokens, nodes }: Scan): number {
  const perCharacter = /[\u0100-\uffff]/.test(text) ? 2.6 : 1.3;
  return Math.ceil(1500 + perCharacter * text.length + 88 * tokens + 180 * nodes);
}
