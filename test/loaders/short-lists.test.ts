import { describe } from "vitest";
import type { SandboxResponse } from "../../src/sandbox/answer.ts";
import { account, expect, type Setup, setupOverHttp, tally, test } from "../gateway.ts";

const resourceGroupsRoute = "GET /accounts/{account_id}/iam/resource_groups";
const connectorsRoute = "GET /accounts/{account_id}/sso_connectors";
const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const accountMembersRoute = "GET /accounts/{account_id}/members";

/** What somebody answers to a list who has pages of its own. */
interface Upstream {
  /** Ids of all records that it ever shows. */
  records: string[];
  /** Records of a page, whatever is asked for. */
  size: number;
  /** What it tells beside the records of a page. */
  info?: (page: { page: number; per_page: number; count: number }) => object;
  /** Whether it heeds the page that is asked for. */
  ignoresPage?: boolean;
}

const idOf = (n: number) => String(n).padStart(32, "0");
const ids = (records: number) => Array.from({ length: records }, (_, n) => idOf(n));

function played({ sandbox }: Setup, route: string, { records, size, info, ignoresPage }: Upstream): void {
  sandbox.stub(route, ({ query }): SandboxResponse => {
    const page = ignoresPage ? 1 : Number(query.page ?? 1);
    const shown = records.slice((page - 1) * size, page * size);
    const result = shown.map((id) => ({ id, name: `record ${id}`, email: `${id}@example.com` }));
    const result_info = info?.({ page, per_page: size, count: shown.length });
    return {
      status: 200,
      headers: {},
      text: JSON.stringify({ success: true, errors: [], messages: [], result, result_info }),
    };
  });
}

type List = {
  account: {
    list: {
      totalCount: number;
      nodes: { cloudflareId: string }[];
      pageInfo: { endCursor: string; hasNextPage: boolean };
    } | null;
    name: string;
  };
};

async function ask(fixture: Setup, list: string) {
  const answer = await fixture.run<List, object>(
    `{ account(id: "${account}") { name list: ${list} { totalCount nodes { cloudflareId } pageInfo { hasNextPage endCursor } } } }`,
  );
  expect(answer.data?.account.name).toBe("Acme");
  const { list: found } = answer.data?.account ?? {};
  return { ...answer, ...found, ids: found?.nodes.map(({ cloudflareId }) => cloudflareId) };
}

const counted = (total_count: number) => (page: object) => ({ ...page, total_count });
const ofPages = (total_pages: number) => (page: object) => ({ ...page, total_pages });

describe("a list that is documented as one page, and counts more than came", () => {
  test.for([
    ["resourceGroups", resourceGroupsRoute],
    ["ssoConnectors", connectorsRoute],
  ] as const)("is read on page by page: %s", async ([list, route]) => {
    for (const info of [counted(45), ofPages(3), (page: object) => ({ ...page, total_count: 45, total_pages: 3 })]) {
      await using fixture = await setupOverHttp();
      played(fixture, route, { records: ids(45), size: 20, info });
      const { calls, ...answer } = await ask(fixture, `${list}(first: 1000)`);
      expect(answer).toMatchObject({
        ids: ids(45),
        totalCount: 45,
        pageInfo: { hasNextPage: false },
        errors: undefined,
      });
      expect(tally(calls)).toEqual({ "GET /accounts/{account_id}": 1, [route]: 3 });
      expect(fixture.sandbox.calls.filter((call) => call.route === route).map(({ query }) => query)).toEqual([
        {},
        { page: "2" },
        { page: "3" },
      ]);
    }
  });

  test("ends with an error where a page brings nothing new, and takes nothing else with it", async () => {
    for (const [upstream, says] of [
      [{ records: ids(30), size: 20, info: counted(45) }, "30 of 45 items"],
      [{ records: ids(20), size: 20, info: counted(45), ignoresPage: true }, "20 of 45 items"],
      [{ records: ids(20), size: 20, info: ofPages(3), ignoresPage: true }, "1 of 3 pages"],
      [{ records: ids(20), size: 20, info: counted(1e15) }, undefined],
      [{ records: [], size: 20, info: counted(1) }, "0 of 1 items"],
    ] as const) {
      await using fixture = await setupOverHttp();
      played(fixture, resourceGroupsRoute, upstream as Upstream);
      const { ids: found, errors } = await ask(fixture, "resourceGroups(first: 5)");
      if (says === undefined) {
        // So many records no list has: it is read as if nothing was counted.
        expect(errors).toBeUndefined();
        expect(found).toEqual(ids(5));
        continue;
      }
      expect(found).toBeUndefined();
      expect(errors).toMatchObject([
        { path: ["account", "list"], extensions: { code: "UPSTREAM_INVALID", route: resourceGroupsRoute } },
      ]);
      expect(errors?.[0]?.message).toContain(`showed ${says}, and nothing new on page`);
    }
  });

  test("is whole under a filter, where what does not match may be counted", async () => {
    for (const [info, calls] of [
      [counted(45), 1],
      [(page: object) => ({ ...page, total_count: 45, total_pages: 3 }), 1],
    ] as const) {
      await using fixture = await setupOverHttp();
      played(fixture, resourceGroupsRoute, { records: ids(2), size: 20, info });
      const answer = await ask(fixture, 'resourceGroups(name: "x")');
      expect(answer.errors).toBeUndefined();
      expect(answer.ids).toEqual(ids(2));
      expect(tally(answer.calls)[resourceGroupsRoute]).toBe(calls);
    }
    await using fixture = await setupOverHttp();
    played(fixture, resourceGroupsRoute, {
      records: ids(25),
      size: 20,
      info: (page) => ({ ...page, total_count: 45, total_pages: 3 }),
    });
    const answer = await ask(fixture, 'resourceGroups(name: "x")');
    expect(answer.ids).toEqual(ids(25));
    expect(tally(answer.calls)[resourceGroupsRoute]).toBe(2);
  });

  test("says nothing of a record that it did not show", async () => {
    await using fixture = await setupOverHttp();
    played(fixture, resourceGroupsRoute, { records: ids(3), size: 20, info: counted(8) });
    const groups = [...(fixture.sandbox.state.accounts.get(account)?.resourceGroups.values() ?? [])];
    const fields = groups.map(({ id }, i) => `g${i}: resourceGroup(id: "${id}") { name }`).join(" ");
    const { data, errors } = await fixture.run<{ account: object }, object>(
      `{ account(id: "${account}") { ${fields} } }`,
    );
    expect(errors).toBeUndefined();
    expect(Object.values(data?.account ?? {})).toEqual(groups.map(({ name }) => ({ name })));
  });
});

