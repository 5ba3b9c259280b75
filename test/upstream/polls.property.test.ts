import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type PollListener, Polls, pollPauses } from "../../src/upstream/polls.ts";
import { runs } from "../property.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

type Step =
  | { do: "join"; thing: number }
  | { do: "leave"; who: number }
  | { do: "pass"; seconds: number }
  | { do: "answer"; fails: boolean; value: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("join" as const), thing: fc.nat(1) }),
    fc.record({ do: fc.constant("leave" as const), who: fc.nat(5) }),
    fc.record({ do: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ do: fc.constant("answer" as const), fails: fc.boolean(), value: fc.nat(1) }),
  ),
  { maxLength: 40 },
);

test("whoever comes and goes, a thing has one read at a time, 10 s to 5 min after the last, and nobody is forgotten", async () => {
  const seen = { reads: 0, shared: 0, failed: 0, abandoned: 0 };
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const polls = new Polls();
      const reads: { thing: number; answer: PromiseWithResolvers<number>; aborted: () => boolean; began: number }[] =
        [];
      const listeners: { thing: number; leave: () => void; told: number; joined: number }[] = [];
      const lastOf = new Map<number, number>();
      const open = () => reads.filter(({ aborted }) => !aborted());
      const join = (thing: number) => {
        const me = { thing, leave: () => {}, told: 0, joined: Date.now() };
        const listener: PollListener<number> = {
          read: (signal) => {
            expect(open().filter((each) => each.thing === thing)).toEqual([]);
            const before = lastOf.get(thing);
            if (before !== undefined && listeners.some((each) => each !== me && each.thing === thing))
              expect(Date.now() - before).toBeGreaterThanOrEqual(pollPauses.least);
            lastOf.set(thing, Date.now());
            seen.reads++;
            const answer = Promise.withResolvers<number>();
            reads.push({ thing, answer, aborted: () => signal.aborted, began: Date.now() });
            return answer.promise;
          },
          next: ({ shared, readAt }) => {
            me.told++;
            if (shared) seen.shared++;
            expect(Date.now() - readAt).toBeGreaterThanOrEqual(0);
          },
          failed: () => {
            me.told++;
            seen.failed++;
          },
        };
        listeners.push(me);
        me.leave = polls.join(String(thing), listener);
      };
      for (const step of all) {
        if (step.do === "join") join(step.thing);
        else if (step.do === "leave") {
          const [gone] = listeners.splice(step.who % Math.max(1, listeners.length), 1);
          gone?.leave();
          gone?.leave();
          if (gone && !listeners.some(({ thing }) => thing === gone.thing)) {
            seen.abandoned++;
            lastOf.delete(gone.thing);
            expect(open().filter(({ thing }) => thing === gone.thing)).toEqual([]);
            for (const each of reads.filter(({ thing }) => thing === gone.thing)) each.answer.reject(new Error("left"));
            reads.splice(0, reads.length, ...reads.filter(({ thing }) => thing !== gone.thing));
          }
        } else if (step.do === "pass") await vi.advanceTimersByTimeAsync(step.seconds * 1000);
        else {
          for (const { answer } of reads.splice(0)) {
            if (step.fails) answer.reject(new Error("no"));
            else answer.resolve(step.value);
          }
        }
        await turn();
        // Whoever waits is waiting for a read, or for a time that will come.
        expect(polls.size).toBe(new Set(listeners.map(({ thing }) => thing)).size);
      }
      for (const { answer } of reads.splice(0)) answer.resolve(0);
      await turn();
      for (const thing of new Set(listeners.map((each) => each.thing))) {
        await vi.advanceTimersByTimeAsync(pollPauses.most);
        expect(reads.some((each) => each.thing === thing)).toBe(true);
        for (const { answer } of reads.splice(0)) answer.resolve(0);
        await turn();
      }
      for (const { told } of listeners) expect(told).toBeGreaterThan(0);
      for (const { leave } of listeners.splice(0)) leave();
      expect([polls.size, vi.getTimerCount()]).toEqual([0, 0]);
    }),
    runs(300),
  );
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(30);
});

test("whose read fails does not keep those of others from being made", async () => {
  const polls = new Polls();
  const readers: string[] = [];
  const listener = (name: string): PollListener<number> => ({
    read: async () => {
      readers.push(name);
      if (name === "anna" && readers.length > 1) throw new Error("Anna's share of the quota is used up.");
      return 1;
    },
    next: () => {},
    failed: () => {},
  });
  const leave = [polls.join("thing", listener("anna"))];
  await turn();
  leave.push(polls.join("thing", listener("ben")));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(readers.slice(0, 4)).toEqual(["anna", "anna", "ben", "ben"]);
  for (const each of leave) each();
});
