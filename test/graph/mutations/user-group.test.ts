import { describe } from "vitest";
import { zoneKey } from "../../../src/sandbox/seed.ts";
import {
  account,
  acme,
  dns,
  expect,
  firewall,
  globalId,
  groupNamed,
  policy,
  purge,
  resourceGroupNamed,
  seen,
  sentPolicy,
  test,
  wholeGroup,
} from "./mutation.ts";

const groups = "/accounts/{account_id}/iam/user_groups";
const group = `${groups}/{user_group_id}`;
const shop = zoneKey("shop.acme.example").slice(-32);

describe("createUserGroup", () => {
  test("makes a group with policies on groups, zones and the account", async ({ mutate, sandbox, wire }) => {
    const storefront = resourceGroupNamed(sandbox, "Storefront").id;
    const policies = [
      { ...policy, permissionGroupIds: [dns, firewall] },
      {
        access: "ALLOW",
        permissionGroupIds: [purge],
        resourceGroups: [{ id: storefront }, { scope: { zoneIds: [shop] } }],
      },
    ];
    const input = { accountId: account, name: "Zone Editors", policies };
    const { result, calls } = await mutate("createUserGroup", input, `userGroup { ${wholeGroup} }`);
    expect({ result, calls }).toMatchInlineSnapshot(`
      {
        "calls": [
          "POST /accounts/{account_id}/iam/user_groups",
        ],
        "result": {
          "__typename": "CreateUserGroupPayload",
          "userGroup": {
            "name": "Zone Editors",
            "policies": [
              {
                "access": "ALLOW",
                "permissionGroups": [
                  {
                    "name": "Firewall",
                  },
                  {
                    "name": "DNS",
                  },
                ],
                "resourceGroups": [
                  {
                    "name": null,
                  },
                ],
              },
              {
                "access": "ALLOW",
                "permissionGroups": [
                  {
                    "name": "Cache Domain Purge",
                  },
                ],
                "resourceGroups": [
                  {
                    "name": "Storefront",
                  },
                  {
                    "name": null,
                  },
                ],
              },
            ],
          },
        },
      }
    `);
    expect(wire.sent[0]?.body).toEqual({
      name: "Zone Editors",
      policies: [
        { ...sentPolicy, permission_groups: [{ id: dns }, { id: firewall }] },
        {
          access: "allow",
          permission_groups: [{ id: purge }],
          resource_groups: [
            { id: storefront },
            {
              scope: { key: `com.cloudflare.api.account.${account}`, objects: [{ key: zoneKey("shop.acme.example") }] },
            },
          ],
        },
      ],
    });
    expect(groupNamed(sandbox, "Zone Editors").policies).toHaveLength(2);
  });

  test.for([{}, { policies: [] }, { policies: null }])(
    "makes a group without policies from %o",
    async (more, { mutate, sandbox, wire }) => {
      const input = { accountId: globalId("Account", account), name: "Zone Editors", ...more };
      const { result } = await mutate(
        "createUserGroup",
        input,
        "userGroup { name policies { access } members { totalCount } }",
      );
      expect(result.userGroup).toEqual({ name: "Zone Editors", policies: [], members: { totalCount: 0 } });
      expect(wire.sent.map(({ body }) => body)).toEqual([
        { name: "Zone Editors", ...(more.policies && { policies: [] }) },
        undefined,
      ]);
      expect(groupNamed(sandbox, "Zone Editors").policies).toEqual([]);
    },
  );

  test("answers everything about the group itself; more is read", async ({ mutate, sandbox }) => {
    const storefront = resourceGroupNamed(sandbox, "Storefront").id;
    const input = {
      accountId: account,
      name: "Zone Editors",
      policies: [{ ...policy, resourceGroups: [{ id: storefront }] }],
    };
    const payload = `messages { message } userGroup { id cloudflareId name createdAt updatedAt revision
      policies { id cloudflareId access owner { __typename } permissionGroups { name label description }
        resourceGroups { id name meta { key } scopes { kind } } } }`;
    expect((await mutate("createUserGroup", input, payload)).calls).toEqual([`POST ${groups}`]);
    const again = await mutate(
      "createUserGroup",
      { ...input, name: "Others" },
      "userGroup { members { nodes { email } revision } }",
    );
    expect(again.calls).toEqual([`POST ${groups}`, `GET ${group}/members`]);
  });

  test("of a name in use is a conflict, in Cloudflare's words and no others", async ({ mutate, sandbox }) => {
    const { result, calls } = await mutate("createUserGroup", { accountId: account, name: "Security" });
    expect({ result, calls }).toMatchInlineSnapshot(`
      {
        "calls": [
          "POST /accounts/{account_id}/iam/user_groups",
        ],
        "result": {
          "__typename": "ConflictError",
          "cloudflare": {
            "errors": [
              {
                "code": 400,
                "message": "User group name Security is already in use",
              },
            ],
            "rayId": "4706c1d884221cc1-AMS",
            "route": "POST /accounts/{account_id}/iam/user_groups",
            "status": 400,
          },
          "current": null,
          "message": "Cloudflare answered POST /accounts/{account_id}/iam/user_groups with 400: User group name Security is already in use",
          "sent": null,
          "written": false,
        },
      }
    `);
    expect(acme(sandbox).userGroups.size).toBe(16);
  });
});

