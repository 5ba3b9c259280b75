import type { DocumentTypeDecoration, TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { describe, expectTypeOf, vi } from "vitest";
import * as operations from "../../src/operations.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { exampleVariables } from "../../src/server/examples.ts";
import type { ExecuteOptions } from "../../src/server/execute-options.ts";
import { createGateway, type GatewayOptions } from "../../src/server/gateway.ts";
import type { Rights } from "../../src/upstream/rights.ts";
import { deferredTransport, oneCall } from "../deferred-transport.ts";
import { account, compileAt, expect, setup, test } from "../gateway.ts";
import { AccountsDocument, type AccountsQuery, FullGraphDocument, OneGroupDocument } from "../operations/graphql.ts";

type Given = Partial<ExecuteOptions<Record<string, unknown>>>;

const credential = { token: "sandbox-admin" };
const names = `query ($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;
const named = { variables: { account } };
const create = (name: string) =>
  `mutation { createUserGroup(input: { accountId: "${account}", name: "${name}" }) { __typename } }`;

/** What one operation gives over HTTP and without it, each from a gateway of its own beside a sandbox of its own. */
async function both(query: string, given: Given = {}, options: Partial<GatewayOptions> = {}) {
  const { variables, explain, operationName, requestId = "same" } = given;
  const fixture = () => setup({ clock: () => new Date(0) }, undefined, options);
  const headers = {
    "content-type": "application/json",
    authorization: "Bearer sandbox-admin",
    ...(explain && { "x-upstream-explain": explain }),
    "x-request-id": requestId,
  };
  const body = JSON.stringify({ query, variables, operationName });
  const response = await fixture().gateway.fetch("http://gateway/graphql", { method: "POST", headers, body });
  const result = await fixture().gateway.execute(query, { credential, ...given, requestId });
  return { http: await response.json(), result };
}

const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("execute gives what the body of an answer says", () => {
  // A subscription has no one result.
  const { WaitForDomainDocument: _, ...answered } = operations;
  test.for(Object.entries<TypedDocumentNode<unknown, never>>(answered))("of %s", async ([, document]) => {
    const variables = exampleVariables(document, createSandbox()) as Record<string, unknown>;
    const { http, result } = await both(print(document), { variables });
    for (const each of Object.values(http.data)) expect(each).toEqual(expect.anything());
    expect(result).toEqual(http);
  });

  test.for<[string, string, Given, Partial<GatewayOptions>]>([
    ["a syntax error", "{ accounts {", {}, {}],
    ["a field that there is none of", "{ acounts { nodes { name } } }", {}, {}],
    ["two fields that cannot be merged", "{ a: accounts { totalCount } a: __typename }", {}, {}],
    ["no operation of that name", "query A { __typename }", { operationName: "B" }, {}],
    ["a variable that does not fit", names, { variables: { account: 5 } }, {}],
    ["a variable that is missing", names, {}, {}],
    ["too many aliases", "{ a: __typename b: __typename }", {}, { limits: { aliases: 1 } }],
    ["too large variables", names, { variables: { account: "x".repeat(50) } }, { limits: { variablesSize: 20 } }],
    ["a subscription", "subscription { x }", {}, {}],
    ["an account that is not there", names, { variables: { account: "0".repeat(32) } }, {}],
    [
      "more calls than there may be",
      `{ a: accounts { totalCount } ${names.slice(26)}`.replace("$account", `"${account}"`),
      {},
      { maxCalls: 1, explain: true },
    ],
    ["too many objects", names, named, { maxObjects: 3 }],
    ["too long an answer", names, named, { maxAnswerSize: 20 }],
    ["an explanation that is switched off", names, { ...named, explain: "plan" }, {}],
    ["a plan", names, { ...named, explain: "plan" }, { explain: true }],
    ["what it has cost", names, named, { explain: true }],
    ["an empty document", "", {}, {}],
  ])("with %s", async ([, query, given, options]) => {
    const { http, result } = await both(query, given, options);
    expect(http.errors ?? http.extensions).toEqual(expect.anything());
    expect(asJson(result)).toEqual(http);
  });

  test("with a bug, which is masked, and logged under the request's ID", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const onValidate = () => {
      throw new Error("secret");
    };
    const { gateway } = setup({}, undefined, { plugins: [{ onValidate }], logging: "error" });
    const { errors = [], data } = await gateway.execute(oneCall, { credential, requestId: "mine-1" });
    expect(data).toBeUndefined();
    expect(errors.map(({ message, extensions }) => [message, extensions])).toEqual([
      ["Unexpected error.", { code: "INTERNAL_SERVER_ERROR", requestId: "mine-1" }],
    ]);
    expect(String(logged.mock.calls)).toContain("mine-1");
    logged.mockRestore();
  });

  test("with every call, by `explain: analyze`", async () => {
    const { gateway } = setup({}, undefined, { explain: true });
    const { extensions } = await gateway.execute(names, { credential, ...named, explain: "analyze" });
    expect(extensions).toMatchObject({ upstream: { calls: 1, analysis: { calls: [{ status: 200, attempts: 1 }] } } });
  });

  test("at the price of HTTP", async ({ gateway, sandbox }) => {
    const { data, errors } = await gateway.execute(FullGraphDocument, { credential, ...named });
    expect(errors).toBeUndefined();
    expect(data?.account?.name).toBe("Acme");
    expect(sandbox.calls).toHaveLength(19);
  });
});

describe("an operation", () => {
  test("is a typed document, parsed or as text, or a string, and each has its types", async ({ gateway }) => {
    class TypedText extends String implements DocumentTypeDecoration<AccountsQuery, { [key: string]: never }> {
      declare __apiType?: (variables: { [key: string]: never }) => AccountsQuery;
    }
    const typed = await gateway.execute(AccountsDocument, { credential });
    expectTypeOf(typed.data).toEqualTypeOf<AccountsQuery | null | undefined>();
    const text = await gateway.execute(new TypedText("{ accounts { nodes { name } } }"), { credential });
    expectTypeOf(text.data).toEqualTypeOf<AccountsQuery | null | undefined>();
    const untyped = await gateway.execute("{ accounts { nodes { name } } }", { credential });
    expectTypeOf(untyped.data).toEqualTypeOf<Record<string, unknown> | null | undefined>();
    expect(text.data).toEqual(untyped.data);
    expect(typed.data?.accounts?.nodes?.map((each) => each?.name)).toEqual(["Acme", "Acme Ventures"]);
  });

  test("needs its variables, of their types", async ({ gateway }) => {
    // @ts-expect-error Variables are missing.
    const missing = await gateway.execute(OneGroupDocument, { credential });
    // @ts-expect-error A variable is of another type.
    const wrong = await gateway.execute(OneGroupDocument, { credential, variables: { account: 5, group: "x" } });
    for (const { errors } of [missing, wrong]) expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test.for<[string, unknown]>([
    ["missing", undefined],
    ["another object", { kind: "Documents" }],
    ["what cannot be printed", { kind: "Document", definitions: [{ kind: "?" }] }],
  ])("whose document is %s is an error", async ([, document], { gateway }) => {
    const { errors } = await gateway.execute(document as string, { credential });
    const message = "The document must be a string or a parsed GraphQL document.";
    expect(asJson(errors)).toEqual([{ message, extensions: { code: "BAD_USER_INPUT" } }]);
  });

  test("whose variables JSON does not have is an error", async ({ gateway }) => {
    const circular: Record<string, unknown> = {};
    circular.account = circular;
    for (const variables of [circular, { account: 1n }]) {
      const { errors } = await gateway.execute(names, { credential, variables });
      expect(errors?.map((error) => error.message)).toEqual(["`variables` must be values that JSON has."]);
    }
  });
});

describe("a credential", () => {
  const noSuch = "has characters that none has, such as a space.";

  test("is the caller's own, in both forms", async ({ gateway, sandbox }) => {
    const reader = await gateway.execute(create("Mine"), { credential: { token: "sandbox-reader" } });
    expect(reader.data).toEqual({ createUserGroup: { __typename: "PermissionDeniedError" } });
    const { errors } = await gateway.execute(oneCall, { credential: { email: "a@b.example", key: "unknown-key-1" } });
    expect(errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
    expect(sandbox.calls).toHaveLength(2);
  });

  test.for<[string, unknown, string]>([
    ["null", null, "No credential: give `{ token }` or `{ email, key }`."],
    ["empty", { token: "" }, "`credential.token` is empty."],
    ["a word", { token: "undefined" }, "`credential.token` is the word `undefined`, as of a variable that is not set."],
    ["two lines", { token: "s3cret\r\nx" }, `\`credential.token\` ${noSuch}`],
    ["a key like no other", { key: "s3crét", email: "a@b.example" }, `\`credential.key\` ${noSuch}`],
  ])("that is %s makes no call, and the error says why", async ([, given, message], { gateway, sandbox }) => {
    const { errors } = await gateway.execute(oneCall, { credential: given as null });
    expect(errors?.map((error) => [error.message, error.extensions.code])).toEqual([[message, "UNAUTHENTICATED"]]);
    expect(sandbox.calls).toEqual([]);
  });

  test.for<[string, unknown]>([
    ["no object", "s3cret"],
    ["missing", undefined],
    ["of another shape", { apiToken: "s3cret" }],
    ["both at once", { token: "s3cret", email: "a", key: "b" }],
    ["no string", { token: { s3cret: true } }],
  ])("that is %s is refused without being shown", async ([, given], { gateway }) => {
    const refused = gateway.execute(oneCall, { credential: given as null });
    const message = "gateway.execute: `credential` must be { token }, { email, key } or null, each a string.";
    await expect(refused).rejects.toMatchObject({ name: "OptionsError", message });
  });
});

