import fc from "fast-check";
import { parseList } from "structured-headers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ClientQuotas } from "../../src/upstream/budget/client-quota.ts";
import { memoryBudget } from "../../src/upstream/budget/memory.ts";
import { policiesOf, remaindersOf } from "../../src/upstream/budget/ratelimit-headers.ts";
import { type Budget, budgetKey } from "../../src/upstream/budget.ts";
import { runs } from "../property.ts";
import { waitFor } from "../wait-for.ts";

const start = Date.parse("2026-11-23T12:00:00Z");
let now = start;
let budget: Budget;

beforeEach(() => {
  now = start;
  budget = memoryBudget({ quota: { units: 1200, seconds: 300 }, now: () => now });
});

/** A moment so many seconds after the start. */
function after(seconds: number): Date {
  return new Date(start + seconds * 1000);
}

describe("taking", () => {
  test("what is left goes down, and comes back a window and a bit later", async () => {
    expect(await budget.status("anna")).toEqual({ left: 1200, quota: 1200, resetAt: null });
    expect(await budget.reserve("anna", 1000, false)).toMatchObject({ granted: true, left: 200, resetAt: after(330) });
    expect(await budget.reserve("anna", 201, false)).toMatchObject({ granted: false, left: 200, resetAt: after(330) });
    now += 329_999;
    expect(await budget.status("anna")).toMatchObject({ left: 200 });
    now += 1;
    expect(await budget.status("anna")).toEqual({ left: 1200, quota: 1200, resetAt: null });
  });

  test("what an answer says counts while units are given back", async () => {
    budget.observe("anna", { "ratelimit-policy": '"default";q=6;w=1' });
    await budget.reserve("anna", 2, false);
    // Its own count falls while somebody looks at it.
    void budget.release("anna", 1);
    await budget.status("anna");
    budget.observe("anna", { ratelimit: '"default";r=4' });
    expect(await budget.status("anna")).toMatchObject({ left: 4 });
  });

  test("the last tenth is for mutations and single reads", async () => {
    expect(await budget.reserve("anna", 1081, true)).toMatchObject({ granted: false, left: 1200, resetAt: null });
    expect(await budget.reserve("anna", 1080, true)).toMatchObject({ granted: true, left: 120 });
    expect(await budget.reserve("anna", 1, true)).toMatchObject({ granted: false, left: 120, resetAt: after(330) });
    expect(await budget.reserve("anna", 120, false)).toMatchObject({ granted: true, left: 0 });
    budget = memoryBudget({ quota: { units: 15, seconds: 300 }, now: () => now });
    expect(await budget.reserve("anna", 14, true)).toMatchObject({ granted: false });
    expect(await budget.reserve("anna", 13, true)).toMatchObject({ granted: true, left: 2 });
  });

  test("what was taken counts on when the clock is set back a little", async () => {
    await budget.reserve("anna", 10, false);
    now -= 14_000;
    expect(await budget.status("anna")).toMatchObject({ left: 1190 });
  });

  test("what never fits has no resetAt", async () => {
    expect(await budget.reserve("anna", 1201, false)).toMatchObject({ granted: false, left: 1200, resetAt: null });
  });

  test("of takings at the same moment no more are granted than fit", async () => {
    const taken = await Promise.all(Array.from({ length: 30 }, () => budget.reserve("anna", 100, false)));
    expect(taken.filter(({ granted }) => granted).length).toBeLessThanOrEqual(12);
    expect(await budget.reserve("bert", 1200, false)).toMatchObject({ granted: true });
  });

  test("what was not sent is there again, and no more than was taken", async () => {
    const { at } = await budget.reserve("anna", 100, false);
    budget.release("anna", 60, at);
    expect(await budget.status("anna")).toMatchObject({ left: 1160, resetAt: after(330) });
    budget.release("anna", 60, at);
    expect(await budget.status("anna")).toMatchObject({ left: 1200, resetAt: null });
    expect(await budget.reserve("anna", 100, false)).toMatchObject({ left: 1100 });
    budget.release("nobody", 1, at);
    expect(await budget.status("nobody")).toMatchObject({ left: 1200 });
  });

  test("what was not sent is taken from what its operation took, oldest first", async () => {
    await budget.reserve("anna", 10, false);
    now += 100_000;
    const { at } = await budget.reserve("anna", 10, false);
    now += 20_000;
    await budget.reserve("anna", 10, false);
    budget.release("anna", 15, at);
    await waitFor(async () => expect(await budget.status("anna")).toMatchObject({ left: 1185 }));
    now = start + 330_000;
    expect(await budget.status("anna")).toEqual({ left: 1195, quota: 1200, resetAt: after(450) });
    budget.release("anna", 15);
    await waitFor(async () => expect(await budget.status("anna")).toMatchObject({ left: 1200 }));
  });
});

