import { describe } from "vitest";
import { setup } from "../../gateway.ts";
import { cases, writeOf } from "./cases.ts";
import { account, expect, groupNamed, mutateBy, nobody, noon, people, policy, test } from "./mutation.ts";

const home = { accountId: account };

describe("Cloudflare's cryptic refusals are explained, and its words kept", () => {
  test("a policy that names what is not there", async ({ mutate }) => {
    const policies = [{ ...policy, permissionGroupIds: [nobody] }];
    const { result } = await mutate("createUserGroup", { ...home, name: "x", policies });
    expect(result).toMatchInlineSnapshot(`
      {
        "__typename": "InvalidInputError",
        "cloudflare": {
          "errors": [
            {
              "code": 400,
              "message": "Policy validation failed: permission group ffffffffffffffffffffffffffffffff not found",
            },
          ],
          "rayId": "4706c1d884221cc1-AMS",
          "route": "POST /accounts/{account_id}/iam/user_groups",
          "status": 400,
        },
        "fields": [
          {
            "message": "Policy validation failed: permission group ffffffffffffffffffffffffffffffff not found",
            "path": [],
          },
        ],
        "message": "Cloudflare answered POST /accounts/{account_id}/iam/user_groups with 400: Policy validation failed: permission group ffffffffffffffffffffffffffffffff not found",
      }
    `);
  });

  test("a member without domain-scoped roles", async ({ mutate, sandbox }) => {
    const at = { ...home, userGroupId: groupNamed(sandbox, "Auditors").id };
    for (const mutation of ["addUserGroupMembers", "replaceUserGroupMembers"]) {
      const { result } = await mutate(mutation, { ...at, memberIds: people(sandbox, 59) });
      expect(result.message).toMatch(
        /with 400: Members \w+ do not have DSR enabled \(Only members with domain-scoped roles can be in a user group;/,
      );
      expect(result.__typename).toBe("InvalidInputError");
    }
  });

  test("a group that a directory keeps", async () => {
    const { sandbox, run } = setup({ clock: noon, scim: ["Auditors"] });
    const mutate = mutateBy(run);
    const { id, members } = groupNamed(sandbox, "Auditors");
    const [present] = members.keys();
    const at = { ...home, userGroupId: id };
    const locked = [
      await mutate("updateUserGroup", { ...home, userGroupId: id, name: "x", policies: [] }),
      await mutate("deleteUserGroup", { ...home, userGroupId: id }),
      await mutate("addUserGroupMembers", { ...at, memberIds: people(sandbox, 0) }),
      await mutate("replaceUserGroupMembers", { ...at, memberIds: [] }),
      await mutate("removeUserGroupMember", { ...at, memberId: present }),
    ];
    for (const { result } of locked) {
      expect(result.__typename).toBe("InvalidInputError");
      expect(result.message).toMatch(
        /is managed by SCIM \(The group is kept by a directory through SCIM: .* Its policies can be written\.\)$/,
      );
    }
    const open = await mutate("addUserGroupPolicy", { ...at, policy });
    expect(open.result.__typename).toBe("AddUserGroupPolicyPayload");
  });

  test.for([
    [
      "updateUserGroup",
      "invalid permission group and resource group combination",
      "A permission group is granted only on resources of its own scope: account-wide ones on the account, zone ones on zones.",
    ],
    ["updateUserGroup", "Cannot re-use policy IDs", "Cloudflare mints a new ID for each policy that is written."],
    ["updateUserGroup", "Internal validation error", "Perhaps a directory keeps the group through SCIM."],
    ["deleteUserGroup", "Bad request", "Perhaps a directory keeps the group through SCIM."],
    ["removeUserGroupMember", "Bad request", "Perhaps a directory keeps the group through SCIM."],
    [
      "addUserGroupMembers",
      "Bad request",
      "Perhaps one of them is no member of the account, or a directory keeps the group through SCIM.",
    ],
    [
      "replaceUserGroupMembers",
      "Bad request",
      "Perhaps one of them is no member of the account, or a directory keeps the group through SCIM.",
    ],
    [
      "createSsoConnector",
      "Bad request",
      "Perhaps the domain has a connector already, is a public mail domain, or the account has no Zero Trust organisation with an identity provider.",
    ],
    [
      "updateSsoConnector",
      "Bad request",
      "Perhaps the domain is enabled in another account, where it has to be disabled first.",
    ],
    ["deleteSsoConnector", "Bad request", "Perhaps it is enabled: disable it first."],
  ] as const)("%s: %s", async ([mutation, words, explanation], { mutate, run, sandbox }) => {
    const each = cases.find((one) => one.mutation === mutation);
    if (!each) throw new Error(`no case of ${mutation}`);
    const input = await each.input(sandbox, run);
    const error = { code: 1006, message: words };
    sandbox.stub(writeOf(each), () => ({
      status: 400,
      headers: {},
      text: JSON.stringify({ success: false, errors: [error] }),
    }));
    const { result } = await mutate(mutation, input);
    expect(result).toMatchObject({
      __typename: "InvalidInputError",
      message: `Cloudflare answered ${writeOf(each)} with 400: 1006 ${words} (${explanation})`,
      fields: [{ path: [], message: words }],
      cloudflare: { errors: [error] },
    });
  });

  test.for([
    "A name may have 100 characters",
    "Policy validation failed: permission group x not found",
    "No such member: x",
  ])("no guess is added to words that name the cause: %s", async (words, { mutate, sandbox }) => {
    const write = "POST /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
    const id = groupNamed(sandbox, "Auditors").id;
    const input = { ...home, userGroupId: id, memberIds: people(sandbox, 0) };
    const said = async (error: object) => {
      const text = JSON.stringify({ success: false, errors: [error] });
      sandbox.stub(write, () => ({ status: 400, headers: {}, text }));
      return (await mutate("addUserGroupMembers", input)).result.message;
    };
    expect(await said({ code: 400, message: words })).toBe(`Cloudflare answered ${write} with 400: ${words}`);
  });

  test("nor where Cloudflare points at the cause", async ({ mutate, sandbox }) => {
    const write = "POST /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
    const error = { code: 400, message: "Bad request", source: { pointer: "/0/id" } };
    const text = JSON.stringify({ success: false, errors: [error] });
    sandbox.stub(write, () => ({ status: 400, headers: {}, text }));
    const input = { ...home, userGroupId: groupNamed(sandbox, "Auditors").id, memberIds: people(sandbox, 0) };
    const { result } = await mutate("addUserGroupMembers", input);
    expect(result).toMatchObject({
      message: `Cloudflare answered ${write} with 400: Bad request`,
      fields: [{ path: ["memberIds", "0"] }],
    });
  });

  test.for(["User group name SCIM is already in use", "Resource group already exists", "Connector not verified"])(
    "no guess is added to words that are clear: %s",
    async (words, { mutate, sandbox }) => {
      const write = "PUT /accounts/{account_id}/iam/user_groups/{user_group_id}";
      sandbox.stub(write, () => ({
        status: 400,
        headers: {},
        text: JSON.stringify({ success: false, errors: [{ code: 400, message: words }] }),
      }));
      const input = { ...home, userGroupId: groupNamed(sandbox, "Auditors").id, name: "x", policies: [] };
      const { result } = await mutate("updateUserGroup", input);
      expect(result).toMatchObject({
        __typename: "ConflictError",
        message: `Cloudflare answered ${write} with 400: ${words}`,
      });
    },
  );

  test("nor to a read that fails: nobody keeps the list from being read", async ({ mutate, run, sandbox }) => {
    const { id } = groupNamed(sandbox, "Security");
    const each = cases.find(({ title }) => title === "replaceUserGroupMembers with a revision");
    const input = await each?.input(sandbox, run);
    sandbox.stub("GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members", () => ({
      status: 400,
      headers: {},
      text: JSON.stringify({ success: false, errors: [{ code: 400, message: "Bad request" }] }),
    }));
    const { result } = await mutate("replaceUserGroupMembers", { ...input, userGroupId: id });
    expect(result.message).not.toContain("SCIM");
  });
});
