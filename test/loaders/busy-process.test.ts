import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { Kind, parse } from "graphql";
import { afterEach, expect, test, vi } from "vitest";
import { account, setup, tally } from "../gateway.ts";
import { runs } from "../property.ts";

const folder = new URL("../../schema/operations/", import.meta.url);

/** Milliseconds of the clock: it never goes back. */
let now = 0;

/** The example queries that need no more than an account. */
const queries = readdirSync(folder)
  .map((name) => [name, readFileSync(new URL(name, folder), "utf8")] as const)
  .filter(([, text]) => {
    const operation = parse(text).definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
    const required = operation?.variableDefinitions?.filter(({ type }) => type.kind === Kind.NON_NULL_TYPE) ?? [];
    return operation?.operation === "query" && required.every(({ variable }) => variable.name.value === "account");
  });

afterEach(() => {
  vi.restoreAllMocks();
});

async function callsOf(query: string): Promise<Record<string, number>> {
  const { run } = setup();
  return tally((await run(query, { account })).calls);
}

test("most of the example queries are tested here", () => {
  expect(queries.length).toBeGreaterThan(6);
});

test.each(queries)("%s makes the same calls on a busy machine as on an idle one", async (_, query) => {
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
  const idle = await callsOf(query);
  expect(idle).not.toEqual({});
  // Milliseconds between one look at the clock and the next: a time slice is over after five.
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.constantFrom(0, 0, 0, 2, 6)), async (steps) => {
      clock.mockImplementation(() => {
        now += steps.next().value;
        return now;
      });
      expect(await callsOf(query)).toEqual(idle);
    }),
    runs(10),
  );
});
