import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { account, setup } from "../gateway.ts";

const cache = { maxAge: 60_000, staleIfError: 600_000 };
const group = `{ account(id: "${account}") { userGroups(first: 3) { nodes { name } } } }`;
const admin = (cacheControl?: string, token = "sandbox-admin") => ({
  authorization: `Bearer ${token}`,
  ...(cacheControl !== undefined && { "cache-control": cacheControl }),
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a read that was answered before", () => {
  test("is answered from memory, over HTTP, with its age", async () => {
    const { gateway, sandbox } = setup({}, undefined, { cache });
    const server = createServer(gateway).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    const ask = async () => {
      const body = JSON.stringify({ query: group });
      const headers = { ...admin("max-age=30"), "content-type": "application/json" };
      const response = await fetch(url, { method: "POST", headers, body });
      return { age: response.headers.get("age"), ...((await response.json()) as object) };
    };
    const first = await ask();
    expect(first).toMatchObject({ age: "0", extensions: { upstream: { cached: 0, age: 0, stale: 0, maxAge: 30 } } });
    const second = await ask();
    expect(second).toMatchObject({ age: "0", extensions: { upstream: { cached: 1, age: 0, stale: 0, maxAge: 30 } } });
    expect(sandbox.calls).toHaveLength(1);
    server.close();
  });

  test.each([
    ["max-age=30", 29, 0],
    ["max-age=30", 31, 1],
    ["max-age=600", 59, 0],
    ["max-age=600", 61, 1],
    ["max-age=0", 1, 1],
    ["no-cache", 1, 1],
    ["no-cache, max-age=30", 1, 1],
    ["no-store, max-age=30", 1, 1],
    [undefined, 1, 1],
    ["max-age=30, max-age=30", 1, 1],
    ["max-age=-1", 1, 1],
    ["max-age", 1, 1],
    ['Max-Age="30" , foo="a, max-age=0"', 29, 0],
  ])("is used under %s after %d s: %d calls", async (header, seconds, calls) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { run } = setup({}, undefined, { cache });
    const first = await run(group, {}, admin("max-age=30"));
    vi.setSystemTime(Date.now() + seconds * 1000);
    const second = await run(group, {}, admin(header));
    expect(second.calls).toHaveLength(calls);
    expect(second.data).toEqual(first.data);
    expect(second.age).toBe(calls === 0 ? String(seconds) : "0");
  });
});
