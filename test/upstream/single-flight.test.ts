import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Deadline } from "../../src/upstream/deadline.ts";
import { SingleFlight } from "../../src/upstream/single-flight.ts";
import { runs } from "../property.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Somebody who asks at a moment, waits so long, and may leave before. No two moments are ever the same. */
interface Asker {
  at: number;
  until: number;
  leaves: number;
}

const moments = (digit: number, max: number) => fc.nat(max).map((n) => n * 10 + digit);
const askers = fc
  .uniqueArray(
    fc.record({
      at: moments(0, 40),
      waits: fc.oneof(moments(5, 30), fc.constant(Number.POSITIVE_INFINITY)),
      stays: fc.oneof(moments(7, 30), fc.constant(Number.POSITIVE_INFINITY)),
    }),
    { selector: ({ at }) => at, minLength: 1, maxLength: 12 },
  )
  .map((all) => all.map(({ at, waits, stays }): Asker => ({ at, until: at + waits, leaves: at + stays })))
  .map((all) => all.sort((a, b) => a.at - b.at));

/** What should become of everybody, and of what was started for them; each start takes as long. */
function expected(all: Asker[], takes: number) {
  const fates: string[] = [];
  const ends: string[] = [];
  for (let i = 0; i < all.length; ) {
    const began = all[i]?.at ?? 0;
    const lands = began + takes;
    const end = ({ until, leaves }: Asker) => Math.min(until, leaves);
    let over = end(all[i] as Asker);
    let next = i + 1;
    for (; (all[next]?.at ?? Infinity) < Math.min(over, lands); next++) over = Math.max(over, end(all[next] as Asker));
    for (const asker of all.slice(i, next)) {
      if (lands < end(asker)) fates.push(`answer ${ends.length} at ${lands}`);
      else fates.push(`${asker.until < asker.leaves ? "timeout" : "aborted"} at ${end(asker)}`);
    }
    ends.push(lands < over ? `landed at ${lands}` : `given up at ${over}`);
    i = next;
  }
  return { fates, ends };
}

test("whoever asks while it is under way waits for the same, as long as they like; it ends with the last of them", async () => {
  await fc.assert(
    fc.asyncProperty(askers, moments(3, 40), async (all, takes) => {
      const start = Date.now();
      const now = () => Date.now() - start;
      const flights = new SingleFlight();
      const fates: Promise<string>[] = [];
      const ends: string[] = [];
      const listeners = { added: 0, removed: 0 };
      for (const { at, until, leaves } of all) {
        const leaving = new AbortController();
        vi.spyOn(leaving.signal, "addEventListener").mockImplementation(function (this: AbortSignal, ...args) {
          listeners.added++;
          return EventTarget.prototype.addEventListener.apply(this, args as never);
        });
        vi.spyOn(leaving.signal, "removeEventListener").mockImplementation(function (this: AbortSignal, ...args) {
          listeners.removed++;
          return EventTarget.prototype.removeEventListener.apply(this, args as never);
        });
        if (leaves < Infinity) setTimeout(() => leaving.abort(), leaves);
        setTimeout(() => {
          const answer = flights.run(
            "key",
            new Deadline(leaving.signal, start + until),
            ({ signal }) =>
              new Promise<string>((resolve, reject) => {
                const which = ends.push("") - 1;
                const land = setTimeout(() => {
                  ends[which] = `landed at ${now()}`;
                  resolve(`answer ${which}`);
                }, takes);
                signal.addEventListener("abort", () => {
                  clearTimeout(land);
                  ends[which] = `given up at ${now()}`;
                  reject(signal.reason);
                });
              }),
            (why) => why,
          );
          fates.push(
            answer.then(
              (value) => `${value} at ${now()}`,
              (why) => `${why} at ${now()}`,
            ),
          );
        }, at);
      }
      await vi.runAllTimersAsync();
      expect({ fates: await Promise.all(fates), ends }).toEqual(expected(all, takes));
      expect(flights.inFlight("key")).toBeUndefined();
      expect(listeners.removed).toBe(listeners.added);
      expect(vi.getTimerCount()).toBe(0);
    }),
    runs(500),
  );
});

test("a hundred calls of one operation have one timer and one listener between them", async () => {
  const { signal } = new AbortController();
  const listens = vi.spyOn(signal, "addEventListener");
  const deadline = new Deadline(signal, Date.now() + 50);
  const flights = new SingleFlight();
  const left: unknown[] = [];
  for (let i = 0; i < 100; i++) {
    const never = () => new Promise(() => {});
    flights.run(`call ${i}`, deadline, never, (why) => why).catch((why) => left.push(why));
  }
  expect([vi.getTimerCount(), listens.mock.calls.length]).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(50);
  expect(left).toEqual(Array(100).fill("timeout"));
  expect(vi.getTimerCount()).toBe(0);
  const late = flights.run("call 0", deadline, async () => "begun", String);
  await expect(late).rejects.toBe("timeout");
});

test("what cannot be started is not under way", () => {
  const flights = new SingleFlight();
  const deadline = new Deadline(new AbortController().signal, Number.POSITIVE_INFINITY);
  const broken = () => {
    throw new Error("broken");
  };
  expect(() => flights.run("key", deadline, broken, String)).toThrow("broken");
  expect(flights.inFlight("key")).toBeUndefined();
});
