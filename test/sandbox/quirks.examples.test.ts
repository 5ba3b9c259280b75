import { describe } from "vitest";
import { hostileIds } from "../../src/sandbox/quirks/hostile.ts";
import type { Quirk } from "../../src/sandbox/quirks.ts";
import { account, expect, setup, tally, test } from "../gateway.ts";
import { FullGraphDocument, GroupsPageDocument } from "../operations/graphql.ts";

/** Combinations of quirks, and how they are called in a title. */
const named = (...combinations: Quirk[][]) =>
  combinations.map((quirks) => [quirks.join(" and ") || "as usual", quirks] as const);
const membersRoute = "GET /accounts/{account_id}/members";

/** What is asked of an account. */
const inAccount = (fields: string) => `query ($account: String!) { account(id: $account) { ${fields} } }`;

describe("whatever says where a list ends", () => {
  const quirks = named(
    [],
    ["emptyAsNull"],
    ["emptyAsAbsent"],
    ["resultInfoAbsent"],
    ["totalCountAbsent"],
    ["totalCountTooLow"],
    ["totalPagesEverywhere"],
    ["resultInfoNonsense"],
    ["perPageClamped"],
    ["perPageClamped", "totalCountAbsent"],
    ["resultInfoAbsent", "emptyAsNull"],
  );

  test.for(quirks)("pages of five, one after the other, show every group once (%s)", async ([, quirks]) => {
    const { run } = setup({ quirks });
    const page = (after: string | null) => run(GroupsPageDocument, { account, first: 5, after });
    const names: unknown[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const { data, errors } = await page(after);
      expect(errors).toBeUndefined();
      names.push(...(data?.account?.userGroups?.edges.map(({ node }) => node?.name ?? null) ?? []));
      const info = data?.account?.userGroups?.pageInfo;
      after = info?.hasNextPage ? (info.endCursor ?? null) : null;
    } while (++pages < 10 && after);
    expect(new Set(names).size).toBe(16);
    expect(names).toHaveLength(16);
    expect(pages).toBe(4);
  });

  test.for(quirks)("a page past the end is empty (%s)", async ([, quirks]) => {
    const { run } = setup({ quirks });
    const cursor = (await run(GroupsPageDocument, { account, first: 16 })).data?.account?.userGroups?.pageInfo
      ?.endCursor;
    const { data, errors } = await run(GroupsPageDocument, { account, first: 5, after: cursor ?? "" });
    expect(errors).toBeUndefined();
    expect(data?.account?.userGroups?.edges).toEqual([]);
  });

  test("the accounts of a token that belongs to an account end", async () => {
    const { run } = setup({ quirks: ["accountsIgnorePage"] });
    for (const paging of ["first: 50", "first: 1", "last: 5", "first: 1000"]) {
      const { data, errors, calls } = await run(`{ accounts(${paging}) { nodes { name } pageInfo { hasNextPage } } }`);
      expect({ data, errors }, paging).toEqual({
        data: { accounts: { nodes: [{ name: "Acme" }], pageInfo: { hasNextPage: false } } },
      });
      expect(calls.length, paging).toBeLessThanOrEqual(2);
    }
    type Page = { accounts: { nodes: unknown[]; pageInfo: { endCursor: string } } };
    const page = await run<Page, object>("{ accounts { nodes { name } pageInfo { endCursor } } }");
    const cursor = Buffer.from(page.data?.accounts.pageInfo.endCursor ?? "", "base64url").toString();
    const after = Buffer.from(cursor.replace(/\d+$/, "59")).toString("base64url");
    expect(await run(`{ accounts(first: 20, after: "${after}") { nodes { name } } }`)).toMatchObject({
      data: { accounts: { nodes: [] } },
      errors: undefined,
    });
  });
});

describe("what has no ID of its own", () => {
  const nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";

  async function refetch(quirks: Quirk[]) {
    const { run } = setup({ quirks });
    const { data } = await run(FullGraphDocument, { account });
    const policies = data?.account?.userGroups?.nodes.flatMap((group) => group?.policies ?? []) ?? [];
    const groups = policies.flatMap(({ resourceGroups }) => resourceGroups);
    const ids = [...policies, ...groups, ...(data?.account?.ssoConnectors?.nodes ?? [])].map((node) => node?.id);
    expect(ids.length).toBeGreaterThan(50);
    return { ids, ...(await run<{ nodes: ({ id: string } | null)[] }, object>(nodes, { ids })) };
  }

  test.for(
    named(
      [],
      ["policyIdsAbsent"],
      ["policyIdsFresh"],
      ["resourceGroupsInline"],
      ["connectorIdsAbsent"],
      ["policyIdsAbsent", "resourceGroupsInline", "connectorIdsAbsent", "shuffled", "permissionGroupsById"],
    ),
  )("is found again by its global ID (%s)", async ([, quirks]) => {
    const { ids, data, errors } = await refetch(quirks);
    expect(errors).toBeUndefined();
    expect(data?.nodes?.map((node) => node?.id)).toEqual(ids);
  });
});

