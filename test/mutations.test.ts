import { describe } from "vitest";
import type { Sandbox } from "../src/sandbox/sandbox.ts";
import { zoneKey } from "../src/sandbox/seed.ts";
import { account, expect, test } from "./gateway.ts";
import {
  AddPolicyDocument,
  ChangeMembersDocument,
  CreateGroupDocument,
  SetUpSsoDocument,
} from "./operations/graphql.ts";

/** Fields that tell everything about a result, whatever it is. */
const errors = `... on Error { __typename message cloudflare { route status errors { code message } } }
  ... on InvalidInputError { fields { path message } }
  ... on ConflictError { written sent current { __typename id } }
  ... on RateLimitedError { resetAt } ... on UpstreamError { outcome }`;

export function groupNamed(sandbox: Sandbox, name: string) {
  const group = [...(sandbox.state.accounts.get(account)?.userGroups.values() ?? [])].find(
    (each) => each.name === name,
  );
  if (!group) throw new Error(`no group ${name}`);
  return group;
}

const dns = "49ce85367bae433b9f0717ed4fea5c74";
const everywhere = [{ scope: { account: true } }];
const policy = { access: "ALLOW" as const, permissionGroupIds: [dns], resourceGroups: everywhere };

describe("stories", () => {
  test("11: create a group", async ({ run, sandbox }) => {
    const { data, calls } = await run(CreateGroupDocument, {
      input: {
        accountId: account,
        name: "Zone Editors",
        policies: [{ ...policy, resourceGroups: [{ scope: { zoneIds: [zoneKey("www.acme.example").slice(-32)] } }] }],
      },
    });
    expect(data).toMatchInlineSnapshot(`
      {
        "createUserGroup": {
          "__typename": "CreateUserGroupPayload",
          "userGroup": {
            "id": "VXNlckdyb3VwOjAyM2UxMDVmNGVjZWY4YWQ5Y2EzMWE4MzcyZDBjMzUzOjcyODI0MmRjODU1MDkxMWU1NWI3MmMzNmZjODM2Yjk0",
            "name": "Zone Editors",
            "policies": [
              {
                "access": "ALLOW",
                "permissionGroups": [
                  {
                    "cloudflareId": "49ce85367bae433b9f0717ed4fea5c74",
                  },
                ],
                "resourceGroups": [
                  {
                    "scopes": [
                      {
                        "kind": "ACCOUNT",
                        "objects": [
                          {
                            "kind": "ZONE",
                            "resourceId": "d4bf898726e3ae264a85176fcc7334d1",
                          },
                        ],
                      },
                    ],
                  },
                ],
              },
            ],
            "revision": "QOmT9qsyoNj03qv6IOvKEc",
          },
        },
      }
    `);
    expect(calls).toMatchInlineSnapshot(`
      [
        "POST /accounts/{account_id}/iam/user_groups",
      ]
    `);
    expect(groupNamed(sandbox, "Zone Editors").policies).toHaveLength(1);
  });

  test("12: add a policy to the group as it was seen", async ({ run, sandbox }) => {
    const { id } = groupNamed(sandbox, "DNS Operators");
    const seen = await run<{ account: { userGroup: { revision: string } } }, object>(
      `{ account(id: "${account}") { userGroup(id: "${id}") { revision } } }`,
    );
    const expectedRevision = seen.data?.account.userGroup.revision ?? "";
    const input = { userGroupId: id, accountId: account, policy, expectedRevision };
    const first = await run(AddPolicyDocument, { input });
    expect(first.data).toMatchObject({ addUserGroupPolicy: { __typename: "AddUserGroupPolicyPayload" } });
    expect(first.calls).toMatchInlineSnapshot(`
      [
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
        "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
      ]
    `);
    expect(groupNamed(sandbox, "DNS Operators").policies).toHaveLength(2);

    const second = await run(AddPolicyDocument, { input });
    expect(second.data).toMatchObject({
      addUserGroupPolicy: {
        __typename: "ConflictError",
        written: false,
        sent: null,
        current: { name: "DNS Operators" },
      },
    });
    expect(second.calls).toEqual(["GET /accounts/{account_id}/iam/user_groups/{user_group_id}"]);
    expect(groupNamed(sandbox, "DNS Operators").policies).toHaveLength(2);
  });

  test("13: members in, a member out", async ({ run, sandbox }) => {
    const group = groupNamed(sandbox, "Auditors");
    const [present = ""] = group.members.keys();
    const others = [...(sandbox.state.accounts.get(account)?.members.keys() ?? [])]
      .filter((id) => !group.members.has(id))
      .slice(0, 2);
    const { data, calls } = await run(ChangeMembersDocument, {
      add: { userGroupId: group.id, accountId: account, memberIds: others },
      remove: { userGroupId: group.id, accountId: account, memberId: present },
    });
    expect(data?.addUserGroupMembers?.__typename).toBe("AddUserGroupMembersPayload");
    expect(data?.removeUserGroupMember).toMatchObject({
      __typename: "RemoveUserGroupMemberPayload",
      userGroup: { members: { totalCount: 3 } },
    });
    expect(calls).toMatchInlineSnapshot(`
      [
        "POST /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
        "DELETE /accounts/{account_id}/iam/user_groups/{user_group_id}/members/{member_id}",
        "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
      ]
    `);
    expect([...group.members.keys()].toSorted()).toEqual([...group.members.keys()].toSorted());
    expect(group.members.has(present)).toBe(false);
    expect(others.every((id) => group.members.has(id))).toBe(true);
  });

  test("14: set up single sign-on", async ({ run }) => {
    const { data, calls } = await run(SetUpSsoDocument, {
      input: { accountId: account, emailDomain: "new.acme.example" },
    });
    expect(data?.createSsoConnector).toMatchObject({
      __typename: "CreateSsoConnectorPayload",
      ssoConnector: {
        enabled: false,
        verification: { status: "PENDING", dnsRecord: { type: "TXT", name: "new.acme.example" } },
      },
    });
    expect(calls).toEqual(["POST /accounts/{account_id}/sso_connectors"]);
  });
});

