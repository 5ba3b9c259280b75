import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { connectionError, refuseConnection } from "./connection-errors.ts";
import { answerHealth, isHealthPath, isRead, readOnly } from "./health.ts";
import { HttpError, logRefusal, sendTo } from "./http-error.ts";
import type { Log } from "./log.ts";
import { requestIdFrom } from "./request-id.ts";
import { pathOf } from "./routes.ts";

/** Bounds of a server, times in milliseconds. */
export interface HttpServerOptions {
  /** Connections at once; further ones are closed as they come. */
  maxConnections: number;
  /** From the beginning of a connection, or of a further request on it, until all headers have come. */
  headersTimeout: number;
  /** From the same moment until all of the request has come. So long, too, a client may take nothing of its answer. */
  requestTimeout: number;
  /** How long a connection may wait for its next request. */
  keepAliveTimeout: number;
  /** Bytes of request line and headers. */
  maxHeaderSize: number;
  logger: Log;
}

/** A server of `node:http` that ends what is slow, silent or too much, and that can stop without losing a request. */
export interface HttpServer {
  readonly server: Server;
  /** Whether new connections should go elsewhere: it is being drained. */
  readonly draining: boolean;
  /**
   * Ends it. Answers tell their clients from now on to close the connection; after `delay`, or half a second, no
   * connection is accepted any more, and those without a request are closed. `onClosing` is called then, to end what would go on
   * for long. Resolves when everything under way is answered, or after `longest`.
   */
  drain(delay: number, longest: number, onClosing?: () => void): Promise<void>;
  /** Milliseconds after which {@link drain} accepts no connection any more. */
  closesAfter(delay: number): number;
}

/** Makes a server that gives its requests to a listener, and answers paths of health itself, without any REST call. */
export function createHttpServer(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  { maxConnections, headersTimeout, requestTimeout, keepAliveTimeout, maxHeaderSize, logger }: HttpServerOptions,
): HttpServer {
  const sockets = new Set<Socket>();
  const responses = new Set<ServerResponse>();
  let draining = false;
  let closing = false;

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    responses.add(response);
    response.once("close", () => {
      responses.delete(response);
      // What was written before the draining had told its client to keep the connection.
      if (closing) server.closeIdleConnections();
    });
    if (draining) response.setHeader("connection", "close");
    const path = pathOf(request.url ?? "");
    if (!isHealthPath(path)) listener(request, response);
    else if (isRead(request)) answerHealth(request, response, path, draining);
    else refuse(request, response, readOnly);
  };
  const refuse = (request: IncomingMessage, response: ServerResponse, error: HttpError) => {
    const id = requestIdFrom(request.headers["x-request-id"]);
    logRefusal(logger, error, id);
    sendTo(response, error, id, request.headers.accept, request.method);
  };

  const times = {
    headersTimeout: Math.min(headersTimeout, requestTimeout),
    requestTimeout,
    keepAliveTimeout,
    // Node looks for what is late so often. Its own half minute would be added to every time.
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(Math.min(headersTimeout, requestTimeout) / 4)),
  };
  // Without `requireHostHeader` it is the listener that refuses a request without a host, in words of ours.
  const server = createServer({ ...times, maxHeaderSize, requireHostHeader: false }, handle);
  server.maxConnections = maxConnections;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const open = Array.from(responses).find((response) => response.req.socket === socket);
    refuseConnection(socket, connectionError(error, maxHeaderSize), open, logger);
  });
  server.on("connect", ({ headers }: IncomingMessage, socket: Socket) => {
    const error = new HttpError(405, "The gateway is no proxy: CONNECT is not allowed.", {
      headers: { allow: "GET, POST" },
    });
    refuseConnection(socket, error, undefined, logger, headers["x-request-id"]);
  });
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    refuse(request, response, new HttpError(417, "The header `Expect` may be `100-continue` and nothing else."));
  });
  server.on(
    "drop",
    warnSometimes(logger, `There are ${maxConnections} connections: further ones are closed as they come.`),
  );
  watchWrites(server, sockets, responses, requestTimeout);

  async function drain(delay: number, longest: number, onClosing = () => {}): Promise<void> {
    draining = true;
    for (const response of responses) if (!response.headersSent) response.setHeader("connection", "close");
    await wait(closesAfter(delay));
    // The close of `node:http` would stop looking for requests that are late.
    const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
    // What has come by now is read in the next turns, and its connection is not idle then.
    await turn();
    await turn();
    closing = true;
    onClosing();
    server.closeIdleConnections();
    // A connection that never sent a byte counts as one that sends a request.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    setTimeout(() => server.closeAllConnections(), longest).unref();
    await closed;
  }

  return {
    server,
    drain,
    closesAfter,
    get draining() {
      return draining;
    },
  };
}

/** Milliseconds in which a request arrives that was sent before its client could know of the end: far clients and busy ones, too. */
const onItsWay = 500;

function closesAfter(delay: number): number {
  return Math.max(delay, onItsWay);
}

/** Ends connections whose client takes nothing of what is sent for so long: they would keep their answer in memory. */
function watchWrites(server: Server, sockets: Set<Socket>, responses: Set<ServerResponse>, timeout: number): void {
  const watched = new WeakSet<Socket>();
  // Of a stream of events there may be nothing more to take for long.
  const goesOn = (socket: Socket) =>
    Array.from(responses).some((response) => response.socket === socket && !response.writableEnded);
  const look = () => {
    for (const socket of sockets) {
      if (socket.writableLength > 0) {
        // Node sets a time for the next request when the answer is sent, and none while one is written.
        if (socket.timeout) continue;
        socket.setTimeout(timeout);
        watched.add(socket);
      } else if (watched.delete(socket) && goesOn(socket)) socket.setTimeout(0);
    }
  };
  const timer = setInterval(look, Math.min(1_000, Math.ceil(timeout / 4))).unref();
  server.once("close", () => clearInterval(timer));
}

/** Says it at most once in a minute. */
function warnSometimes(logger: Log, message: string): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - last < 60_000) return;
    last = performance.now();
    logger.warn(message);
  };
}
