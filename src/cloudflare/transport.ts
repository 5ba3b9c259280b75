import { Agent, type Dispatcher } from "undici";
import { CloudflareError, type Kind } from "./error.ts";

/** One request as it goes on the wire. The route is for errors and labels only. */
export interface WireRequest {
  route: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | undefined;
}

/** One answer as it came, whatever its status. Header names are lower case. */
export interface WireResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** The seam to the network: undici in production, the sandbox's `handle` in tests, the platform's `fetch` elsewhere. */
export type Transport = (request: WireRequest) => Promise<WireResponse>;

/** What the transport may be told; every field has a default. */
export interface TransportOptions {
  /** Calls on the wire at once. @default 128 */
  concurrency?: number;
  /** Milliseconds one call may take, from sending to the last byte. @default 10000 */
  callTimeout?: number;
  /** Bytes one answer may have. @default 33554432 (32 MiB) */
  maxResponseSize?: number;
}

/** A transport on undici: kept-alive connections, no redirects (a credential never follows one), no retries. */
export function createTransport(options: TransportOptions = {}): Transport & { close(): Promise<void> } {
  const { concurrency = 128, callTimeout = 10_000, maxResponseSize = 32 * 1024 * 1024 } = options;
  // With HTTP/2 `connections` bounds sockets, not calls.
  const agent = new Agent({
    connections: concurrency,
    allowH2: false,
    maxResponseSize,
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  async function send(request: WireRequest): Promise<WireResponse> {
    const url = new URL(request.url);
    try {
      const answer = await agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers,
        body: request.body ?? null,
        signal: AbortSignal.timeout(callTimeout),
      });
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    } catch (cause) {
      throw failure(request.route, cause, callTimeout);
    }
  }
  return Object.assign(send, { close: () => agent.close() });
}

const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function failure(route: string, cause: unknown, callTimeout: number): CloudflareError {
  const { name, code } = cause as { name?: string; code?: string };
  const [kind, what]: [Kind, string] =
    name === "TimeoutError"
      ? ["timeout", `did not answer within ${callTimeout} ms`]
      : code === "UND_ERR_RES_EXCEEDED_MAX_SIZE"
        ? ["broken", "answered with more bytes than are accepted"]
        : code !== undefined && unreachable.has(code)
          ? ["unavailable", `could not be reached (${code})`]
          : ["broken", `broke the connection (${code ?? name ?? "unknown"})`];
  return new CloudflareError(route, `${route} ${what}`, { kind, cause });
}
