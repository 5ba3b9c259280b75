import fc from "fast-check";
import { type GraphQLField, getNamedType, getNullableType, isLeafType, isListType, isObjectType, parse } from "graphql";
import { describe } from "vitest";
import { globalId } from "../../src/graph/node.ts";
import { schema } from "../../src/graph/schema.ts";
import { answerSizeOf, MAX_PAGE, MAX_SCHEMA_OBJECTS } from "../../src/plan/plan.ts";
import { account, expect, setup, tally, test } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";
import { runs } from "../property.ts";

/** Objects that an operation is planned to have. */
function planned(query: string, variables: Record<string, unknown> = {}): number | undefined {
  return answerSizeOf(schema, parse(query), undefined, variables)?.objects(MAX_PAGE);
}

const within = (fields: string) => `{ account(id: "${account}") { ${fields} } }`;

/** Policies that lead to their owner and back, so many times. */
const circles = (times: number): string =>
  times === 0 ? "cloudflareId" : `policies { owner { ... on UserGroup { ${circles(times - 1)} } } }`;

/** Objects in a part of an answer. */
function objectsIn(data: unknown): number {
  if (typeof data !== "object" || data === null) return 0;
  const parts = Object.values(data).reduce((sum: number, part) => sum + objectsIn(part), 0);
  return parts + (Array.isArray(data) ? 0 : 1);
}

describe("what a list is planned to hold", () => {
  test("is what its argument says, or what stands at its field: none is unbounded", () => {
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith("__")) continue;
      for (const field of Object.values(type.getFields()) as GraphQLField<unknown, unknown>[]) {
        if (!isListType(getNullableType(field.type)) || isLeafType(getNamedType(field.type))) continue;
        const records = type.name.endsWith("Connection") && ["nodes", "edges"].includes(field.name);
        const { cost, assumed } = field.extensions as { cost?: { kind: string }; assumed?: number };
        const bounded = records || cost?.kind === "refetch" || (assumed !== undefined && assumed > 0);
        expect(bounded, `${type.name}.${field.name} needs \`assumes(…)\` of src/graph/cost.ts`).toBe(true);
      }
    }
  });

  test.each([
    ["one object", within("cloudflareId"), 1],
    ["a page as it is by default", within("userGroups { nodes { name } }"), 1 + 1 + 50],
    ["a page of so many", within("userGroups(first: 7) { edges { node { name } } }"), 1 + 1 + 7 * 2],
    ["the end of a list", within("userGroups(last: 3) { nodes { name } pageInfo { hasNextPage } }"), 1 + 1 + 3 + 1],
    [
      "policies",
      within("userGroups(first: 2) { nodes { policies { permissionGroups { id } } } }"),
      2 + 2 * (1 + 3 * 5),
    ],
    ["aliases", `{ a: account(id: "${account}") { id } b: account(id: "${account}") { id } }`, 2],
    ["the same field twice", within("userGroups { nodes { id } } userGroups { nodes { name } }"), 1 + 1 + 50],
    [
      "a fragment spread twice",
      `${within("...F ...F")} fragment F on Account { members { nodes { id } } }`,
      1 + 1 + 50,
    ],
    ["what is left out", within("userGroups @skip(if: true) { nodes { id } }"), 1],
    ["ids", `{ nodes(ids: ["a", "b", "c"]) { id } }`, 3],
    ["what is refused", within("userGroups(first: -1) { nodes { id } }"), 2],
    ["a type of the schema", '{ __type(name: "ScopeInput") { inputFields { name } } }', 1 + 3],
  ])("%s", (_, query, objects) => expect(planned(query)).toBe(objects));

  test("the whole schema is counted as it is", async ({ run }) => {
    const query = "{ __schema { types { name fields { name args { name } type { name ofType { name } } } } } }";
    const { data } = await run<unknown, object>(query);
    expect(planned(query)).toBe(objectsIn(data) - 1);
  });
});

describe("an operation of too many objects", () => {
  test("is refused before its first call, with the numbers and the greatest `first`", async ({ run }) => {
    const query = within(`userGroups { nodes { ${circles(10)} } }`);
    const { data, errors, calls, status } = await run<unknown, object>(query);
    expect({ data, calls, status }).toEqual({ data: undefined, calls: [], status: 200 });
    expect(errors).toEqual([
      {
        message: expect.stringContaining("its answer may have 8857252 objects, and 1000000 are allowed"),
        extensions: {
          code: "TOO_EXPENSIVE",
          cost: { unit: "objects", needed: 8_857_252, left: 1_000_000, limit: 1_000_000, first: 5 },
        },
      },
    ]);
    expect((await run<unknown, object>(query.replace("userGroups", "userGroups(first: 5)"))).errors).toBeUndefined();
  });

  test("everything about 1,000 groups of 50 members passes", async () => {
    const { run } = setup({ groups: 1000, membersPerGroup: 50, members: 2000 }, undefined, { explain: true });
    const { data, errors, calls, upstream } = await run(FullGraphDocument, { account, groups: 1000, members: 50 });
    expect({ errors, calls: calls.length }).toEqual({ errors: undefined, calls: 1004 });
    expect(upstream?.objects.made).toBe(objectsIn(data) - 1);
    expect(upstream?.objects.made).toBeGreaterThan(75_000);
  }, 60_000);
});