test("two reads of a list that Cloudflare shuffles give one answer", async () => {
  const texts: string[] = [];
  const { run } = setup({ quirks: ["shuffled"] }, (sandbox) => async (request) => {
    const response = await sandbox.handle(request);
    if (request.url.includes("/iam/user_groups?")) texts.push(response.text);
    return response;
  });
  const [first, second] = [await run(FullGraphDocument, { account }), await run(FullGraphDocument, { account })];
  expect(texts[0]).not.toBe(texts[1]);
  expect(second.data).toEqual(first.data);
});

test.for(named([], ["fourFractionalDigits"], ["sixFractionalDigits"]))(
  "timestamps are read to the millisecond (%s)",
  async ([, quirks]) => {
    const group = (name: string) => `userGroups(name: "${name}") { nodes { createdAt } }`;
    const { data } = await setup({ quirks }).run(
      inAccount(`six: ${group("Platform Engineering")} four: ${group("DNS Operators")} none: ${group("Security")}`),
      { account },
    );
    const at = (createdAt: string) => ({ nodes: [{ createdAt }] });
    expect(data).toEqual({
      account: {
        six: at("2025-01-24T15:31:36.759Z"),
        four: at("2025-01-24T23:36:59.000Z"),
        none: at("2025-01-25T07:42:22.000Z"),
      },
    });
  },
);

test.for(named([], ["connectorUpdateAsArray"], ["connectorUpdateAsObject"]))(
  "a connector is changed, whatever the change is answered with (%s)",
  async ([, quirks]) => {
    const { run, sandbox } = setup({ quirks });
    const { data } = await run(FullGraphDocument, { account });
    const [connector] = data?.account?.ssoConnectors?.nodes ?? [];
    const update = `mutation ($input: UpdateSsoConnectorInput!) { updateSsoConnector(input: $input) {
      __typename ... on UpdateSsoConnectorPayload { ssoConnector { emailDomain enabled } } } }`;
    for (const enabled of [false, true]) {
      expect(await run(update, { input: { ssoConnectorId: connector?.id, enabled } })).toMatchObject({
        data: { updateSsoConnector: { ssoConnector: { emailDomain: "acme.example", enabled } } },
        errors: undefined,
      });
    }
    expect(sandbox.calls.map(({ status }) => status).every((status) => status === 200)).toBe(true);
  },
);

test("hostile IDs are shown letter by letter", async () => {
  const { run } = setup({ quirks: ["hostileIds"] });
  const { data } = await run(FullGraphDocument, { account });
  const shown = data?.account?.userGroups?.nodes.map((group) => group?.cloudflareId) ?? [];
  expect(shown.slice(0, hostileIds.length)).toEqual(hostileIds);
});

describe("members whose group's list leaves out the address", () => {
  const quirks: Quirk[] = ["groupMembersWithoutEmail"];
  const alone = `${membersRoute}/{member_id}`;

  test("are read one by one by a token that may not list members", async () => {
    const { run, sandbox } = setup({ quirks });
    sandbox.injectFault(membersRoute, { kind: "error", status: 403, body: "empty" });
    const { data, errors, calls } = await run(FullGraphDocument, { account });
    expect(errors).toBeUndefined();
    expect(data).toEqual((await setup().run(FullGraphDocument, { account })).data);
    expect(tally(calls)).toMatchObject({ [membersRoute]: 1, [alone]: 53 });
  });

  test.for([
    ["limits", "RATE_LIMITED", 429],
    ["is down", "UPSTREAM_ERROR", 503],
  ] as const)("are not read one by one of an upstream that %s", async ([, code, status]) => {
    const { run, sandbox } = setup({ quirks });
    sandbox.injectFault(membersRoute, { kind: "error", status, body: "html" });
    const { errors, calls } = await run(FullGraphDocument, { account });
    expect(new Set(errors?.map(({ extensions, path }) => `${path?.at(-1)} ${extensions?.code}`))).toEqual(
      new Set([`email ${code}`]),
    );
    expect(tally(calls)).toMatchObject({ [membersRoute]: 1 });
    expect(calls).not.toContain(alone);
  });
});
