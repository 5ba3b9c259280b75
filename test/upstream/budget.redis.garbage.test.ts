import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { redisBudget } from "../../src/upstream/budget/redis.ts";
import { updateOf } from "../../src/upstream/budget/redis-reply.ts";
import type { Budget } from "../../src/upstream/budget.ts";
import { FakeRedis } from "./fake-redis.ts";
import { Redis, testWithRedis } from "./redis.ts";

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown) => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", onUnhandled).on("uncaughtException", onUnhandled));
afterEach(() => {
  process.off("unhandledRejection", onUnhandled).off("uncaughtException", onUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

/** A replica's budget, and what it told of Redis. */
class Replica implements AsyncDisposable {
  readonly changes: boolean[] = [];
  readonly invalid: string[] = [];
  readonly budget: Budget;

  constructor(url: string, commandTimeout = 1_000) {
    this.budget = redisBudget({
      url,
      quota: { units: 100, seconds: 60 },
      replicas: 1,
      commandTimeout,
      onChange: (away) => this.changes.push(away),
      onInvalid: (what) => this.invalid.push(what),
    });
  }

  /** Spends in any order, and expects exactly what a budget in memory would grant. */
  async expectCounting(from = 100): Promise<void> {
    expect(await this.budget.reserve("anna", 30, false)).toMatchObject({ granted: true, left: from - 30, quota: 100 });
    const { granted, resetAt, at } = await this.budget.reserve("anna", from, false);
    expect(granted).toBe(false);
    expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
    expect(Math.abs(Number(resetAt) - Date.now())).toBeLessThan(120_000);
    expect(await this.budget.status("anna")).toMatchObject({ left: from - 30, quota: 100 });
    expect(this.budget.closedUntil("anna")).toBeNull();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.budget.dispose();
  }
}

const garbage = {
  words: "hello world\r\n",
  "one word": "+OK\r\n",
  "a number": ":5\r\n",
  "a number that is none": ":abc\r\n",
  "a text": "$3\r\nabc\r\n",
  nothing: "$-1\r\n",
  "a text of negative length": "$-5\r\nabc\r\n",
  "a text without end": "$999999999999\r\n",
  "a short list": "*2\r\n:1\r\n:2\r\n",
  "a list of lists": `${"*1\r\n".repeat(5_000)}:1\r\n`,
  "a list without end": "*999999999\r\n",
  "an error": "-ERR no\r\n",
  "an error like that of a counter": "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
  bytes: "\xff\xfe\x00\r\n",
  NaN: ",nan\r\n",
  "a map": "%1\r\n+a\r\n+b\r\n",
  "a message that nobody asked for": ">2\r\n+invalidate\r\n+x\r\n",
  "a large number": "(99999999999999999999999999\r\n",
};

describe("a Redis that answers everything with", () => {
  test.each(Object.entries(garbage))("%s counts as away", async (_, reply) => {
    await using redis = await FakeRedis.start(() => reply);
    await using replica = new Replica(redis.url, 50);
    await replica.expectCounting();
    expect(replica.changes).toEqual([true]);
    expect(replica.invalid.length).toBeLessThanOrEqual(1);
  });
});

describe("a Redis that answers one command with", () => {
  const commands = ["TIME", "GET", "MGET", "EVAL"];
  const each = commands.flatMap((name) => Object.entries(garbage).map(([what, reply]) => [name, what, reply] as const));

  test.each(each)("%s: %s, is away or counts as it should", async (name, _, reply) => {
    await using redis = await FakeRedis.start((command) => (command[0] === name ? reply : undefined));
    await using replica = new Replica(redis.url, 50);
    await replica.expectCounting();
    expect(replica.invalid.length).toBeLessThanOrEqual(1);
  });

  test.each(["0", "-1", "99999999999999999999", "abc", "NaN", "1e99"])(
    "TIME: %s seconds, has no clock",
    async (seconds) => {
      const reply = `*2\r\n$${seconds.length}\r\n${seconds}\r\n$1\r\n0\r\n`;
      await using redis = await FakeRedis.start(([name]) => (name === "TIME" ? reply : undefined));
      await using replica = new Replica(redis.url);
      await replica.expectCounting();
      expect([replica.changes, replica.invalid]).toEqual([[true], ["it gives an impossible time"]]);
    },
  );

  test.each(Object.entries(garbage))("%s, after it was found to be one, is left, and counts here", async (_, reply) => {
    await using redis = await FakeRedis.start();
    await using replica = new Replica(redis.url, 50);
    expect(await replica.budget.reserve("anna", 10, false)).toMatchObject({ granted: true, left: 90 });
    redis.instead = () => reply;
    await replica.expectCounting(90);
    expect(replica.changes).toEqual([true]);
  });
});

const counters = (redis: FakeRedis) => [...redis.texts].filter(([name]) => /:anna:60:\d+$/.test(name));

describe("a counter that holds", () => {
  test.each([
    "abc",
    "",
    "NaN",
    "1e9",
    "1.5",
    "Infinity",
    "99999999999999999999999",
    "-99999999999999999999999",
    "0x10",
    " 5",
  ])("%j is not believed, begins anew, and is told once", async (text) => {
    await using redis = await FakeRedis.start();
    await using replica = new Replica(redis.url);
    await replica.budget.reserve("anna", 10, false);
    for (const [name] of counters(redis)) redis.texts.set(name, text);
    for (let again = 0; again < 3; again++) {
      const { left } = await replica.budget.status("anna");
      expect(left).toBe(100);
    }
    redis.instead = ([name, , , key = ""]) => {
      const broken = name === "EVAL" && !/^-?\d{1,15}$/.test(redis.texts.get(key) ?? "0");
      return broken ? "-ERR value is not an integer or out of range\r\n" : undefined;
    };
    await replica.budget.reserve("anna", 7, false);
    expect(await replica.budget.status("anna")).toMatchObject({ left: 93 });
    expect([replica.changes, replica.invalid]).toEqual([[], ["a counter holds no count"]]);
  });

  testWithRedis("another type of Redis' own begins anew, too", async () => {
    await using redis = await Redis.start();
    await using replica = new Replica(redis.url);
    await replica.budget.reserve("anna", 10, false);
    const keys = (await redis.send("KEYS *:anna:60:*")).match(/^cloudflare-iam-graphql:.*$/gm) ?? [];
    expect(keys).toHaveLength(1);
    const now = Date.now();
    // The slots of the next seconds, too: whichever is current.
    const slots = Array.from({ length: 5 }, (_, index) => Math.floor(now / 3000) + index);
    for (const slot of slots) {
      const key = `cloudflare-iam-graphql:anna:60:${slot}`;
      await redis.send(`DEL ${key}`);
      await redis.send(slot % 2 ? `HSET ${key} a b` : `SET ${key} garbage`);
    }
    await replica.budget.reserve("anna", 7, false);
    expect(await replica.budget.status("anna")).toMatchObject({ left: 93 });
    expect([replica.changes, replica.invalid]).toEqual([[], ["a counter holds no count"]]);
  });
});

describe("what is told of a caller", () => {
  const now = Date.now();
  const valid = { closedUntil: 0, others: [["", { units: 5, until: now + 1_000 }]] };

  test.each([
    "abc",
    "{",
    "null",
    "1",
    "[]",
    "{}",
    '{"closedUntil":"soon","others":[]}',
    '{"closedUntil":1e999,"others":[]}',
    '{"closedUntil":0,"others":{}}',
    '{"closedUntil":0,"others":[1]}',
    '{"closedUntil":0,"others":[["",{"units":"9","until":1}]]}',
    '{"closedUntil":0,"others":[["",{"units":1e999,"until":1}]]}',
    '{"closedUntil":0,"others":[["",{"units":-1,"until":1}]]}',
    `{"closedUntil":0,"others":[],"policies":${JSON.stringify("x".repeat(5_000))}}`,
    JSON.stringify({ ...valid, others: Array(9).fill(valid.others[0]) }),
    `${"[".repeat(100_000)}`,
    `${"x".repeat(1_000_000)}`,
  ])("in words such as %.60s is not heard, and told once", async (text) => {
    await using redis = await FakeRedis.start();
    redis.texts.set("cloudflare-iam-graphql:anna:update", text);
    await using replica = new Replica(redis.url);
    await replica.expectCounting();
    await replica.expectCounting(70);
    expect([replica.changes, replica.invalid]).toEqual([[], ["what is told of a caller is not in a gateway's words"]]);
  });

  test("with more than we know of is heard as far as we know it", () => {
    expect(updateOf(JSON.stringify({ ...valid, version: 2 }))).toEqual({ opened: 0, ...valid });
  });

  test("counts for its window, and only under a policy that there is", async () => {
    await using redis = await FakeRedis.start();
    const others = [
      ["", { units: 50, until: 1e15 }],
      ["none", { units: 1e9, until: 1e15 }],
    ];
    redis.texts.set("cloudflare-iam-graphql:anna:update", JSON.stringify({ closedUntil: 0, others }));
    await using replica = new Replica(redis.url);
    const { granted, resetAt } = await replica.budget.reserve("anna", 60, false);
    const standing = await replica.budget.status("anna");
    expect([granted, standing.left]).toEqual([false, 50]);
    expect(Number(resetAt) - Date.now()).toBeGreaterThan(50_000);
    expect(Number(resetAt) - Date.now()).toBeLessThan(61_000);
    expect(replica.invalid).toEqual([]);
  });

  test("whatever it is, nothing is thrown, and no number of ours is corrupted", async () => {
    await using redis = await FakeRedis.start();
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(1e15, 1e300, -1, now + 5_000));
    const held = fc.record({ units: fc.oneof(number, fc.string()), until: number }, { requiredKeys: [] });
    const told = fc.record(
      {
        policies: fc.oneof(fc.string(), fc.constantFrom('"default";q=10;w=60', '"default";q=1;w=1e9')),
        closedUntil: fc.oneof(number, fc.constant(null)),
        others: fc.array(fc.tuple(fc.constantFrom("", "default", "other"), held)),
      },
      { requiredKeys: ["others"] },
    );
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      told.map((each) => JSON.stringify(each)),
    );
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        redis.texts.clear();
        redis.texts.set("cloudflare-iam-graphql:anna:update", each);
        await using replica = new Replica(redis.url);
        const taking = await replica.budget.reserve("anna", 1, false);
        const standing = await replica.budget.status("anna");
        for (const { left, quota, resetAt } of [taking, standing]) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left).toBeLessThanOrEqual(quota);
          if (resetAt) expect(resetAt.getTime() - Date.now()).toBeLessThanOrEqual(86_400_000);
        }
        expect(replica.changes).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

test("what a Redis that is no Redis of ours says is told once, however often it is asked", async () => {
  await using redis = await FakeRedis.start(([name]) => (name === "TIME" ? "+OK\r\n" : undefined));
  await using replica = new Replica(redis.url);
  const asked = () => redis.commands.filter(([name]) => name === "TIME").length;
  await vi.waitFor(() => expect(asked()).toBeGreaterThanOrEqual(4), { timeout: 10_000, interval: 10 });
  expect([replica.changes, replica.invalid]).toEqual([[true], ["it gives an impossible time"]]);
});
