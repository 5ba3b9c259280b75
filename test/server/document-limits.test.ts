import { afterAll, beforeAll, describe } from "vitest";
import { globalId } from "../../src/graph/node.ts";
import { account, expect, test } from "../gateway.ts";
import { slowness } from "../machine-speed.ts";
import { type Listening, listening } from "./listening.ts";

let { ask, url, sandbox, close } = {} as Listening;
beforeAll(async () => {
  ({ ask, url, sandbox, close } = await listening());
});
afterAll(() => close());

const many = (count: number, part: (i: number) => string) => Array.from({ length: count }, (_, i) => part(i)).join(" ");
const refusal = (name: string, allowed: number, found: number) => ({
  status: 400,
  error: { code: "LIMIT_EXCEEDED", limit: { name, allowed, found } },
});

/** Bounds of time are for a quiet machine. */
const slow = slowness();

describe("a document just beyond a limit is refused with the limit, what is allowed and what was found", () => {
  test.for([
    ["MAX_TOKENS", 4000, 4001, `{ ${many(3999, () => "a")} }`],
    ["MAX_TOKENS", 4000, 4001, `{ __typename } ${"#\n".repeat(3998)}`],
    ["MAX_TOKENS", 4000, 4001, `{ __typename ${"\n".repeat(4000)} }`],
    ["MAX_TOKENS", 4000, 4001, `{ __typename ${"\r".repeat(4000)} }`],
    ["MAX_TOKENS", 4000, 4001, `{ node(id: """${"\r\n".repeat(4000)}""") { id } }`],
    ["MAX_DEPTH", 24, 25, `${"{ a ".repeat(25)}${"}".repeat(25)}`],
    ["MAX_ALIASES", 200, 201, `{ node(id: "x") { ${many(201, (i) => `a${i}: id`)} } }`],
    ["MAX_ROOT_FIELDS", 100, 101, `{ ${many(101, () => "__typename")} }`],
    ["MAX_DIRECTIVES", 50, 51, `{ __typename ${many(51, () => "@include(if: true)")} }`],
    ["MAX_DIRECTIVES", 50, 51, `query ($a: Int ${many(51, () => "@x")}) { __typename }`],
    ["MAX_NESTING", 200, 201, `${"{ ... ".repeat(200)}{ a }${"}".repeat(200)}`],
    ["MAX_NESTING", 200, 201, `{ nodes(ids: ${"[".repeat(3000)}${"]".repeat(3000)}) { id } }`],
    ["MAX_NESTING", 200, 201, `query ($a: ${"[".repeat(3000)}Int${"]".repeat(3000)}) { __typename }`],
    ["MAX_NESTING", 200, 201, `{ a(b: ${"{ c: ".repeat(3000)}1${" }".repeat(3000)}) }`],
    ["MAX_NAME_LENGTH", 255, 256, `{ ${"a".repeat(256)} }`],
  ] as const)("%s of %i", async ([name, allowed, found, query]) => {
    const answer = await ask({ query });
    expect(answer).toMatchObject(refusal(name, allowed, found));
    expect(answer.error?.message).toContain(String(allowed));
    expect(answer.error?.message).toContain(name);
    expect(sandbox.calls).toEqual([]);
  });
});

describe("a document at its limits runs", () => {
  test.for([
    `{ ${many(100, () => "__typename")} }`,
    `{ node(id: "x") { ${many(199, (i) => `a${i}: id`)} } a: __typename }`,
    `{ ${many(50, () => "... @include(if: true) { __typename }")} }`,
    `${"{ ... ".repeat(199)}{ __typename }${"}".repeat(199)}`,
    `{ __typename } ${"#\r\n".repeat(3997)}`,
  ])("%#", async (query) => {
    const { error } = await ask({ query });
    expect(error?.code).not.toBe("LIMIT_EXCEEDED");
  });
});

