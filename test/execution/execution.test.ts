import { type ExecutionArgs, GraphQLError, parse } from "graphql";
import { createClient } from "../../src/cloudflare/client.ts";
import { ObjectCount } from "../../src/execution/answer-limits.ts";
import { compiledExecution } from "../../src/execution/plugin.ts";
import { TimeSlice } from "../../src/execution/time-slice.ts";
import { compiledResolver, schema } from "../../src/graph/schema.ts";
import { createLoaders } from "../../src/loaders/loaders.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { account, expect, test } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";

/** Runs a document through the plugin as Yoga would; says whether the plain executor was asked. */
async function execute(
  document: ExecutionArgs["document"],
  times: number,
  compileAt = 1,
  sandbox = createSandbox({ quota: false }),
  plannedObjects = 0,
) {
  const plugin = compiledExecution({
    schema,
    resolverOf: compiledResolver,
    compileAt,
    plannedObjects: () => plannedObjects,
    characters: Number.POSITIVE_INFINITY,
    slice: new TimeSlice(),
    refuse: () => new GraphQLError("too large"),
  });
  const answered: string[] = [];
  for (let i = 0; i < times; i++) {
    const call = createClient({
      transport: sandbox.handle,
      baseUrl: "http://x/client/v4",
      credential: { token: "sandbox-admin" },
    });
    const args = {
      schema,
      document,
      variableValues: { account },
      contextValue: {
        loaders: createLoaders(call),
        sequence: { run: (_: string, write: () => unknown) => write() },
        objects: new ObjectCount(),
      },
    };
    const executeFn = async () => {
      answered.push("plain");
      return { data: {} };
    };
    let run: (args: object) => unknown = executeFn;
    const setExecuteFn = (replaced: typeof run) => {
      run = replaced;
    };
    await plugin.onExecute?.({ args, executeFn, setExecuteFn } as never);
    if ((await run(args)) && answered.length === i) answered.push("compiled");
  }
  return answered;
}

const full = FullGraphDocument as unknown as ExecutionArgs["document"];

test("a query is compiled when it comes for the second time", async () => {
  expect(await execute(full, 3, 2)).toEqual(["plain", "compiled", "compiled"]);
});

test("a query whose answer may have many objects is compiled when it comes for the first time", async () => {
  expect(await execute(full, 1, 2, undefined, 5000)).toEqual(["plain"]);
  expect(await execute(full, 1, 2, undefined, 5001)).toEqual(["compiled"]);
});

test("everything that the full graph asks is at hand", async () => {
  expect(await execute(full, 1)).toEqual(["compiled"]);
});

test("what is not at hand, or fails, is told by the plain executor", async () => {
  const sandbox = createSandbox({ quota: false });
  sandbox.stub("GET /accounts/{account_id}/sso_connectors", () => ({ status: 502, headers: {}, text: "" }));
  expect(await execute(full, 1, 1, sandbox)).toEqual(["plain"]);
});

test("a mutation is never compiled", async () => {
  expect(await execute(parse(`mutation { deleteUserGroup(input: { userGroupId: "x" }) { __typename } }`), 2)).toEqual([
    "plain",
    "plain",
  ]);
});

test.each([
  "{ account(id: $account) { ...P @include(if: $on) ...P } } fragment P on Account { id }",
  "{ account(id: $account) { cloudflareId } account(id: $account) @include(if: $on) { ... { id } } }",
  "{ account(id: $account) { ... @include(if: $on) { ...P } ...P } } fragment P on Account { id }",
])("a fragment under a condition is left to the plain executor: %s", async (selection) => {
  const document = parse(`query ($account: String!, $on: Boolean = false) ${selection}`);
  expect(await execute(document, 1)).toEqual(["plain"]);
});

test("a fragment beside a condition is compiled", async () => {
  const selection = "account(id: $account) { ...P cloudflareId @include(if: $on) }";
  const document = parse(
    `query ($account: String!, $on: Boolean = false) { ${selection} } fragment P on Account { id }`,
  );
  expect(await execute(document, 1)).toEqual(["compiled"]);
});
