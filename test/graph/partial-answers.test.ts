import { describe } from "vitest";
import { globalId } from "../../src/graph/node.ts";
import { account, expect, type Run, setupOverHttp, test } from "../gateway.ts";

const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const groupRoute = `${groupsRoute}/{user_group_id}`;
const good = globalId("Account", account);
const failures = ({ errors }: Pick<Run<unknown>, "errors">) =>
  errors?.map(({ path, extensions }) => `${path?.join(".")} ${extensions?.code}`);

describe("one bad part never takes the rest", () => {
  test("an account of which the ID is none is null, and another account is answered", async () => {
    await using fixture = await setupOverHttp();
    const answer = await fixture.run(
      `{ a: account(id: "${account}") { name } b: account(id: "short") { name } c: accounts { totalCount } }`,
    );
    expect(answer.data).toEqual({ a: { name: "Acme" }, b: null, c: { totalCount: 2 } });
    expect(failures(answer)).toEqual(["b BAD_USER_INPUT"]);
    expect(answer.errors?.[0]?.message).toContain("`id` must be a Cloudflare ID of 32 letters and digits");
    expect(answer.status).toBe(200);
  });

  test("each bad ID of `nodes` is an error at its own place, and the others are answered", async () => {
    await using fixture = await setupOverHttp();
    const answer = await fixture.run(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Account { name } } other: account(id: "${account}") { name } }`,
      { ids: [good, "garbage", good, account, "", globalId("Planet", account, account)] },
    );
    const acme = { id: good, name: "Acme" };
    expect(answer.data).toEqual({ nodes: [acme, null, acme, null, null, null], other: { name: "Acme" } });
    expect(failures(answer)).toEqual([1, 3, 4, 5].map((i) => `nodes.${i} BAD_USER_INPUT`));
    expect(answer.errors?.[0]?.message).toBe('`ids[1]` is not a global ID as the field `id` gives it: "garbage".');
    expect(answer.errors?.map(({ extensions }) => extensions?.argument)).toEqual([1, 3, 4, 5].map((i) => `ids[${i}]`));
    expect(answer.calls).toEqual(["GET /accounts/{account_id}"]);
  });

  test("too many IDs of `nodes` are refused alone", async ({ run }) => {
    const answer = await run(`query ($ids: [ID!]!) { nodes(ids: $ids) { id } accounts { totalCount } }`, {
      ids: Array(1001).fill(good),
    });
    expect(answer.data).toEqual({ nodes: null, accounts: { totalCount: 2 } });
    expect(failures(answer)).toEqual(["nodes BAD_USER_INPUT"]);
  });

  test.for(["node(id: $id) { id }", "nodes(ids: [$id]) { id }"])(
    "Cloudflare's own ID in %s is recognised, and the fields that take it are named",
    async (field, { run }) => {
      const answer = await run(`query ($id: ID!) { found: ${field} accounts { totalCount } }`, { id: account });
      expect(answer.data).toEqual({ found: field.startsWith("nodes") ? [null] : null, accounts: { totalCount: 2 } });
      expect(answer.errors?.[0]?.message).toMatch(
        /^`(id|ids\[0\])` is not a global ID but Cloudflare's own ID .*`account\(id:\)`.*`userGroup\(id:\)`/,
      );
    },
  );

  test("a page of which the end cannot be found keeps its records", async () => {
    await using fixture = await setupOverHttp({ groups: 500, membersPerGroup: 0, quirks: ["totalCountAbsent"] });
    fixture.sandbox.injectFault(groupsRoute, { kind: "error", status: 500, body: "html" }, 2);
    const answer = await fixture.run<{ account: { userGroups: { nodes: unknown[] } } }, object>(
      `{ account(id: "${account}") { userGroups(first: 500) { nodes { name } pageInfo { hasNextPage } } } }`,
    );
    expect(answer.data).toMatchObject({ account: { userGroups: { pageInfo: null } } });
    expect(answer.data?.account.userGroups.nodes).toHaveLength(500);
    expect(failures(answer)).toEqual(["account.userGroups.pageInfo UPSTREAM_ERROR"]);
  });

  test("a group that cannot be read after a write leaves its ID, its members and the rest of the payload", async ({
    run,
    sandbox,
  }) => {
    const [group] = sandbox.state.accounts.get(account)?.userGroups.keys() ?? [];
    const [member] = sandbox.state.accounts.get(account)?.members.keys() ?? [];
    sandbox.injectFault(groupRoute, { kind: "error", status: 500, body: "html" });
    const answer = await run(
      `mutation ($group: ID!, $account: ID!, $member: ID!) {
        addUserGroupMembers(input: { userGroupId: $group, accountId: $account, memberIds: [$member] }) {
          ... on AddUserGroupMembersPayload {
            messages { message }
            userGroup { cloudflareId name revision policies { access } members(first: 1) { nodes { id } } }
          }
        }
      }`,
      { group, account, member },
    );
    expect(answer.data).toEqual({
      addUserGroupMembers: {
        messages: [],
        userGroup: {
          cloudflareId: group,
          name: null,
          revision: null,
          policies: null,
          members: { nodes: [{ id: expect.any(String) }] },
        },
      },
    });
    const at = "addUserGroupMembers.userGroup";
    const wanted = ["name", "policies", "revision"].map((field) => `${at}.${field} UPSTREAM_ERROR`);
    expect(failures(answer)?.toSorted()).toEqual(wanted);
  });
});