describe("what answers tell", () => {
  test("every policy that is announced holds, and units that were taken before count", async () => {
    await budget.reserve("anna", 70, false);
    budget.observe("anna", { "ratelimit-policy": '"burst";q=100;w=60, "default";q=1200;w=300' });
    expect(await budget.status("anna")).toMatchObject({ left: 30, quota: 100 });
    expect(await budget.reserve("anna", 31, false)).toMatchObject({ granted: false, resetAt: expect.any(Date) });
    now += 66_000 + 15_000;
    expect(await budget.status("anna")).toMatchObject({ left: 100, quota: 100 });
    expect(await budget.status("bert")).toMatchObject({ quota: 1200 });
  });

  test("the upstream's remainder holds where it is lower, until its time has come", async () => {
    await budget.reserve("anna", 10, false);
    budget.observe("anna", { ratelimit: '"default";r=500;t=40', "ratelimit-policy": '"default";q=1200;w=300' });
    expect(await budget.status("anna")).toMatchObject({ left: 500, resetAt: after(40) });
    expect(await budget.reserve("anna", 501, false)).toMatchObject({ granted: false, resetAt: after(40) });
    expect(await budget.reserve("anna", 500, false)).toMatchObject({ granted: true, left: 0 });
    now += 40_000;
    expect(await budget.status("anna")).toMatchObject({ left: 690 });
  });

  test("answers that come late, or do not know of calls under way, raise nothing", async () => {
    const policy = { "ratelimit-policy": '"default";q=1200;w=300' };
    await budget.reserve("anna", 100, false);
    for (const left of [1150, 700, 1199, 1101, 705]) {
      budget.observe("anna", { ...policy, ratelimit: `"default";r=${left};t=100` });
    }
    expect(await budget.status("anna")).toMatchObject({ left: 700 });
    await budget.reserve("anna", 100, false);
    budget.observe("anna", { ...policy, ratelimit: '"default";r=699;t=100' });
    expect(await budget.status("anna")).toMatchObject({ left: 600 });
  });

  test("a taking that is being refused does not hide what others use", async () => {
    for (let turns = 0; turns < 60; turns++) {
      const caller = `caller ${turns}`;
      const taken = budget.reserve(caller, 1201, false);
      for (let turn = 0; turn < turns; turn++) await undefined;
      budget.observe(caller, { ratelimit: '"default";r=5;t=100', "ratelimit-policy": '"default";q=1200;w=300' });
      await taken;
      expect(await budget.status(caller)).toMatchObject({ left: 5 });
    }
  });

  test("what has left our count does not hide what others use", async () => {
    await budget.reserve("anna", 100, false);
    now += 400_000;
    budget.observe("anna", { ratelimit: '"default";r=1150;t=100' });
    expect(await budget.status("anna")).toMatchObject({ left: 1150 });
  });

  test("what was given back does not hide what others use", async () => {
    const { at } = await budget.reserve("anna", 150, false);
    budget.release("anna", 100, at);
    await budget.status("anna");
    budget.observe("anna", { ratelimit: '"default";r=1100;t=100' });
    expect(await budget.status("anna")).toMatchObject({ left: 1100 });
  });

  test("what was taken before a window was announced leaves it in time", async () => {
    await budget.reserve("anna", 70, false);
    now += 50_000;
    budget.observe("anna", { "ratelimit-policy": '"burst";q=100;w=60' });
    expect(await budget.status("anna")).toMatchObject({ left: 30 });
    now = start + 81_000;
    expect(await budget.status("anna")).toMatchObject({ left: 100 });
  });

  test("the same text, once more after its time, is believed again", async () => {
    const headers = { ratelimit: '"default";r=3;t=1', "ratelimit-policy": '"default";q=1200;w=300' };
    for (let second = 0; second < 3; second++) {
      budget.observe("anna", headers);
      expect(await budget.status("anna")).toMatchObject({ left: 3 });
      now += 1000;
      expect(await budget.status("anna")).toMatchObject({ left: 1200 });
    }
  });

  test("a remainder without a known policy is held against all; a time beyond the window is not believed", async () => {
    budget.observe("anna", { ratelimit: '"other";r=7;t=9999999' });
    expect(await budget.status("anna")).toMatchObject({ left: 7, resetAt: after(300) });
  });

  test("without a quota nothing is assumed, and what is announced holds", async () => {
    budget = memoryBudget({ quota: false, now: () => now });
    expect(await budget.reserve("anna", 1e6, true)).toMatchObject({
      granted: true,
      left: Number.POSITIVE_INFINITY,
      quota: Number.POSITIVE_INFINITY,
      resetAt: null,
    });
    budget.close("bert", after(9));
    expect(await budget.reserve("bert", 1, false)).toMatchObject({ granted: false, left: 0, resetAt: after(9) });
    budget.observe("anna", { "ratelimit-policy": ['"default";q=5;w=10'], ratelimit: ['"default";r=4;t=10'] });
    expect(await budget.status("anna")).toMatchObject({ left: 4, quota: 5 });
  });

  test("policies outlast a pause", async () => {
    budget.observe("anna", { "ratelimit-policy": '"default";q=5;w=1' });
    now += 500_000;
    await budget.status("bert");
    expect(await budget.status("anna")).toMatchObject({ quota: 5 });
  });
});

