import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, vi } from "vitest";
import { type RedisBudgetOptions, redisBudget } from "../../src/upstream/budget/redis.ts";
import type { Budget, Quota } from "../../src/upstream/budget.ts";
import { waitFor } from "../wait-for.ts";
import { Redis, testWithRedis as test } from "./redis.ts";

/** A replica's budget, with what it told of Redis. */
class Replica implements AsyncDisposable {
  readonly told: boolean[] = [];
  readonly budget: Budget;

  constructor(redis: Redis, options: Partial<RedisBudgetOptions> = {}) {
    const quota: Quota = { units: 100, seconds: 60 };
    const onChange = (away: boolean) => this.told.push(away);
    // A machine under load may be slow, and what is tested is not how slow.
    this.budget = redisBudget({ url: redis.url, quota, replicas: 2, onChange, commandTimeout: 2000, ...options });
  }

  take(units: number, spare = false) {
    return this.budget.reserve("anna", units, spare);
  }

  async left(): Promise<number> {
    return (await this.budget.status("anna")).left;
  }

  /** Waits until it has told so many times that Redis went or came. */
  async changed(times: number): Promise<void> {
    await vi.waitFor(() => expect(this.told).toHaveLength(times), { timeout: 5000, interval: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.budget.dispose();
  }
}

describe.concurrent("replicas on one Redis", () => {
  test("see at once what the other took and gave back", async ({ expect }) => {
    await using redis = await Redis.start();
    await using one = new Replica(redis);
    await using two = new Replica(redis);
    const taken = await one.take(30);
    expect(taken).toMatchObject({ granted: true, left: 70, quota: 100 });
    expect(await two.take(30)).toMatchObject({ granted: true, left: 40 });
    expect(await one.take(41)).toMatchObject({ granted: false, left: 40, resetAt: expect.any(Date) });
    expect(await two.left()).toBe(40);
    one.budget.release("anna", 20, taken.at);
    await waitFor(async () => expect(await two.left()).toBe(60));
    one.budget.release("anna", 20, taken.at);
    two.budget.release("anna", 100);
    await waitFor(async () => expect(await one.left()).toBe(100));
    expect([one.told, two.told]).toEqual([[], []]);
  });

  test("of takings at the same moment no more are granted than fit", async ({ expect }) => {
    await using redis = await Redis.start();
    await using one = new Replica(redis);
    await using two = new Replica(redis);
    const taken = await Promise.all(Array.from({ length: 60 }, (_, index) => (index % 2 ? one : two).take(5)));
    const granted = taken.filter((taking) => taking.granted).length;
    expect(granted).toBeLessThanOrEqual(20);
    expect(await one.left()).toBe(100 - 5 * granted);
  });

  test("learn from each other's answers, and count nothing twice", async ({ expect }) => {
    await using redis = await Redis.start();
    await using one = new Replica(redis);
    await using two = new Replica(redis);
    await one.take(10);
    await two.take(10);
    const headers = { ratelimit: '"default";r=50;t=9', "ratelimit-policy": '"default";q=100;w=60, "burst";q=70;w=9' };
    one.budget.observe("anna", headers);
    two.budget.observe("anna", headers);
    await waitFor(async () => expect([await one.left(), await two.left()]).toEqual([50, 50]));
    await using three = new Replica(redis);
    expect(await three.left()).toBe(50);
    expect(await three.take(10)).toMatchObject({ granted: true, left: 40 });
    await using four = new Replica(redis);
    expect(await four.take(1)).toMatchObject({ granted: true, left: 39 });
    await waitFor(async () => expect([await one.left(), await two.left()]).toEqual([39, 39]));
    one.budget.observe("anna", { ...headers, ratelimit: '"burst";r=1;t=9' });
    await waitFor(async () => expect(await three.budget.status("anna")).toMatchObject({ left: 1, quota: 70 }));
  });

  test("a gate that one closes is closed for all, for those that come later, too", async ({ expect }) => {
    await using redis = await Redis.start();
    await using one = new Replica(redis);
    await using two = new Replica(redis);
    await two.take(1);
    const until = new Date(Date.now() + 20_000);
    one.budget.close("anna", until);
    expect(one.budget.closedUntil("anna")).toEqual(until);
    await waitFor(async () => expect(await two.take(1)).toMatchObject({ granted: false, left: 0 }));
    expect(two.budget.closedUntil("anna")).toEqual(expect.any(Date));
    await using three = new Replica(redis);
    const { granted, left, resetAt } = await three.take(1);
    expect([granted, left]).toEqual([false, 0]);
    // Each replica finds the time of Redis for itself.
    expect(Math.abs((resetAt?.getTime() ?? 0) - until.getTime())).toBeLessThan(1000);
  });

  test("leave nothing in Redis but what ends by itself, and no credential", async ({ expect }) => {
    await using redis = await Redis.start();
    await using one = new Replica(redis);
    await one.take(1);
    one.budget.observe("anna", { "ratelimit-policy": '"default";q=100;w=30' });
    await waitFor(async () => expect(await redis.send("DBSIZE")).toBe(":4\r\n"));
    const keys = (await redis.send("KEYS *")).match(/^cloudflare-iam-graphql:.*(?=\r)/gm) ?? [];
    expect(keys.toSorted()).toEqual([
      expect.stringMatching(/:anna:30:\d+$/),
      expect.stringMatching(/:anna:60:\d+$/),
      "cloudflare-iam-graphql:anna:update",
      "cloudflare-iam-graphql:instance",
    ]);
    for (const key of keys.filter((key) => !key.endsWith("instance"))) {
      const seconds = Number.parseInt((await redis.send(`TTL ${key}`)).slice(1), 10);
      expect(seconds).toBeGreaterThan(25);
      expect(seconds).toBeLessThanOrEqual(120);
    }
  });
});

// Alone, because it sets the clock.
test("replicas let one call ask in five minutes for all of them, and its answer opens the gate", async () => {
  await using redis = await Redis.start();
  await using one = new Replica(redis);
  await using two = new Replica(redis);
  await using three = new Replica(redis);
  const replicas = [one, two, three];
  await Promise.all(replicas.map((replica) => replica.take(1)));
  one.budget.close("anna", new Date(Date.now() + 1e9));
  await waitFor(async () => {
    for (const replica of replicas) expect(await replica.take(1)).toMatchObject({ granted: false, left: 0 });
  });
  const { now } = Date;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + 300_000);
  try {
    const asked = await Promise.all([...replicas, ...replicas].map((replica) => replica.take(1)));
    expect(asked.filter(({ granted }) => granted)).toHaveLength(1);
    const asking = replicas[asked.findIndex(({ granted }) => granted) % 3];
    asking?.budget.answered("anna");
    await waitFor(async () => {
      for (const replica of replicas) expect(await replica.take(2)).toMatchObject({ granted: true });
    });
    await using later = new Replica(redis);
    await later.take(1);
    expect(later.budget.closedUntil("anna")).toBeNull();
  } finally {
    clock.mockRestore();
  }
});

describe.concurrent("without Redis", () => {
  test("a replica that starts has its share, and brings what it took", async ({ expect }) => {
    await using redis = await Redis.start("later");
    await using one = new Replica(redis);
    expect(await one.take(46)).toMatchObject({ granted: false, left: 45 });
    expect(await one.take(25)).toMatchObject({ granted: true, left: 20 });
    expect(one.told).toEqual([true]);
    await redis.start();
    await one.changed(2);
    await using two = new Replica(redis);
    expect(await two.take(1)).toMatchObject({ granted: true, left: 74 });
    // For one window it must take the other for one that has not come back.
    expect(await one.take(21)).toMatchObject({ granted: false, left: 20 });
    expect(await one.take(20)).toMatchObject({ granted: true, left: 0 });
    expect(await two.left()).toBe(54);
  });

  test("what is taken while a replica brings what it took is brought, too", async ({ expect }) => {
    await using redis = await Redis.start("later");
    await using one = new Replica(redis);
    const callers = Array.from({ length: 400 }, (_, index) => `caller ${index}`);
    for (const caller of callers) await one.budget.reserve(caller, 1, false);
    let granted = callers.length;
    await redis.start();
    for (let turn = 0; one.told.length < 2; turn++) {
      if ((await one.budget.reserve(callers[turn % callers.length] ?? "", 1, false)).granted) granted++;
      if (turn % 20 === 0) await wait(1);
    }
    await using two = new Replica(redis);
    const standings = await Promise.all(callers.map((caller) => two.budget.status(caller)));
    expect(standings.reduce((sum, { left }) => sum + 100 - left, 0)).toBe(granted);
  });

  test("units that Redis knows are not given back from those that it does not", async ({ expect }) => {
    await using redis = await Redis.start();
    await using one = new Replica(redis);
    const { at } = await one.take(20);
    await redis.kill();
    await one.changed(1);
    expect(await one.take(10)).toMatchObject({ granted: true, left: 25 });
    one.budget.release("anna", 20, at);
    await wait(20);
    expect(await one.left()).toBe(25);
  });

  test("a gate that was closed meanwhile is told when Redis is back", async ({ expect }) => {
    await using redis = await Redis.start("later");
    await using one = new Replica(redis);
    await one.take(1);
    const until = new Date(Date.now() + 20_000);
    one.budget.close("anna", until);
    await redis.start();
    await one.changed(2);
    await using two = new Replica(redis);
    await waitFor(async () => expect(await two.take(1)).toMatchObject({ granted: false }));
    expect(Math.abs((two.budget.closedUntil("anna")?.getTime() ?? 0) - until.getTime())).toBeLessThan(1000);
  });

  test("one that is alone anyway loses nothing", async ({ expect }) => {
    await using redis = await Redis.start();
    await using one = new Replica(redis, { replicas: 1 });
    await one.take(40);
    await redis.kill();
    expect(await one.take(61)).toMatchObject({ granted: false, left: 60 });
    expect(await one.take(10)).toMatchObject({ granted: true, left: 50 });
    await redis.start();
    await one.changed(2);
    expect(await one.take(51)).toMatchObject({ granted: false, left: 50 });
    expect(await one.take(50)).toMatchObject({ granted: true, left: 0 });
    expect(one.told).toEqual([true, false]);
  });

  test("a Redis that hangs is waited for briefly, once, and what is given back meanwhile comes back", async ({
    expect,
  }) => {
    await using redis = await Redis.start();
    await using one = new Replica(redis, { commandTimeout: 400 });
    await one.take(30);
    redis.hang();
    const before = performance.now();
    const taken = await one.take(20);
    expect(performance.now() - before).toBeLessThan(1500);
    expect(taken).toMatchObject({ granted: true, left: 10 });
    one.budget.release("anna", 15, taken.at);
    await waitFor(async () => expect(await one.left()).toBe(25));
    redis.resume();
    await one.changed(2);
    await using two = new Replica(redis);
    // It may have counted what it was asked to before it was given up; that is counted twice, and goes with its window.
    const seen = 100 - (await two.left());
    expect(seen).toBeGreaterThanOrEqual(35);
    expect(seen).toBeLessThanOrEqual(35 + 20);
    expect(one.told).toEqual([true, false]);
  });

  test("a Redis that forgot everything is told what each replica took, by each", async ({ expect }) => {
    await using redis = await Redis.start();
    await using one = new Replica(redis);
    await using two = new Replica(redis);
    await one.take(20);
    await two.take(10);
    expect(await one.left()).toBe(70);
    await redis.kill();
    await Promise.all([one.changed(1), two.changed(1)]);
    // Of 90, less 30 that both have seen, half for each.
    expect(await one.take(31)).toMatchObject({ granted: false, left: 30 });
    expect(await one.take(5)).toMatchObject({ granted: true, left: 25 });
    expect(await two.take(30)).toMatchObject({ granted: true, left: 0 });
    await redis.start();
    await Promise.all([one.changed(2), two.changed(2)]);
    await using three = new Replica(redis);
    expect(await three.left()).toBe(100 - 20 - 10 - 5 - 30);
    expect(await one.take(26)).toMatchObject({ granted: false, left: 25 });
    expect(await two.take(1)).toMatchObject({ granted: false, left: 0 });
  });
});

/** The most units that were granted in any interval of so many milliseconds. */
function most(grants: { at: number; units: number }[], milliseconds: number): number {
  const spent = (end: number) => grants.filter(({ at }) => at <= end && at > end - milliseconds);
  return Math.max(0, ...grants.map(({ at }) => spent(at).reduce((sum, { units }) => sum + units, 0)));
}

describe.concurrent("replicas that take whatever they get, for three windows", () => {
  /** What was granted while something was done to Redis. */
  async function storm(redis: Redis, during: () => Promise<void>, commandTimeout = 2000) {
    const quota = { units: 60, seconds: 2 };
    const replicas = [1, 2, 3].map(() => new Replica(redis, { quota, replicas: 3, commandTimeout }));
    const grants: { at: number; units: number }[] = [];
    const end = Date.now() + 6500;
    const runs = replicas.flatMap((replica, index) =>
      [1, 2].map(async (units) => {
        for (let turn = 0; Date.now() < end; turn++) {
          const { granted, at } = await replica.take(units + index, turn % 3 > 0);
          const sent = Date.now();
          if (granted && turn % 5 === 0) replica.budget.release("anna", units + index, at);
          else if (granted) grants.push({ at: sent, units: units + index });
          await wait((turn * 7 + index * 5) % 23);
        }
      }),
    );
    await Promise.all([during(), ...runs]);
    const told = replicas.map((replica) => replica.told);
    for (const replica of replicas) await replica.budget.dispose();
    return { grants, told };
  }

  test("never get more than the quota in a window", async ({ expect }) => {
    await using redis = await Redis.start();
    const { grants, told } = await storm(redis, async () => {});
    expect(most(grants, 2000)).toBeLessThanOrEqual(60);
    expect(grants.reduce((sum, { units }) => sum + units, 0)).toBeGreaterThan(100);
    expect(told).toEqual([[], [], []]);
  });

  test("nor when Redis is killed and restarted", async ({ expect }) => {
    await using redis = await Redis.start();
    const { grants, told } = await storm(redis, async () => {
      await wait(1300);
      await redis.kill();
      await wait(1000);
      await redis.start();
      await wait(1500);
      await redis.kill();
      await redis.start();
    });
    expect(most(grants, 2000)).toBeLessThanOrEqual(60);
    // The second time it is away so shortly that a replica may ask for nothing meanwhile.
    expect(told.map((changes) => [...changes.slice(0, 2), changes.at(-1)])).toEqual(
      Array(3).fill([true, false, false]),
    );
  });

  test("nor when it hangs", async ({ expect }) => {
    await using redis = await Redis.start();
    const { grants, told } = await storm(
      redis,
      async () => {
        await wait(1300);
        redis.hang();
        await wait(1200);
        redis.resume();
      },
      300,
    );
    expect(most(grants, 2000)).toBeLessThanOrEqual(60);
    expect(told.map((changes) => [changes.includes(true), changes.at(-1)])).toEqual(Array(3).fill([true, false]));
  });
});

test("the clocks of a replica and of Redis may differ by hours", async () => {
  await using redis = await Redis.start();
  const { now } = Date;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + 7_200_000);
  try {
    await using one = new Replica(redis);
    expect(await one.take(60)).toMatchObject({ granted: true, left: 40 });
    const taken = await one.take(41);
    expect(taken).toMatchObject({ granted: false, resetAt: expect.any(Date) });
    const wait = (taken.resetAt?.getTime() ?? 0) - Date.now();
    expect([wait > 60_000, wait < 70_000]).toEqual([true, true]);
    const until = new Date(Date.now() + 20_000);
    one.budget.close("anna", until);
    expect(one.budget.closedUntil("anna")).toEqual(until);
    expect(await one.take(1)).toMatchObject({ granted: false, resetAt: until });
    clock.mockRestore();
    await using two = new Replica(redis);
    await waitFor(async () => expect(await two.left()).toBe(0));
    expect((two.budget.closedUntil("anna")?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(20_000);
    expect(await redis.send("KEYS *:anna:60:*")).toMatch(/^\*1\r\n/);
  } finally {
    clock.mockRestore();
  }
});
