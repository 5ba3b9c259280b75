import { describe } from "vitest";
import { accountKey, zoneKey } from "../../../src/sandbox/seed.ts";
import { account, dns, expect, globalId, nobody, policy, sentPolicy, test } from "./mutation.ts";

const self = { accountId: account, resourceGroupId: nobody };

describe("an ID or a scope may be spelt in several ways, which are sent as one", () => {
  const zone = zoneKey("www.acme.example");
  const permissionGroups = [[dns], [globalId("PermissionGroup", account, dns)]];
  const scopes = [{ account: true }, { raw: { key: accountKey(account), objects: ["*"] } }];
  const zones = [{ zoneIds: [zone.slice(-32)] }, { raw: { key: accountKey(account), objects: [zone] } }];
  const groups = [
    { accountId: account, userGroupId: nobody },
    { userGroupId: globalId("UserGroup", account, nobody) },
    { accountId: globalId("Account", account), userGroupId: nobody },
    { accountId: account, userGroupId: globalId("UserGroup", account, nobody) },
    { userGroupId: `${globalId("UserGroup", account, nobody)}==` },
  ];

  test("members", async ({ mutate, sandbox, wire }) => {
    for (const group of groups) {
      for (const id of [dns, globalId("Member", account, dns)])
        await mutate("addUserGroupMembers", { ...group, memberIds: [id] });
    }
    expect(wire.sent).toHaveLength(10);
    for (const { body } of wire.sent) expect(body).toEqual([{ id: dns }]);
    expect(new Set(sandbox.calls.map(({ path }) => path))).toEqual(
      new Set([`/accounts/${account}/iam/user_groups/${nobody}/members`]),
    );
  });

  test("policies", async ({ mutate, sandbox, wire }) => {
    for (const accountId of [account, globalId("Account", account)]) {
      for (const permissionGroupIds of permissionGroups) {
        for (const scope of scopes)
          await mutate("createUserGroup", {
            accountId,
            name: "x",
            policies: [{ ...policy, permissionGroupIds, resourceGroups: [{ scope }] }],
          });
      }
    }
    expect(wire.sent).toHaveLength(8);
    for (const { body } of wire.sent) expect(body).toEqual({ name: "x", policies: [sentPolicy] });
    expect(new Set(sandbox.calls.map(({ path }) => path))).toEqual(new Set([`/accounts/${account}/iam/user_groups`]));
  });

  test("resource groups and their scopes", async ({ mutate, wire }) => {
    for (const scope of zones) await mutate("createResourceGroup", { accountId: account, name: "x", scope });
    for (const scope of zones) await mutate("updateResourceGroup", { ...self, name: "x", scope });
    for (const scope of zones)
      await mutate("updateResourceGroup", {
        resourceGroupId: globalId("ResourceGroup", account, nobody),
        name: "x",
        scope,
      });
    expect(wire.sent).toHaveLength(6);
    for (const { body } of wire.sent) {
      expect(body).toEqual({ name: "x", scope: { key: accountKey(account), objects: [{ key: zone }] } });
    }
  });
});
