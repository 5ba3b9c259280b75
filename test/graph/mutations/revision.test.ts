import { describe } from "vitest";
import { isAsWritten } from "../../../src/graph/revision.ts";
import { account, expect, setupOverHttp, tally, test } from "../../gateway.ts";

const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const membersRoute = `${groupsRoute}/{user_group_id}/members`;

type Groups = {
  account: {
    userGroups: { nodes: { members: { revision: string; totalCount: number; nodes: { email: string }[] } | null }[] };
  };
};
function asked(fields: string): string {
  const variables = ["$on: Boolean = true", "$off: Boolean = false"].filter((each) =>
    fields.includes(each.slice(0, each.indexOf(":"))),
  );
  const fragment = "fragment Revision on UserGroupMemberConnection { ... on UserGroupMemberConnection { revision } }";
  return `query ${variables.length ? `(${variables.join()})` : ""} {
    account(id: "${account}") { userGroups { nodes { ${fields} } } }
  } ${fields.includes("...Revision") ? fragment : ""}`;
}

describe("the members of a group and their revision", () => {
  test.for([
    "members(first: 5) { nodes { email } totalCount revision }",
    "members(first: 5) { ...Revision totalCount nodes { email } }",
    "members(first: 5) { nodes { email } totalCount } members(first: 5) { ... @include(if: $on) { revision } }",
    "members(first: 5) { revision @skip(if: $off) totalCount nodes { email } }",
  ])("are one list, read once: %s", async (fields) => {
    await using fixture = await setupOverHttp();
    const { data, errors, calls } = await fixture.run<Groups, object>(asked(fields));
    expect(errors).toBeUndefined();
    expect(tally(calls)).toEqual({ [groupsRoute]: 1, [membersRoute]: 16 });
    const pages = await fixture.run<Groups, object>(asked("members(first: 5) { nodes { email } totalCount }"));
    const alone = await fixture.run<Groups, object>(asked("members(first: 1000) { revision }"));
    for (const [i, { members }] of (data?.account.userGroups.nodes ?? []).entries()) {
      expect(members).toEqual({
        ...pages.data?.account.userGroups.nodes[i]?.members,
        revision: alone.data?.account.userGroups.nodes[i]?.members?.revision,
      });
    }
  });

  test("are one list in whatever order, and two under a filter", async ({ run }) => {
    const descending = await run(asked("members(first: 1, direction: DESC) { nodes { email } revision }"));
    expect(tally(descending.calls)).toEqual({ [groupsRoute]: 1, [membersRoute]: 16 });
    const found = await run(asked('members(first: 1, search: "e") { nodes { email } revision }'));
    expect(tally(found.calls)).toEqual({ [groupsRoute]: 1, [membersRoute]: 32 });
  });

  test("that is not asked for after all costs nothing", async () => {
    await using fixture = await setupOverHttp({ groups: 2, membersPerGroup: 510, members: 600 });
    for (const fields of [
      "members(first: 5) { totalCount revision @include(if: $off) }",
      "members(first: 5) { totalCount ...Revision @skip(if: $on) }",
    ]) {
      const { errors, calls } = await fixture.run(asked(fields));
      expect(errors).toBeUndefined();
      expect(tally(calls)).toEqual({ [groupsRoute]: 1, [membersRoute]: 2 });
    }
    const { calls } = await fixture.run(asked("members(first: 5) { revision }"));
    expect(tally(calls)).toEqual({ [groupsRoute]: 1, [membersRoute]: 4 });
  });

  test("that cannot be read leaves the page whole", async () => {
    await using fixture = await setupOverHttp({ groups: 1, membersPerGroup: 510, members: 600 });
    fixture.sandbox.injectFault(
      membersRoute,
      { kind: "error", status: 500, body: "html" },
      ({ query }) => query.page === "2",
    );
    const { data, errors } = await fixture.run<Groups, object>(asked("members(first: 5) { revision nodes { email } }"));
    expect(data?.account.userGroups.nodes[0]?.members).toEqual({
      revision: null,
      nodes: Array(5).fill({ email: expect.any(String) }),
    });
    expect(errors).toMatchObject([{ path: ["account", "userGroups", "nodes", 0, "members", "revision"] }]);
  });
});

test("a policy with a scope and a group of the same scope is as written, in whatever order they come back", () => {
  const scope = { key: "com.cloudflare.api.account.a", objects: [{ key: "*" }] };
  const named = { id: "named", name: "Everything", scope: [scope] };
  const anonymous = { id: null, name: null, scope: [scope] };
  const policy = (resource_groups: object[]) => ({
    access: "allow",
    permission_groups: [{ id: "p" }],
    resource_groups,
  });
  const sent = { policies: [policy([{ scope }, { id: "named" }])] };
  for (const stored of [
    [named, anonymous],
    [anonymous, named],
  ]) {
    const group = { id: "g", name: "G", policies: [policy(stored)] };
    expect(isAsWritten(group as never, sent as never)).toBe(true);
  }
});
