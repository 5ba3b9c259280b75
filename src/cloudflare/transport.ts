import { type Client, type Dispatcher, errors } from "undici";
import { Connections, type Sendable } from "./connections.ts";
import { CloudflareError, type Kind } from "./error.ts";

/** One request as it goes on the wire. The route is for errors and labels only. */
export interface WireRequest {
  route: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | undefined;
  /** Ends the call when nobody waits for it any more. */
  signal?: AbortSignal | undefined;
  /** Written by whoever sends it and whoever is asked. */
  trace?: Trace | undefined;
}

/** What became of one call, attempt by attempt. */
export interface Trace {
  route: string;
  /** How often it was sent. */
  attempts: number;
  /** HTTP status of the last answer; `null` while none has come. */
  status: number | null;
}

/** One answer as it came, whatever its status. Header names are lower case. */
export interface WireResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Why the body could not be read, as the end of a sentence: "a gzip body that is cut off". `text` is empty then. */
  unreadable?: string | undefined;
}

/** The seam to the network: undici in production, the sandbox's `handle` in tests, the platform's `fetch` elsewhere. */
export type Transport = (request: WireRequest) => Promise<WireResponse>;

/** What the transport may be told; every field has a default. */
export interface TransportOptions {
  /** Connections to one host at once. The gateway limits the calls of each caller itself. @default Infinity */
  concurrency?: number;
  /** Milliseconds one call may take, from asking for it to its last byte. @default 10000 */
  callTimeout?: number;
  /** Bytes one answer may have. @default 33554432 (32 MiB) */
  maxResponseSize?: number;
}

/** A transport on undici: kept-alive connections, no redirects (a credential never follows one), no retries. */
export function createTransport(options: TransportOptions = {}): Transport & { close(): Promise<void> } {
  const { concurrency = Number.POSITIVE_INFINITY, callTimeout = 10_000, maxResponseSize = 32 * 1024 * 1024 } = options;
  const hosts = new Map<string, Connections>();
  let closed = false;

  const send = (request: WireRequest) =>
    new Promise<WireResponse>((resolve, reject) => {
      if (closed) return reject(failure(request.route, new errors.ClientClosedError()));
      const slash = request.url.indexOf("/", request.url.indexOf("//") + 2);
      const origin = request.url.slice(0, slash);
      let connections = hosts.get(origin);
      if (!connections) {
        connections = new Connections(origin, concurrency, callTimeout);
        hosts.set(origin, connections);
      }
      const path = request.url.slice(slash);
      connections.send(new Exchange(request, path, callTimeout, maxResponseSize, resolve, reject));
    });
  const close = async () => {
    closed = true;
    await Promise.all(Array.from(hosts.values(), (connections) => connections.close()));
  };
  return Object.assign(send, { close });
}

/** A call that was ended from our side. */
class Ended extends Error {
  readonly kind: Kind;

  constructor(kind: Kind, what: string) {
    super(what);
    this.kind = kind;
  }
}

/** One call on undici's lowest layer: its bytes, its deadline, and whoever waits for it. */
class Exchange implements Sendable, Dispatcher.DispatchHandler {
  readonly #request: WireRequest;
  readonly #path: string;
  readonly #resolve: (response: WireResponse) => void;
  readonly #reject: (error: CloudflareError) => void;
  readonly #most: number;
  readonly #deadline: NodeJS.Timeout;
  readonly #leave = () => this.#end(new Ended("aborted", "was given up: nobody waits for it any more"));
  #controller: Dispatcher.DispatchController | undefined;
  #over: () => void = () => {};
  #ended: Ended | undefined;
  #status = 0;
  #headers: WireResponse["headers"] = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(
    request: WireRequest,
    path: string,
    callTimeout: number,
    most: number,
    resolve: (response: WireResponse) => void,
    reject: (error: CloudflareError) => void,
  ) {
    this.#request = request;
    this.#path = path;
    this.#most = most;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadline = setTimeout(
      () => this.#end(new Ended("timeout", `did not answer within ${callTimeout} ms`)),
      callTimeout,
    );
    if (request.signal?.aborted) this.#leave();
    else request.signal?.addEventListener("abort", this.#leave, { once: true });
  }

  run(client: Client, over: () => void): void {
    this.#over = over;
    if (this.#ended) {
      queueMicrotask(over);
      return;
    }
    const { method, headers, body = null } = this.#request;
    client.dispatch({ path: this.#path, method: method as Dispatcher.HttpMethod, headers, body }, this);
  }

  /** Ends the call from our side: at once for whoever waits, and on the wire as soon as there is one. */
  #end(ended: Ended): void {
    this.#ended ??= ended;
    this.#controller?.abort(this.#ended);
    this.#fail(this.#ended);
  }

  #settle(): void {
    clearTimeout(this.#deadline);
    this.#request.signal?.removeEventListener("abort", this.#leave);
  }

  #fail(cause: unknown): void {
    this.#settle();
    this.#reject(failure(this.#request.route, cause));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(this.#ended);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: WireResponse["headers"]): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#most) this.#end(new Ended("broken", `answered with more than ${this.#most} bytes`));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#over();
    this.#settle();
    const [only, ...more] = this.#chunks;
    const text = more.length === 0 ? (only?.toString() ?? "") : Buffer.concat(this.#chunks).toString();
    this.#resolve({ status: this.#status, headers: this.#headers, text });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // Whoever waits for the connection may be late by the same tick of the clock, and must not be sent for nothing.
    setImmediate(this.#over);
    this.#fail(this.#ended ?? error);
  }
}

/** With these a call certainly never left, unless they come of a connection in use. */
const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_CLOSED",
  "UND_ERR_DESTROYED",
]);

function failure(route: string, cause: unknown): CloudflareError {
  if (cause instanceof Ended) return new CloudflareError(route, `${route} ${cause.message}`, { kind: cause.kind });
  const { name, code = name, syscall } = cause as { name?: string; code?: string; syscall?: string };
  const [kind, what]: [Kind, string] =
    code !== undefined && unreachable.has(code) && syscall !== "read" && syscall !== "write"
      ? ["unavailable", `could not be reached (${code})`]
      : ["broken", `broke the connection (${code ?? "unknown"})`];
  return new CloudflareError(route, `${route} ${what}`, { kind, cause });
}
