import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { failure, gone, mockUpstream, rawMockUpstream, transportOf, transports } from "../mock-upstream.ts";
import { waitFor } from "../wait-for.ts";

const body = "x".repeat(1000);
const whole = `HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}`;

describe.each(transports)("%s: a call", (_, transportOf) => {
  test("goes out as it was made, and comes back as it was answered", async () => {
    const seen: object[] = [];
    await using api = await mockUpstream((incoming, outgoing) => {
      const { method, url, headers } = incoming;
      let text = "";
      incoming.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      incoming.on("end", () => {
        seen.push({ method, url, headers, text });
        outgoing.writeHead(422, { "CF-Ray": "abc-AMS", "Set-Cookie": ["a=1", "b=2"] }).end("naïve");
      });
    });
    await using transport = transportOf();
    const headers = { authorization: "Bearer secret", "content-type": "application/json" };
    const answer = await transport.get(`${api.url}/client/v4/accounts?name=A%20B&page=2`, {
      method: "POST",
      headers,
      body: "{}",
    });
    expect(answer).toMatchObject({ status: 422, text: "naïve" });
    expect(answer.headers).toMatchObject({ "cf-ray": "abc-AMS", "set-cookie": ["a=1", "b=2"] });
    expect(seen).toMatchObject([
      {
        method: "POST",
        url: "/client/v4/accounts?name=A%20B&page=2",
        headers: { ...headers, "content-length": "2", "accept-encoding": "gzip, deflate, br" },
        text: "{}",
      },
    ]);
  });

  test.for([
    ["with a hint ahead of it", `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${whole}`, 200, "{}"],
    ["without a body", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""],
    ["whose end is the connection's", "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", 200, "{}"],
    [
      "in chunks that cut a letter",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n\xc3\r\n1\r\n\xa9\r\n0\r\n\r\n",
      200,
      "é",
    ],
    ["of a status that nobody knows", "HTTP/1.1 599 Whatever\r\ncontent-length: 0\r\n\r\n", 599, ""],
  ] as const)("takes an answer %s", async ([, bytes, status, text]) => {
    await using api = await rawMockUpstream((socket) => {
      socket.write(bytes, "latin1");
      if (bytes.includes("close")) socket.end();
    });
    await using transport = transportOf();
    expect(await transport.get(`${api.url}/`)).toMatchObject({ status, text });
  });

  test("follows no redirect: the credential goes nowhere else", async () => {
    await using elsewhere = await mockUpstream((_, outgoing) => outgoing.end());
    await using transport = transportOf();
    for (const status of [301, 302, 303, 307, 308]) {
      await using api = await mockUpstream((_, outgoing) =>
        outgoing.writeHead(status, { location: elsewhere.url }).end(),
      );
      const answer = await transport.get(`${api.url}/`, { headers: { authorization: "Bearer secret" } });
      expect(answer).toMatchObject({ status, headers: { location: elsewhere.url } });
    }
    expect(elsewhere.opened()).toBe(0);
  });

  test("gets its own answer even if the upstream gives two", async () => {
    let asked = 0;
    await using api = await rawMockUpstream((socket) => {
      const [first, second] = [`{"n":${++asked}}`, `{"evil":true}`].map(
        (text) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
      );
      socket.write(`${first}${second}`);
    });
    await using transport = transportOf({ concurrency: 1 });
    for (const n of [1, 2, 3]) expect(await transport.get(`${api.url}/`)).toMatchObject({ text: `{"n":${n}}` });
  });
});