describe("what each mutation costs and does", () => {
  const group = (sandbox: Sandbox, name = "Security") => ({ id: groupNamed(sandbox, name).id, accountId: account });
  const get = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}";
  const put = "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}";

  test("an update of name and policies is one call, of one of them two, and the other stays", async ({
    run,
    sandbox,
  }) => {
    const update = `mutation ($input: UpdateUserGroupInput!) { updateUserGroup(input: $input) { ... on UpdateUserGroupPayload { userGroup { name policies { cloudflareId } } } ${errors} } }`;
    const target = group(sandbox);
    const before = groupNamed(sandbox, "Security").policies.length;
    expect(before).toBeGreaterThan(1);

    const renamed = await run<{ updateUserGroup: object }, object>(update, {
      input: { ...target, name: "Security Team" },
    });
    expect(renamed.calls).toEqual([get, put]);
    expect(renamed.data?.updateUserGroup).toMatchObject({
      userGroup: { name: "Security Team", policies: Array(before).fill({}) },
    });

    const whole = await run<{ updateUserGroup: object }, object>(update, {
      input: { ...target, name: "Security", policies: [policy] },
    });
    expect(whole.calls).toEqual([put]);

    const emptied = await run<{ updateUserGroup: object }, object>(update, { input: { ...target, policies: [] } });
    expect(emptied.calls).toEqual([get, put]);
    expect(emptied.data?.updateUserGroup).toEqual({ userGroup: { name: "Security", policies: [] } });
  });

  test("delete takes the group away, once", async ({ run, sandbox }) => {
    const remove = `mutation ($input: DeleteUserGroupInput!) { deleteUserGroup(input: $input) { ... on DeleteUserGroupPayload { deletedId } ${errors} } }`;
    const input = group(sandbox);
    const { data, calls } = await run<{ deleteUserGroup: { deletedId: string } }, object>(remove, { input });
    expect(Buffer.from(data?.deleteUserGroup.deletedId ?? "", "base64url").toString()).toBe(
      `UserGroup:${account}:${input.id}`,
    );
    expect(calls).toEqual(["DELETE /accounts/{account_id}/iam/user_groups/{user_group_id}"]);
    const again = await run<{ deleteUserGroup: object }, object>(remove, { input });
    expect(again.data?.deleteUserGroup).toMatchObject({ __typename: "NotFoundError", cloudflare: { status: 404 } });
  });

  test("50 policies added at the same time all land", async ({ run, sandbox }) => {
    const add = `mutation ($input: AddUserGroupPolicyInput!) { addUserGroupPolicy(input: $input) { __typename } }`;
    const { id } = groupNamed(sandbox, "Marketing");
    const before = groupNamed(sandbox, "Marketing").policies.length;
    const results = await Promise.all(
      Array.from({ length: 50 }, () =>
        run<{ addUserGroupPolicy: object }, object>(add, { input: { userGroupId: id, accountId: account, policy } }),
      ),
    );
    expect(results.map(({ data }) => data?.addUserGroupPolicy)).toEqual(
      Array(50).fill({ __typename: "AddUserGroupPolicyPayload" }),
    );
    expect(groupNamed(sandbox, "Marketing").policies).toHaveLength(before + 50);
  });

  test("a policy is changed or removed by its id, which is gone afterwards", async ({ run, sandbox }) => {
    const id = groupNamed(sandbox, "Security").id;
    const read = `{ account(id: "${account}") { userGroup(id: "${id}") { policies { id cloudflareId access permissionGroups { cloudflareId } resourceGroups { scopes { key } } } } } }`;
    type Policies = {
      account: {
        userGroup: {
          policies: { id: string; cloudflareId: string; permissionGroups: unknown; resourceGroups: unknown }[];
        };
      };
    };
    const before = (await run<Policies, object>(read)).data?.account.userGroup.policies ?? [];
    const change = `mutation ($input: UpdateUserGroupPolicyInput!) { updateUserGroupPolicy(input: $input) { __typename ${errors} ... on ConflictError { current { ... on UserGroup { policies { cloudflareId } } } } } }`;
    const input = {
      userGroupId: id,
      accountId: account,
      policyId: before[0]?.id,
      policy: { permissionGroupIds: [dns], resourceGroups: everywhere },
    };
    const changed = await run<{ updateUserGroupPolicy: object }, object>(change, { input });
    expect(changed.data?.updateUserGroupPolicy).toEqual({ __typename: "UpdateUserGroupPolicyPayload" });
    expect(changed.calls).toEqual([get, put]);

    const stale = await run<{ updateUserGroupPolicy: object }, object>(change, { input });
    expect(stale.calls).toEqual([get]);
    expect(stale.data?.updateUserGroupPolicy).toMatchObject({
      __typename: "ConflictError",
      written: false,
      current: { policies: Array(before.length).fill({ cloudflareId: expect.any(String) }) },
    });

    const after = (await run<Policies, object>(read)).data?.account.userGroup.policies ?? [];
    expect(after).toHaveLength(before.length);
    const remove = `mutation ($input: RemoveUserGroupPolicyInput!) { removeUserGroupPolicy(input: $input) { __typename ... on RemoveUserGroupPolicyPayload { deletedId userGroup { policies { access } } } ${errors} } }`;
    const removed = await run<{ removeUserGroupPolicy: object }, object>(remove, {
      input: { userGroupId: id, accountId: account, policyId: after[0]?.cloudflareId },
    });
    expect(removed.data?.removeUserGroupPolicy).toMatchObject({ deletedId: after[0]?.id });
    expect(groupNamed(sandbox, "Security").policies).toHaveLength(before.length - 1);
  });
});