describe("an answer that turns out to have too many objects", () => {
  const seeded = () => {
    const all = setup({ groups: 1 }, undefined, { maxObjects: 5_000, explain: true });
    const [group] = all.sandbox.state.accounts.get(account)?.userGroups.values() ?? [];
    const [policy] = group?.policies ?? [];
    if (!group || !policy) throw new Error("The sandbox has no policy.");
    group.policies = Array.from({ length: 10 }, (_, i) => ({ ...policy, id: String(i).padStart(32, "0") }));
    return { ...all, group };
  };
  const query = within(`userGroups(first: 1) { nodes { ${circles(4)} } }`);

  test("is refused whole: five rounds over ten policies are more than was planned", async () => {
    const { run } = seeded();
    const { data, errors, upstream } = await run<unknown, object>(query);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: "TOO_EXPENSIVE", cost: { unit: "objects", limit: 5_000 } } }]);
    expect(upstream?.objects.planned).toBeLessThan(5_000);
    // A list is counted before it is made.
    expect(upstream?.objects.made).toBeLessThanOrEqual(5_000);
  });

  test("a mutation tells what it has done all the same", async () => {
    const { run, sandbox, group } = seeded();
    const { data, errors } = await run<unknown, object>(
      `mutation ($id: ID!, $account: ID!) {
        removed: removeUserGroupMember(input: { userGroupId: $id, accountId: $account, memberId: "${[...group.members.keys()][0]}" }) {
          __typename
          ... on RemoveUserGroupMemberPayload { removedMemberId userGroup { ${circles(4)} } }
        }
      }`,
      { id: group.id, account },
    );
    expect(data).toMatchObject({
      removed: { __typename: "RemoveUserGroupMemberPayload", removedMemberId: expect.any(String) },
    });
    expect(errors?.[0]).toMatchObject({ extensions: { code: "TOO_EXPENSIVE", cost: { unit: "objects" } } });
    expect(errors?.length).toBeLessThanOrEqual(100);
    expect(sandbox.calls.filter(({ route }) => route.startsWith("DELETE"))).toHaveLength(1);
  });
});

test("an answer that is longer than it may be is refused whole", async () => {
  const { run } = setup({ groups: 60 }, undefined, { maxAnswerSize: 20_000 });
  const names = within("userGroups(first: 60) { nodes { id name policies { id } } }");
  const { data, errors, calls } = await run<unknown, object>(names);
  expect({ data, calls: calls.length }).toEqual({ data: null, calls: 1 });
  expect(errors).toMatchObject([
    { extensions: { code: "TOO_EXPENSIVE", cost: { unit: "bytes", limit: 20_000, needed: 20_001 } } },
  ]);
  expect((await run<unknown, object>(names.replace("60", "5"))).errors).toBeUndefined();
});

test("a thousand ids under many aliases are refused by what they would write", async () => {
  const { run } = setup({}, undefined, { maxAnswerSize: 4 * 1024 * 1024 });
  const ids = Array.from({ length: 1000 }, (_, i) => globalId("Account", String(i).padStart(32, "0")));
  const fields = Array.from({ length: 50 }, (_, i) => `f${i}: id`).join(" ");
  const aliases = Array.from({ length: 3 }, (_, i) => `n${i}: nodes(ids: $ids) { ${fields} }`).join(" ");
  const { errors } = await run<unknown, object>(`query ($ids: [ID!]!) { ${aliases} }`, { ids });
  expect(errors).toMatchObject([{ extensions: { code: "TOO_EXPENSIVE", cost: { unit: "bytes" } } }]);
});

