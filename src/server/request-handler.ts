import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { createFetchHandler, type RequestHandlerOptions } from "./fetch-handler.ts";
import { HttpError, logRefusal, sendTo } from "./http-error.ts";
import type { RequestHandler } from "./node-and-fetch.ts";
import { requestIdFrom } from "./request-id.ts";
import { checkHost, checkTarget } from "./request-target.ts";
import { checkRoute, pathOf, type Routes } from "./routes.ts";

type NodeRequest = (IncomingMessage | Http2ServerRequest) & {
  /** The target before a router of Express cut off where it is mounted. */
  originalUrl?: string;
};

/**
 * Lets only requests through to Yoga that are for the endpoint. Yoga takes every path that ends like the endpoint's, and
 * whatwg-node makes a URL of the header `Host` before any plugin of Yoga's runs: both are checked before.
 */
export function createRequestHandler<Context extends object>(parts: RequestHandlerOptions<Context>): RequestHandler {
  const { yoga, routes, logger, lifetime, cors } = parts;

  const listener = async (request: NodeRequest, response: ServerResponse | Http2ServerResponse) => {
    // Asked for once, the socket remembers it: a client that leaves at once had an address, too.
    void request.socket?.remoteAddress;
    if (hasLeft(response)) return;
    const { method = "", headers, url = "", originalUrl: target = url } = request;
    const { origin, "access-control-request-method": asks } = headers;
    const allowed = pathOf(target) === routes.path ? cors.preflight({ method, origin, asks }) : undefined;
    if (allowed && !(allowed instanceof HttpError))
      return void (response as ServerResponse).writeHead(204, allowed).end();
    const refused = allowed ?? checkNodeRequest(request, routes) ?? lifetime.refusal;
    if (!refused) {
      tellOfLeaving(request, response);
      const answered = yoga.requestListener(request as IncomingMessage, response as ServerResponse);
      // whatwg-node waits for a client that has left to take the rest of its answer, for ever.
      const closed = new Promise<void>((resolve) => void (response as ServerResponse).once("close", resolve));
      return lifetime.track(Promise.race([answered, closed]));
    }
    const id = requestIdFrom(headers["x-request-id"]);
    logRefusal(logger, refused, id);
    for (const [name, value] of Object.entries(cors.headersFor(origin))) response.setHeader(name, value);
    sendTo(response as ServerResponse, refused, id, headers.accept, method);
  };

  return Object.assign(listener, { fetch: createFetchHandler(parts) });
}

function checkNodeRequest(request: NodeRequest, routes: Routes): HttpError | undefined {
  const { method = "", url = "", originalUrl: target = url, httpVersion } = request;
  return (
    checkTarget(target) ??
    checkHost(hostsOf(request), httpVersion !== "1.0") ??
    checkRoute(routes, method, pathOf(target))
  );
}

/** Whether the client left before the host gave us its request: whatwg-node waits for an event that has been. */
function hasLeft(response: ServerResponse | Http2ServerResponse): boolean {
  return "stream" in response ? response.stream.destroyed : response.destroyed;
}

/**
 * whatwg-node aborts a request whose response closes before it finishes. Over HTTP/2 Node emits `finish` first, also where the
 * client has left. `aborted` comes before both.
 */
function tellOfLeaving(request: NodeRequest, response: ServerResponse | Http2ServerResponse): void {
  if ("stream" in request) request.once("aborted", () => response.emit("close"));
}

/** All that were sent: `request.headers` has the first one only. HTTP/2 has them in a field of its own. */
function hostsOf({ rawHeaders }: NodeRequest): string[] {
  const isHost = (_: string, index: number) =>
    index % 2 === 1 && /^(host|:authority)$/i.test(rawHeaders[index - 1] ?? "");
  return rawHeaders.filter(isHost);
}
