import { hash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** A text as it is served: named after what is in it, so that a cache can keep it for ever. */
export interface ServedFile {
  /** Content type. */
  readonly type: string;
  /** The beginning of the content's SHA-256. */
  readonly hash: string;
  /** The bytes in one encoding: made when first asked for, then kept. */
  body(encoding: Encoding): Promise<Bytes>;
}

type Encoding = (typeof encodings)[number];
type Bytes = Uint8Array<ArrayBuffer>;

/** Best first. */
const encodings = ["br", "gzip", "identity"] as const;

// The best quality would save another eighth of the editor's five megabytes, and take a hundred times as long.
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 22 } };

const encode: Record<Encoding, (text: string) => Promise<Bytes>> = {
  br: (text) => promisify(brotliCompress)(text, quality),
  gzip: (text) => promisify(gzip)(text),
  identity: async (text) => Buffer.from(text),
};

/** Makes a file of a text. */
export function createFile(text: string, type: string): ServedFile {
  const bodies = new Map<Encoding, Promise<Bytes>>();
  return {
    type,
    hash: hash("sha256", text).slice(0, 16),
    body(encoding) {
      const body = bodies.get(encoding) ?? encode[encoding](text);
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
  const etag = `W/"${file.hash}"`;
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
