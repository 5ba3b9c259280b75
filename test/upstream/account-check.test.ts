import { expect, test } from "vitest";
import type { Call } from "../../src/cloudflare/client.ts";
import { accounts } from "../../src/cloudflare/index.ts";
import { userGroups } from "../../src/cloudflare/user-groups.ts";
import { accountCheck, type CheckedOperation } from "../../src/upstream/account-check.ts";

/** The link before something that answers, and the routes that have come through. */
function checking(operation: CheckedOperation) {
  const passed: string[] = [];
  const next = (async ({ route }: { route: string }) => void passed.push(route)) as unknown as Call;
  const call = accountCheck(operation)(next);
  const read = (account: string) => call(userGroups.list, { account_id: account });
  return { read, list: () => call(accounts.list, {}), passed };
}

test("a call for an account with a right goes on, and every other one is refused before anything behind it", async () => {
  const { read, passed } = checking({ rights: new Map([["mine", "read"]]), needs: "read" });
  await read("mine");
  await expect(read("other")).rejects.toMatchObject({
    kind: "access_denied",
    route: userGroups.list.route,
    message: "This caller has no right to read the account other. Nothing was sent.",
  });
  expect(passed).toEqual([userGroups.list.route]);
});

test("what a mutation needs is looked at for each call: a right to read is not enough for it", async () => {
  const operation: CheckedOperation = { rights: new Map([["mine", "read"]]), needs: "write" };
  const { read, passed } = checking(operation);
  await expect(read("mine")).rejects.toMatchObject({ kind: "access_denied" });
  operation.needs = "read";
  await read("mine");
  expect(passed).toHaveLength(1);
});

test("the list of all accounts needs a right to all; without rules everything goes on", async () => {
  await expect(checking({ rights: new Map([["mine", "write"]]), needs: "read" }).list()).rejects.toMatchObject({
    kind: "access_denied",
  });
  const all = checking({ rights: new Map([["*", "read"]]), needs: "read" });
  await all.list();
  await all.read("any");
  const open = checking({ rights: null, needs: "write" });
  await open.list();
  await open.read("any");
  expect([all.passed.length, open.passed.length]).toEqual([2, 2]);
});