describe("a list with pages that counts more than it shows", () => {
  test("is read on where the upstream cuts its pages without a word", async () => {
    await using fixture = await setupOverHttp();
    played(fixture, groupsRoute, { records: ids(130), size: 40, info: () => ({ total_count: 130 }) });
    const whole = await ask(fixture, "userGroups(first: 1000)");
    expect(whole).toMatchObject({ ids: ids(130), totalCount: 130, errors: undefined });
    expect(tally(whole.calls)[groupsRoute]).toBe(4);
    const found: string[] = [];
    for (let after = ""; ; ) {
      const page = await ask(fixture, `userGroups(first: 50${after})`);
      expect(page.errors).toBeUndefined();
      found.push(...(page.ids ?? []));
      if (!page.pageInfo?.hasNextPage) break;
      after = `, after: "${page.pageInfo.endCursor}"`;
    }
    expect(found).toEqual(ids(130));
  });

  test.for([
    ["accounts", "GET /accounts"],
    ["members", accountMembersRoute],
  ] as const)("ends with an error where the page that is asked for is not heeded: %s", async ([list, route]) => {
    await using fixture = await setupOverHttp();
    played(fixture, route, {
      records: ids(20),
      size: 20,
      info: () => ({ page: 1, per_page: 20, count: 20, total_count: 30 }),
      ignoresPage: true,
    });
    const inside = `{ totalCount nodes { id } }`;
    const { data, errors, calls } = await fixture.run(
      `{ list: ${list === "accounts" ? `accounts(first: 50) ${inside}` : `account(id: "${account}") { members(first: 50) ${inside} }`} other: account(id: "${account}") { name } }`,
    );
    expect(errors).toMatchObject([
      { message: expect.stringContaining("20 of 30 items"), extensions: { code: "UPSTREAM_INVALID" } },
    ]);
    expect(data).toMatchObject({ other: { name: "Acme" } });
    expect(tally(calls)[route]).toBeLessThanOrEqual(3);
  });

  test("shows the pages before its end, and fails from there on", async () => {
    await using fixture = await setupOverHttp({ quirks: ["totalCountTooHigh"] });
    const first = await ask(fixture, "userGroups(first: 10)");
    expect(first).toMatchObject({ totalCount: 1016, errors: undefined, pageInfo: { hasNextPage: true } });
    const next = await ask(fixture, `userGroups(first: 10, after: "${first.pageInfo?.endCursor}")`);
    expect(next.errors).toMatchObject([{ message: expect.stringContaining("16 of 1016 items") }]);
  });

  test("and counts what no list can have does not make a bug of it", async () => {
    await using fixture = await setupOverHttp();
    for (const total_count of [1e15, 2 ** 31, 2 ** 31 - 1]) {
      played(fixture, groupsRoute, { records: ids(30), size: 100, info: (page) => ({ ...page, total_count }) });
      const { errors } = await fixture.run(
        `{ account(id: "${account}") { userGroups(first: 1000) { totalCount } last: userGroups(last: 3) { nodes { name } } } }`,
      );
      for (const { extensions } of errors ?? []) expect(extensions?.code).toBe("UPSTREAM_INVALID");
    }
  });
});

describe("a list that changes while it is read", () => {
  test("does not tell of a record that it is not there", async () => {
    await using fixture = await setupOverHttp({ members: 120 });
    const members = [...(fixture.sandbox.state.accounts.get(account)?.members.values() ?? [])];
    // Somebody on page 1 goes before page 2 is read: the first of page 2 slides to page 1, and neither shows them.
    fixture.sandbox.injectFault(
      accountMembersRoute,
      { kind: "shifted", records: 1 },
      ({ query }) => Number(query.page) > 1,
    );
    const wanted = members.slice(40, 60);
    const fields = wanted.map(({ id }, i) => `m${i}: member(id: "${id}") { cloudflareId }`).join(" ");
    const { data, errors } = await fixture.run<{ account: Record<string, { cloudflareId: string } | null> }, object>(
      `{ account(id: "${account}") { ${fields} } }`,
    );
    expect(errors).toBeUndefined();
    expect(Object.values(data?.account ?? {}).map((member) => member?.cloudflareId)).toEqual(
      wanted.map(({ id }) => id),
    );
  });
});