describe("connections", () => {
  test("are kept: ten calls in a row use one, or two", async () => {
    await using api = await mockUpstream((_, outgoing) => outgoing.end(body));
    await using transport = transportOf();
    for (let n = 0; n < 10; n++) await transport.get(`${api.url}/`);
    // undici lets a turn of the event loop pass before it uses a connection again.
    expect(api.opened()).toBeLessThanOrEqual(2);
  });

  test("are capped, and with them the calls on the wire; the others wait their turn", async () => {
    const waiting: ServerResponse[] = [];
    let most = 0;
    await using api = await mockUpstream((_, outgoing) => {
      most = Math.max(most, waiting.push(outgoing));
      // Each four are answered only once all four are there.
      if (waiting.length >= 4) for (const each of waiting.splice(0)) each.end(body);
    });
    await using transport = transportOf({ concurrency: 4 });
    const answers = await Promise.all(Array.from({ length: 40 }, () => transport.get(`${api.url}/`)));
    expect(answers.every(({ text }) => text === body)).toBe(true);
    expect([most, api.opened()]).toEqual([4, 4]);
  });

  test("close once what is under way is done, and then nothing is sent", async () => {
    const waiting: ServerResponse[] = [];
    await using api = await mockUpstream((_, outgoing) => void waiting.push(outgoing));
    const transport = transportOf();
    const call = transport.get(`${api.url}/`);
    await waitFor(() => expect(waiting).toHaveLength(1));
    const closed = transport.close();
    expect(await failure(transport.get(`${api.url}/`))).toMatchObject({ kind: "unavailable", status: null });
    waiting[0]?.end(body);
    expect(await call).toMatchObject({ text: body });
    await closed;
    expect(await failure(transport.get(`${api.url}/`))).toMatchObject({ kind: "unavailable", status: null });
    await gone(api);
    expect(waiting).toHaveLength(1);
  });
});

describe.each(transports)("%s: a broken answer", (_, transportOf) => {
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1234";
  const chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n1234\r\n";
  test.for<[string, (socket: Socket) => void]>([
    ["a reset before it", (socket) => socket.resetAndDestroy()],
    ["an end before it", (socket) => socket.end()],
    ["a reset within its head", (socket) => socket.write("HTTP/1.1 200", () => socket.resetAndDestroy())],
    ["a reset within its body", (socket) => socket.write(head, () => socket.resetAndDestroy())],
    ["an end within its body", (socket) => socket.end(head)],
    ["an end within its chunks", (socket) => socket.end(chunk)],
    ["something that is not HTTP", (socket) => socket.write("SSH-2.0-OpenSSH_9.6\r\n")],
    ["a head without end", (socket) => socket.write(`HTTP/1.1 200 OK\r\n${"x-a: b\r\n".repeat(10_000)}`)],
  ])("is broken: %s", async ([, say]) => {
    await using api = await rawMockUpstream(say);
    await using transport = transportOf();
    const error = await failure(transport.get(`${api.url}/`));
    expect(error).toMatchObject({ kind: "upstream_failure", status: null, route: "GET /accounts" });
    expect(error.message).toMatch(/^GET \/accounts broke the connection \(\w+\)$/);
    await gone(api);
  });

  test("is not awaited where nobody listens: that is unavailable", async () => {
    const { url, ...api } = await rawMockUpstream(() => undefined);
    await api[Symbol.asyncDispose]();
    await using transport = transportOf();
    for (const address of [url, url.replace("127.0.0.1", "localhost")]) {
      expect(await failure(transport.get(`${address}/`))).toMatchObject({
        kind: "unavailable",
        message: "GET /accounts could not be reached (ECONNREFUSED)",
      });
    }
  });
});

describe.each(transports)("%s: the size of an answer", (_, transportOf) => {
  test("may reach the bound, and a byte more is too much", async () => {
    await using api = await mockUpstream((_, outgoing) => outgoing.end(body));
    await using enough = transportOf({ maxResponseSize: body.length });
    expect(await enough.get(`${api.url}/`)).toMatchObject({ text: body });
    await using little = transportOf({ maxResponseSize: body.length - 1 });
    expect(await failure(little.get(`${api.url}/`))).toMatchObject({ kind: "upstream_failure", status: null });
  });

  test("is bounded while it comes: an answer without end is cut, and its connection with it", async () => {
    let sent = 0;
    await using api = await rawMockUpstream((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const block = Buffer.alloc(64 * 1024, "x");
      const more = () => {
        sent += block.length;
        socket.write(block, (error) => error ?? more());
      };
      more();
    });
    await using transport = transportOf({ maxResponseSize: 1024 * 1024 });
    const error = await failure(transport.get(`${api.url}/`));
    expect(error).toMatchObject({ kind: "upstream_failure", message: expect.stringContaining("bytes") });
    await gone(api);
    // What the sockets' own buffers hold comes on top.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });
});
