import { afterAll, beforeAll, describe } from "vitest";
import { expect, test } from "../gateway.ts";
import { type Listening, listening } from "./listening.ts";

let here = {} as Listening;
beforeAll(async () => {
  here = await listening();
});
afterAll(() => here.close());

const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
const deep = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
const list = (length: number, item: unknown) => Array.from({ length }, () => item);

describe.each(["variables", "extensions"])(
  "%s just beyond a limit are refused before anybody looks at them",
  (part) => {
    test.for([
      ["MAX_VARIABLES_SIZE", 262_144, { ids: ["x".repeat(300_000)] }],
      ["MAX_VARIABLES_SIZE", 262_144, { ids: list(5000, "x".repeat(60)) }],
      ["MAX_VARIABLES_SIZE", 262_144, { ["k".repeat(300_000)]: 1 }],
      ["MAX_VARIABLES_ITEMS", 10_000, { ids: list(10_000, 1) }],
      ["MAX_VARIABLES_ITEMS", 10_000, Object.fromEntries(list(10_001, 0).map((_, i) => [`k${i}`, i]))],
      ["MAX_VARIABLES_DEPTH", 16, { ids: deep(17) }],
      ["MAX_VARIABLES_DEPTH", 16, { ids: deep(60) }],
    ] as const)("%s: %#", async ([name, allowed, given]) => {
      const { status, error } = await here.ask({ query, variables: { ids: [] }, [part]: given });
      expect(status).toBe(400);
      expect(error).toMatchObject({ code: "LIMIT_EXCEEDED", limit: { name, allowed } });
      expect(error?.limit.found).toBeGreaterThan(allowed);
      expect(error?.message).toContain(`The ${part} have more than ${allowed}`);
      expect(error?.message).toContain(name);
    });
  },
);

test("however deep: what nobody could walk by recursion is not even parsed", async () => {
  const body = `{"query":"{ __typename }","variables":{"ids":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
  const { status, error } = await here.ask(body);
  expect([status, error?.limit]).toEqual([400, { name: "MAX_JSON_DEPTH", allowed: 64, found: 65 }]);
});

test("variables at their limits are taken", async () => {
  for (const ids of [list(9_999, 1), ["x".repeat(262_000)], deep(15)]) {
    const { error } = await here.ask({ query: "{ __typename }", variables: { ids } });
    expect(error).toBeUndefined();
  }
});

test("the name of an operation has the limit of all names", async () => {
  const { status, error } = await here.ask({ query: "{ __typename }", operationName: "x".repeat(300_000) });
  expect([status, error?.limit]).toEqual([400, { name: "MAX_NAME_LENGTH", allowed: 255, found: 300_000 }]);
});

test("an array of operations is refused", async () => {
  const { status, error } = await here.ask([{ query: "{ __typename }" }, { query: "{ __typename }" }]);
  expect(status).toBe(400);
  expect(error).toEqual({ code: "BAD_USER_INPUT", message: expect.stringContaining("There are no batches.") });
});

describe("errors repeat little of what was sent", () => {
  test.for([
    [
      "a string that is no number",
      { query: "query ($n: Int) { accounts(first: $n) { totalCount } }", variables: { n: "x".repeat(250_000) } },
    ],
    ["an ID that cannot be one", { query: `{ node(id: "${"x".repeat(250_000)}") { id } }` }],
    ["a literal of another type", { query: `{ accounts(first: "${"x".repeat(250_000)}") { totalCount } }` }],
    ["a literal where none may be", { query: `{ "${"x".repeat(250_000)}" }` }],
  ] as const)("%s", async ([, body]) => {
    const { text } = await here.ask(body);
    expect(text.length).toBeLessThan(5000);
    expect(JSON.parse(text).errors[0].extensions.code).toBe("BAD_USER_INPUT");
  });

  test("and there are few of them, however many values do not fit", async () => {
    const input = { accountId: "x", name: "y", policies: list(1000, { access: "ALOW", permissionGroupIds: {}, z: 1 }) };
    const mutation = "mutation ($input: CreateUserGroupInput!) { createUserGroup(input: $input) { __typename } }";
    const { text } = await here.ask({ query: mutation, variables: { input } });
    const { errors } = JSON.parse(text);
    expect(errors.length).toBeLessThanOrEqual(6);
    expect(errors.at(-1).message).toBe("Too many errors processing variables, error limit reached. Execution aborted.");
  });

  test("and of validating", async () => {
    const { text } = await here.ask({ query: `{ ${list(90, "nobodyKnows").join(" ")} }` });
    expect(JSON.parse(text).errors.length).toBeLessThanOrEqual(21);
  });
});
