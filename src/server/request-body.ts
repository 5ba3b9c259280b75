import type { IncomingMessage } from "node:http";
import { HttpError } from "./http-error.ts";

/** A request of `node:http`, perhaps with the body that a framework such as Express has parsed. */
type NodeRequest = IncomingMessage & { body?: unknown };

/** Refuses a body beyond what is allowed, in bytes. What still comes of it is thrown away by the server. */
function tooLarge(allowed: number, found?: number): HttpError {
  const size = found === undefined ? `more than ${allowed} bytes` : `${found} bytes`;
  const limit = { name: "MAX_BODY_SIZE", allowed, ...(found !== undefined && { found }) };
  const message = `The body must have at most ${allowed} bytes, and has ${size}.`;
  return new HttpError(413, message, { code: "LIMIT_EXCEEDED", limit });
}

/** A mistake of the server that mounted the gateway: a caller cannot correct it. */
const alreadyRead = () =>
  new HttpError(
    500,
    "The body was read before the request came to the gateway: mount the gateway before whatever reads bodies, such as " +
      "`express.json()`, or give it a copy (`request.clone()`).",
    { code: "INTERNAL_SERVER_ERROR" },
  );
const unreadable = () => new HttpError(400, "The body ended before all of it had come.");

/** Reads a body as UTF-8, and no more than `most` bytes of it. `node` is the request of `node:http`, where there is one. */
export async function readBody(request: Request, node: NodeRequest | undefined, most: number): Promise<string> {
  const length = request.headers.get("content-length");
  if (length !== null && !/^\d{1,15}$/.test(length))
    throw new HttpError(400, "The header `Content-Length` is no number.");
  if (Number(length) > most) throw tooLarge(most, Number(length));
  // Express 4 has `{}` where it has parsed nothing.
  if (node?.body != null && (node.readableDidRead || Object.keys(node.body).length > 0))
    return parsedBefore(request, most);
  return decoded(await (node ? ofNode(node, most) : ofFetch(request, most)));
}

/** What a framework has parsed is written again, by whatwg-node. */
async function parsedBefore(request: Request, most: number): Promise<string> {
  const text = await request.text().catch(() => {
    throw alreadyRead();
  });
  if (text.length > most) throw tooLarge(most);
  return text;
}

/** Chunks of a stream of `node:http`: it is not destroyed beyond the limit, because the answer needs its socket. */
function ofNode(stream: IncomingMessage, most: number): Promise<Uint8Array[]> {
  return new Promise((resolve, reject) => {
    if (stream.readableDidRead) return reject(alreadyRead());
    if (stream.destroyed) return reject(unreadable());
    const chunks: Uint8Array[] = [];
    let size = 0;
    const collect = (chunk: Uint8Array) => {
      size += chunk.length;
      if (size > most) return settle(() => reject(tooLarge(most)));
      chunks.push(chunk);
    };
    const ended = () => settle(() => resolve(chunks));
    const broken = () => settle(() => reject(unreadable()));
    const settle = (then: () => void) => {
      stream.off("data", collect).off("end", ended).off("error", broken).off("close", broken);
      then();
    };
    stream.on("data", collect).on("end", ended).on("error", broken).on("close", broken).resume();
  });
}

async function ofFetch(request: Request, most: number): Promise<Uint8Array[]> {
  if (request.bodyUsed) throw alreadyRead();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.length;
      if (size > most) throw tooLarge(most);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof HttpError ? error : unreadable();
  }
  return chunks;
}

function decoded(chunks: Uint8Array[]): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    let text = "";
    for (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
    return text + decoder.decode();
  } catch {
    throw new HttpError(400, "The body is not UTF-8.");
  }
}
