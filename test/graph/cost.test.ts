import { describe, expect, test } from "vitest";
import { account, type Setup, setupOverHttp, tally } from "../gateway.ts";
import { FullGraphDocument, RefetchDocument } from "../operations/graphql.ts";

/** The promises of the README's cost table, counted where the calls arrive: over real HTTP, answers out of order. */
describe("REST calls over HTTP with jitter", () => {
  const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
  const membersRoute = `${groupsRoute}/{user_group_id}/members`;

  async function calls(fixture: Setup, fields: string): Promise<Record<string, number>> {
    const { calls, errors } = await fixture.run(`query ($account: String!) { account(id: $account) { ${fields} } }`, {
      account,
    });
    expect(errors).toBeUndefined();
    return tally(calls);
  }

  test("an account's IDs cost nothing", async () => {
    await using fixture = await setupOverHttp();
    expect(await calls(fixture, "id cloudflareId")).toEqual({});
  });

  test("all fields of the account itself cost one call, made beside the others", async () => {
    await using fixture = await setupOverHttp();
    expect(
      await calls(
        fixture,
        "name type createdAt settings { enforceTwoFactor } managedBy { parentOrgName } ssoConnectors { nodes { emailDomain } }",
      ),
    ).toEqual({
      "GET /accounts/{account_id}": 1,
      "GET /accounts/{account_id}/sso_connectors": 1,
    });
  });

  test("groups with policies, permission groups and resource groups cost one call per 500 groups", async () => {
    const fields = `userGroups(first: 1000) { nodes { policies { access permissionGroups { name label }
      resourceGroups { name scopes { key } } owner { ... on UserGroup { name } } } } }`;
    for (const [groups, cost] of [
      [500, 1],
      [501, 2],
      [1000, 2],
    ] as const) {
      await using fixture = await setupOverHttp({ groups, membersPerGroup: 0 });
      expect(await calls(fixture, fields)).toEqual({ [groupsRoute]: cost });
    }
  });

  test("members of N groups cost N calls, one per 500 members, together and right after the groups", async () => {
    await using fixture = await setupOverHttp({ groups: 40, membersPerGroup: 30 });
    let before = 0;
    fixture.sandbox.stub(membersRoute, () => {
      before ||= fixture.sandbox.calls.length;
      return undefined;
    });
    expect(await calls(fixture, "userGroups { nodes { members { nodes { id email status } } } }")).toEqual({
      [groupsRoute]: 1,
      [membersRoute]: 40,
    });
    expect(before).toBe(2);

    await using large = await setupOverHttp({ groups: 2, membersPerGroup: 501, members: 600 });
    expect(await calls(large, "userGroups { nodes { members(first: 1000) { nodes { email } } } }")).toEqual({
      [groupsRoute]: 1,
      [membersRoute]: 4,
    });
  });

  test.each([
    { members: 40, groups: 20, membersPerGroup: 10 },
    { members: 400, groups: 20, membersPerGroup: 3 },
    { members: 400, groups: 2, membersPerGroup: 2 },
    { members: 300, groups: 60, membersPerGroup: 40 },
  ])("user, roles and policies of members cost at most twice the better of pages and members: %o", async (size) => {
    await using fixture = await setupOverHttp(size);
    const { data, errors, calls } = await fixture.run<
      { account: { userGroups: { nodes: { members: { nodes: { id: string }[] } }[] } } },
      object
    >(
      `query ($account: String!) { account(id: $account) { userGroups(first: 100) { nodes { members { nodes { id user { firstName } roles { name } policies { access } } } } } } }`,
      { account },
    );
    expect(errors).toBeUndefined();
    const distinct = new Set(
      data?.account?.userGroups.nodes.flatMap(({ members }) => members.nodes.map(({ id }) => id)),
    ).size;
    const further = calls.filter((route) => route.startsWith("GET /accounts/{account_id}/members")).length;
    expect(distinct).toBeGreaterThan(1);
    expect(further).toBeLessThanOrEqual(2 * Math.min(Math.ceil(size.members / 50), distinct));
  });

  test("the full graph of 100 groups costs 103 calls, two round trips deep", async () => {
    await using fixture = await setupOverHttp({ groups: 100, membersPerGroup: 20 });
    const { data, errors, calls } = await fixture.run(FullGraphDocument, { account });
    expect(errors).toBeUndefined();
    expect(data?.account?.userGroups?.nodes).toHaveLength(100);
    expect(data?.account?.userGroups?.nodes.every((group) => group?.members?.nodes.length === 20)).toBe(true);
    expect(tally(calls)).toEqual({
      "GET /accounts/{account_id}": 1,
      [groupsRoute]: 1,
      [membersRoute]: 100,
      "GET /accounts/{account_id}/sso_connectors": 1,
    });
    expect(calls.slice(0, 3).toSorted()).toEqual([
      "GET /accounts/{account_id}",
      groupsRoute,
      "GET /accounts/{account_id}/sso_connectors",
    ]);
  });

  test("50 groups of one account by `nodes` cost one call", async () => {
    await using fixture = await setupOverHttp({ groups: 60, membersPerGroup: 0 });
    const { data } = await fixture.run(FullGraphDocument, { account, groups: 60, members: 0 });
    const ids = data?.account?.userGroups?.nodes.slice(10).flatMap((group) => group?.id ?? []) ?? [];
    const refetched = await fixture.run(RefetchDocument, { ids });
    expect(refetched.data?.nodes?.map((node) => node?.id)).toEqual(ids);
    expect(refetched.calls).toEqual([groupsRoute]);
  });

  test("any window within the first 500 groups costs one call", async () => {
    await using fixture = await setupOverHttp({ groups: 520, membersPerGroup: 0 });
    const page = `query ($account: String!, $first: Int, $after: String) { account(id: $account) {
      userGroups(first: $first, after: $after) { nodes { name } pageInfo { endCursor hasNextPage } totalCount } } }`;
    type Page = {
      account: {
        userGroups: {
          nodes: { name: string }[];
          pageInfo: { endCursor: string; hasNextPage: boolean };
          totalCount: number;
        };
      };
    };
    for (const [skip, first] of [
      [30, 40],
      [1, 499],
      [250, 250],
      [333, 67],
      [499, 1],
      [17, 11],
    ] as const) {
      const start = await fixture.run<Page, object>(page, { account, first: skip });
      const { data, calls } = await fixture.run<Page, object>(page, {
        account,
        first,
        after: start.data?.account?.userGroups.pageInfo.endCursor,
      });
      expect(calls).toEqual([groupsRoute]);
      expect(data?.account?.userGroups.nodes[0]?.name).toBe(`Team ${String(skip + 1).padStart(4, "0")}`);
      expect(data?.account?.userGroups.nodes).toHaveLength(first);
      expect(data?.account?.userGroups).toMatchObject({ totalCount: 520, pageInfo: { hasNextPage: true } });
    }
  });

  test("the same field under two aliases is read once", async () => {
    await using fixture = await setupOverHttp();
    const fields =
      "a: userGroups { nodes { name } } b: userGroups { nodes { members { nodes { id } } again: members { nodes { email } } } }";
    expect(await calls(fixture, fields)).toEqual({ [groupsRoute]: 1, [membersRoute]: 16 });
  });

  test("a page of members with the revision of all of them is one list, read once", async () => {
    await using fixture = await setupOverHttp();
    const fields = "userGroups { nodes { members(first: 5) { revision nodes { email } } } }";
    expect(await calls(fixture, fields)).toEqual({ [groupsRoute]: 1, [membersRoute]: 16 });
  });
});
