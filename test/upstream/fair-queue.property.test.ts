import fc from "fast-check";
import { test } from "vitest";
import { runs } from "../property.ts";
import { type Does, playedTurns } from "./fair-queue-model.ts";

const does = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Does>("answers") },
  { weight: 3, arbitrary: fc.constantFrom<Does>("fails", "throws", "asks", "leaves") },
);

const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      caller: fc.constantFrom("a", "b", "c", "d"),
      known: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
      operation: fc.nat(3),
      first: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      does,
      times: fc.oneof(
        { weight: 3, arbitrary: fc.constant(1) },
        { weight: 1, arbitrary: fc.integer({ min: 2, max: 12 }) },
      ),
      leaving: fc.constantFrom("never", "alone", "together"),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("end" as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("prefer" as const, "reject" as const),
      caller: fc.constantFrom("a", "b", "c", "d"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("join" as const), which: fc.nat(), operation: fc.nat(3) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      // Quarters are exact.
      milliseconds: fc.nat(160).map((quarters) => quarters / 4),
      late: fc.constantFrom(0, 0, -0.75, 0.25, 9),
    }),
  },
);

const limits = fc.record({
  concurrency: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(Number.POSITIVE_INFINITY)),
  rate: fc.oneof(
    { weight: 1, arbitrary: fc.constant(false as const) },
    {
      weight: 3,
      arbitrary: fc.record({ calls: fc.integer({ min: 1, max: 6 }), milliseconds: fc.integer({ min: 1, max: 50 }) }),
    },
  ),
});

test("whatever comes, ends and leaves in whatever order: both limits hold, everybody's turn comes, nothing is left", async () => {
  await fc.assert(
    fc.asyncProperty(limits, fc.array(event, { maxLength: 60 }), async ({ concurrency, rate }, events) => {
      const played = playedTurns(concurrency, rate);
      const operations = new Map<string, object>();
      const together = new Map<object, AbortController>();
      // Operations of different callers are different objects, as in the gateway.
      const operationOf = (caller: string, number: number) => {
        const key = `${caller} ${number}`;
        const operation = operations.get(key) ?? {};
        operations.set(key, operation);
        return operation;
      };
      for (const each of events) {
        if (each.kind === "ask") {
          const operation = operationOf(each.caller, each.operation);
          const group = together.get(operation) ?? new AbortController();
          together.set(operation, group);
          for (let times = 0; times < each.times; times++) {
            const leaving = { never: undefined, alone: new AbortController(), together: group }[each.leaving];
            played.ask({ ...each, operation, leaving });
          }
        }
        const [running, asked] = [played.running(), played.asked];
        if (each.kind === "join") {
          const call = asked[each.which % asked.length];
          if (call) played.join(call, operationOf(call.caller, each.operation));
        }
        if (each.kind === "end") running[each.which % running.length]?.end();
        if (each.kind === "leave" && asked.length > 0) played.leave(asked[each.which % asked.length] as never);
        if (each.kind === "prefer") played.prefer(each.caller);
        if (each.kind === "reject") played.reject(each.caller);
        if (each.kind === "pass") await played.pass(each.milliseconds, each.late);
        await played.settled();
      }
      await played.end();
    }),
    runs(1000),
  );
});