describe("a caller", () => {
  const authenticate = () => Promise.reject(new Error("not asked"));
  const asMember = (rights: Rights) => ({ credential, caller: { id: "user-1", rights } });

  test("may do what its rights allow, over the whole account and nothing else", async ({ gateway, sandbox }) => {
    const read = await gateway.execute(names, { ...asMember(new Map([[account, "read"]])), ...named });
    expect(read.errors).toBeUndefined();
    const written = await gateway.execute(create("Mine"), asMember(new Map([[account, "read"]])));
    expect(JSON.stringify(written)).toContain("This caller has no right to write the account");
    expect(sandbox.calls).toHaveLength(1);
    const none = await gateway.execute(names, { ...asMember(new Map()), ...named });
    expect(none.errors?.map((error) => error.extensions.code)).toContain("FORBIDDEN");
    expect(sandbox.calls).toHaveLength(1);
  });

  test("keeps the rights with which its operation began", async () => {
    const rights = new Map([[account, "read" as const]]);
    const { gateway, sandbox } = setup({}, ({ handle }) => (request) => {
      rights.clear();
      return handle(request);
    });
    const query = `{ account(id: "${account}") { userGroups { nodes { members { nodes { email } } } } } }`;
    expect(await gateway.execute(query, asMember(rights))).not.toHaveProperty("errors");
    expect(sandbox.calls.length).toBeGreaterThan(1);
  });

  test("must be told to a gateway with `authenticate`, which is not asked", async () => {
    const { gateway, sandbox } = setup({}, undefined, { authenticate });
    const message = "gateway.execute: `caller` is missing; this gateway has `authenticate`, so say who asks.";
    await expect(gateway.execute(oneCall, { credential })).rejects.toMatchObject({ name: "OptionsError", message });
    expect(sandbox.calls).toEqual([]);
    const rights: Rights = new Map([["*", "read"]]);
    const told = { id: "user-1", credential, problem: "", rights };
    expect(await gateway.execute(oneCall, { credential, caller: told })).not.toHaveProperty("errors");
  });

  test.for<unknown>([
    null,
    "user-1",
    {},
    { id: "user-1" },
    { id: 1, rights: new Map() },
    { id: "user-1", rights: { "*": "write" } },
    { id: "user-1", rights: new Map([["*", "admin"]]) },
    { id: "user-1", rights: new Map([[1, "read"]]) },
  ])("that is none is refused: %j", async (caller, { gateway }) => {
    await expect(gateway.execute(oneCall, { credential, caller: caller as never })).rejects.toMatchObject({
      name: "OptionsError",
      message: expect.stringContaining(
        'it must be { id, rights }: a string, and a Map from account ids or "*" to read or write.',
      ),
    });
  });
});

