import { randomUUID } from "node:crypto";
import { Client, type Dispatcher, Pool } from "undici";

/** What to ask, how often and by whom. */
export interface Load {
  url: string;
  /** What is posted; without it this is a GET. */
  body?: string;
  /** One connection for each; each asks again as soon as it is answered. */
  credentials: string[];
  /** Stops at whichever comes first. */
  seconds: number;
  queries?: number;
  /** Bytes that every answer must have at least: one with errors in place of data is shorter. */
  bytes?: number;
  /** Gives every query a credential of its own. */
  fresh?: boolean;
  /** The header of every query. */
  cacheControl?: string;
}

/** What came back. */
export interface Outcome {
  /** Milliseconds of each query, ascending. */
  latencies: number[];
  /** From the first query sent to the last one answered. */
  seconds: number;
  /** Bytes of all bodies together. */
  received: number;
}

/** One answer as it came, read to its end. */
export interface Answer {
  status: number;
  text: string;
}

/** Asks over and over on kept-alive connections. Rejects at the first answer that is not the one expected. */
export async function load({
  url,
  body,
  credentials,
  seconds,
  queries,
  bytes = 0,
  fresh,
  cacheControl,
}: Load): Promise<Outcome> {
  const { origin, pathname } = new URL(url);
  const clients = credentials.map(() => connect(origin));
  const latencies: number[] = [];
  const start = performance.now();
  let received = 0;
  let left = queries ?? Number.POSITIVE_INFINITY;

  async function ask(client: Client, credential: string): Promise<void> {
    while (left-- > 0 && performance.now() - start < seconds * 1000) {
      const sent = performance.now();
      const own = fresh ? `${credential}-${randomUUID()}` : credential;
      const { status, length } = await send(client, pathname, body, own, undefined, cacheControl);
      if (status !== 200 || length < bytes) {
        throw new Error(`${url} answered ${status} with ${length} bytes instead of 200 with ${bytes}`);
      }
      latencies.push(performance.now() - sent);
      received += length;
    }
  }
  try {
    await Promise.all(clients.map((client, i) => ask(client, credentials[i] ?? "")));
    const took = (performance.now() - start) / 1000;
    return { latencies: latencies.sort((a, b) => a - b), seconds: took, received };
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
  }
}

/** Asks once and reads the answer, on a connection of its own. */
export async function ask(url: string, body: string, credential: string): Promise<Answer> {
  const client = connect(new URL(url).origin);
  try {
    return await askOver(client, url, body, credential);
  } finally {
    await client.destroy();
  }
}

/** Asks once and reads the answer, on a connection that may be used again. */
export async function askOver(client: Dispatcher, url: string, body: string, credential: string): Promise<Answer> {
  const chunks: Buffer[] = [];
  const { status } = await send(client, new URL(url).pathname, body, credential, (chunk) => chunks.push(chunk));
  return { status, text: Buffer.concat(chunks).toString() };
}

/** Asks once, on a connection of its own. Of the answer only the first 500 bytes are looked at: a long one costs much to hold. */
export async function askAndCount(
  url: string,
  body: string,
  credential: string,
): Promise<{ status: number; start: string; length: number }> {
  const { origin, pathname } = new URL(url);
  const client = connect(origin);
  let start = "";
  try {
    const answer = await send(client, pathname, body, credential, (chunk) => {
      start ||= chunk.subarray(0, 500).toString();
    });
    return { ...answer, start };
  } finally {
    await client.destroy();
  }
}

const settings = { allowH2: false, headersTimeout: 60_000, bodyTimeout: 60_000 };

function connect(origin: string): Client {
  return new Client(origin, settings);
}

/** Connections that are kept alive, as many as are needed at a time: what a backend has that asks often. */
export function keptConnections(origin: string): Pool {
  return new Pool(origin, settings);
}

/** One request; the answer's bytes are counted and, unless asked for, not looked at: the load must cost next to nothing. */
function send(
  client: Dispatcher,
  path: string,
  body: string | undefined,
  credential: string,
  take?: (chunk: Buffer) => void,
  cacheControl?: string,
): Promise<{ status: number; length: number }> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let length = 0;
    const headers = {
      authorization: `Bearer ${credential}`,
      "content-type": "application/json",
      accept: "application/json",
      ...(cacheControl && { "cache-control": cacheControl }),
    };
    client.dispatch(
      { method: body === undefined ? "GET" : "POST", path, body: body ?? null, headers },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, code) => {
          status = code;
        },
        onResponseData: (_controller, chunk) => {
          length += chunk.length;
          take?.(chunk);
        },
        onResponseEnd: () => resolve({ status, length }),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}