describe("a closed gate", () => {
  test("grants nothing until it opens, whatever is left, and is not opened by a later word", async () => {
    budget.close("anna", after(60));
    budget.close("anna", after(30));
    expect(budget.closedUntil("anna")).toEqual(after(60));
    expect(await budget.reserve("anna", 1, false)).toMatchObject({ granted: false, left: 0, resetAt: after(60) });
    expect(await budget.status("anna")).toEqual({ left: 0, quota: 1200, resetAt: after(60) });
    expect(budget.closedUntil("bert")).toBeNull();
    now += 60_000;
    expect(budget.closedUntil("anna")).toBeNull();
    expect(await budget.reserve("anna", 1200, false)).toMatchObject({ granted: true });
  });

  test("is open again after a day at the latest", async () => {
    budget.close("anna", after(1e9));
    now += 86_399_999;
    expect(await budget.reserve("anna", 2, false)).toMatchObject({ granted: false });
    now += 1;
    expect(await budget.reserve("anna", 2, false)).toMatchObject({ granted: true });
    budget.close("bert", new Date(Number.NaN));
    expect(budget.closedUntil("bert")).toBeNull();
  });

  test("that closes while a taking is decided refuses it", async () => {
    const granted: boolean[] = [];
    for (let decided = false; !decided; ) {
      const caller = `caller ${granted.length}`;
      let told = false;
      const taken = budget.reserve(caller, 1, false).finally(() => {
        told = true;
      });
      for (let turn = 0; turn < granted.length; turn++) await undefined;
      decided = told;
      budget.close(caller, after(1));
      granted.push((await taken).granted);
    }
    // Once it is decided its caller is told in a few turns.
    expect(granted.length).toBeGreaterThan(5);
    expect(granted.slice(0, -4)).toEqual(granted.slice(4).map(() => false));
  });
});

