import { readFileSync } from "node:fs";
import {
  buildSchema,
  getNamedType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { describe } from "vitest";
import { globalId } from "../../src/graph/node.ts";
import { schema } from "../../src/graph/schema.ts";
import { subgraphSdl } from "../../src/graph/subgraph-sdl.ts";
import { acmeId, venturesId } from "../../src/sandbox/acme.ts";
import type { SandboxOptions } from "../../src/sandbox/sandbox.ts";
import type { GatewayOptions } from "../../src/server/gateway.ts";
import { account, authenticate, expect, setup, tally, test } from "../gateway.ts";

const subgraph = (options: SandboxOptions = {}, more: Partial<GatewayOptions> = {}) =>
  setup(options, undefined, { federation: true, explain: true, ...more });

const entities = (selection: string) =>
  `query ($representations: [_Any!]!) { found: _entities(representations: $representations) { __typename ${selection} } }`;
const nodes = (selection: string) => `query ($ids: [ID!]!) { found: nodes(ids: $ids) { __typename ${selection} } }`;

const raw = (n: number) => String(n).padStart(32, "0");
const named = (id: string) => ({ __typename: "UserGroup", id });
type Found = { found: unknown[] };

async function groupIds({ run }: ReturnType<typeof setup>, first: number): Promise<string[]> {
  const { data } = await run<{ account: { userGroups: { nodes: { id: string }[] } } }, object>(
    `{ account(id: "${account}") { userGroups(first: ${first}) { nodes { id } } } }`,
  );
  return data?.account.userGroups.nodes.map(({ id }) => id) ?? [];
}

describe("entities", () => {
  test("cost what nodes cost, by the plan and by the calls, and are the same objects", async () => {
    const here = subgraph({ groups: 100, membersPerGroup: 3 });
    const ids = await groupIds(here, 100);
    expect(ids).toHaveLength(100);
    const [group, members] = [
      "... on UserGroup { name policies { access } }",
      "... on UserGroup { members { nodes { email } } }",
    ];
    for (const [selection, calls] of [
      [group, { "GET /accounts/{account_id}/iam/user_groups": 1 }],
      [
        members,
        {
          "GET /accounts/{account_id}/iam/user_groups": 1,
          "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members": 100,
        },
      ],
    ] as const) {
      const asNodes = await here.run<Found, object>(nodes(selection), { ids });
      const asEntities = await here.run<Found, object>(entities(selection), { representations: ids.map(named) });
      expect(asEntities.errors).toBeUndefined();
      expect(asEntities.data?.found).toEqual(asNodes.data?.found);
      expect(tally(asEntities.calls)).toEqual(tally(asNodes.calls));
      expect(tally(asEntities.calls)).toEqual(calls);
      expect(asEntities.upstream?.planned).toEqual(asNodes.upstream?.planned);
      expect(asEntities.upstream?.objects).toEqual(asNodes.upstream?.objects);
    }
  });

  test("are read in one document with other fields: what is the same is read once", async () => {
    const here = subgraph();
    const [id = ""] = await groupIds(here, 1);
    const document = `query ($representations: [_Any!]!, $id: ID!) {
      _entities(representations: $representations) { ... on UserGroup { name } }
      node(id: $id) { ... on UserGroup { name } }
    }`;
    const { data, calls, upstream } = await here.run<Record<string, unknown>, object>(document, {
      representations: [named(id), named(id)],
      id,
    });
    expect(data?._entities).toEqual([data?.node, data?.node]);
    expect(calls).toHaveLength(1);
    expect(upstream?.planned.min).toBe(1);
  });

  test("are of every type with a global id, and an account has a key of its own", async () => {
    const here = subgraph();
    const { data, errors, calls } = await here.run<Found, object>(
      entities("... on Account { cloudflareId name } ... on Node { id }"),
      {
        representations: [
          { __typename: "Account", cloudflareId: account },
          { __typename: "Account", id: globalId("Account", account), name: "not read" },
          named(globalId("UserGroup", account, raw(404))),
        ],
      },
    );
    expect(errors).toBeUndefined();
    const acme = { __typename: "Account", id: globalId("Account", account), cloudflareId: account, name: "Acme" };
    expect(data?.found).toEqual([acme, acme, null]);
    expect(calls.filter((route) => route === "GET /accounts/{account_id}")).toHaveLength(1);
  });

  test("a representation that is none is an error at its own index, and costs nothing", async () => {
    const here = subgraph();
    const group = globalId("UserGroup", account, raw(1));
    const refused: [representation: unknown, message: string][] = [
      [{ id: group }, "`representations[0]` must have `__typename`, the type of the entity"],
      ["nonsense", "`representations[1]` must have `__typename`, the type of the entity"],
      [{ __typename: "UserGroup" }, "`representations[2]` must have a key of `UserGroup`: `id`"],
      [{ __typename: "UserGroup", cloudflareId: raw(1) }, "`representations[3]` must have a key of `UserGroup`: `id`"],
      [
        { __typename: "Account", cloudflareId: ".." },
        "`representations[4]` must have a key of `Account`: `id`, or `cloudflareId`",
      ],
      [{ __typename: "Member", id: group }, "`representations[5].id` must be of type Member, not UserGroup"],
      [named("nonsense"), '`representations[6].id` is not a global ID as the field `id` gives it: "nonsense"'],
      [
        { __typename: "Project", id: "1" },
        '`representations[7].id` is not a global ID as the field `id` gives it: "1"',
      ],
    ];
    const representations = [...refused.map(([each]) => each), { __typename: "Account", cloudflareId: account }];
    const { data, errors, calls, upstream } = await here.run<Found, object>(entities(""), { representations });
    expect(data?.found).toEqual([...refused.map(() => null), { __typename: "Account" }]);
    const told = errors?.map(({ message, path, extensions }) => [message, path, extensions?.code]);
    expect(told).toEqual(
      refused.map(([, message], i) => [expect.stringContaining(message), ["found", i], "BAD_USER_INPUT"]),
    );
    expect(calls).toEqual([]);
    expect(upstream?.planned).toEqual({ min: 0, max: 0 });
  });

  test("may be written into the document, and are at most 1000", async () => {
    const here = subgraph();
    const literal = `{ _entities(representations: [{ __typename: "Account", cloudflareId: "${account}" }]) { ... on Account { name } } }`;
    expect((await here.run(literal)).data).toEqual({ _entities: [{ name: "Acme" }] });
    const representations = Array.from({ length: 1001 }, (_, i) => named(globalId("UserGroup", account, raw(i))));
    const { data, errors, calls } = await here.run(entities("... on UserGroup { name }"), { representations });
    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.message).toContain("must be at most 1000 entities, not 1001");
    expect(calls).toEqual([]);
  });

  test("too many calls are refused together, and too many objects before the first call", async () => {
    const here = subgraph({ groups: 30, membersPerGroup: 1 }, { maxCalls: 10 });
    const representations = (await groupIds(here, 30)).map(named);
    const selection = "... on UserGroup { members(first: 1) { nodes { id } } }";
    const calls = await here.run(entities(selection), { representations });
    expect(new Set(calls.errors?.map(({ extensions }) => extensions?.code))).toEqual(new Set(["TOO_EXPENSIVE"]));
    expect(calls.calls).toEqual(["GET /accounts/{account_id}/iam/user_groups"]);
    const objects = await subgraph({}, { maxObjects: 50 }).run(entities(selection), { representations });
    expect(objects.errors?.[0]?.extensions).toMatchObject({ code: "TOO_EXPENSIVE" });
    expect(objects.calls).toEqual([]);
  });

  test("of an account that the caller has no right to are forbidden, without a call", async () => {
    const here = subgraph({}, { authenticate });
    const headers = { authorization: "Bearer sandbox-admin", "x-rights": JSON.stringify([[acmeId, "read"]]) };
    const { data, errors, calls } = await here.run<Found, object>(
      entities("... on Account { name } ... on UserGroup { name }"),
      {
        representations: [
          { __typename: "Account", cloudflareId: venturesId },
          named(globalId("UserGroup", venturesId, raw(1))),
          { __typename: "Account", cloudflareId: acmeId },
        ],
      },
      headers,
    );
    expect(data?.found).toEqual([{ __typename: "Account", name: null }, null, { __typename: "Account", name: "Acme" }]);
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(["FORBIDDEN", "FORBIDDEN"]);
    expect(calls).toEqual(["GET /accounts/{account_id}"]);
  });
});

