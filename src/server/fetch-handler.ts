import type { YogaServerInstance } from "graphql-yoga";
import type { Cors } from "./cors.ts";
import { HttpError, logRefusal, toResponse } from "./http-error.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Log } from "./log.ts";
import type { RequestHandler } from "./node-and-fetch.ts";
import { requestIdOf } from "./request-id.ts";
import { checkRoute, type Routes } from "./routes.ts";

/** What answers requests, which of them, and until when. */
export interface RequestHandlerOptions<Context extends object> {
  yoga: YogaServerInstance<object, Context>;
  routes: Routes;
  logger: Log;
  lifetime: Lifetime;
  cors: Cors;
}

/** Lets only requests through to Yoga that are for the endpoint: Yoga takes every path that ends like the endpoint's. */
export function createFetchHandler<Context extends object>({
  yoga,
  routes,
  logger,
  lifetime,
  cors,
}: RequestHandlerOptions<Context>): RequestHandler["fetch"] {
  // A copy of the headers: whatwg-node would write a length into the caller's own, which may be used again.
  const requestFor = (url: string, init?: RequestInit) =>
    new yoga.fetchAPI.Request(url, { ...init, headers: new Headers(init?.headers) });

  return async (input: Request | URL | string, init?: RequestInit) => {
    const url = URL.parse(isRequest(input) ? input.url : String(input), "http://localhost");
    const request = isRequest(input) ? withInit(input, init) : requestFor(url?.href ?? "", init);
    const origin = request.headers.get("origin");
    const asks = request.headers.get("access-control-request-method");
    const { method } = request;
    const allowed = url?.pathname === routes.path ? cors.preflight({ method, origin, asks }) : undefined;
    if (allowed && !(allowed instanceof HttpError)) return new Response(null, { status: 204, headers: allowed });
    const refused = url
      ? (allowed ?? checkRoute(routes, method, url.pathname) ?? lifetime.refusal)
      : new HttpError(400, "The URL is not valid.");
    if (!refused) return platformResponse(await lifetime.track(Promise.resolve(yoga.fetch(request))));
    const id = requestIdOf(request);
    logRefusal(logger, refused, id);
    const response = toResponse(refused, id, request.headers.get("accept"));
    for (const [name, value] of Object.entries(cors.headersFor(origin))) response.headers.set(name, value);
    return response;
  };
}

/**
 * An answer in the platform's class, which SvelteKit insists on; whatwg-node's is another, and is read whole. A subscription is the
 * platform's already.
 */
async function platformResponse(response: Response): Promise<Response> {
  if (response instanceof globalThis.Response) return response;
  const { status, statusText, headers } = response as Response;
  const body = await (response as Response).arrayBuffer();
  return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
}

/**
 * What `fetch` takes beside a request and replaces of it. Routers such as Hono's pass things of their own there. The request of
 * Next.js is a proxy, which `new Request` does not take.
 */
function withInit(request: Request, init?: RequestInit): Request {
  const replaces = init && ["method", "headers", "body", "signal"].some((name) => name in init);
  if (!replaces) return request;
  const { url, method, headers, body, signal } = request;
  return new Request(url, { method, headers, body, signal, duplex: "half", ...init } as RequestInit);
}

function isRequest(input: Request | URL | string): input is Request {
  return typeof input === "object" && "headers" in input;
}