describe("a refusal", () => {
  test("is worked out once, however many fields are refused", async () => {
    const { run } = setup({ groups: 0 }, undefined, { maxCalls: 1 });
    const mutations = Array.from(
      { length: 60 },
      (_, i) => `m${i}: createUserGroup(input: { accountId: "${account}", name: "G${i}" }) { __typename }`,
    );
    const began = performance.now();
    const { data, calls } = await run<Record<string, { __typename: string }>, object>(
      `mutation { ${mutations.join(" ")} }`,
    );
    expect(calls).toHaveLength(1);
    expect(tally(Object.values(data ?? {}).map(({ __typename }) => __typename))).toEqual({
      CreateUserGroupPayload: 1,
      UpstreamError: 59,
    });
    // Planned anew for each it took seconds.
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

test("no answer has more objects than are planned by its true lengths", async () => {
  const { run, sandbox } = setup({ groups: 6, membersPerGroup: 4, members: 12 }, undefined, { explain: true });
  const all = [...(sandbox.state.accounts.get(account)?.userGroups.values() ?? [])];
  const policies = Math.max(...all.map((group) => group.policies.length));
  const lengths: Record<string, number> = { policies };
  const part = fc.letrec<{ group: string; policy: string }>((tie) => ({
    policy: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("id", "access", "permissionGroups { id name }", "p: permissionGroups { label }"),
      tie("group").map((below) => `owner { ... on UserGroup { ${below} } }`),
    ),
    group: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("name", "members(first: 2) { nodes { id } }", "members { edges { node { email } } }"),
      fc
        .array(tie("policy"), { minLength: 1, maxLength: 2 })
        .map((below) => `policies { ${[...new Set(below)].slice(0, 1)} }`),
    ),
  })).group;
  const groups = Math.max(...all.flatMap(({ policies: of }) => of.map((policy) => policy.permission_groups.length)));
  lengths.permissionGroups = groups;
  let most = 0;
  await fc.assert(
    fc.asyncProperty(part, fc.integer({ min: 1, max: 8 }), async (below, first) => {
      const query = within(`userGroups(first: ${first}) { nodes { id ${below} } }`);
      const { data, upstream } = await run<unknown, object>(query);
      const size = answerSizeOf(schema, parse(query), undefined, {}, (field, length) => lengths[field.name] ?? length);
      const made = upstream?.objects.made ?? Number.NaN;
      expect(made).toBe(objectsIn(data) - 1);
      expect(made).toBeLessThanOrEqual(size?.objects(MAX_PAGE) ?? 0);
      most = Math.max(most, made);
    }),
    runs(60),
  );
  expect(most).toBeGreaterThan(50);
});

test("a long answer reaches every one of those who share it, whole", async () => {
  const { gateway } = setup({ groups: 500 });
  const query = within(
    "userGroups(first: 500) { nodes { id policies { id permissionGroups { id meta { key value } } } } }",
  );
  const ask = async () => {
    const response = await gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
      body: JSON.stringify({ query }),
    });
    return response.text();
  };
  const [first, ...others] = await Promise.all([ask(), ask(), ask()]);
  expect(first?.length).toBeGreaterThan(1024 * 1024);
  expect(JSON.parse(first ?? "").data.account.userGroups.nodes).toHaveLength(500);
  for (const other of others) expect(other === first).toBe(true);
});

describe("an answer that turns out to have too many errors", () => {
  const query = (aliases: number) =>
    `query ($ids: [ID!]!) { ${Array.from({ length: aliases }, (_, i) => `a${i}: nodes(ids: $ids) { id }`).join(" ")} }`;
  const bad = (count: number) => ({ ids: Array.from({ length: count }, (_, i) => `bad${i}`) });

  test("is refused whole, with the first of them: a thousand ids that cannot be read under 99 aliases", async () => {
    const { run } = setup();
    const { data, errors } = await run<unknown, object>(query(99), bad(1000));
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      { extensions: { code: "TOO_EXPENSIVE", cost: { unit: "errors", needed: 1001, limit: 1000 } } },
      { path: ["a0", 0], extensions: { code: "BAD_USER_INPUT" } },
    ]);
  });

  test("a thousand are told, each at its place", async () => {
    const { run } = setup();
    const { data, errors } = await run<Record<string, unknown[]>, object>(query(2), bad(500));
    expect([data?.a0?.length, data?.a1?.length]).toEqual([500, 500]);
    expect(errors).toHaveLength(1000);
  });

  test("fields that fail count, too", async () => {
    const { run } = setup();
    const id = globalId("Account", "0".repeat(32));
    const { data, errors } = await run<unknown, object>(query(2).replaceAll("{ id }", "{ ... on Account { name } }"), {
      ids: Array.from({ length: 501 }, () => id),
    });
    expect(data).toBeNull();
    expect(errors).toHaveLength(2);
    expect(errors?.[0]).toMatchObject({ extensions: { code: "TOO_EXPENSIVE", cost: { unit: "errors" } } });
  });
});

test("what is asked of the schema is counted no further than it may be asked", () => {
  const deep = (of: string, times: number) => `${`${of} { `.repeat(times)}name${" }".repeat(times)}`;
  const types = `types { fields { args { type { ${deep("ofType", 9)} } } type { ${deep("ofType", 9)} } } }`;
  const aliases = Array.from({ length: 60 }, (_, i) => `a${i}: __schema { ${types} }`).join(" ");
  const size = answerSizeOf(schema, parse(`{ ${aliases} }`), undefined, {});
  size?.objects(MAX_PAGE);
  expect(size?.ofSchema).toBeGreaterThan(MAX_SCHEMA_OBJECTS);
  expect(size?.ofSchema).toBeLessThan(2 * MAX_SCHEMA_OBJECTS);
});
