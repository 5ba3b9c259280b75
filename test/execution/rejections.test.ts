import { afterEach, beforeEach, describe } from "vitest";
import { globalId } from "../../src/graph/node.ts";
import { account, expect, setup, test } from "../gateway.ts";

/** Rejections that nobody listened to: in a process of its own each of them is its end. */
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown) => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", onUnhandled));
afterEach(() => void process.off("unhandledRejection", onUnhandled));

/** As many as one list may have; none can be read. */
const ids = Array.from({ length: 1000 }, (_, i) => `bad${i}`);
const aliases = (fields: string) => Array.from({ length: 20 }, (_, i) => `a${i}: nodes(ids: $ids) { ${fields} }`);

describe("no list of items that fail ends the process", () => {
  test.each([
    ["under many aliases", `query ($ids: [ID!]!) { ${aliases("id").join(" ")} }`],
    ["in a list that is interrupted", `query ($ids: [ID!]!) { nodes(ids: $ids) { ${"id ".repeat(40)} } }`],
    [
      "beside a read",
      `query ($ids: [ID!]!) { node(id: "${globalId("Account", account)}") { ... on Account { name } } ${aliases("id")} }`,
    ],
  ])("%s, however often it is asked", async (_, query) => {
    const { run } = setup();
    for (let time = 0; time < 3; time++) {
      const { errors } = await run<unknown, object>(query, { ids });
      expect(errors?.length).toBeGreaterThan(0);
      // Node tells after a turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(unhandled.splice(0)).toEqual([]);
  });
});
