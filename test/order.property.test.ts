import fc from "fast-check";
import { expect, test } from "vitest";
import { inOrder } from "../src/graph/order.ts";
import { runs } from "./property.ts";

test("rows come in the order of their keys, few or many, and none is lost", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 80 }), (keys) => {
      const rows = keys.map((key) => ({ key }));
      const sorted = inOrder([...rows], ({ key }) => key);
      expect(sorted.map(({ key }) => key)).toEqual(keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      expect(new Set(sorted)).toEqual(new Set(rows));
      expect(inOrder(sorted, ({ key }) => key)).toEqual(sorted);
    }),
    runs(1_000),
  );
});
