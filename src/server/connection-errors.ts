import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { HttpError, logRefusal, messageOf } from "./http-error.ts";
import type { Log } from "./log.ts";
import { requestIdFrom } from "./request-id.ts";

/** The error of a request whose connection failed; `undefined` if the client is gone. */
export function connectionError({ code = "" }: NodeJS.ErrnoException, maxHeaderSize: number): HttpError | undefined {
  if (code === "ECONNRESET" || code === "EPIPE") return undefined;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new HttpError(408, "The request did not come in time.", { code: "TIMEOUT" });
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    const message = `Request line and headers must have at most ${maxHeaderSize} bytes.`;
    return new HttpError(431, message, {
      code: "LIMIT_EXCEEDED",
      limit: { name: "MAX_HEADER_SIZE", allowed: maxHeaderSize },
    });
  }
  return new HttpError(400, "This is no valid HTTP/1.1 request.");
}

const ending = new WeakSet<Socket>();

/** Milliseconds in which the client may read its answer, while what it still sends is thrown away. */
const lingering = 1_000;

/**
 * Answers on a connection on which no request can be read any more, and closes it. It is closed without an answer where
 * nothing was sent on it, where an answer has begun, and where it would be taken for that of the request before.
 *
 * @param open the response that is under way on this connection
 */
export function refuseConnection(
  socket: Socket,
  error: HttpError | undefined,
  open: ServerResponse | undefined,
  logger: Log,
  requestId?: string | string[],
): void {
  // What comes on it until it is closed is found to be no request again.
  if (ending.has(socket)) return;
  ending.add(socket);
  const answered = open !== undefined && (open.headersSent || open.req.complete);
  if (!error || !socket.writable || socket.bytesRead === 0 || answered) {
    socket.destroy();
    return;
  }
  const id = requestIdFrom(requestId ?? open?.req.headers["x-request-id"]);
  logRefusal(logger, error, id);
  // Closed at once, with something unread, the connection would be reset, and the answer lost.
  const timer = setTimeout(() => socket.destroy(), lingering);
  socket.once("close", () => clearTimeout(timer));
  socket.on("error", () => socket.destroy());
  socket.end(toWire(error, id));
}

/** The answer as HTTP/1.1 has it on the wire, for connections on which no request could be read. The last one on them. */
function toWire(error: HttpError, id: string): string {
  const { status, headers, body } = messageOf(error, id);
  const lines = Object.entries({ ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`;
}
