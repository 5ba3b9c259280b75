import { account, expect, stage, test } from "./gateway.ts";

const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const membersRoute = `${groupsRoute}/{user_group_id}/members`;
const names = `query ($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;
const members = `query ($account: String!, $groups: Int = 50) {
  account(id: $account) { userGroups(first: $groups) { nodes { name members { nodes { email } } } } }
}`;

const analyze = { authorization: "Bearer sandbox-admin", "x-upstream-explain": "analyze" };

test("who has no credential takes nobody's turn", async () => {
  const { run } = stage({}, undefined, { rate: { calls: 1, milliseconds: 60_000 }, operationTimeout: 5_000 });
  for (let time = 0; time < 3; time++) {
    const { errors } = await run(names, { account }, {});
    expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  }
  expect((await run(names, { account })).errors).toBeUndefined();
});
