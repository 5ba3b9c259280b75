import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerHealth, isHealthPath, isRead, readOnly } from "./health.ts";
import { HttpError, sendTo } from "./http-error.ts";
import type { Metrics } from "./metrics.ts";
import { requestIdFrom } from "./request-id.ts";
import { pathOf } from "./routes.ts";

/** What a server of metrics tells. */
export interface MetricsServerOptions {
  metrics: Pick<Metrics, "read">;
  /** Whether the process is being drained. */
  isDraining: () => boolean;
}

/** Connections at once: one or two scrape, and a balancer asks for the health. */
const MOST_CONNECTIONS = 100;

/** Makes a server of `/metrics`, `/health/live` and `/health/ready`, for a port that callers do not reach. */
export function createMetricsServer({ metrics, isDraining }: MetricsServerOptions): Server {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = pathOf(request.url ?? "");
    const refuse = (error: HttpError) =>
      sendTo(response, error, requestIdFrom(request.headers["x-request-id"]), request.headers.accept, request.method);
    if (isHealthPath(path))
      return isRead(request) ? answerHealth(request, response, path, isDraining()) : refuse(readOnly);
    if (path !== "/metrics")
      return refuse(new HttpError(404, "Here are /metrics, /health/live and /health/ready.", { code: "NOT_FOUND" }));
    if (!isRead(request)) return refuse(readOnly);
    const { type, text } = await metrics.read();
    response.writeHead(200, { "content-type": type, "cache-control": "no-store" });
    response.end(request.method === "HEAD" ? undefined : text);
  };
  const times = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
  const server = createServer(times, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}
