import { callable, checkOptions, object } from "../options.ts";
import { withCallTimeout } from "./call-timeout.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";
import { tooLarge } from "./transport-failure.ts";
import {
  ACCEPTED_ENCODINGS,
  type ReceiveOptions,
  receiveDefaults,
  receiveOptions,
  type Transport,
  type WireRequest,
  type WireResponse,
} from "./wire.ts";

/** Options of the transport; every field has a default. */
export interface FetchTransportOptions extends ReceiveOptions {
  /** The `fetch` to use. @default globalThis.fetch */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

const allowed = object<FetchTransportOptions>({ ...receiveOptions, fetch: callable() });

/** Encodings that `fetch` takes off by itself. */
const decoded = new Set(["gzip", "x-gzip", "deflate", "br", "zstd", "identity", ""]);

/**
 * A transport on the platform's `fetch`, wherever there is one: Node, Bun, Deno, edge runtimes. It follows no redirect,
 * keeps the same bounds as `createTransport()`, and costs about three times as much per call on Node.
 * Throws `OptionsError`.
 */
export function fetchTransport(options: FetchTransportOptions = {}): Transport {
  checkOptions("fetchTransport", allowed, options);
  const { fetch = (url, init) => globalThis.fetch(url, init) } = options;
  const { callTimeout, maxResponseSize, maxReceiveBuffer } = { ...receiveDefaults, ...options };
  const buffer = new ReceiveBuffer(maxReceiveBuffer, maxResponseSize);

  const send = async ({ method, url, headers, body, signal }: WireRequest): Promise<WireResponse> => {
    const response = await fetch(url, {
      method,
      headers: { "accept-encoding": ACCEPTED_ENCODINGS, ...headers },
      body: body ?? null,
      redirect: "manual",
      signal: signal ?? null,
    });
    const names: WireResponse["headers"] = Object.fromEntries(response.headers);
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) names["set-cookie"] = cookies;
    const encodings = (response.headers.get("content-encoding") ?? "").toLowerCase().split(",");
    const unknown = encodings.find((name) => !decoded.has(name.trim()));
    const text = await receive(response, buffer, maxResponseSize, signal);
    const { status } = response;
    if (unknown === undefined || text === "") return { status, headers: names, text };
    const unreadable = `a body in the encoding ${unknown.trim().slice(0, 40)}, which was not asked for`;
    return { status, headers: names, text: "", unreadable };
  };
  return withCallTimeout(send, callTimeout);
}

/** The body as text, read no faster than all answers together may come. */
async function receive(
  response: Response,
  buffer: ReceiveBuffer,
  most: number,
  signal: WireRequest["signal"],
): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  let room = Promise.resolve();
  let free = () => {};
  const received = buffer.begin({
    pause: () => {
      ({ promise: room, resolve: free } = Promise.withResolvers<void>());
    },
    resume: () => free(),
  });
  const chunks: Uint8Array[] = [];
  const leave = () => free();
  signal?.addEventListener("abort", leave);
  try {
    for (let size = 0; ; ) {
      await room;
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > most) throw tooLarge(most);
      chunks.push(value);
      buffer.add(received, value.byteLength);
    }
    const decoder = new TextDecoder();
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  } finally {
    signal?.removeEventListener("abort", leave);
    buffer.end(received);
  }
}