describe("fragments count where they are spread", () => {
  const chain = (links: number, last: string, condition = "") =>
    `query ($x: Boolean = true) { ...F0 } ${many(links, (i) => `fragment F${i} on Query { ...F${i + 1} ${condition} ...F${i + 1} ${condition} }`)} fragment F${links} on Query { ${last} }`;

  test("a chain of 40, each spread twice, is refused at once", async () => {
    const query = chain(40, "__typename", "");
    const started = performance.now();
    const { error, status } = await ask({ query });
    expect(performance.now() - started).toBeLessThan(100 * slow);
    expect(status).toBe(400);
    expect(error?.limit).toEqual({ name: "MAX_ROOT_FIELDS", allowed: 100, found: 2 ** 40 });
  });

  test("asked for with GET, and without a credential", async () => {
    const query = chain(40, "__typename", "@include(if: $x)");
    for (const _ of [1, 2]) {
      const response = await fetch(`${url}?${new URLSearchParams({ query })}`);
      expect(response.status).toBe(400);
      expect((await response.json()).errors[0].extensions.code).toBe("LIMIT_EXCEEDED");
    }
  });

  test("in every place where a fragment may be spread, and each operation counts", async () => {
    const aliases = many(50, (i) => `a${i}: id`);
    const fragment = `fragment F on Node { ${aliases} }`;
    const spread = (name: string) => `query ${name} { node(id: "x") { ...F ... { ...F } } }`;
    expect(await ask({ query: `${spread("A")} ${spread("B")} ${fragment}`, operationName: "A" })).not.toMatchObject(
      refusal("MAX_ALIASES", 200, 200),
    );
    expect(
      await ask({ query: `${spread("A")} ${spread("B")} { a: __typename } ${fragment}`, operationName: "A" }),
    ).toMatchObject(refusal("MAX_ALIASES", 200, 201));
  });

  test("where they stand, if nobody spreads them", async () => {
    const query = `{ __typename } fragment F on Node { ${many(201, (i) => `a${i}: id`)} }`;
    expect(await ask({ query })).toMatchObject(refusal("MAX_ALIASES", 200, 201));
  });

  test("once, if they are within themselves, which validation refuses", async () => {
    const { error } = await ask({
      query: "{ ...F } fragment F on Query { __typename ...G } fragment G on Query { ...F }",
    });
    expect(error).toMatchObject({ code: "BAD_USER_INPUT", message: expect.stringContaining("within itself") });
  });

  test("and stand within each other no deeper than brackets", async () => {
    const links = (count: number) =>
      `{ ...F0 } ${many(count, (i) => `fragment F${i} on Query { ...F${i + 1} }`)} fragment F${count} on Query { __typename }`;
    expect((await ask({ query: links(198) })).data).toEqual({ __typename: "Query" });
    expect((await ask({ query: links(400) })).error?.limit.name).toBe("MAX_NESTING");
    const round = `{ ...F0 } ${many(400, (i) => `fragment F${i} on Query { ...F${(i + 1) % 400} }`)}`;
    expect((await ask({ query: round })).error?.limit.name).toBe("MAX_NESTING");
  });

  test("under conditions, too, and however often it is sent", async () => {
    const query = chain(40, "__typename", "@include(if: $x)");
    for (const _ of [1, 2, 3]) {
      const started = performance.now();
      expect((await ask({ query })).error?.code).toBe("LIMIT_EXCEEDED");
      expect(performance.now() - started).toBeLessThan(100 * slow);
    }
  });
});

describe("what the gateway was attacked with is refused in its own size, within a second, and nothing is called", () => {
  const ids = Array.from({ length: 1000 }, (_, i) => globalId("Account", String(i).padStart(32, "0")));
  const mutation = (i: number) => `m${i}: deleteUserGroup(input: { userGroupId: "${account}" }) { __typename }`;
  test.for<[says: string, code: string, body: object]>([
    ["{ a a a … } of 4 MB", "LIMIT_EXCEEDED", { query: `{ ${"a ".repeat(2_000_000)}}` }],
    ["2,000 aliased mutations", "LIMIT_EXCEEDED", { query: `mutation { ${many(2000, mutation)} }` }],
    [
      "a thousand accounts under 50 aliases with 100 fields each",
      "LIMIT_EXCEEDED",
      {
        query: `query ($ids: [ID!]!) { ${many(50, (i) => `a${i}: nodes(ids: $ids) { ${many(100, (k) => `f${k}: id`)} }`)} }`,
        variables: { ids },
      },
    ],
    [
      "a thousand accounts under 99 aliases with their members",
      "TOO_EXPENSIVE",
      {
        query: `query ($ids: [ID!]!) { ${many(99, (i) => `a${i}: nodes(ids: $ids) { ... on Account { members { nodes { id } } } }`)} }`,
        variables: { ids },
      },
    ],
  ])("%s", async ([said, code, body]) => {
    const started = performance.now();
    const answer = await ask(body);
    expect(answer.error?.code).toBe(code);
    // What a plan refuses is an answer of GraphQL's for `application/json`.
    expect(answer.status).toBe(
      code === "TOO_EXPENSIVE" ? 200 : code === "LIMIT_EXCEEDED" && said.endsWith("MB") ? 413 : 400,
    );
    expect(performance.now() - started).toBeLessThan(1000 * slow);
    expect(sandbox.calls).toEqual([]);
  });
});
