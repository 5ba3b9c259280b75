import fc from "fast-check";
import { expect, test } from "vitest";
import { inOrder } from "../../src/graph/order.ts";
import { runs } from "../property.ts";

test("records of an equal key come in the order of their IDs, few or many", () => {
  const record = fc.record({ key: fc.constantFrom("a", "b"), id: fc.string({ maxLength: 2 }) });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 80 }), fc.infiniteStream(fc.nat()), (records, dice) => {
      const shuffled = records.map((each) => ({ each, at: dice.next().value })).sort((a, b) => a.at - b.at);
      const read = (some: typeof records) =>
        inOrder(
          some,
          ({ key }) => key,
          ({ id }) => id,
        );
      expect(read(shuffled.map(({ each }) => each))).toEqual(read(records));
    }),
    runs(1_000),
  );
});

test("records come in the order of their keys, few or many, and none is lost", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 80 }), (keys) => {
      const records = keys.map((key) => ({ key }));
      const sorted = inOrder([...records], ({ key }) => key);
      expect(sorted.map(({ key }) => key)).toEqual(keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      expect(new Set(sorted)).toEqual(new Set(records));
      expect(inOrder(sorted, ({ key }) => key)).toEqual(sorted);
    }),
    runs(1_000),
  );
});
