import fc from "fast-check";
import { expect, test } from "vitest";
import { Text } from "../src/execution/text.ts";
import { runs } from "./property.ts";

test("text in pieces and gaps becomes the bytes of the whole, whatever it says", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("é", "€", "😀", "x".repeat(255), "x".repeat(256), "é".repeat(300), ""),
  );
  const pieces: fc.Arbitrary<unknown[]> = fc.letrec((tie) => ({
    all: fc.array(fc.oneof({ depthSize: "small" }, piece, tie("all")), { maxLength: 6 }),
  })).all as never;
  fc.assert(
    fc.property(pieces, piece, piece, (all, start, end) => {
      const write = (text: Text, what: unknown[]): string =>
        what
          .map((each) => {
            if (Array.isArray(each)) return { gap: text.gap(), each };
            text.add(each as string);
            return each as string;
          })
          .map((each) => (typeof each === "string" ? each : write(each.gap, each.each)))
          .join("");
      const text = new Text();
      const whole = write(text, all);
      expect(text.bytes(start, end).toString()).toBe(start + whole + end);
    }),
    runs(1_000),
  );
});
