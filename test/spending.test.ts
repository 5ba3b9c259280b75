import { describe } from "vitest";
import { account, expect, stage, stageOverHttp, tally, test } from "./gateway.ts";

const groupsRoute = "GET /accounts/{account_id}/iam/user_groups";
const membersRoute = `${groupsRoute}/{user_group_id}/members`;
const names = `query ($account: String!) { account(id: $account) { userGroups { nodes { name } } } }`;
const members = `query ($account: String!, $groups: Int = 50) {
  account(id: $account) { userGroups(first: $groups) { nodes { name members { nodes { email } } } } }
}`;

const analyze = { authorization: "Bearer sandbox-admin", "x-upstream-explain": "analyze" };

describe("what one operation may make", () => {
  test("is the same after calls that found the gate closed and waited for it to open", async () => {
    await using brief = await stageOverHttp({ groups: 10 }, {}, { retry: true, maxCalls: 11, concurrency: 1 });
    // One after the other: the first closes the gate for those that were admitted with it.
    brief.sandbox.fault(membersRoute, { kind: "refused", status: 429, body: "empty", retryAfter: "1" }, 1);
    const { errors, calls } = await brief.run(
      `query ($account: String!) {
        account(id: $account) { userGroups(first: 10) { nodes { members(first: 3) { nodes { user { firstName } } } } } }
      }`,
      { account },
    );
    expect(tally(calls)).toEqual({ [groupsRoute]: 1, [membersRoute]: 10 + 1 });
    expect(errors?.length).toBeGreaterThan(0);
    for (const { extensions } of errors ?? []) expect(extensions).toMatchObject({ code: "TOO_EXPENSIVE" });
  });
});

test("who has no credential takes nobody's turn", async () => {
  const { run } = stage({}, undefined, { rate: { calls: 1, milliseconds: 60_000 }, operationTimeout: 5_000 });
  for (let time = 0; time < 3; time++) {
    const { errors } = await run(names, { account }, {});
    expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  }
  expect((await run(names, { account })).errors).toBeUndefined();
});
