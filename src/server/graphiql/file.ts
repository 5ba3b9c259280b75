import { hash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants, gzip } from "node:zlib";

/** A file as it is served, which a cache may keep as long as its version is the same. */
export interface ServedFile {
  /** Content type. */
  readonly type: string;
  /** Changes with the content. */
  readonly version: string;
  /** The bytes in one encoding: made when first asked for, then kept. */
  body(encoding: Encoding): Promise<Bytes>;
}

type Encoding = (typeof encodings)[number];
type Bytes = Uint8Array<ArrayBuffer>;

/** Best first. */
const encodings = ["br", "gzip", "identity"] as const;

const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 22 } };

/** Makes a file of a text. */
export function createFile(text: string, type: string): ServedFile {
  const bytes = Buffer.from(text);
  return fileOf(type, hash("sha256", text).slice(0, 16), {
    br: () => promisify(brotliCompress)(bytes, quality),
    gzip: () => promisify(gzip)(bytes),
    identity: async () => bytes,
  });
}

/** A file that is kept in brotli's encoding, which nearly every browser takes. Its name changes with its content. */
export function compressedFile(compressed: Bytes, type: string, name: string): ServedFile {
  const plain = () => promisify(brotliDecompress)(compressed);
  return fileOf(type, name, {
    br: async () => compressed,
    gzip: async () => promisify(gzip)(await plain()),
    identity: plain,
  });
}

function fileOf(type: string, version: string, encode: Record<Encoding, () => Promise<Bytes>>): ServedFile {
  const bodies = new Map<Encoding, Promise<Bytes>>();
  return {
    type,
    version,
    body(encoding) {
      const body = bodies.get(encoding) ?? encode[encoding]();
      bodies.set(encoding, body);
      return body;
    },
  };
}

/** Answers a GET or HEAD with a file, in the best encoding that the client takes, or with 304 where it has it. */
export async function send(
  { method, headers: asked }: Request,
  file: ServedFile,
  headers: Record<string, string>,
): Promise<Response> {
  // Weak, because it is the same for every encoding.
  const etag = `W/"${file.version}"`;
  const common = { ...headers, etag, vary: "accept, accept-encoding", "x-content-type-options": "nosniff" };
  if (asked.get("if-none-match")?.includes(etag)) return new Response(null, { status: 304, headers: common });

  const encoding = encodingFor(asked.get("accept-encoding") ?? "");
  const body = await file.body(encoding);
  return new Response(method === "HEAD" ? null : body, {
    headers: {
      ...common,
      "content-type": file.type,
      "content-length": String(body.length),
      ...(encoding !== "identity" && { "content-encoding": encoding }),
    },
  });
}

function encodingFor(accepted: string): Encoding {
  const refused = /;\s*q=0(\.0*)?$/;
  const taken = accepted.split(",").map((choice) => choice.trim().toLowerCase());
  return (
    encodings.find((name) => taken.some((choice) => choice.split(";")[0]?.trim() === name && !refused.test(choice))) ??
    "identity"
  );
}
