import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { OptionsError } from "../../src/options.ts";
import { durableObjectBudget } from "../../src/upstream/budget/durable-object-budget.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { CredentialQuota } from "../../src/upstream/budget/quota-object.ts";
import type { Budget } from "../../src/upstream/budget.ts";
import { durableObjectWriteCounters } from "../../src/upstream/freshness/durable-object-write-counters.ts";
import { AccountWrites } from "../../src/upstream/freshness/writes-object.ts";
import { durableObjects } from "./durable-objects.ts";

const secret = "a secret of these tests, and of no others";
const now = new Date("2026-11-26T12:00:00Z");

beforeEach(() => void vi.useFakeTimers({ now, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe("the quota", () => {
  const quota = { units: 100, seconds: 10 };
  const setup = () => {
    const objects = durableObjects(CredentialQuota);
    const isolate = (onChange = () => {}) =>
      durableObjectBudget({ namespace: objects.namespace, secret, quota, onChange });
    return { objects, isolate, one: isolate(), two: isolate() };
  };

  test("is that of all isolates together, in one message for each reservation", async () => {
    const { objects, one, two } = setup();
    expect(await one.reserve("key", 50, true)).toMatchObject({ granted: true, left: 50 });
    expect(await two.reserve("key", 41, true)).toMatchObject({ granted: false, left: 50, resetAt: expect.any(Date) });
    expect(await two.reserve("key", 40, true)).toMatchObject({ granted: true, left: 10 });
    expect(await one.reserve("other", 90, true)).toMatchObject({ granted: true });
    expect(objects.messages).toHaveLength(4);
    // A name says nothing of its credential to whoever does not have the secret.
    const names = new Set(objects.messages.map(({ name }) => name));
    expect(names.size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[\w-]{43}$/);
  });

  test("answers as the budget in memory does, whatever is asked of it", async () => {
    const { one } = setup();
    const memory = memoryBudget({ quota });
    const steps: ((budget: Budget) => unknown)[] = [
      (budget) => budget.status("key"),
      (budget) => budget.reserve("key", 30, true),
      (budget) =>
        budget.observe("key", { ratelimit: '"default";r=20;t=9', "ratelimit-policy": '"default";q=100;w=10' }),
      (budget) => budget.answered("key"),
      (budget) => budget.status("key"),
      (budget) => budget.release("key", 10),
      (budget) => budget.reserve("key", 1, false),
      (budget) => budget.close("key", new Date(now.getTime() + 5000)),
      (budget) => budget.closedUntil("key"),
      (budget) => budget.reserve("key", 1, false),
      (budget) => budget.status("key"),
      () => vi.setSystemTime(now.getTime() + 6000),
      (budget) => budget.closedUntil("key"),
      (budget) => budget.reserve("key", 1, false),
      () => vi.setSystemTime(now.getTime() + 30_000),
      (budget) => budget.status("key"),
    ];
    for (const [i, step] of steps.entries()) expect(await step(one), `step ${i}`).toEqual(await step(memory));
  });

  test("outlives its object's memory, with what answers have announced", async () => {
    const { objects, one, two } = setup();
    await one.reserve("key", 60, true);
    one.observe("key", { "ratelimit-policy": '"default";q=80;w=10' });
    one.close("key", new Date(now.getTime() + 3000));
    await one.flush?.();
    objects.evict();
    expect(await two.status("key")).toMatchObject({ left: 0, quota: 80 });
    vi.setSystemTime(now.getTime() + 4000);
    objects.evict();
    expect(await two.status("key")).toMatchObject({ left: 20, quota: 80 });
  });

  test("is told what answers say with the next question, or at the end", async () => {
    const { objects, one } = setup();
    await one.reserve("key", 3, true);
    for (let i = 0; i < 3; i++) {
      one.observe("key", { ratelimit: `"default";r=${97 - i};t=9` });
      one.answered("key");
    }
    one.release("key", 1, now.getTime());
    one.release("key", 1, now.getTime());
    expect(objects.messages).toHaveLength(1);
    await one.flush?.();
    await one.flush?.();
    expect(objects.messages).toHaveLength(2);
    expect(objects.messages[1]?.message.news).toMatchObject({
      released: [[now.getTime(), 2]],
      headers: [
        ["", '"default";r=97;t=9'],
        ["", '"default";r=96;t=9'],
        ["", '"default";r=95;t=9'],
      ],
      outcomes: [true],
    });
  });

  test("a gate that this isolate has closed stays closed, whatever was asked before", async () => {
    const { one } = setup();
    const asked = one.reserve("key", 1, false);
    const until = new Date(now.getTime() + 5000);
    one.close("key", until);
    await asked;
    expect(one.closedUntil("key")).toEqual(until);
  });

  test("without an answer each isolate uses a tenth, says so once, and tells later what it took", async () => {
    const { objects, isolate } = setup();
    const onChange = vi.fn();
    const one = isolate(onChange);
    objects.goAway(true);
    expect(await one.reserve("key", 8, false)).toMatchObject({ granted: true });
    expect(await one.reserve("key", 8, false)).toMatchObject({ granted: false, quota: 10 });
    objects.goAway(false);
    expect(await one.reserve("key", 2, false)).toMatchObject({ granted: true, left: 90 });
    expect(onChange.mock.calls).toEqual([[true], [false]]);
  });

  test("of a long time without an answer only the last window is told: the rest counts no more", async () => {
    const { objects, isolate } = setup();
    const one = isolate(() => {});
    await one.reserve("key", 1, false);
    objects.goAway(true);
    for (let windows = 0; windows < 4; windows++) {
      expect(await one.reserve("key", 10, false)).toMatchObject({ granted: true });
      vi.setSystemTime(Date.now() + 20_000);
    }
    expect(await one.reserve("key", 10, false)).toMatchObject({ granted: true });
    objects.goAway(false);
    expect(await one.reserve("key", 1, false)).toMatchObject({ granted: true, left: 89 });
  });

  test("what counts for nothing any more is deleted", async () => {
    const { objects, one } = setup();
    await one.reserve("key", 3, true);
    await objects.ring();
    expect([...objects.stored.values()].map(({ size }) => size)).toEqual([1]);
    vi.setSystemTime(now.getTime() + 3_600_000);
    await objects.ring();
    expect([...objects.stored.values()].map(({ size }) => size)).toEqual([0]);
  });

  test("options are checked", () => {
    const { namespace } = durableObjects(CredentialQuota);
    const refused = () => durableObjectBudget({ namespace, secret: "s3cret" });
    expect(refused).toThrow(OptionsError);
    // A secret is not repeated.
    expect(refused).toThrow(/^durableObjectBudget: `secret` must be a text of at least 32 characters\.$/);
    expect(() => durableObjectBudget({ namespace: {} as never, secret })).toThrow(
      "the binding of a class of Durable Objects",
    );
  });
});

describe("counters of writes", () => {
  const setup = () => {
    const objects = durableObjects(AccountWrites);
    const isolate = () => durableObjectWriteCounters({ namespace: objects.namespace, onChange: () => {} });
    return { objects, one: isolate(), two: isolate() };
  };

  test("tell other isolates that an account, and the list of all, was written to", async () => {
    const { objects, one, two } = setup();
    const before = await two.read(["a", "b", "*"]);
    await one.raise("a", false);
    const during = await two.read(["a", "b", "*"]);
    expect(during?.map(({ version }, i) => version === before?.[i]?.version)).toEqual([false, true, false]);
    // For as long as it may take, and as reads may not show it yet.
    expect(during?.[0]?.quietUntil).toBe(now.getTime() + 70_000);
    await one.raise("a", true);
    objects.evict();
    const after = await two.read(["a", "b"]);
    expect(after?.[0]?.version).not.toBe(during?.[0]?.version);
    expect(after?.map(({ quietUntil }) => quietUntil)).toEqual([now.getTime() + 10_000, 0]);
    vi.setSystemTime(now.getTime() + 10_001);
    expect((await two.read(["a"]))?.[0]?.quietUntil).toBe(0);
  });

  test("the end of one write is not that of another", async () => {
    const { one, two } = setup();
    await one.raise("a", false);
    await two.raise("a", false);
    await one.raise("a", true);
    expect((await two.read(["a"]))?.[0]?.quietUntil).toBe(now.getTime() + 70_000);
  });

  test("without an answer nothing is known", async () => {
    const { objects, one } = setup();
    objects.goAway(true);
    expect(await one.read(["a"])).toBeNull();
    await one.raise("a", false);
  });
});
