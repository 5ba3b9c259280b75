import type { Dispatcher } from "undici";
import type { Sendable } from "./connections.ts";
import { type createDecoder, encodingsOf, Undecodable } from "./content-encoding.ts";
import type { CloudflareError } from "./error.ts";
import type { ReceiveBuffer, Received, Source } from "./receive-buffer.ts";
import { abandoned, type Ended, late, tooLarge, transportFailure } from "./transport-failure.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

/** Shared state of all calls of one transport. */
export interface ExchangeLimits {
  callTimeout: number;
  maxResponseSize: number;
  buffer: ReceiveBuffer;
  decode: ReturnType<typeof createDecoder>;
}

/** One call on undici's lowest layer: its bytes, its deadline, and its caller. */
export class Exchange implements Sendable, Source, Dispatcher.DispatchHandler {
  readonly #request: WireRequest;
  readonly #origin: string;
  readonly #path: string;
  readonly #limits: ExchangeLimits;
  readonly #resolve: (response: WireResponse) => void;
  readonly #reject: (error: CloudflareError) => void;
  readonly #deadline: NodeJS.Timeout;
  readonly #leave = () => this.#end(abandoned());
  #controller: Dispatcher.DispatchController | undefined;
  #over: () => void = () => {};
  #sent = false;
  #ended: Ended | undefined;
  #received: Received | undefined;
  #status = 0;
  #headers: WireResponse["headers"] = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(
    request: WireRequest,
    origin: string,
    limits: ExchangeLimits,
    resolve: (response: WireResponse) => void,
    reject: (error: CloudflareError) => void,
  ) {
    const { callTimeout } = limits;
    this.#request = request;
    this.#origin = origin;
    this.#path = request.url.slice(origin.length) || "/";
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadline = setTimeout(() => this.#end(late(callTimeout)), callTimeout);
    if (request.signal?.aborted) this.#leave();
    else request.signal?.addEventListener("abort", this.#leave, { once: true });
  }

  run(dispatcher: Dispatcher, over: () => void): void {
    this.#over = over;
    if (this.#ended) {
      queueMicrotask(over);
      return;
    }
    const { method, headers, body = null } = this.#request;
    const request = { origin: this.#origin, path: this.#path, method: method as Dispatcher.HttpMethod, headers, body };
    dispatcher.dispatch(request, this);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    // Not within another answer's chunk: undici's parser serves one at a time.
    queueMicrotask(() => this.#controller?.resume());
  }

  /** Ends the call from our side: at once for its caller, and on the connection as soon as there is one. */
  #end(ended: Ended): void {
    this.#ended ??= ended;
    this.#controller?.abort(this.#ended);
    this.#fail(this.#ended);
  }

  #settle(): void {
    clearTimeout(this.#deadline);
    this.#request.signal?.removeEventListener("abort", this.#leave);
    if (this.#received) this.#limits.buffer.end(this.#received);
    this.#chunks = [];
  }

  #fail(cause: unknown, sent?: boolean): void {
    this.#settle();
    this.#reject(transportFailure(this.#request.route, cause, sent));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#sent = true;
    this.#controller = controller;
    if (this.#ended) controller.abort(this.#ended);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: WireResponse["headers"]): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return;
    const { maxResponseSize, buffer } = this.#limits;
    this.#size += chunk.length;
    if (this.#size > maxResponseSize) {
      this.#end(tooLarge(maxResponseSize));
      return;
    }
    this.#chunks.push(chunk);
    this.#received ??= buffer.begin(this);
    buffer.add(this.#received, chunk.length);
  }

  onResponseEnd(): void {
    this.#over();
    // From here on there is nothing on the wire to be ended.
    this.#controller = undefined;
    const encodings = encodingsOf(this.#headers["content-encoding"]);
    const [only, ...more] = this.#chunks;
    const body = more.length === 0 ? only : Buffer.concat(this.#chunks);
    if (encodings.length === 0 || !body) this.#answer({ text: body?.toString() ?? "" });
    else void this.#decode(body, encodings);
  }

  async #decode(body: Buffer, encodings: string[]): Promise<void> {
    try {
      this.#answer({ text: (await this.#limits.decode(body, encodings)).toString() });
    } catch (error) {
      if (error instanceof Undecodable) this.#answer({ text: "", unreadable: error.message });
      else this.#fail(error);
    }
  }

  #answer(body: Pick<WireResponse, "text" | "unreadable">): void {
    this.#settle();
    this.#resolve({ status: this.#status, headers: this.#headers, ...body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // A call that waits for this connection may time out in the same tick of the clock; it must not be sent in vain.
    setImmediate(this.#over);
    this.#fail(this.#ended ?? error, this.#sent);
  }
}