test.for<[object, string]>([
  [{ variable: {} }, "there is no option `variable`: `variables` perhaps?"],
  [{ signal: 5 }, "`signal: 5` is not allowed; it must be an AbortSignal."],
  [{ explain: "full" }, '`explain: "full"` is not allowed; it must be plan or analyze.'],
  [{ operationName: 5 }, "`operationName: 5` is not allowed; it must be a string."],
  [{ requestId: "a b" }, '`requestId: "a b"` is not allowed; it must be at most 128 letters, digits and _ . : -.'],
])("options are refused by name: %j", async ([given, told], { gateway }) => {
  const refused = gateway.execute(oneCall, { credential, ...given } as never);
  await expect(refused).rejects.toMatchObject({ name: "OptionsError", message: `gateway.execute: ${told}` });
});

function held(options: Partial<GatewayOptions> = {}) {
  const sandbox = createSandbox({ quota: false });
  const network = deferredTransport((request) => sandbox.handle(request));
  const gateway = createGateway({ transport: network.transport, logging: false, compileAt, retry: false, ...options });
  return { ...network, sandbox, gateway };
}

test("equal operations at one moment are one, over HTTP and without it, and each has a result of its own", async () => {
  const { gateway, arrived, held: calls, sandbox } = held();
  const executed = Array.from({ length: 5 }, () => gateway.execute(names, { credential, ...named }));
  const answered = gateway.fetch("http://gateway/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
    body: JSON.stringify({ query: names, ...named }),
  });
  await arrived(1);
  calls[0]?.open();
  const results = await Promise.all(executed);
  const { data } = (await (await answered).json()) as { data: unknown };
  for (const result of results) expect(result.data).toEqual(data);
  expect(new Set(results.map((result) => result.data?.account)).size).toBe(5);
  expect(sandbox.calls).toHaveLength(1);
});

