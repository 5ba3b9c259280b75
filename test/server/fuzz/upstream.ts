import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";

/** A REST API that misbehaves now and then, each time in another way. */
export interface HostileUpstream extends AsyncDisposable {
  readonly url: string;
}

/** Numbers in `[0, 1)`, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const values: unknown[] = [null, 7, -1, 1e15, 1e308, "", "x", [], {}, true, [null], { id: 7 }, "\u0000", ["x", 1, {}]];
const texts = [
  "",
  "null",
  "<html><h1>502 Bad Gateway</h1></html>",
  "error code: 1020",
  '{"success":true}',
  '{"success":false}',
  "[]",
  '{"success":false,"errors":["plain"]}',
  '{"success":true,"result":[7,null]}',
];
const headers: Record<string, string>[] = [
  { "retry-after": "99999999999" },
  { "retry-after": "-1" },
  { "ratelimit-policy": '"burst";q=1;w=86400' },
  { ratelimit: '"default";r=-5;t=1e9' },
  { ratelimit: "nonsense;;;" },
  { "content-type": "text/html" },
  { "content-encoding": "gzip" },
  { "cf-ray": "\u00e9" },
  { location: "http://evil/" },
];
const statuses = [200, 201, 204, 301, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 520, 530, 599];

/** What closes a credential for minutes: where all callers have the same one, nothing would be asked any more. */
const closing = { statuses: new Set([401, 429]), headers: /^(retry-after|ratelimit)/ };

/** The sandbox for every token that begins with `fuzz-`; one answer of five is corrupted. `closes`: some close a credential. */
export async function hostileUpstream(
  sandbox: Sandbox,
  seed: number,
  { closes }: { closes: boolean },
): Promise<HostileUpstream> {
  const random = generator(seed);
  const statusesHere = statuses.filter((status) => closes || !closing.statuses.has(status));
  const headersHere = headers.filter((each) => closes || !closing.headers.test(Object.keys(each).join()));
  const one = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;

  /** Puts something else in the place of one value. */
  function corrupted(value: unknown): unknown {
    if (typeof value !== "object" || value === null || random() < 0.2) return one(values);
    const copy = structuredClone(value) as Record<string, unknown>;
    const names = Object.keys(copy);
    if (names.length === 0) return one(values);
    const name = one(names);
    copy[name] = corrupted(copy[name]);
    return copy;
  }

  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const given = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    if (/^Bearer fuzz-/.test(given.authorization ?? "")) given.authorization = "Bearer sandbox-admin";
    const response = await sandbox.handle({
      method: incoming.method ?? "GET",
      url: new URL(incoming.url ?? "/", "http://sandbox").href,
      headers: given,
      body: Buffer.concat(chunks).toString() || undefined,
    });
    const luck = random();
    let { status, text } = response;
    const sent: Record<string, string> = { ...response.headers };
    if (luck < 0.03) status = one(statusesHere);
    else if (luck < 0.06) text = one(texts);
    else if (luck < 0.09) Object.assign(sent, one(headersHere));
    else if (luck < 0.13) text = JSON.stringify(corrupted(JSON.parse(text || "null"))) ?? "";
    else if (luck < 0.15) text = text.slice(0, Math.floor(random() * text.length));
    else if (luck < 0.16) return void incoming.socket.destroy();
    else if (luck < 0.165) return;
    try {
      outgoing.writeHead(status, sent).end(status === 204 ? undefined : text);
    } catch {
      outgoing.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
