import { describe } from "vitest";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import type { Policy } from "../../../src/sandbox/state.ts";
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

const group = "/accounts/{account_id}/iam/user_groups/{user_group_id}";

/** What policies say, in order: all but IDs and dates. */
function says(policies: Policy[]) {
  return policies.map(({ access, permission_groups, resource_groups }) => ({
    access,
    permission_groups: permission_groups.map(({ id }) => id),
    resource_groups: resource_groups.map(({ id, scope }) => id ?? scope),
  }));
}

/** Three policies: on zones, on a resource group, and on the whole account. */
function support(sandbox: Sandbox) {
  const { id, policies } = groupNamed(sandbox, "Support Tier 2");
  policies.push(...structuredClone(groupNamed(sandbox, "DNS Operators").policies));
  return { id, userGroupId: id, accountId: account, before: structuredClone(policies) };
}

const policiesNow = (sandbox: Sandbox) => groupNamed(sandbox, "Support Tier 2").policies;

describe("addUserGroupPolicy", () => {
  test("sends the others again as they are, and the new one", async ({ mutate, sandbox, wire }) => {
    const { userGroupId, accountId, before } = support(sandbox);
    const input = { userGroupId: globalId("UserGroup", accountId, userGroupId), policy };
    const { result, calls } = await mutate("addUserGroupPolicy", input, `userGroup { ${wholeGroup} }`);
    expect({ result, calls }).toMatchInlineSnapshot(`
      {
        "calls": [
          "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
          "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}",
        ],
        "result": {
          "__typename": "AddUserGroupPolicyPayload",
          "userGroup": {
            "name": "Support Tier 2",
            "policies": [
              {
                "access": "ALLOW",
                "permissionGroups": [
                  {
                    "name": "Domain Waiting Room Read",
                  },
                  {
                    "name": "Domain Administrator Read Only",
                  },
                ],
                "resourceGroups": [
                  {
                    "name": "Storefront",
                  },
                  {
                    "name": "Marketing Sites",
                  },
                ],
              },
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
              {
                "access": "ALLOW",
                "permissionGroups": [
                  {
                    "name": "DNS",
                  },
                ],
                "resourceGroups": [
                  {
                    "name": "com.cloudflare.api.account.023e105f4ecef8ad9ca31a8372d0c353",
                  },
                ],
              },
              {
                "access": "ALLOW",
                "permissionGroups": [
                  {
                    "name": "Domain Waiting Room Admin",
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
    const scope = sentPolicy.resource_groups[0]?.scope;
    expect(says(policiesNow(sandbox))).toEqual([
      ...says(before),
      { access: "allow", permission_groups: [dns], resource_groups: [scope] },
    ]);
    for (const { id } of before) expect(JSON.stringify(wire.sent)).not.toContain(id);
  });

  test("to a group without policies gives it its first", async ({ mutate, sandbox, wire }) => {
    const { id } = groupNamed(sandbox, "Finance");
    await mutate("addUserGroupPolicy", { accountId: account, userGroupId: id, policy });
    expect(wire.sent[1]?.body).toEqual({ name: "Finance", policies: [sentPolicy] });
  });

  test("as seen is refused once somebody else was there, with nothing sent", async ({ mutate, run, sandbox }) => {
    const { userGroupId, accountId } = support(sandbox);
    const input = { userGroupId, accountId, policy, expectedRevision: (await seen(run, userGroupId)).revision };
    expect((await mutate("addUserGroupPolicy", input)).result.__typename).toBe("AddUserGroupPolicyPayload");
    const before = structuredClone(policiesNow(sandbox));
    const { result, calls } = await mutate("addUserGroupPolicy", input);
    expect(result).toMatchObject({ __typename: "ConflictError", written: false, sent: null });
    expect(calls).toEqual([`GET ${group}`]);
    expect(policiesNow(sandbox)).toEqual(before);
  });
});

describe("updateUserGroupPolicy", () => {
  const where = [{ scope: { account: true } }];

  test("changes what is given of one policy, and nothing else", async ({ mutate, sandbox, wire }) => {
    const { userGroupId, accountId, before } = support(sandbox);
    const update = (at: number, change: object) =>
      mutate(
        "updateUserGroupPolicy",
        { userGroupId, accountId, policyId: policiesNow(sandbox)[at]?.id, policy: change },
        `userGroup { ${wholeGroup} }`,
      );
    const [one, two, three] = says(before);
    const first = await update(2, { permissionGroupIds: [firewall, dns] });
    expect(first.calls).toEqual([`GET ${group}`, `PUT ${group}`]);
    expect(says(policiesNow(sandbox))).toEqual([one, two, { ...three, permission_groups: [firewall, dns] }]);
    const second = await update(2, { resourceGroups: where, access: null });
    expect(says(policiesNow(sandbox))).toEqual([
      one,
      two,
      { ...three, permission_groups: [firewall, dns], resource_groups: [sentPolicy.resource_groups[0]?.scope] },
    ]);
    expect(second.result).toMatchInlineSnapshot(`
      {
        "__typename": "UpdateUserGroupPolicyPayload",
        "userGroup": {
          "name": "Support Tier 2",
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
                  "name": "Domain Waiting Room Read",
                },
                {
                  "name": "Domain Administrator Read Only",
                },
              ],
              "resourceGroups": [
                {
                  "name": "Storefront",
                },
                {
                  "name": "Marketing Sites",
                },
              ],
            },
            {
              "access": "ALLOW",
              "permissionGroups": [
                {
                  "name": "Domain Waiting Room Admin",
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
      }
    `);
    await update(0, {
      access: "ALLOW",
      permissionGroupIds: [purge],
      resourceGroups: [{ id: resourceGroupNamed(sandbox, "Staging").id }],
    });
    expect(says(policiesNow(sandbox))[0]).toEqual({
      access: "allow",
      permission_groups: [purge],
      resource_groups: [resourceGroupNamed(sandbox, "Staging").id],
    });
    expect(wire.sent.filter(({ route }) => route.startsWith("PUT"))).toHaveLength(3);
  });

  test("takes the policy's global ID as well, also where Cloudflare gives the policy no ID", async ({
    mutate,
    run,
    sandbox,
  }) => {
    const { userGroupId, before } = support(sandbox);
    for (const each of policiesNow(sandbox)) Object.assign(each, { id: undefined });
    type Ids = { account: { userGroup: { policies: { id: string; permissionGroups: { cloudflareId: string }[] }[] } } };
    const { data } = await run<Ids, object>(
      `{ account(id: "${account}") { userGroup(id: "${userGroupId}") { policies { id permissionGroups { cloudflareId } } } } }`,
    );
    const policyId = data?.account.userGroup.policies.find(
      ({ permissionGroups }) => permissionGroups[0]?.cloudflareId === dns,
    )?.id;
    const input = {
      userGroupId: globalId("UserGroup", account, userGroupId),
      policyId,
      policy: { permissionGroupIds: [firewall] },
    };
    expect((await mutate("updateUserGroupPolicy", input)).result.__typename).toBe("UpdateUserGroupPolicyPayload");
    const [one, two, three] = says(before);
    expect(says(policiesNow(sandbox))).toEqual([one, two, { ...three, permission_groups: [firewall] }]);
  });
});

describe("removeUserGroupPolicy", () => {
  test("takes one away, keeps the others, and tells the ID that is gone", async ({ mutate, run, sandbox }) => {
    const { userGroupId, accountId, before } = support(sandbox);
    const policyId = before[1]?.id ?? "";
    type Ids = { account: { userGroup: { policies: { id: string; cloudflareId: string }[] } } };
    const { data } = await run<Ids, object>(
      `{ account(id: "${account}") { userGroup(id: "${userGroupId}") { policies { id cloudflareId } } } }`,
    );
    const { result, calls } = await mutate(
      "removeUserGroupPolicy",
      { userGroupId, accountId, policyId },
      "removedPolicyId userGroup { policies { access } }",
    );
    expect({ result, calls }).toEqual({
      result: {
        __typename: "RemoveUserGroupPolicyPayload",
        removedPolicyId: data?.account.userGroup.policies.find(({ cloudflareId }) => cloudflareId === policyId)?.id,
        userGroup: { policies: [{ access: "ALLOW" }, { access: "ALLOW" }] },
      },
      calls: [`GET ${group}`, `PUT ${group}`],
    });
    const [one, , three] = says(before);
    expect(says(policiesNow(sandbox))).toEqual([one, three]);
  });

  test("may take the last one", async ({ mutate, sandbox, wire }) => {
    const { id, policies } = groupNamed(sandbox, "DNS Operators");
    await mutate("removeUserGroupPolicy", { userGroupId: id, accountId: account, policyId: policies[0]?.id });
    expect(wire.sent[1]?.body).toEqual({ name: "DNS Operators", policies: [] });
    expect(acme(sandbox).userGroups.get(id)?.policies).toEqual([]);
  });
});

describe("a policy that is no longer in its group", () => {
  test.for([
    ["updateUserGroupPolicy", { policy: { permissionGroupIds: [firewall] } }],
    ["removeUserGroupPolicy", {}],
  ] as const)(
    "is a conflict of %s, which sends nothing and shows the present policies",
    async ([mutation, more], { run, sandbox }) => {
      const { userGroupId, accountId, before } = support(sandbox);
      const input = { userGroupId, accountId, policyId: before[0]?.id, ...more };
      const type = mutation.charAt(0).toUpperCase() + mutation.slice(1);
      const document = `mutation ($input: ${type}Input!) { result: ${mutation}(input: $input) { __typename ... on ConflictError {
      message written sent current { ... on UserGroup { policies { cloudflareId } } } } } }`;
      await run(document, { input });
      const after = structuredClone(policiesNow(sandbox));
      const { data, calls } = await run(document, { input });
      expect(data).toEqual({
        result: {
          __typename: "ConflictError",
          message:
            "The group has no such policy (any more): its policies were written since you read them. Nothing was sent.",
          written: false,
          sent: null,
          current: { policies: expect.arrayContaining(after.map(({ id }) => ({ cloudflareId: id }))) },
        },
      });
      expect(calls).toEqual([`GET ${group}`]);
      expect(policiesNow(sandbox)).toEqual(after);
    },
  );
});
