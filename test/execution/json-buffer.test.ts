import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonBuffer } from "../../src/execution/json-buffer.ts";
import { TimeSlice } from "../../src/execution/time-slice.ts";
import { runs } from "../property.ts";

test("text in pieces and gaps becomes the bytes of the whole, whatever it says", { timeout: 180_000 }, async () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("é", "€", "😀", "x".repeat(255), "x".repeat(256), "é".repeat(300), ""),
    // Beyond what is joined, a block, and what is copied.
    fc.constantFrom("x".repeat(1100), "x".repeat(20_000), "x".repeat(50_000), "x".repeat(200_000), "é".repeat(70_000)),
  );
  const pieces: fc.Arbitrary<unknown[]> = fc.letrec((tie) => ({
    all: fc.array(fc.oneof({ depthSize: "small" }, piece, tie("all")), { maxLength: 6 }),
  })).all as never;
  await fc.assert(
    fc.asyncProperty(pieces, piece, piece, async (all, start, end) => {
      const write = (text: JsonBuffer, what: unknown[]): string =>
        what
          .map((each) => {
            if (Array.isArray(each)) return { gap: text.reserve(), each };
            text.add(each as string);
            return each as string;
          })
          .map((each) => (typeof each === "string" ? each : write(each.gap, each.each)))
          .join("");
      const text = new JsonBuffer();
      const whole = write(text, all);
      expect(text.bytes(start, end).toString() === start + whole + end).toBe(true);
      expect(Buffer.concat(await text.encoded(new TimeSlice())).toString() === whole).toBe(true);
    }),
    runs(250),
  );
});
