import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createRawServer, type Server, type Socket } from "node:net";
import { expect, vi } from "vitest";
import { CloudflareError } from "../src/cloudflare/error.ts";
import { fetchTransport } from "../src/cloudflare/fetch-transport.ts";
import {
  createTransport,
  type Transport,
  type TransportOptions,
  type WireRequest,
} from "../src/cloudflare/transport.ts";

/** Ends with everything it opened. */
export interface MockUpstream extends AsyncDisposable {
  url: string;
  /** Connections that are open. */
  sockets: Set<Socket>;
  /** Connections there ever were. */
  opened(): number;
}

/** Listens on any port that is free. */
export async function listening(server: Server, scheme = "http"): Promise<MockUpstream> {
  const sockets = new Set<Socket>();
  let opened = 0;
  server.on("connection", (socket: Socket) => {
    opened++;
    sockets.add(socket.on("close", () => sockets.delete(socket)).on("error", () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    opened: () => opened,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** An upstream that speaks HTTP. */
export const mockUpstream = (answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void) =>
  listening(createServer(answer));

/** An upstream that says what it likes to each request. */
export const rawMockUpstream = (say: (socket: Socket) => void, scheme?: string) =>
  listening(
    createRawServer((socket) => socket.on("data", () => say(socket))),
    scheme,
  );

/** Waits until no connection is left, on the upstream's side. */
export const gone = (each: MockUpstream) =>
  vi.waitFor(() => expect(each.sockets.size).toBe(0), { timeout: 5_000, interval: 5 });

/** A call of a route through a transport. */
function getBy(transport: Transport) {
  return (url: string, rest: Partial<WireRequest> = {}) =>
    transport({ route: "GET /accounts", method: "GET", url, headers: {}, ...rest });
}

/** The transport on undici, and a call through it. */
export function transportOf(options: TransportOptions = {}) {
  const transport = createTransport(options);
  return { transport, get: getBy(transport), close: transport.close, [Symbol.asyncDispose]: transport.close };
}

/** The transport on `fetch`, and a call through it. Its connections are those of the process. */
export function fetchTransportOf({ concurrency: _, ...options }: TransportOptions = {}) {
  const transport = fetchTransport(options);
  return { transport, get: getBy(transport), [Symbol.asyncDispose]: async () => {} };
}

/** Every transport of ours: all of them pass the same tests. */
export const transports: [name: string, of: typeof fetchTransportOf][] = [
  ["createTransport()", transportOf],
  ["fetchTransport()", fetchTransportOf],
];

/** The failure of a call that must fail, and soon. */
export async function failure(call: Promise<unknown>): Promise<CloudflareError> {
  const started = performance.now();
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(CloudflareError);
  expect(performance.now() - started).toBeLessThan(5_000);
  return error as CloudflareError;
}