describe("updateUserGroup", () => {
  test("with name and policies writes both, and reads nothing", async ({ mutate, sandbox, wire }) => {
    const { id } = groupNamed(sandbox, "Security");
    const input = { userGroupId: globalId("UserGroup", account, id), name: "Safety", policies: [policy] };
    const { result, calls } = await mutate("updateUserGroup", input, `userGroup { ${wholeGroup} }`);
    expect({ result, calls }).toMatchInlineSnapshot(`
      {
        "calls": [
          "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}",
        ],
        "result": {
          "__typename": "UpdateUserGroupPayload",
          "userGroup": {
            "name": "Safety",
            "policies": [
              {
                "access": "ALLOW",
                "permissionGroups": [
                  {
                    "name": "DNS",
                  },
                ],
                "resourceGroups": [
                  {
                    "name": null,
                  },
                ],
              },
            ],
          },
        },
      }
    `);
    expect(wire.sent[0]?.body).toEqual({ name: "Safety", policies: [sentPolicy] });
    expect(acme(sandbox).userGroups.get(id)).toMatchObject({ name: "Safety", policies: [{ access: "allow" }] });
  });

  test.for([{}, { policies: null }])(
    "with a name and %o keeps the policies, each under a new ID",
    async (more, { mutate, sandbox, wire }) => {
      const { id, policies } = groupNamed(sandbox, "Frontend Guild");
      const before = structuredClone(policies);
      const { result, calls } = await mutate(
        "updateUserGroup",
        { accountId: account, userGroupId: id, name: "Guild", ...more },
        `userGroup { ${wholeGroup} }`,
      );
      expect({ result: result.userGroup?.name, calls }).toEqual({
        result: "Guild",
        calls: [`GET ${group}`, `PUT ${group}`],
      });
      const after = acme(sandbox).userGroups.get(id)?.policies ?? [];
      expect(
        after.map(({ permission_groups, resource_groups }) => [
          permission_groups,
          resource_groups.map(({ scope }) => scope),
        ]),
      ).toEqual(
        before.map(({ permission_groups, resource_groups }) => [
          permission_groups,
          resource_groups.map(({ scope }) => scope),
        ]),
      );
      expect(after[0]?.id).not.toBe(before[0]?.id);
      expect(JSON.stringify(wire.sent[1]?.body)).not.toContain(before[0]?.id);
    },
  );

  test("with policies keeps the name, and `[]` takes all policies away", async ({ mutate, sandbox, wire }) => {
    const { id } = groupNamed(sandbox, "Security");
    const { result, calls } = await mutate(
      "updateUserGroup",
      { accountId: account, userGroupId: id, policies: [] },
      "userGroup { name policies { access } }",
    );
    expect({ result, calls }).toEqual({
      result: { __typename: "UpdateUserGroupPayload", userGroup: { name: "Security", policies: [] } },
      calls: [`GET ${group}`, `PUT ${group}`],
    });
    expect(wire.sent[1]?.body).toEqual({ name: "Security", policies: [] });
    expect(groupNamed(sandbox, "Security").policies).toEqual([]);
  });

  test("with the revision that was seen reads, writes and reads again", async ({ mutate, run, sandbox }) => {
    const { id } = groupNamed(sandbox, "Security");
    const { revision } = await seen(run, id);
    const input = {
      accountId: account,
      userGroupId: id,
      name: "Safety",
      policies: [policy],
      expectedRevision: revision,
    };
    const { result, calls } = await mutate("updateUserGroup", input, "userGroup { name revision }");
    expect(calls).toEqual([`GET ${group}`, `PUT ${group}`, `GET ${group}`]);
    expect(result.userGroup).toEqual({ name: "Safety", revision: (await seen(run, id)).revision });
    expect(result.userGroup?.revision).not.toBe(revision);
  });

  test.for(["name", "policies", "both"])(
    "whose revision is stale (%s changed) sends nothing, and shows what is there",
    async (what, { mutate, run, sandbox }) => {
      const { id } = groupNamed(sandbox, "Security");
      const { revision } = await seen(run, id);
      if (what !== "policies") await mutate("updateUserGroup", { accountId: account, userGroupId: id, name: "Safety" });
      if (what !== "name") await mutate("updateUserGroup", { accountId: account, userGroupId: id, policies: [policy] });
      const before = structuredClone(acme(sandbox).userGroups.get(id));
      const input = { accountId: account, userGroupId: id, policies: [], expectedRevision: revision };
      const { result, calls } = await mutate("updateUserGroup", input, undefined);
      expect(result).toMatchObject({
        __typename: "ConflictError",
        message: "The group was changed since the revision you saw; nothing was sent.",
        written: false,
        sent: null,
        cloudflare: null,
        current: { __typename: "UserGroup", id: globalId("UserGroup", account, id) },
      });
      expect(calls).toEqual([`GET ${group}`]);
      expect(acme(sandbox).userGroups.get(id)).toEqual(before);
    },
  );

  test("whose policies come back the same in another order knows its revision", async ({ mutate, run, sandbox }) => {
    const { id, policies } = groupNamed(sandbox, "Security");
    const { revision } = await seen(run, id);
    policies.reverse();
    for (const each of policies) {
      each.permission_groups.reverse();
      each.resource_groups.reverse();
      each.id = each.id.split("").reverse().join("");
    }
    expect((await seen(run, id)).revision).toBe(revision);
    const input = { accountId: account, userGroupId: id, name: "Safety", expectedRevision: revision };
    expect((await mutate("updateUserGroup", input)).result.__typename).toBe("UpdateUserGroupPayload");
  });
});

describe("deleteUserGroup", () => {
  test("takes the group away with its memberships, once", async ({ mutate, sandbox }) => {
    const { id } = groupNamed(sandbox, "Security");
    const { result, calls } = await mutate("deleteUserGroup", { accountId: account, userGroupId: id }, "deletedId");
    expect({ result, calls }).toEqual({
      result: { __typename: "DeleteUserGroupPayload", deletedId: globalId("UserGroup", account, id) },
      calls: [`DELETE ${group}`],
    });
    expect(acme(sandbox).userGroups.has(id)).toBe(false);
    expect((await mutate("deleteUserGroup", { userGroupId: result.deletedId })).result).toMatchObject({
      __typename: "NotFoundError",
      cloudflare: { status: 404 },
    });
  });
});
