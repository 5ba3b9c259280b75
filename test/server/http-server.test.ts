import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { YogaLogger } from "graphql-yoga";
import { describe, expect, test, vi } from "vitest";
import { createHttpServer, type HttpServer, type HttpServerOptions } from "../../src/server/http-server.ts";
import { setup } from "../gateway.ts";
import { waitFor } from "../wait-for.ts";
import { listening, type RawAnswer, type RawServer } from "./raw-http.ts";

const generous = {
  maxConnections: 100,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16 * 1024,
};

type Served = RawServer & { http: HttpServer; log: string[] };

/** A server with generous bounds but for those that are given, and what it logs. */
async function serving(listener: RequestListener, options: Partial<HttpServerOptions> = {}): Promise<Served> {
  const log: string[] = [];
  const write = (text: string) => void log.push(text);
  const logger: YogaLogger = { debug: write, info: write, warn: write, error: write };
  const http = createHttpServer(listener, { ...generous, logger, ...options });
  return Object.assign(await listening(http.server), { http, log });
}

/** Answers once all of the request has come. */
const echo: RequestListener = (request, response) => {
  request.resume().once("end", () => response.end("ok"));
};

const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

function expectRefusal({ log }: Served, answer: RawAnswer | undefined, status: number, code = "BAD_USER_INPUT"): void {
  const id = answer?.headers["x-request-id"];
  expect(answer).toMatchObject({
    status,
    headers: {
      connection: "close",
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-request-id": expect.stringMatching(/^[\w.:-]{1,128}$/),
    },
  });
  expect(JSON.parse(answer?.body ?? "")).toMatchObject({
    errors: [{ message: expect.any(String), extensions: { code } }],
  });
  expect(answer?.body).not.toMatch(/ at .*:\d+:\d+|node_modules|file:|Parse Error|HPE_/);
  expect(log).toEqual([expect.stringContaining(`Request ${id} was refused with ${status}: `)]);
}

describe("what is late is cut", () => {
  const soon = { headersTimeout: 150, requestTimeout: 300 };

  test("a connection on which nothing was sent, without an answer", async () => {
    await using server = await serving(echo, soon);
    using connection = server.connect();
    expect(await connection.closed()).toBe("");
    expect(server.log).toEqual([]);
  });

  test.each(["G", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])("headers that stop at “%s”", async (beginning) => {
    await using server = await serving(echo, soon);
    using connection = server.connect().write(beginning);
    expectRefusal(server, await connection.answer(), 408, "TIMEOUT");
    await connection.closed();
  });

  test("headers that come byte by byte", async () => {
    await using server = await serving(echo, soon);
    using connection = server.connect().write("GET / HTTP/1.1\r\nHost: x\r\n");
    const drip = setInterval(() => connection.write("x: y\r\n"), 20);
    expectRefusal(server, await connection.answer(), 408, "TIMEOUT");
    clearInterval(drip);
  });

  test("headers of a further request on the same connection", async () => {
    await using server = await serving(echo, soon);
    using connection = server.connect().write(get);
    expect(await connection.answer()).toMatchObject({ status: 200, body: "ok" });
    connection.write("GET /");
    expectRefusal(server, await connection.answer(), 408, "TIMEOUT");
  });

  test.each(["Content-Length: 99\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"])(
    "a body that stops, with %j",
    async (beginning) => {
      await using server = await serving(setup().gateway, soon);
      const head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
      using connection = server.connect().write(head + beginning);
      expectRefusal(server, await connection.answer(), 408, "TIMEOUT");
      await connection.closed();
    },
  );

  test("an answer that takes long is waited for", async () => {
    const answer = Promise.withResolvers<void>();
    await using server = await serving((_, response) => void answer.promise.then(() => response.end("late")), soon);
    using slow = server.connect().write(get);
    using silent = server.connect();
    await silent.closed();
    using body = server.connect().write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
    await body.closed();
    answer.resolve();
    expect(await slow.answer()).toMatchObject({ status: 200, body: "late" });
  });

  test("a connection that waits for its next request too long", async () => {
    await using server = await serving(echo, { keepAliveTimeout: 50 });
    using connection = server.connect().write(get);
    expect(await connection.answer()).toMatchObject({ status: 200 });
    expect(await connection.closed()).toBe("");
  });

  test("a client that takes nothing of its answer", async () => {
    const closed = Promise.withResolvers<boolean>();
    const big = Buffer.alloc(64 * 1024 * 1024, "x");
    await using server = await serving((_, response) => {
      response.once("close", () => closed.resolve(response.writableFinished));
      response.end(big);
    }, soon);
    using connection = server.connect().write(get);
    connection.socket.pause();
    expect(await closed.promise).toBe(false);
  });

  test("but not one that takes it slowly", async () => {
    const big = Buffer.alloc(16 * 1024 * 1024, "x");
    await using server = await serving((_, response) => void response.end(big), soon);
    using connection = server.connect();
    let received = 0;
    connection.socket.on("data", (text: string) => {
      received += text.length;
      connection.socket.pause();
      setTimeout(() => connection.socket.resume(), 1);
    });
    connection.write(get);
    await vi.waitFor(() => expect(received).toBeGreaterThan(big.length), { timeout: 15_000, interval: 20 });
  });
});

