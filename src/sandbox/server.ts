import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Delivery, SandboxRequest, SandboxResponse } from "./answer.ts";

/** From and to, in milliseconds. */
export type Jitter = [min: number, max: number];

/** A sandbox on the network. */
export interface Listening {
  /** The base URL to give to a client: `http://127.0.0.1:PORT/client/v4`. */
  readonly url: string;
  /** Ends when no connection is left; those that are open are closed. */
  close(): Promise<void>;
}

interface ListenOptions {
  port: number;
  host: string;
  base: string;
  jitter: Jitter | undefined;
}

/** Serves `handle` over HTTP/1.1 with kept-alive connections. */
export async function listen(
  handle: (request: SandboxRequest) => Promise<SandboxResponse>,
  { port, host, base, jitter }: ListenOptions,
): Promise<Listening> {
  const pause = jitter && createPause(jitter);

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const url = new URL(incoming.url ?? "/", `http://${host}`).href;
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const response = await handle({ method: incoming.method ?? "GET", url, headers, body: body || undefined });
    // Without a hold on the process: once the server is closed nothing waits for it.
    if (pause) await wait(pause(), undefined, { ref: false });
    if (response.delivery) await spoil(response, response.delivery, outgoing);
    else outgoing.writeHead(response.status, response.headers).end(response.text);
  }
  const server = createServer((incoming, outgoing) => {
    // A client that left, or a bug of the sandbox: answered if the client is still there.
    answer(incoming, outgoing).catch((error: Error) => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500).end(error.stack);
    });
  });
  // Longer than a client keeps an idle connection, so that it is never closed under a request.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));

  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}${base}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** Sends an answer with what goes wrong on its way. A client that leaves ends it. */
async function spoil(
  { status, headers, text }: SandboxResponse,
  delivery: Delivery,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const pause = (milliseconds: number) => wait(milliseconds, undefined, { ref: false, signal: gone.signal });
  const reset = () => outgoing.socket?.resetAndDestroy();
  try {
    if (delivery.hang || outgoing.destroyed) return;
    if (delivery.latency) await pause(delivery.latency);
    if (delivery.reset === "head") return void reset();
    const body = Buffer.from(text);
    outgoing.writeHead(status, { ...headers, "content-length": body.length });
    if (delivery.reset === "body") return void outgoing.write(body.subarray(0, body.length / 2), reset);
    if (delivery.byteInterval) {
      for (const byte of body) {
        outgoing.write(Buffer.of(byte));
        await pause(delivery.byteInterval);
      }
      return void outgoing.end();
    }
    outgoing.end(body);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

async function text(incoming: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of incoming.setEncoding("utf8")) body += chunk;
  return body;
}

/** How long each answer waits, in milliseconds: pseudo-random with a fixed seed (mulberry32), so two runs wait the same. */
export function createPause([min, max]: Jitter): () => number {
  let seed = 0x9e3779b9;
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const fraction = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    return min + fraction * (max - min);
  };
}