describe("the SDL", () => {
  const published = readFileSync("schema/schema.subgraph.graphql", "utf8");

  test("that is published is what the subgraph answers, and the schema's: run `npm run codegen` after a change", async () => {
    expect(published).toBe(subgraphSdl(schema));
    const { data, calls } = await subgraph().run("{ _service { sdl } }");
    expect(data).toEqual({ _service: { sdl: published } });
    expect(calls).toEqual([]);
  });

  test("has every type and field of the schema, with a key for each object that has a global id", () => {
    const directives = `
      scalar FieldSet
      scalar Import
      directive @link(url: String!, import: [Import]) on SCHEMA
      directive @key(fields: FieldSet!) repeatable on OBJECT
      directive @shareable on OBJECT
      directive @inaccessible on FIELD_DEFINITION
      schema { query: Query mutation: Mutation }`;
    // graphql-js knows `@oneOf`, and refuses a second one.
    const built = buildSchema(directives + published.replace(/^"Exactly.*\n|^directive @oneOf.*\n/gm, ""));
    for (const type of Object.values(schema.getTypeMap())) {
      if (isSpecifiedScalarType(type) || isIntrospectionType(type)) continue;
      expect(built.getType(type.name)?.constructor.name, type.name).toBe(type.constructor.name);
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      const same = built.getType(type.name);
      const fields = isObjectType(same) || isInterfaceType(same) ? same.getFields() : {};
      for (const field of Object.values(type.getFields())) {
        expect(String(fields[field.name]?.type), `${type.name}.${field.name}`).toBe(String(field.type));
        expect(getNamedType(field.type).name).not.toMatch(/^_/);
      }
      const keys = same?.astNode?.directives?.filter(({ name }) => name.value === "key") ?? [];
      const isNode = isObjectType(type) && type.getInterfaces().some(({ name }) => name === "Node");
      expect(keys.length > 0, type.name).toBe(isNode);
    }
  });

  test("is not told where introspection is off, while entities are", async () => {
    const here = subgraph({}, { introspection: false });
    const sdl = await here.run("{ told: _service { sdl } }");
    expect(sdl.errors?.[0]?.message).toContain("The SDL is not disclosed");
    const { data } = await here.run(entities("... on Account { name }"), {
      representations: [{ __typename: "Account", cloudflareId: account }],
    });
    expect(data).toEqual({ found: [{ __typename: "Account", name: "Acme" }] });
  });
});

test("without the option there is neither", async ({ run }) => {
  const { errors } = await run("{ _service { sdl } _entities(representations: []) { __typename } }");
  expect(errors?.map(({ message }) => message)).toEqual([
    expect.stringContaining('Cannot query field "_service" on type "Query"'),
    expect.stringContaining('Cannot query field "_entities" on type "Query"'),
  ]);
});
