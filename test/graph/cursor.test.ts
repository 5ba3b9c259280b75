import { describe } from "vitest";
import type { SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { account, expect, type Setup, setupOverHttp, test } from "../gateway.ts";

const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const accountMembersRoute = "GET /accounts/{account_id}/members";

interface Page {
  nodes: { cloudflareId: string }[];
  pageInfo: {
    startCursor: string;
    endCursor: string;
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    shifted: boolean;
  };
  totalCount: number;
}

/** Reads one page of a list of the account. */
function reader(fixture: Setup, list: string) {
  return async (paging: string) => {
    const { data, errors, calls } = await fixture.run<{ account: { page: Page | null } }, object>(
      `{ account(id: "${account}") { page: ${list}(${paging}) { nodes { cloudflareId } totalCount
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage shifted } } } }`,
    );
    const page = data?.account.page;
    return { ids: page?.nodes.map(({ cloudflareId }) => cloudflareId), ...page?.pageInfo, errors, calls };
  };
}

/** A fixture, its records as Cloudflare has them, and a reader of the list. */
async function world(list: "userGroups" | "members" | "resourceGroups", options: SandboxOptions = {}) {
  const fixture = await setupOverHttp({ jitter: [0, 5], ...options });
  const records = fixture.sandbox.state.accounts.get(account)?.[list] as Map<string, { id: string; name?: string }>;
  const page = reader(fixture, list);
  const { ids = [] } = await page("first: 1000");
  return { ...fixture, records, ids, page };
}

describe("a page behind a cursor", () => {
  test("goes on behind the record of the cursor when one before it was deleted, for no further call", async () => {
    await using at = await world("userGroups", { groups: 60, membersPerGroup: 0 });
    const first = await at.page("first: 10");
    at.records.delete(at.ids[3] as string);
    const next = await at.page(`first: 10, after: "${first.endCursor}"`);
    expect(next).toMatchObject({ ids: at.ids.slice(10, 20), shifted: false, errors: undefined, calls: [groupsRoute] });
    const third = await at.page(`first: 10, after: "${next.endCursor}"`);
    expect(third).toMatchObject({ ids: at.ids.slice(20, 30), shifted: false, calls: [groupsRoute] });
  });

  test("repeats nothing when one before it was added", async () => {
    await using at = await world("userGroups", { groups: 60, membersPerGroup: 0 });
    const first = await at.page("first: 10");
    const [record] = at.records.values();
    at.records.set("a".repeat(32), { ...(record as { id: string }), id: "a".repeat(32), name: "Aaa" });
    const next = await at.page(`first: 10, after: "${first.endCursor}"`);
    expect(next).toMatchObject({ ids: at.ids.slice(10, 20), shifted: false, errors: undefined });
    // The page was read from the position of the cursor, and is one record short of it.
    expect(next.calls.length).toBeLessThanOrEqual(2);
  });

  test("looks for the record with one call where the total is another, and goes on behind it", async () => {
    await using at = await world("members", { members: 130 });
    const first = await at.page("first: 50");
    at.records.delete(at.ids[3] as string);
    const next = await at.page(`first: 50, after: "${first.endCursor}"`);
    expect(next).toMatchObject({ ids: at.ids.slice(50, 100), shifted: false, hasNextPage: true, errors: undefined });
    expect(next.calls).toEqual([accountMembersRoute, accountMembersRoute]);
    const last = await at.page(`first: 50, after: "${next.endCursor}"`);
    expect(last).toMatchObject({ ids: at.ids.slice(100), shifted: false, hasNextPage: false });
  });

  test("costs one call, as ever, where nothing happened", async () => {
    await using at = await world("members", { members: 130 });
    for (const size of [50, 20, 7]) {
      let after = "";
      const shown: string[] = [];
      for (;;) {
        const page = await at.page(`first: ${size}${after}`);
        expect(page.calls).toEqual([accountMembersRoute]);
        expect(page.shifted).toBe(false);
        shown.push(...(page.ids ?? []));
        if (!page.hasNextPage) break;
        after = `, after: "${page.endCursor}"`;
      }
      expect(shown).toEqual(at.ids);
    }
  });

  test("tells that it is shifted when the record of the cursor is gone, and skips nothing", async () => {
    for (const list of ["userGroups", "members", "resourceGroups"] as const) {
      await using at = await world(list, { groups: 60, membersPerGroup: 0, members: 130 });
      const size = list === "resourceGroups" ? 3 : 50;
      const first = await at.page(`first: ${size}`);
      at.records.delete(first.ids?.at(-1) as string);
      const next = await at.page(`first: 5, after: "${first.endCursor}"`);
      expect(next, list).toMatchObject({ ids: at.ids.slice(size, size + 5), shifted: true, errors: undefined });
    }
  });

  test("that cannot look for the record shows what is there, and tells that it may be shifted", async () => {
    await using at = await world("members", { members: 130 });
    const first = await at.page("first: 50");
    at.records.delete(at.ids[3] as string);
    at.sandbox.injectFault(accountMembersRoute, { kind: "error", status: 500, body: "html" }, 2);
    const next = await at.page(`first: 50, after: "${first.endCursor}"`);
    expect(next).toMatchObject({ shifted: true, errors: undefined });
    expect(next.ids).toHaveLength(50);
  });

  test("goes back the same way", async () => {
    await using at = await world("members", { members: 130 });
    const last = await at.page("last: 50");
    at.records.delete(at.ids[3] as string);
    const before = await at.page(`last: 50, before: "${last.startCursor}"`);
    expect(before).toMatchObject({
      ids: at.ids.slice(30, 80),
      shifted: false,
      hasPreviousPage: true,
      hasNextPage: true,
    });
    expect(before.calls.length).toBeLessThanOrEqual(2);
  });

  test("ends where the record of `before` is now", async () => {
    await using at = await world("userGroups", { groups: 60, membersPerGroup: 0 });
    const [start, end] = [await at.page("first: 10"), await at.page("first: 20")];
    at.records.delete(at.ids[15] as string);
    at.records.delete(at.ids[2] as string);
    const between = await at.page(`first: 50, after: "${start.endCursor}", before: "${end.endCursor}"`);
    expect(between).toMatchObject({ ids: [...at.ids.slice(10, 15), ...at.ids.slice(16, 19)], shifted: false });
  });
});

describe("a cursor", () => {
  const hash = (cursor: string | undefined) =>
    Buffer.from(cursor ?? "", "base64url")
      .toString()
      .split(":")[0];
  const encoded = (text: string) => Buffer.from(text).toString("base64url");

  test("that was not given by the list is refused, whatever it holds", async () => {
    await using at = await world("userGroups");
    const own = hash((await at.page("first: 1")).endCursor);
    for (const rest of [
      "1",
      "1:16",
      "1:16:../x",
      "1:16:a/b",
      "1:16:a:b",
      "1:x:",
      "x:16:",
      "-1:16:",
      "1:99999999999:",
      ":::",
    ]) {
      const { errors, calls } = await at.page(`first: 1, after: "${encoded(`${own}:${rest}`)}"`);
      expect(errors, rest).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", argument: "after" } }]);
      expect(calls).toEqual([]);
    }
  });

  test("holds an ID that enters no path, and may be of anything", async () => {
    await using at = await world("userGroups");
    const own = hash((await at.page("first: 1")).endCursor);
    const page = await at.page(`first: 2, after: "${encoded(`${own}:0:16:members`)}"`);
    expect(page).toMatchObject({ ids: at.ids.slice(1, 3), shifted: true, errors: undefined });
    for (const { path } of at.sandbox.calls) expect(path).not.toContain("members");
  });

  test("of a record whose ID no cursor can hold finds its place by position", async () => {
    await using at = await world("userGroups", { quirks: ["hostileIds"] });
    const first = await at.page("first: 3");
    const next = await at.page(`first: 3, after: "${first.endCursor}"`);
    expect(next).toMatchObject({ ids: at.ids.slice(3, 6), shifted: false, errors: undefined });
    at.records.delete([...at.records.values()].find(({ name }) => name === "Auditors")?.id ?? "");
    const later = await at.page(`first: 3, after: "${first.endCursor}"`);
    expect(later).toMatchObject({ shifted: true, errors: undefined });
  });
});