describe("a signal", () => {
  test("ends the waiting with its reason, and reads that nobody else waits for", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { gateway, arrived, held: calls } = held({ logging: "error" });
    const leaving = new AbortController();
    const result = gateway.execute(names, { credential, ...named, signal: leaving.signal });
    await arrived(1);
    leaving.abort({ left: true });
    await expect(result).rejects.toEqual({ left: true });
    await gateway.dispose();
    expect(calls[0]?.givenUp).toBe(true);
    expect(logged).not.toHaveBeenCalled();
    logged.mockRestore();
  });

  test("that has ended already makes no call", async () => {
    const { gateway, held: calls } = held();
    const signal = AbortSignal.abort();
    await expect(gateway.execute(oneCall, { credential, signal })).rejects.toBe(signal.reason);
    expect(calls).toEqual([]);
  });

  test("does not end a write that was sent", async () => {
    const { gateway, arrived, held: calls, sandbox } = held();
    const leaving = new AbortController();
    const result = gateway.execute(create("Kept"), { credential, signal: leaving.signal });
    await arrived(1);
    leaving.abort();
    await expect(result).rejects.toBe(leaving.signal.reason);
    calls[0]?.open();
    await gateway.dispose();
    const groups = [...(sandbox.state.accounts.get(account)?.userGroups.values() ?? [])];
    expect(groups.map(({ name }) => name)).toContain("Kept");
  });
});

describe("plugins", () => {
  test("run for `execute` and over HTTP, and can read and change results", async () => {
    const seen: unknown[] = [];
    interface Done {
      result: { data: { accounts: unknown } };
      setResult(result: unknown): void;
    }
    const onExecuteDone = ({ result, setResult }: Done) => {
      seen.push(result.data.accounts);
      setResult({ ...result, extensions: { seen: true } });
    };
    const { gateway, run } = setup({}, undefined, { plugins: [{ onExecute: () => ({ onExecuteDone }) }] });
    const { data, extensions } = await gateway.execute(oneCall, { credential });
    expect(extensions).toEqual({ seen: true });
    expect((await run(oneCall)).data).toEqual(data);
    expect(seen).toEqual(Array(2).fill(data?.accounts));
  });

  test("that give results in parts have an error in their place", async () => {
    async function* parts() {
      yield { data: {} };
    }
    const onExecute = ({ setExecuteFn }: { setExecuteFn(execute: typeof parts): void }) => setExecuteFn(parts);
    const { gateway } = setup({}, undefined, { plugins: [{ onExecute }] });
    const { errors } = await gateway.execute(oneCall, { credential });
    expect(errors?.map((error) => error.message)).toEqual(["The result comes in parts: ask for it over HTTP."]);
  });

  test("see each of equal operations, whose calls are still one", async () => {
    const onExecute = vi.fn();
    const { gateway, arrived, held: calls } = held({ plugins: [{ onExecute }] });
    const executed = [1, 2, 3].map(() => gateway.execute(names, { credential, ...named }));
    await arrived(1);
    calls[0]?.open();
    for (const { data } of await Promise.all(executed)) expect(data?.account).toEqual(expect.anything());
    expect(onExecute).toHaveBeenCalledTimes(3);
  });
});