test("an answer that goes on may be silent for long, once all that was sent is taken", async () => {
  const big = Buffer.alloc(16 * 1024 * 1024, "x");
  const responses: ServerResponse[] = [];
  const listener: RequestListener = ({ method }, response) => {
    if (method === "POST") return;
    responses.push(response);
    response.write(big);
  };
  await using server = await serving(listener, { headersTimeout: 150, requestTimeout: 300 });
  using connection = server.connect();
  let received = "";
  let length = 0;
  connection.socket.on("data", (text: string) => {
    length += text.length;
    received = (received + text).slice(-20);
    connection.socket.pause();
    setTimeout(() => connection.socket.resume(), 1);
  });
  connection.write(get);
  await vi.waitFor(() => expect(length).toBeGreaterThan(big.length), { timeout: 15_000, interval: 20 });
  // Twice the time after which one that takes nothing is cut.
  for (let i = 0; i < 2; i++) {
    using late = server.connect().write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
    await late.closed();
  }
  responses[0]?.end("the end");
  await vi.waitFor(() => expect(received).toContain("the end"));
});

describe("what is too much is refused", () => {
  test("connections beyond the limit are closed as they come, and there is place again when one has gone", async () => {
    await using server = await serving(echo, { maxConnections: 2 });
    using first = server.connect().write(get);
    using second = server.connect().write(get);
    expect([await first.answer(), await second.answer()]).toMatchObject([{ status: 200 }, { status: 200 }]);
    using third = server.connect();
    expect(await third.closed()).toBe("");
    using fourth = server.connect();
    await fourth.closed();
    expect(server.log).toEqual(["There are 2 connections: further ones are closed as they come."]);
    first.socket.destroy();
    await waitFor(async () => expect(await server.send(get)).toMatchObject({ status: 200 }));
  });

  test("headers beyond the limit", async () => {
    await using server = await serving(echo, { maxHeaderSize: 2_000 });
    const answer = await server.send(`GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(100_000)}\r\n\r\n`);
    expectRefusal(server, answer, 431, "LIMIT_EXCEEDED");
    expect(JSON.parse(answer?.body ?? "").errors[0].extensions.limit).toEqual({
      name: "MAX_HEADER_SIZE",
      allowed: 2_000,
    });
  });

  test("a target beyond the same limit", async () => {
    await using server = await serving(echo, { maxHeaderSize: 2_000 });
    const answer = await server.send(`GET /${"y".repeat(3_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expectRefusal(server, answer, 431, "LIMIT_EXCEEDED");
  });
});

describe("what is no request is refused", () => {
  test.each([
    "nonsense\r\n\r\n",
    "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET / HTTP/1.1\r\nHost x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nBad\x01Name: y\r\n\r\n",
    "GET / HTTP/1.1\nHost: x\n\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  ])("%j", async (text) => {
    await using server = await serving(echo);
    expectRefusal(server, await server.send(text), 400);
  });

  test("a request of HTTP/1.1 without a host, by the gateway", async () => {
    await using server = await serving(setup().gateway);
    const answer = await server.send("GET /graphql?query={__typename} HTTP/1.1\r\n\r\n");
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining("The header `Host` is missing.") });
  });

  test("CONNECT", async () => {
    await using server = await serving(echo);
    const answer = await server.send(
      "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nX-Request-Id: mine\r\n\r\n",
    );
    expectRefusal(server, answer, 405);
    expect(answer?.headers).toMatchObject({ allow: "GET, POST", "x-request-id": "mine" });
  });

  test("an expectation that nobody has", async () => {
    await using server = await serving(echo);
    const answer = await server.send("GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n");
    expectRefusal(server, answer, 417);
  });

  test("an upgrade is answered as what it would be without", async () => {
    await using server = await serving(echo);
    const upgrade = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    expect(await server.send(upgrade)).toMatchObject({ status: 200, body: "ok" });
  });

  test("what follows a request that is under way is not told as its answer", async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    await using server = await serving((_, response) => arrived.resolve(response));
    using connection = server.connect().write(`${get}nonsense\r\n\r\n`);
    await arrived.promise;
    expect(await connection.closed()).toBe("");
  });

  test("what goes on without end is read for a moment only, and thrown away", async () => {
    await using server = await serving(echo);
    using connection = server.connect().write("nonsense\r\n\r\n");
    const flood = setInterval(() => connection.write("x".repeat(1_000)), 5);
    expectRefusal(server, await connection.answer(), 400);
    await connection.closed();
    clearInterval(flood);
    expect(server.log).toHaveLength(1);
  });
});

describe("/health", () => {
  const nobody: RequestListener = () => expect.unreachable();

  test.each(["/health", "/health?deep=1"])("%s is answered without the gateway", async (target) => {
    await using server = await serving(nobody);
    const answer = await server.send(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer).toMatchObject({ status: 200, body: "ok", headers: { "cache-control": "no-store" } });
  });

  test("HEAD has no body, other methods are not allowed, other paths are not meant", async () => {
    await using server = await serving((_, response) => void response.writeHead(404).end());
    using connection = server.connect().write("HEAD /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await connection.closed()).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
    const posted = await server.send("POST /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expectRefusal(server, posted, 405);
    expect(posted?.headers.allow).toBe("GET, HEAD");
    for (const path of ["/healthy", "/x/health", "/health/", "//health"]) {
      expect(await server.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatchObject({ status: 404 });
    }
  });
});

describe("draining", () => {
  /** A listener that holds its answers until told. */
  function holding() {
    const held: { request: IncomingMessage; response: ServerResponse }[] = [];
    const listener: RequestListener = (request, response) => void held.push({ request, response });
    const arrived = (count: number) => waitFor(() => expect(held).toHaveLength(count));
    return { held, listener, arrived };
  }

  test("ends silent and idle connections at once, and lets what is under way end", async () => {
    const { held, listener, arrived } = holding();
    await using server = await serving((request, response) => {
      if (request.url === "/held") listener(request, response);
      else response.end("ok");
    });
    using silent = server.connect();
    using idle = server.connect().write(get);
    expect(await idle.answer()).toMatchObject({ status: 200, headers: { connection: "keep-alive" } });
    using busy = server.connect().write("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    await arrived(1);
    const drained = server.http.drain(0, 10_000);
    expect([await silent.closed(), await idle.closed()]).toEqual(["", ""]);
    held[0]?.response.end("done");
    expect(await busy.answer()).toMatchObject({ status: 200, body: "done", headers: { connection: "close" } });
    await drained;
  });

  test("reads what has come on a connection before it is idle, however busy the process is", async () => {
    await using server = await serving(echo);
    using before = server.connect().write(get);
    expect(await before.answer()).toMatchObject({ headers: { connection: "keep-alive" } });
    const drained = server.http.drain(0, 10_000);
    before.write(get);
    // The time in which requests are on their way passes, and nothing was read.
    for (const busy = performance.now() + server.http.closesAfter(0) + 100; performance.now() < busy; );
    expect(await before.answer()).toMatchObject({ status: 200, headers: { connection: "close" } });
    await drained;
  });

  test("for as long as the delay lasts connections are accepted, and told to close", async () => {
    await using server = await serving(echo);
    using before = server.connect().write(get);
    expect(await before.answer()).toMatchObject({ headers: { connection: "keep-alive" } });
    const drained = server.http.drain(300, 10_000);
    before.write(get);
    expect(await before.answer()).toMatchObject({ status: 200, headers: { connection: "close" } });
    expect(await server.send(get)).toMatchObject({ status: 200, headers: { connection: "close" } });
    const health = await server.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(health).toMatchObject({ status: 503, body: "shutting down", headers: { connection: "close" } });
    using silent = server.connect();
    await drained;
    expect(await silent.closed()).toBe("");
    using late = server.connect();
    expect(await late.closed()).toBe("");
  });

  test("goes on looking for what is late", async () => {
    await using server = await serving(echo, { headersTimeout: 150, requestTimeout: 300 });
    const accepted: Socket[] = [];
    server.server.on("connection", (socket: Socket) => accepted.push(socket));
    using headers = server.connect().write("GET /");
    using body = server.connect().write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
    const read = () => accepted.map((socket) => socket.bytesRead > 0);
    await waitFor(() => expect(read()).toEqual([true, true]));
    await server.http.drain(0, 10_000);
    expect([await headers.answer(), await body.answer()]).toMatchObject([{ status: 408 }, { status: 408 }]);
  });

  test("ends what does not end, after the longest time", async () => {
    const { listener, arrived } = holding();
    await using server = await serving(listener);
    using busy = server.connect().write(get);
    await arrived(1);
    await server.http.drain(0, 50);
    expect(await busy.closed()).toBe("");
  });
});