describe("what is announced for longer than five minutes", () => {
  const ask = () => budget.reserve("anna", 1, false);

  test("lets one call ask every five minutes, until an answer opens the gate", async () => {
    budget.close("anna", after(1e9));
    expect(budget.closedUntil("anna")).toEqual(after(300));
    expect(await ask()).toMatchObject({ granted: false, left: 0, resetAt: after(300), asksAt: after(300) });
    now = start + 299_999;
    expect(await ask()).toMatchObject({ granted: false });
    now = start + 300_000;
    expect(await budget.reserve("anna", 2, false)).toMatchObject({ granted: false, asksAt: after(300) });
    const asked = await Promise.all([ask(), ask(), ask()]);
    expect(asked.filter(({ granted }) => granted)).toHaveLength(1);
    expect(budget.closedUntil("anna")).toBeNull();
    expect(await ask()).toMatchObject({ granted: false, resetAt: after(600) });
    now += 1000;
    budget.close("anna", after(1e9));
    expect(budget.closedUntil("anna")).toEqual(after(601));
    budget.answered("anna");
    now = start + 600_999;
    expect(await ask()).toMatchObject({ granted: false, resetAt: after(601) });
    now = start + 601_000;
    expect(await ask()).toMatchObject({ granted: true });
    budget.answered("anna");
    expect(budget.closedUntil("anna")).toBeNull();
    expect(await budget.reserve("anna", 1000, true)).toMatchObject({ granted: true });
  });

  test("has nothing to do with what is kept for writes and single reads", async () => {
    budget = memoryBudget({ quota: { units: 1, seconds: 10 }, now: () => now });
    await budget.status("anna");
    now += 300_000;
    expect(await budget.reserve("anna", 1, true)).toMatchObject({ granted: false, resetAt: null });
  });

  test("is asked again where no answer came, and at once where the call that asks was never sent", async () => {
    budget.close("anna", after(1e9));
    now += 300_000;
    const { at } = await ask();
    budget.release("anna", 1, at);
    expect(await ask()).toMatchObject({ granted: true });
    expect(await ask()).toMatchObject({ granted: false, resetAt: after(600) });
    now += 300_000;
    expect(await ask()).toMatchObject({ granted: true });
  });

  test("holds for its quota as long as answers repeat it, and no longer", async () => {
    const day = { "ratelimit-policy": '"daily";q=1;w=86400' };
    expect(await ask()).toMatchObject({ granted: true });
    budget.observe("anna", day);
    budget.answered("anna");
    for (let times = 1; times < 4; times++) {
      expect(await ask()).toMatchObject({ granted: false, left: 0, resetAt: after(300 * times) });
      expect(await budget.reserve("anna", 5, true)).toMatchObject({ granted: false, resetAt: after(300 * times) });
      now = start + 300_000 * times - 1;
      expect(await ask()).toMatchObject({ granted: false });
      now++;
      expect(await ask()).toMatchObject({ granted: true });
      budget.observe("anna", times === 3 ? { "ratelimit-policy": '"default";q=1200;w=300' } : day);
      budget.answered("anna");
    }
    expect(await budget.status("anna")).toMatchObject({ left: 1196, quota: 1200 });
  });

  test("is forgotten with an answer that names no policy, and short windows hold meanwhile", async () => {
    budget.observe("anna", { "ratelimit-policy": '"daily";q=1;w=86400, "burst";q=1;w=300' });
    await ask();
    now += 300_000;
    // What was taken counts a twentieth of its window longer.
    expect(await ask()).toMatchObject({ granted: false, resetAt: after(330) });
    now = start + 330_000;
    expect(await ask()).toMatchObject({ granted: true });
    budget.observe("anna", {});
    budget.answered("anna");
    expect(await budget.status("anna")).toMatchObject({ quota: 1200 });
  });

  test("does not let calls beyond a quota that was set here, but for what others are said to use of it", async () => {
    budget = memoryBudget({ quota: { units: 2, seconds: 86_400 }, now: () => now });
    budget.observe("anna", { ratelimit: '"daily";r=0;t=86000' });
    expect(await ask()).toMatchObject({ granted: false, resetAt: after(300) });
    for (const _ of [1, 2]) {
      now += 300_000;
      expect(await ask()).toMatchObject({ granted: true });
    }
    now += 300_000;
    expect(await ask()).toMatchObject({ granted: false, resetAt: expect.any(Date) });
    now += 3_600_000;
    expect(await ask()).toMatchObject({ granted: false });
  });

  test("whatever is announced, every caller may ask within eleven minutes, and once in five", async () => {
    const far = fc.integer({ min: 1, max: 1e9 });
    const event = fc.oneof(
      fc.record({ close: far }),
      fc.record({ quota: fc.integer({ min: 1, max: 5 }), window: fc.integer({ min: 1, max: 86_400 }) }),
      fc.record({ left: fc.nat({ max: 3 }), for: far }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 4 }), async (events) => {
        now = start;
        const caller = memoryBudget({ quota: { units: 1200, seconds: 300 }, now: () => now });
        await caller.reserve("anna", 3, false);
        for (const event of events) {
          if ("close" in event) caller.close("anna", after(event.close));
          else if ("quota" in event)
            caller.observe("anna", { "ratelimit-policy": `"p";q=${event.quota};w=${event.window}` });
          else caller.observe("anna", { ratelimit: `"p";r=${event.left};t=${event.for}` });
        }
        let last = now;
        for (let turn = 0; turn < 5; turn++) {
          const { granted, resetAt, asksAt } = await caller.reserve("anna", 1, false);
          if (!granted) {
            expect(resetAt?.getTime()).toBeGreaterThan(now);
            now = resetAt?.getTime() ?? 0;
            expect(await caller.reserve("anna", 1, false)).toMatchObject({ granted: true });
          }
          expect(now - last).toBeLessThanOrEqual(660_000);
          if (!granted && asksAt) expect(now - last).toBeGreaterThanOrEqual(300_000);
          last = now;
        }
      }),
      runs(500),
    );
  });
});

