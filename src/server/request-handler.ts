import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { YogaServerInstance } from "graphql-yoga";
import type { Cors, PreflightRequest } from "./cors.ts";
import { HttpError, logRefusal, sendTo, toResponse } from "./http-error.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Log } from "./log.ts";
import type { RequestHandler } from "./node-and-fetch.ts";
import { requestIdFrom, requestIdOf } from "./request-id.ts";
import { checkHost, checkTarget } from "./request-target.ts";
import { checkRoute, pathOf, type Routes } from "./routes.ts";

type NodeRequest = (IncomingMessage | Http2ServerRequest) & {
  /** The target before a router of Express cut off where it is mounted. */
  originalUrl?: string;
};

/** What answers requests, which of them, and until when. */
interface RequestHandlerOptions<Context extends object> {
  yoga: YogaServerInstance<object, Context>;
  routes: Routes;
  logger: Log;
  lifetime: Lifetime;
  cors: Cors;
}

/**
 * Lets only requests through to Yoga that are for the endpoint. Yoga takes every path that ends like the endpoint's, and
 * whatwg-node makes a URL of the header `Host` before any plugin of Yoga's runs: both are checked before.
 */
export function createRequestHandler<Context extends object>({
  yoga,
  routes,
  logger,
  lifetime,
  cors,
}: RequestHandlerOptions<Context>): RequestHandler {
  const preflight = (path: string, request: PreflightRequest) =>
    path === routes.path ? cors.preflight(request) : undefined;

  const listener = async (request: NodeRequest, response: ServerResponse | Http2ServerResponse) => {
    // Asked for once, the socket remembers it: a client that leaves at once had an address, too.
    void request.socket?.remoteAddress;
    if (hasLeft(response)) return;
    const { method = "", headers, url = "", originalUrl: target = url } = request;
    const { origin, "access-control-request-method": asks } = headers;
    const allowed = preflight(pathOf(target), { method, origin, asks });
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

  // A copy of the headers: whatwg-node would write a length into the caller's own, which may be used again.
  const requestFor = (url: string, init?: RequestInit) =>
    new yoga.fetchAPI.Request(url, { ...init, headers: new Headers(init?.headers) });

  const fetch = async (input: Request | URL | string, init?: RequestInit) => {
    const url = URL.parse(isRequest(input) ? input.url : String(input), "http://localhost");
    const request = isRequest(input) ? withInit(input, init) : requestFor(url?.href ?? "", init);
    const origin = request.headers.get("origin");
    const asks = request.headers.get("access-control-request-method");
    const allowed = preflight(url?.pathname ?? "", { method: request.method, origin, asks });
    if (allowed && !(allowed instanceof HttpError)) return new Response(null, { status: 204, headers: allowed });
    const refused = url
      ? (allowed ?? checkRoute(routes, request.method, url.pathname) ?? lifetime.refusal)
      : new HttpError(400, "The URL is not valid.");
    if (!refused) return platformResponse(await lifetime.track(Promise.resolve(yoga.fetch(request))));
    const id = requestIdOf(request);
    logRefusal(logger, refused, id);
    const response = toResponse(refused, id, request.headers.get("accept"));
    for (const [name, value] of Object.entries(cors.headersFor(origin))) response.headers.set(name, value);
    return response;
  };

  return Object.assign(listener, { fetch });
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

/** An answer in the platform's class, which SvelteKit insists on; whatwg-node's is another. None of ours is a stream. */
async function platformResponse(response: Response): Promise<Response> {
  if (response instanceof globalThis.Response) return response;
  const { status, statusText, headers } = response as Response;
  const body = await (response as Response).arrayBuffer();
  return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
}

/** What `fetch` takes beside a request and replaces of it. Routers such as Hono's pass things of their own there. */
function withInit(request: Request, init?: RequestInit): Request {
  const replaces = init && ["method", "headers", "body", "signal"].some((name) => name in init);
  return replaces ? new Request(request, init) : request;
}

function isRequest(input: Request | URL | string): input is Request {
  return typeof input === "object" && "headers" in input;
}
