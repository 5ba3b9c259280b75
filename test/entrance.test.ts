import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Entrance } from "../src/execution/entrance.ts";
import { runs } from "./property.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An entrance of a process that is always so busy, and operations that end when they are told to. */
function entrance(busy: number) {
  const began: number[] = [];
  const ends: (() => void)[] = [];
  const inside = new Entrance(() => () => busy);
  const come = (id: number) =>
    inside.run(`caller ${id}`, () => {
      began.push(id);
      return new Promise<void>((resolve) => {
        ends[id] = resolve;
      });
    });
  return { began, ends, come };
}

test("whoever comes alone begins before anything else happens", () => {
  const { began, come } = entrance(1);
  void come(0);
  expect(began).toEqual([0]);
});

test("in a busy process the next begins when one ends", async () => {
  const { began, ends, come } = entrance(1);
  for (const id of [0, 1, 2]) void come(id);
  await vi.advanceTimersByTimeAsync(10);
  expect(began).toEqual([0]);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(began).toEqual([0, 1]);
});

test("in an idle process twice as many begin each millisecond", async () => {
  const { began, come } = entrance(0);
  for (let id = 0; id < 16; id++) void come(id);
  const after = [];
  for (let i = 0; i < 4; i++) {
    await vi.advanceTimersByTimeAsync(1);
    after.push(began.length);
  }
  expect(after).toEqual([2, 4, 8, 16]);
});

test("behind one that keeps the process busy without an end nobody waits longer than their turn of 21 milliseconds", async () => {
  const { began, come } = entrance(1);
  for (const id of [0, 1, 2]) void come(id);
  await vi.advanceTimersByTimeAsync(21);
  expect(began).toEqual([0, 1]);
  await vi.advanceTimersByTimeAsync(21);
  expect(began).toEqual([0, 1, 2]);
});

test("all begin, in the order in which they came, whoever fails or takes long, and no timer is left", async () => {
  const coming = fc.record({ at: fc.nat(60), takes: fc.nat(60), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(coming, { maxLength: 30 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1 })),
      async (all, busy) => {
        const inside = new Entrance(() => () => busy.next().value as number);
        const order = [...all].sort((a, b) => a.at - b.at);
        const began: number[] = [];
        const ended: Promise<unknown>[] = [];
        order.forEach(({ at, takes, fails }, id) => {
          setTimeout(() => {
            const operation = async () => {
              began.push(id);
              await new Promise((resolve) => setTimeout(resolve, takes));
              if (fails) throw new Error("failed");
              return id;
            };
            ended.push(inside.run(`caller ${id}`, operation).catch((error: Error) => error.message));
          }, at);
        });
        await vi.runAllTimersAsync();
        expect(await Promise.all(ended)).toEqual(order.map(({ fails }, id) => (fails ? "failed" : id)));
        expect(began).toEqual(order.map((_, id) => id));
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
    runs(200),
  );
});
