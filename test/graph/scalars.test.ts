import { describe, expect, test } from "vitest";
import { DateTime, Json } from "../../src/graph/scalars.ts";

describe("DateTime", () => {
  test.each([
    ["2007-12-03T10:15:30Z", "2007-12-03T10:15:30.000Z"],
    ["2024-02-29T23:59:59.123456+01:00", "2024-02-29T22:59:59.123Z"],
    ["2007-12-03t10:15:30z", "2007-12-03T10:15:30.000Z"],
  ])("%s is a moment", (text, moment) => {
    expect(JSON.stringify(DateTime.serialize(text))).toBe(JSON.stringify(moment));
    expect(DateTime.parseValue(text)).toEqual(new Date(moment));
  });

  test.each<[unknown]>([
    ["2023-02-29T00:00:00Z"],
    ["2024-04-31T00:00:00Z"],
    ["2024-13-01T00:00:00Z"],
    ["2024-01-01T24:00:00Z"],
    ["2024-01-01T00:00:00"],
    ["2024-01-01"],
    ["yesterday"],
    [""],
    [1_700_000_000],
    [new Date(Number.NaN)],
  ])("%s is none", (value) => {
    expect(() => DateTime.serialize(value)).toThrow(/^DateTime cannot represent what is not a date-time string/);
  });
});

test("JSON is passed on as it is", () => {
  const value = { a: [1, "b", null, true] };
  expect(Json.serialize(value)).toBe(value);
  expect(Json.parseValue(value)).toBe(value);
});
