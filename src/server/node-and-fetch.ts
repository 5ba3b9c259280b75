import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

/** A Fetch handler (`gateway.fetch(request)`) that is a listener of `node:http` and `node:http2`, too. */
export interface RequestHandler {
  (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): Promise<void>;
  /** Answers a request, or a URL with what `fetch` takes beside it. The URL's host decides nothing. */
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>;
}
