import { describe } from "vitest";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import type { Policy } from "../../../src/sandbox/state.ts";
import { account, expect, groupNamed, type Mutate, policy, seen, sentPolicy, test } from "./mutation.ts";

const group = "/accounts/{account_id}/iam/user_groups/{user_group_id}";

describe("what Cloudflare has stored", () => {
  const add = (mutate: Mutate, sandbox: Sandbox, more: object = {}) =>
    mutate(
      "addUserGroupPolicy",
      { accountId: account, userGroupId: groupNamed(sandbox, "Finance").id, policy, ...more },
      "userGroup { name policies { access } }",
    );
  const revisionOf = async (run: Parameters<typeof seen>[0], sandbox: Sandbox) => ({
    expectedRevision: (await seen(run, groupNamed(sandbox, "Finance").id)).revision,
  });
  const whole = { name: "Finance", policies: [sentPolicy] };

  test("is compared with what was sent: somebody who wrote right after us is a conflict, written and all", async ({
    mutate,
    run,
    sandbox,
    wire,
  }) => {
    const finance = groupNamed(sandbox, "Finance");
    const more = await revisionOf(run, sandbox);
    wire.answer(`PUT ${group}`, (answer) => {
      finance.name = "Somebody else's";
      return answer;
    });
    const { result, calls } = await add(mutate, sandbox, more);
    expect({ result, calls }).toMatchInlineSnapshot(`
      {
        "calls": [
          "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
          "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}",
          "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
          "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
        ],
        "result": {
          "__typename": "ConflictError",
          "cloudflare": null,
          "current": {
            "__typename": "UserGroup",
            "id": "VXNlckdyb3VwOjAyM2UxMDVmNGVjZWY4YWQ5Y2EzMWE4MzcyZDBjMzUzOjBkOGU2MWEzYzdjNmY5YmM2NmRjYzViZTcwZDFjODQz",
          },
          "message": "The group was written, and is not what was sent: somebody wrote after you, or Cloudflare stored something else.",
          "sent": {
            "name": "Finance",
            "policies": [
              {
                "access": "allow",
                "permission_groups": [
                  {
                    "id": "49ce85367bae433b9f0717ed4fea5c74",
                  },
                ],
                "resource_groups": [
                  {
                    "scope": {
                      "key": "com.cloudflare.api.account.023e105f4ecef8ad9ca31a8372d0c353",
                      "objects": [
                        {
                          "key": "*",
                        },
                      ],
                    },
                  },
                ],
              },
            ],
          },
          "written": true,
        },
      }
    `);
  });

  test("is read once more where it is another at first", async ({ mutate, run, sandbox, wire }) => {
    const more = await revisionOf(run, sandbox);
    const reads: string[] = [];
    // The second read still shows what the first did.
    wire.answer(`GET ${group}`, (answer) => {
      reads.push(answer.text);
      return reads.length === 2 ? { ...answer, text: reads[0] ?? "" } : answer;
    });
    const { result, calls } = await add(mutate, sandbox, more);
    expect(result).toEqual({
      __typename: "AddUserGroupPolicyPayload",
      userGroup: { name: "Finance", policies: [{ access: "ALLOW" }] },
    });
    expect(calls).toEqual([`GET ${group}`, `PUT ${group}`, `GET ${group}`, `GET ${group}`]);
  });

  test("is taken from the answer without a revision, and read only where that is another", async ({
    mutate,
    sandbox,
    wire,
  }) => {
    wire.answer(`PUT ${group}`, ({ text, ...answer }) => ({ ...answer, text: text.replace('"allow"', '"deny"') }));
    const { result, calls } = await add(mutate, sandbox);
    expect(result.userGroup).toEqual({ name: "Finance", policies: [{ access: "ALLOW" }] });
    expect(calls).toEqual([`GET ${group}`, `PUT ${group}`, `GET ${group}`]);
  });

  test.for([
    ["one policy less", (policies: Policy[]) => policies.splice(0)],
    ["one policy more", (policies: Policy[]) => policies.push(...structuredClone(policies))],
    ["another access", ([first]: Policy[]) => Object.assign(first ?? {}, { access: "deny" })],
    ["other permission groups", ([first]: Policy[]) => first?.permission_groups.splice(0)],
    ["another scope", ([first]: Policy[]) => first?.resource_groups[0]?.scope.objects.push({ key: "x" })],
    ["a place more", ([first]: Policy[]) => first?.resource_groups.push(...structuredClone(first.resource_groups))],
  ] as const)("with %s is a conflict that says what was sent", async ([, meddle], { mutate, sandbox, wire }) => {
    wire.answer(`PUT ${group}`, (answer) => {
      meddle(groupNamed(sandbox, "Finance").policies);
      return { ...answer, text: answer.text.replace('"allow"', '"deny"') };
    });
    const { result, calls } = await add(mutate, sandbox);
    expect(result).toMatchObject({ __typename: "ConflictError", written: true, sent: whole });
    expect(calls).toEqual([`GET ${group}`, `PUT ${group}`, `GET ${group}`, `GET ${group}`]);
  });

  test("and cannot be named again is not overwritten by a change to another policy", async ({ mutate, sandbox }) => {
    const { id, policies } = groupNamed(sandbox, "Security");
    const [place] = policies[0]?.resource_groups ?? [];
    Object.assign(place ?? {}, { id: undefined, scope: undefined });
    const input = { accountId: account, userGroupId: id, policy };
    const { result, calls } = await mutate("addUserGroupPolicy", input);
    expect(result).toMatchObject({
      __typename: "ConflictError",
      written: false,
      message: expect.stringContaining("cannot be named again"),
    });
    expect(calls).toEqual([`GET ${group}`]);
    const replaced = await mutate("updateUserGroup", { accountId: account, userGroupId: id, policies: [policy] });
    expect(replaced.result.__typename).toBe("UpdateUserGroupPayload");
  });
});
