import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { networkOf } from "../../src/upstream/credential-guard/client-network.ts";
import { Credentials } from "../../src/upstream/credential-guard/credentials.ts";
import { UnknownLimit } from "../../src/upstream/credential-guard/unknown-limit.ts";
import { Deadline } from "../../src/upstream/deadline.ts";

const route = "GET /accounts";

/** The unknown credentials of some addresses: calls that end when they are told to. */
function desk(most = 3) {
  const credentials = new Credentials();
  const limit = new UnknownLimit(most, credentials);
  const started: string[] = [];
  const open = new Map<string, (() => void)[]>();
  const ask = (
    key: string,
    { address = "192.0.2.1", until = Date.now() + 30_000, sent = true, signal = new AbortController().signal } = {},
  ) => {
    const call = () => {
      started.push(key);
      return new Promise<string>((resolve) => open.set(key, [...(open.get(key) ?? []), () => resolve(key)]));
    };
    const asked = limit.run(address, key, route, new Deadline(signal, until), call, () => sent);
    asked.catch(() => {});
    return asked;
  };
  /** All calls of a credential end, after which it is as it says. */
  const end = async (key: string, how: "works" | "refused" | "unanswered" = "unanswered") => {
    if (how === "works") credentials.works(key);
    if (how === "refused") credentials.refuse(key);
    for (const done of open.get(key) ?? []) done();
    open.delete(key);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { credentials, limit, started, ask, end };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limited = (resetAt: number) => ({ kind: "rate_limited", resetAt: new Date(resetAt) });

describe("the unknown credentials of one address", () => {
  test("are let through up to the limit, and other addresses do not count", async () => {
    const { started, ask } = desk();
    for (const key of ["a", "b", "c", "d"]) void ask(key);
    void ask("e", { address: "192.0.2.2" });
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual(["a", "b", "c", "e"]);
  });

  test("wait while one that has a place is not answered, and come in order when it works", async () => {
    const { started, ask, end } = desk();
    for (const key of ["a", "b", "c", "d", "e"]) void ask(key);
    await end("a", "works");
    expect(started).toEqual(["a", "b", "c", "d"]);
    await end("c", "works");
    expect(started).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("are refused when none of those with a place was accepted, and told when the first place falls free", async () => {
    const { started, ask, end, limit } = desk();
    const began = Date.now();
    const asked = ["a", "b", "c", "d", "e"].map((key) => ask(key));
    await end("a", "refused");
    await vi.advanceTimersByTimeAsync(1_000);
    await end("b", "refused");
    expect(started).toEqual(["a", "b", "c"]);
    await end("c");
    for (const refused of asked.slice(3)) await expect(refused).rejects.toMatchObject(limited(began + 60_000));
    await expect(ask("f")).rejects.toMatchObject(limited(began + 60_000));
    expect(limit.refusal("192.0.2.1", "f", "")?.message).toBe(
      "The operation was not sent: Cloudflare has not accepted any of the last 3 new credentials from your address, and no more " +
        `are tried within a minute. Come back at ${new Date(began + 60_000).toISOString()}.`,
    );
    expect(limit.refusal("192.0.2.2", "f", "")).toBeUndefined();
    await vi.advanceTimersByTimeAsync(59_000);
    void ask("g");
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual(["a", "b", "c", "g"]);
  });

  test("take a place for a minute after their last call, if anything of it was sent, and none if nothing was", async () => {
    const { started, ask, end } = desk(1);
    void ask("a", { sent: false });
    await end("a");
    void ask("b");
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual(["a", "b"]);
    await end("b");
    await vi.advanceTimersByTimeAsync(30_000);
    void ask("b");
    await end("b");
    await vi.advanceTimersByTimeAsync(59_999);
    await expect(ask("c")).rejects.toMatchObject({ kind: "rate_limited" });
    await vi.advanceTimersByTimeAsync(1);
    void ask("c");
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual(["a", "b", "b", "c"]);
  });

  test("that wait go on when a place falls free by its time", async () => {
    const { started, ask, end } = desk(2);
    void ask("a");
    await end("a", "refused");
    void ask("b");
    void ask("c", { until: Date.now() + 120_000 });
    await vi.advanceTimersByTimeAsync(60_001);
    expect(started).toEqual(["a", "b", "c"]);
  });

  test("have one place for all calls of a credential, those that wait, too", async () => {
    const { started, ask, end } = desk(1);
    for (const key of ["a", "a", "b", "b", "b"]) void ask(key);
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual(["a", "a"]);
    await end("a", "works");
    expect(started).toEqual(["a", "a", "b", "b", "b"]);
  });

  test("wait no longer than their operation, or their client", async () => {
    const { started, ask, end, limit } = desk(1);
    void ask("a");
    const leaving = new AbortController();
    const [late, left] = [ask("b", { until: Date.now() + 5_000 }), ask("c", { signal: leaving.signal })];
    const message = "GET /accounts was not sent: other new credentials from your address were still being tried.";
    leaving.abort();
    await expect(left).rejects.toMatchObject({ kind: "aborted", message });
    await vi.advanceTimersByTimeAsync(5_000);
    await expect(late).rejects.toMatchObject({ kind: "timeout", message });
    await expect(ask("d", { until: Date.now() })).rejects.toMatchObject({ kind: "timeout" });
    await end("a", "works");
    expect(started).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(limit.size).toBe(0);
  });
});

test("an address, its places and its timers go by themselves", async () => {
  // Other files share this process, and may have left timers of their own.
  vi.clearAllTimers();
  const { credentials, limit, ask, end } = desk();
  for (let n = 0; n < 50; n++) {
    void ask(`k${n}`, { address: `192.0.2.${n}` });
    await end(`k${n}`, n % 2 ? "works" : "refused");
  }
  expect([limit.size, credentials.size]).toEqual([50, 50]);
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect([limit.size, credentials.size, vi.getTimerCount()]).toEqual([0, 0, 0]);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8::", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  ["1:2:3:4:5:6:192.0.2.1", "1:2:3:4::/64"],
  ["something else", "something else"],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