describe("headers", () => {
  test("whatever they hold nothing throws, and the quota is never more than announced", async () => {
    const odd = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '"a";q=0;w=5',
        '"a";q=5;w=0',
        '"a";q=5',
        '"a";q=-5;w=5',
        '"a";q=5;w=99999999',
        '"a";q=1.5;w=5',
        '"a";q="5";w=5',
        '"";q=5;w=5',
        "5;q=5;w=5",
        '("a";q=5;w=5)',
        '"a";r=5, "a";r=3;t=-1',
        '"a";r=999999999999999;t=999999999999999',
        Array.from({ length: 40 }, (_, index) => `"${index}";q=1000;w=${index + 1}`).join(", "),
      ),
    );
    await fc.assert(
      fc.asyncProperty(odd, odd, async (ratelimit, policy) => {
        const odd = memoryBudget({ quota: { units: 9, seconds: 3 } });
        odd.observe("anna", { ratelimit, "ratelimit-policy": policy });
        const { left, quota } = await odd.status("anna");
        expect(left).toBeGreaterThanOrEqual(0);
        expect(quota).toBeGreaterThan(0);
      }),
      runs(1000),
    );
  });

  test("the short cut reads what the parser reads", () => {
    const name = fc.stringMatching(/^[\w -]{1,70}$/);
    const whole = fc.nat({ max: 999_999_999 });
    fc.assert(
      fc.property(name, whole, whole, (name, left, seconds) => {
        const text = `"${name}";r=${left};t=${seconds}`;
        const [[parsed, parameters]] = parseList(text) as [[string, Map<string, number>]];
        const read = { name: parsed, left: parameters.get("r"), seconds: parameters.get("t") };
        expect(remaindersOf(text)).toEqual(parsed.length <= 64 ? [read] : []);
        expect(remaindersOf(`${text}, ${text}`)).toEqual(parsed.length <= 64 ? [read, read] : []);
      }),
      runs(1000),
    );
  });

  test("the examples of the documentation", () => {
    expect(policiesOf('"burst";q=100;w=60')).toEqual([{ name: "burst", units: 100, seconds: 60 }]);
    expect(remaindersOf('"default";r=50;t=30')).toEqual([{ name: "default", left: 50, seconds: 30 }]);
    expect(remaindersOf('"default";r=50')).toEqual([{ name: "default", left: 50, seconds: null }]);
    expect(policiesOf('default;q=1;w=2, "x";q=1')).toEqual([{ name: "default", units: 1, seconds: 2 }]);
  });
});

