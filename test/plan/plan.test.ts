import { globSync, readFileSync } from "node:fs";
import { getOperationAST, parse } from "graphql";
import { describe } from "vitest";
import { globalId } from "../../src/graph/node.ts";
import { schema } from "../../src/graph/schema.ts";
import { MAX_PLAN_STEPS, maxAffordableFirst, type Plan, planOf } from "../../src/plan/plan.ts";
import type { SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { examples } from "../../src/server/examples.ts";
import { account, expect, setup } from "../gateway.ts";
import { FullGraphDocument } from "../operations/graphql.ts";
import { costs, groupBy, large, many, plan, raw, resourcesBy, test, type Variables, within } from "./setup.ts";

describe("the plan of", () => {
  type Case = [says: string, min: number, max: number | null, query: string, options?: SandboxOptions];
  const cases: Case[] = [
    ["ids of an account", 0, 0, within("id cloudflareId")],
    ["an account's own fields", 1, 1, within("name type settings { enforceTwoFactor }")],
    [
      "an account that the list shows, too",
      1,
      2,
      `{ accounts { nodes { name } } a: account(id: "${account}") { name } }`,
    ],
    [
      "groups of the accounts of a list",
      1,
      3,
      "{ accounts(first: 2) { nodes { name userGroups { nodes { name } } } } }",
    ],
    [
      "look-ups in the accounts of a list",
      1,
      3,
      `{ accounts(first: 2) { nodes { userGroup(id: "${raw(1)}") { name } } } }`,
    ],
    [
      "fields through an interface",
      1,
      1,
      within("... on Node { ... on Account { name } ... on UserGroup { policies { id } } }"),
    ],
    ["what stands beside a refused field", 1, 1, `{ accounts { totalCount } account(id: "x") { name } }`],
    ["introspection", 0, 0, "{ __schema { queryType { name } } __typename }"],

    ["a page of the default size", 1, 1, within("userGroups { nodes { name } pageInfo { hasNextPage } }")],
    ["a page of the greatest size", 1, 1, within("userGroups(first: 500) { nodes { name } }"), many],
    ["whether a page follows the greatest", 1, 2, within("userGroups(first: 500) { pageInfo { hasNextPage } }"), many],
    ["two pages", 1, 2, within("userGroups(first: 501) { nodes { name } }"), many],
    [
      "whether a third follows",
      1,
      3,
      within("userGroups(first: 1000) { edges { node { name } } pageInfo { endCursor } }"),
      many,
    ],
    ["a catalogue's pages", 1, 3, within("permissionGroups(first: 120) { nodes { name } }")],
    ["a list without pages", 1, 1, within("ssoConnectors(first: 1) { nodes { enabled } pageInfo { hasNextPage } }")],
    [
      "two pages of a list without pages",
      1,
      1,
      within("a: ssoConnectors(first: 1) { totalCount } b: ssoConnectors(first: 2) { totalCount }"),
    ],
    ["no record at all", 1, 1, within("userGroups(first: 0) { nodes { members { nodes { id } } } }")],
    ["the last records", 1, 3, within("userGroups(last: 20) { nodes { name } pageInfo { hasNextPage } }"), many],
    ["the last of more records than a page has", 1, 5, within("userGroups(last: 1000) { nodes { name } }"), many],
    ["none of the last records", 1, 1, within("userGroups(last: 0) { nodes { name } }")],
    ["the last records that match", 1, null, within('userGroups(last: 20, search: "a") { nodes { name } }')],
    [
      "the last records of a list without pages",
      1,
      1,
      within('resourceGroups(last: 1, name: "EU zones") { nodes { name } }'),
    ],

    ["a list under two names", 1, 1, within("a: userGroups { nodes { name } } b: userGroups { nodes { id } }")],
    [
      "a list in two orders",
      2,
      2,
      within("a: userGroups { totalCount } b: userGroups(direction: DESC) { totalCount }"),
    ],
    [
      "two pages of a list",
      1,
      3,
      within("a: userGroups(first: 10) { totalCount } b: userGroups(first: 700) { totalCount }"),
      many,
    ],
    ["an empty search", 1, 1, within('a: userGroups { totalCount } b: userGroups(search: "") { totalCount }')],
    [
      "what is filtered here",
      1,
      1,
      within(`a: resourceGroups { totalCount } b: resourceGroups(zoneId: "${raw(1)}") { totalCount }`),
    ],

    ["members of groups", 1, 4, within("userGroups(first: 3) { nodes { members { nodes { email status } } } }")],
    [
      "pages of members of groups",
      1,
      7,
      within("userGroups(first: 3) { nodes { members(first: 600) { nodes { id } } } }"),
      large,
    ],
    [
      "whether more members follow",
      1,
      7,
      within("userGroups(first: 3) { nodes { members(first: 500) { pageInfo { hasNextPage } } } }"),
      large,
    ],
    [
      "members under two names",
      1,
      4,
      within("userGroups(first: 3) { nodes { a: members { nodes { id } } b: members { nodes { email } } } }"),
    ],
    [
      "members of the owners of policies",
      1,
      4,
      within("userGroups(first: 3) { nodes { policies { owner { ... on UserGroup { members { nodes { id } } } } } } }"),
    ],
    ["whole member lists", 1, null, within("userGroups(first: 3) { nodes { members { revision } } }"), large],
    [
      "whole member lists beside no record of them",
      1,
      null,
      within("userGroups(first: 3) { nodes { members(first: 0) { revision } } }"),
    ],
    [
      "whole member lists beside a page that is refused",
      1,
      1,
      within("userGroups(first: 1) { nodes { members(first: 0, last: 0) { revision } } }"),
      large,
    ],
    ["whole member lists of no group", 1, 1, within("userGroups(first: 0) { nodes { members { revision } } }")],
    [
      "people in groups",
      1,
      16,
      within("userGroups(first: 2) { nodes { members(first: 3) { nodes { user { email } roles { name } } } } }"),
    ],
    [
      "one person in a group",
      1,
      3,
      within(
        "userGroups(first: 1) { nodes { members(first: 1) { nodes { policies { owner { ... on Member { user { email } } } } } } } }",
      ),
    ],
    [
      "people of the account",
      1,
      1,
      within("members(first: 5) { nodes { user { email } policies { owner { ... on Member { roles { name } } } } } }"),
    ],

    [
      "people in groups of the accounts of a list",
      1,
      33,
      "{ accounts(first: 2) { nodes { userGroups(first: 2) { nodes { members(first: 3) { nodes { user { email } } } } } } } }",
    ],
    [
      "a look-up in an account that the list may show, too",
      2,
      8,
      `{ account(id: "${account}") { permissionGroup(id: "${raw(1)}") { name } } accounts(first: 1) { nodes { permissionGroup(id: "${raw(2)}") { name } } } }`,
    ],
    [
      "two groups by two fields",
      1,
      8,
      `{ a: node(id: "${groupBy(1)}") { ...Members } b: node(id: "${groupBy(2)}") { ...Members } } fragment Members on UserGroup { members { totalCount } }`,
    ],
    ["a look-up", 1, 2, within(`userGroup(id: "${raw(1)}") { name }`)],
    ["a look-up beside the account itself", 2, 2, within(`name userGroup(id: "${raw(1)}") { name }`)],
    [
      "a look-up under two names",
      1,
      2,
      within(`a: userGroup(id: "${raw(1)}") { name } b: userGroup(id: "${raw(1)}") { id }`),
    ],
    ["two look-ups", 1, 6, within(`a: userGroup(id: "${raw(1)}") { name } b: userGroup(id: "${raw(2)}") { name }`)],
    [
      "two look-ups beside a list without pages",
      1,
      4,
      within(`a: resourceGroup(id: "${raw(1)}") { name } b: resourceGroup(id: "${raw(2)}") { name }`),
    ],
    ["a look-up of what the list shows", 1, 3, within(`userGroups { totalCount } userGroup(id: "${raw(1)}") { name }`)],
    ["members of a group that is looked up", 1, 3, within(`userGroup(id: "${raw(1)}") { members { nodes { id } } }`)],
  ];

  test.for(cases)("%s is %i to %o", async ([, min, max, query, options = {}], { worlds }) => {
    expect(plan(query)).toEqual({ min, max });
    await costs(worlds(options).run, query);
  });

  const nodes: [says: string, min: number, max: number, ids: string[], fields?: string][] = [
    ["nothing", 0, 0, []],
    ["an account", 0, 0, [globalId("Account", account)]],
    ["an account's list", 1, 1, [globalId("Account", account)], "... on Account { userGroups { totalCount } }"],
    ["groups, one of them twice", 1, 6, [groupBy(1), groupBy(2), groupBy(1)], "... on UserGroup { name }"],
    ["groups with members", 1, 8, [groupBy(1), groupBy(2)], "... on UserGroup { members { totalCount } }"],
    ["a group and something else", 2, 3, [groupBy(1), resourcesBy(1)]],
    ["groups of two accounts", 2, 7, [groupBy(1), globalId("UserGroup", raw(7), raw(1))]],
    ["a policy and its owner", 1, 2, [groupBy(1), globalId("Policy", account, "UserGroup", raw(1), raw(3))]],
    ["a policy of nobody", 0, 0, [globalId("Policy", account, "Zone", raw(1), raw(3))]],
    ["a connector without an ID", 1, 1, [globalId("SsoConnector", account, "@acme.example")]],
    ["an account whose ID is none", 0, 1, [globalId("Account", "@acme")], "... on Account { name }"],
    ["a group whose ID is none", 0, 2, [globalId("UserGroup", account, "@acme")]],
    ["a group beside an ID that is none", 1, 2, [groupBy(1), "nonsense"]],
    ["ids that are none", 0, 0, ["nonsense", ""]],
    ["too many IDs", 0, 0, Array.from({ length: 1001 }, (_, n) => groupBy(n))],
  ];

  test.for(nodes)("`nodes` of %s is %i to %i", async ([, min, max, ids, fields = "id"], { worlds }) => {
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ${fields} } }`;
    expect(plan(query, { ids })).toEqual({ min, max });
    await costs(worlds({}).run, query, { ids });
  });

  const refused: [says: string, query: string, variables?: Variables][] = [
    ["pages that are too large", within("userGroups(first: 1001) { totalCount }")],
    ["pages from both ends", within("userGroups(first: 1, last: 1) { totalCount }")],
    ["cursors of another list", within('members(after: "U1VZaFZ1ODk6MQ") { totalCount }')],
    ["filters that are empty", within('userGroups(name: "") { totalCount }')],
    ["filters that are no ID", within('userGroups(id: "x") { totalCount }')],
    ["accounts that are none", '{ account(id: "x") { name } }'],
    ["ids of nothing", '{ node(id: "x") { id } }'],
    ["variables that are missing", "query ($id: String!) { account(id: $id) { name } }"],
    ["variables of another type", "query ($id: String!) { account(id: $id) { name } }", { id: 7 }],
  ];

  test.for(refused)("%s is nothing", async ([, query, variables = {}], { worlds }) => {
    expect(plan(query, variables).min).toBe(0);
    expect(await costs(worlds({}).run, query, variables)).toBe(0);
  });

  test("look-ups holds where the list that was cheaper fails after all", async () => {
    const { run, sandbox } = setup({ members: 130 });
    sandbox.injectFault("GET /accounts/{account_id}/members", { kind: "truncated" }, 3);
    const [a, b] = [...(sandbox.state.accounts.get(account)?.members.keys() ?? [])].slice(-2);
    const query = within(`a: member(id: "${a}") { user { email } } b: member(id: "${b}") { user { email } }`);
    expect(await costs(run, query)).toBe(5);
  });

  test("cursors is that of the records behind them", async ({ worlds }) => {
    const { run } = worlds(many);
    const at = async (first: number) => {
      const page = within(`userGroups(first: ${first}) { pageInfo { endCursor } }`);
      const { data } = await run<{ account: { userGroups: { pageInfo: { endCursor: string } } } }, Variables>(page);
      return data?.account.userGroups.pageInfo.endCursor;
    };
    const query = `query ($after: String, $before: String, $first: Int, $last: Int) { account(id: "${account}") {
      userGroups(after: $after, before: $before, first: $first, last: $last) { nodes { name } } } }`;
    const [early, late] = [await at(250), await at(750)];
    const expected: [Variables, Plan][] = [
      [
        { after: early, first: 250 },
        { min: 1, max: 2 },
      ],
      [
        { after: early, first: 500 },
        { min: 1, max: 3 },
      ],
      [{ before: late }, { min: 1, max: 2 }],
      [
        { before: late, first: 1000 },
        { min: 1, max: 3 },
      ],
      [
        { before: early, last: 20 },
        { min: 1, max: 2 },
      ],
      [
        { after: late, before: early, first: 20 },
        { min: 1, max: 1 },
      ],
      [
        { after: early, last: 20 },
        { min: 1, max: 4 },
      ],
    ];
    for (const [variables, planned] of expected) {
      expect(plan(query, variables), JSON.stringify(variables)).toEqual(planned);
      await costs(run, query, variables);
    }
  });

  test("a cursor of the list without its filter is nothing", async ({ worlds }) => {
    const { run } = worlds({});
    const page = within("resourceGroups(first: 1) { pageInfo { endCursor } }");
    const { data } = await run<{ account: { resourceGroups: { pageInfo: { endCursor: string } } } }, Variables>(page);
    const after = data?.account.resourceGroups.pageInfo.endCursor;
    expect(await costs(run, within(`resourceGroups(after: "${after}") { totalCount }`))).toBe(1);
    expect(await costs(run, within(`resourceGroups(after: "${after}", zoneId: "${raw(1)}") { totalCount }`))).toBe(0);
  });

  test("a document with several operations is that of the one that runs", () => {
    const document = parse(
      `query A { accounts { totalCount } } query B { __typename } ${within("name").replace("{", "query C {")}`,
    );
    expect(planOf(schema, document, "A", {})).toEqual({ min: 1, max: 1 });
    expect(planOf(schema, document, "B", undefined)).toEqual({ min: 0, max: 0 });
    expect(planOf(schema, document, "D", {})).toEqual({ min: 0, max: 0 });
    expect(planOf(schema, document, null, {})).toEqual({ min: 0, max: 0 });
  });

  test("directives, defaults and fragments is that of what they leave", async ({ worlds }) => {
    const query = `query ($account: String!, $groups: Boolean = false, $first: Int = 2) {
      account(id: $account) {
        ...Groups @include(if: $groups)
        ... on Account @skip(if: $groups) { name }
        ...Never
      }
    }
    fragment Groups on Account { userGroups(first: $first) { nodes { ...Members ... on Node { ...Members } } } }
    fragment Members on UserGroup { members { nodes { email } } }
    fragment Never on Node { ... on UserGroup { members { totalCount } } }`;
    for (const [variables, planned] of [
      [{ account }, { min: 1, max: 1 }],
      [
        { account, groups: true },
        { min: 1, max: 3 },
      ],
      [
        { account, groups: true, first: 5 },
        { min: 1, max: 6 },
      ],
      [
        { account, groups: true, first: null },
        { min: 1, max: 51 },
      ],
    ] as const) {
      expect(plan(query, variables)).toEqual(planned);
      await costs(worlds({}).run, query, variables);
    }
  });

  test("fragments within fragments is found as fast as that of one", () => {
    const deep = Array.from(
      { length: 40 },
      (_, n) =>
        `fragment F${n} on UserGroup { a: policies { owner { ...F${n + 1} } } b: policies { owner { ...F${n + 1} } } }`,
    );
    const query = `${within("userGroups { nodes { ...F0 } }")} ${deep.join(" ")} fragment F40 on UserGroup { members { totalCount } }`;
    expect(plan(query)).toEqual({ min: 1, max: 51 });
  });

  test("the full graph is exact where every list is as long as it may be", async () => {
    for (const groups of [5, 40]) {
      const { run } = setup({ groups, membersPerGroup: 20 });
      const variables = { account, groups };
      expect(planOf(schema, FullGraphDocument, "FullGraph", variables)).toEqual({ min: 3, max: 3 + groups });
      expect((await run(FullGraphDocument, variables)).calls).toHaveLength(3 + groups);
    }
    expect(planOf(schema, FullGraphDocument, "FullGraph", { account })).toEqual({ min: 3, max: 103 });
  });

  test("the full graph holds where one of its calls fails, in whatever way it is executed", async () => {
    const { run, sandbox } = setup({ groups: 100, membersPerGroup: 60 });
    sandbox.injectFault(
      "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
      { kind: "error", status: 400, body: "null" },
      7,
    );
    const { calls, errors } = await run(FullGraphDocument, { account, groups: 90 });
    expect(errors).toHaveLength(1);
    expect(calls).toHaveLength(93);
  });

  // Events of a subscription are counted in test/server/subscriptions.
  const answered = globSync("schema/operations/*.graphql").filter(
    (file) => !/^subscription /m.test(readFileSync(file, "utf8")),
  );
  test.for(answered.sort())("the example operation %s holds", async (file) => {
    const { run, sandbox } = setup();
    const query = readFileSync(file, "utf8");
    const operation = getOperationAST(parse(query));
    const values = examples(sandbox);
    const variables: Variables = {};
    for (const { variable, defaultValue } of operation?.variableDefinitions ?? []) {
      const name = variable.name.value;
      const value = values[`${operation?.name?.value}.${name}`] ?? values[name];
      if (value !== undefined || !defaultValue) variables[name] = value;
    }
    await costs(run, query, variables);
  });
});

describe("the greatest `first` that fits", () => {
  const fits = (query: string, calls: number, variables: Variables = {}) =>
    maxAffordableFirst(schema, parse(query), undefined, variables, calls);
  const members = within("userGroups(first: 700) { nodes { members { nodes { id } } } }");

  test("is the last at which the plan does", () => {
    expect(fits(members, 30)).toBe(29);
    for (const calls of [2, 3, 100, 499, 502]) {
      const first = fits(members, calls) ?? 0;
      const at = (most: number) => planOf(schema, parse(members), undefined, {}, most).max ?? Infinity;
      expect(at(first)).toBeLessThanOrEqual(calls);
      expect(at(first + 1)).toBeGreaterThan(calls);
    }
  });

  test("is the greatest of all where everything fits", () => {
    expect(fits(members, 702)).toBe(1000);
    expect(fits(within("name"), 1)).toBe(1000);
  });

  test("caps `last` and what is left out as well", () => {
    expect(fits(within("userGroups { nodes { members { nodes { id } } } }"), 11)).toBe(10);
    expect(fits(within("userGroups(last: 300) { nodes { members { nodes { id } } } }"), 33)).toBe(30);
  });

  test("is none where records are not what costs", () => {
    expect(fits(members, 1)).toBeNull();
    expect(fits(within("name ssoConnectors { totalCount } userGroups { totalCount }"), 2)).toBeNull();
    expect(fits(within('userGroups(last: 20, search: "a") { totalCount }'), 1000)).toBeNull();
  });
});

test("a plan of too many steps is cut short: it knows the least that is called, and no bound", () => {
  const ids = Array.from({ length: 1000 }, (_, i) => globalId("Account", String(i).padStart(32, "0")));
  const nodes = (aliases: number) =>
    parse(`query ($ids: [ID!]!) {
      ${Array.from({ length: aliases }, (_, i) => `a${i}: nodes(ids: $ids) { ... on Account { members { nodes { id } } } }`).join(" ")}
    }`);
  expect(ids.length * 99).toBeGreaterThan(MAX_PLAN_STEPS);
  expect(planOf(schema, nodes(1), undefined, { ids })).toEqual({ min: 1000, max: 1000 });
  expect(planOf(schema, nodes(99), undefined, { ids })).toEqual({ min: 1000, max: null });
  expect(maxAffordableFirst(schema, nodes(99), undefined, { ids }, 600)).toBeNull();
});
