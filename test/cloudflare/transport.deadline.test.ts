import { getEventListeners } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { failure, gone, mockUpstream, rawMockUpstream, transportOf, transports } from "../mock-upstream.ts";

const body = "x".repeat(1000);

const late = { kind: "timeout", status: null, message: "GET /accounts did not answer within 200 ms" };

describe.each(transports)("%s: the deadline", (_, transportOf) => {
  test.for<[string, (socket: Socket) => void]>([
    ["that never comes", () => undefined],
    ["whose head never ends", (socket) => socket.write("HTTP/1.1 200 OK\r\nx-a: b\r\n")],
    ["whose body never begins", (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")],
    [
      "that drips",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
        const timer = setInterval(() => socket.write("x"), 5);
        socket.on("close", () => clearInterval(timer));
      },
    ],
  ])("ends a call for an answer %s, and its connection", async ([, say]) => {
    await using api = await rawMockUpstream(say);
    await using transport = transportOf({ callTimeout: 200 });
    expect(await failure(transport.get(`${api.url}/`))).toMatchObject(late);
    await gone(api);
  });

  test("holds while a handshake hangs", async () => {
    await using api = await rawMockUpstream(() => undefined, "https");
    await using transport = transportOf({ callTimeout: 200 });
    expect(await failure(transport.get(`${api.url}/`))).toMatchObject({ kind: "timeout" });
  });

  test("leaves room for others", async () => {
    let silent = true;
    await using api = await mockUpstream((_, outgoing) => void (silent || outgoing.end(body)));
    await using transport = transportOf({ concurrency: 2, callTimeout: 1_000 });
    await Promise.all(Array.from({ length: 6 }, () => failure(transport.get(`${api.url}/`))));
    silent = false;
    const answers = await Promise.all(Array.from({ length: 6 }, () => transport.get(`${api.url}/`)));
    expect(answers.map(({ text }) => text)).toEqual(Array(6).fill(body));
  });
});

test("a handshake that hangs is ended with its call; what the platform's fetch connects is the platform's", async () => {
  await using api = await rawMockUpstream(() => undefined, "https");
  await using transport = transportOf({ callTimeout: 200 });
  expect(await failure(transport.get(`${api.url}/`))).toMatchObject({ kind: "timeout" });
  await gone(api);
});

test("the deadline holds while a call waits for a connection, and the call is never sent", async () => {
  const asked: (string | undefined)[] = [];
  const begun = Promise.withResolvers<void>();
  await using api = await mockUpstream(({ url }) => {
    asked.push(url);
    begun.resolve();
  });
  await using transport = transportOf({ concurrency: 1, callTimeout: 200 });
  // On a busy machine a call may otherwise get the connection in the moment between the first deadline and its own.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const calls = ["/1", "/2", "/3"].map((path) => failure(transport.get(api.url + path)));
  await begun.promise;
  vi.advanceTimersByTime(200);
  for (const error of await Promise.all(calls)) expect(error).toMatchObject(late);
  vi.useRealTimers();
  await gone(api);
  expect(asked).toEqual(["/1"]);
});

test.each(transports)("%s: a call that was answered leaves no timer and no listener behind", async (_, transportOf) => {
  await using api = await mockUpstream((_, outgoing) => outgoing.end(body));
  await using transport = transportOf();
  const { signal } = new AbortController();
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  for (let n = 0; n < 10; n++) await transport.get(`${api.url}/`, { signal });
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(timers()).toBeLessThanOrEqual(before);
});

describe.each(transports)("%s: a caller that leaves", (_, transportOf) => {
  test.for<[string, number, (socket: Socket) => void]>([
    ["before the call was made", 0, () => undefined],
    ["before the answer", 1, () => undefined],
    ["within the body", 1, (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1234")],
  ])("%s ends it, and its connection", async ([, connections, say]) => {
    const leave = new AbortController();
    await using api = await rawMockUpstream((socket) => {
      say(socket);
      leave.abort();
    });
    if (connections === 0) leave.abort();
    await using transport = transportOf();
    expect(await failure(transport.get(`${api.url}/`, { signal: leave.signal }))).toMatchObject({ kind: "aborted" });
    await gone(api);
  });
});