describe("memory", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("callers are forgotten by themselves when nothing of them counts any more, though nobody new comes", () => {
    vi.useFakeTimers();
    const callers = new ClientQuotas([{ name: "", units: 1200, seconds: 300 }]);
    for (let index = 0; index < 1000; index++) callers.of(`caller ${index}`, Date.now());
    callers.of("closed", Date.now()).closedUntil = Date.now() + 3_600_000;
    vi.advanceTimersByTime(500_000);
    expect(callers.size).toBe(1001);
    callers.of("caller 7", Date.now());
    vi.advanceTimersByTime(200_000);
    expect(callers.all().map(([key]) => key)).toEqual(["closed", "caller 7"]);
    vi.advanceTimersByTime(3_700_000);
    expect([callers.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test("no more than 50,000 callers are remembered, those that were seen last", () => {
    vi.useFakeTimers();
    const callers = new ClientQuotas([]);
    for (let index = 0; index < 50_100; index++) callers.of(`caller ${index}`, Date.now());
    expect([callers.size, callers.peek("caller 99")]).toEqual([50_000, undefined]);
    expect(callers.peek("caller 100")).toBeDefined();
  });

  test("nothing is left of one that was refused, unless an answer has announced its quota", async () => {
    vi.useFakeTimers();
    const timed = memoryBudget({ quota: { units: 10, seconds: 10 } });
    for (const caller of ["invented", "revoked"]) await timed.reserve(caller, 4, false);
    timed.observe("revoked", { "ratelimit-policy": '"default";q=10;w=10' });
    for (const caller of ["invented", "revoked", "unheard-of"]) timed.forget(caller);
    // The look at counters, and the look at who may be forgotten.
    expect(vi.getTimerCount()).toBe(2);
    expect(await timed.status("invented")).toMatchObject({ left: 10 });
    expect(await timed.status("revoked")).toMatchObject({ left: 6 });
    timed.release("invented", 4);
    expect(await timed.status("invented")).toMatchObject({ left: 10 });
  });

  test("counters are forgotten with their windows", async () => {
    vi.useFakeTimers();
    const timed = memoryBudget({ quota: { units: 10, seconds: 10 } });
    for (let index = 0; index < 100; index++) await timed.reserve(`caller ${index}`, 1, false);
    // The look at counters, and the look at who may be forgotten.
    expect(vi.getTimerCount()).toBe(2);
    vi.advanceTimersByTime(60_000);
    expect(vi.getTimerCount()).toBe(1);
    expect(await timed.status("caller 1")).toMatchObject({ left: 10 });
  });
});

test("a key tells callers apart, is the same everywhere, and holds nothing of the credential", () => {
  const keys = [{ token: "s3cret" }, { token: "s3cret2" }, { email: "a@b.c", key: "s3cret" }, null].map(budgetKey);
  expect(new Set(keys).size).toBe(4);
  expect(keys[0]).toBe("IFgCM3BZUHjLjnWK4LaeIkq06rjZ454ZVFN_wU7cw-8");
  for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/);
});
