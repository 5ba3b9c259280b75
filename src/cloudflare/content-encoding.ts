import * as zlib from "node:zlib";
import { tooLarge } from "./transport-failure.ts";

/** A body that cannot be decoded; the message is the end of a sentence. */
export class Undecodable extends Error {}

type Options = { maxOutputLength: number };
type Sync = (body: Buffer, options: Options) => Buffer;
type Async = (body: Buffer, options: Options, done: (error: Error | null, decoded: Buffer) => void) => void;

/** The way to decode each, at once and beside. `deflate` is zlib's format, or (wrongly, and often) the bare stream. */
function decoderOf(encoding: string, body: Buffer): [Sync, Async] | undefined {
  if (encoding === "gzip" || encoding === "x-gzip") return [zlib.gunzipSync, zlib.gunzip];
  if (encoding === "br") return [zlib.brotliDecompressSync, zlib.brotliDecompress];
  if (encoding !== "deflate") return undefined;
  return ((body[0] ?? 0) & 0x0f) === 8 ? [zlib.inflateSync, zlib.inflate] : [zlib.inflateRawSync, zlib.inflateRaw];
}

/** The encodings of a `Content-Encoding`, in the order in which they were put on. */
export function encodingsOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  const names = String(header).toLowerCase().split(",", 10);
  return names.map((name) => name.trim()).filter((name) => name !== "" && name !== "identity");
}

/** Encodings that one body may have on top of each other; each could multiply it. */
const mostLayers = 3;
/** Bytes up to which a body is decoded at once: faster than beside, and too short to be noticed. */
const short = 256 * 1024;
/** Large bodies that are decoded at the same time: each takes as much memory as an answer may have. */
const atOnce = 2;

/** Decodes bodies, each up to so many bytes at every step. Throws {@link Undecodable}, or that it is too large. */
export function createDecoder(most: number): (body: Buffer, encodings: string[]) => Promise<Buffer> | Buffer {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function beside(decode: Async, body: Buffer): Promise<Buffer> {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await new Promise((resolve, reject) =>
        decode(body, { maxOutputLength: most }, (error, decoded) => (error ? reject(error) : resolve(decoded))),
      );
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  }

  async function layer(encoding: string, body: Buffer): Promise<Buffer> {
    const decoder = decoderOf(encoding, body);
    if (!decoder) throw new Undecodable(`a body in the encoding ${encoding.slice(0, 40)}, which was not asked for`);
    const [sync, async] = decoder;
    try {
      return sync(body, { maxOutputLength: Math.min(most, short) });
    } catch (error) {
      if (!isTooLarge(error)) throw broken(encoding, error);
    }
    return beside(async, body).catch((error) => {
      throw isTooLarge(error) ? tooLarge(most) : broken(encoding, error);
    });
  }

  return async (body, encodings) => {
    if (encodings.length > mostLayers)
      throw new Undecodable(`a body in ${encodings.length} encodings on top of each other`);
    let decoded = body;
    // An empty body has no encoding, even if the header names one.
    for (const encoding of encodings.toReversed()) if (decoded.length > 0) decoded = await layer(encoding, decoded);
    return decoded;
  };
}

function isTooLarge(error: unknown): boolean {
  return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE";
}

function broken(encoding: string, error: unknown): Undecodable {
  const { code = "unknown" } = error as { code?: string };
  const what = code === "Z_BUF_ERROR" ? "that is cut off" : "that cannot be decoded";
  return new Undecodable(`a body in the encoding ${encoding} ${what} (${code})`);
}
