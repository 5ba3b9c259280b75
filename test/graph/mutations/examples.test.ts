import { describe } from "vitest";
import { exampleVariables } from "../../../src/server/examples.ts";
import { serviceMode, tally } from "../../gateway.ts";
import {
  AddPolicyDocument,
  AddToGroupsDocument,
  ChangeMembersDocument,
  CreateGroupDocument,
  InviteMemberDocument,
  OffboardMemberDocument,
  RemoveMemberDocument,
  SetUpSsoDocument,
} from "../../operations/graphql.ts";
import { account, expect, globalId, groupNamed, people, policy, seen, test } from "./mutation.ts";

const groupRoute = "/accounts/{account_id}/iam/user_groups/{user_group_id}";

describe("example operations", () => {
  const input = { accountId: account, policy: { ...policy, access: "ALLOW" as const } };

  test("11: create a group", async ({ run, sandbox }) => {
    const { data, calls } = await run(CreateGroupDocument, {
      input: { accountId: account, name: "Zone Editors", policies: [input.policy] },
    });
    expect(data?.createUserGroup).toMatchObject({
      __typename: "CreateUserGroupPayload",
      userGroup: { name: "Zone Editors", policies: [{ access: "ALLOW" }] },
    });
    expect(calls).toEqual(["POST /accounts/{account_id}/iam/user_groups"]);
    expect(groupNamed(sandbox, "Zone Editors").policies).toHaveLength(1);
  });

  test("12: add a policy to the group as it was seen, and never twice", async ({ run, sandbox }) => {
    const { id } = groupNamed(sandbox, "DNS Operators");
    const given = {
      ...input,
      userGroupId: globalId("UserGroup", account, id),
      expectedRevision: (await seen(run, id)).revision,
    };
    const first = await run(AddPolicyDocument, { input: given });
    expect(first.data?.addUserGroupPolicy).toMatchObject({
      __typename: "AddUserGroupPolicyPayload",
      userGroup: { policies: [{}, {}] },
    });
    expect(first.calls).toEqual([`GET ${groupRoute}`, `PUT ${groupRoute}`, `GET ${groupRoute}`]);
    const second = await run(AddPolicyDocument, { input: given });
    expect(second.data?.addUserGroupPolicy).toMatchObject({
      __typename: "ConflictError",
      written: false,
      sent: null,
      current: { name: "DNS Operators", policies: [{}, {}] },
    });
    expect(second.calls).toEqual([`GET ${groupRoute}`]);
  });

  test("13: members in, a member out", async ({ run, sandbox }) => {
    const { id, members } = groupNamed(sandbox, "Auditors");
    const [present = "", stays = ""] = members.keys();
    const others = people(sandbox, 0, 1);
    const { data, calls } = await run(ChangeMembersDocument, {
      add: { userGroupId: id, accountId: account, memberIds: others },
      remove: { userGroupId: id, accountId: account, memberId: present },
    });
    expect(data?.removeUserGroupMember).toMatchObject({
      userGroup: { members: { totalCount: 3, revision: expect.any(String) } },
    });
    expect(calls).toEqual([
      `POST ${groupRoute}/members`,
      `GET ${groupRoute}`,
      ...(serviceMode ? [] : ["GET /user", `GET ${groupRoute}/members/{member_id}`]),
      `DELETE ${groupRoute}/members/{member_id}`,
      `GET ${groupRoute}/members`,
    ]);
    expect([...members.keys()]).toEqual([stays, ...others]);
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

  test("22: invite a member", async ({ run, sandbox }) => {
    const { data, calls } = await run(InviteMemberDocument, exampleVariables(InviteMemberDocument, sandbox));
    expect(data?.inviteMember).toMatchObject({
      member: {
        email: "kim.larsen@acme.example",
        status: "PENDING",
        policies: [{ permissionGroups: [{ name: "Domain DNS" }] }],
      },
    });
    expect(calls).toEqual(["GET /accounts/{account_id}/iam/permission_groups", "POST /accounts/{account_id}/members"]);
  });

  test("23: add a member to groups", async ({ run, sandbox }) => {
    const { data, calls } = await run(AddToGroupsDocument, exampleVariables(AddToGroupsDocument, sandbox));
    expect(data?.addMemberToUserGroups).toMatchObject({ additions: [{ error: null }, { error: null }] });
    expect(calls).toEqual([`POST ${groupRoute}/members`, `POST ${groupRoute}/members`]);
  });

  test("24: remove a member", async ({ run, sandbox }) => {
    const { data, calls } = await run(RemoveMemberDocument, exampleVariables(RemoveMemberDocument, sandbox));
    expect(data?.removeMember?.__typename).toBe("RemoveMemberPayload");
    expect(calls).toEqual([
      "GET /accounts/{account_id}/members/{member_id}",
      "GET /accounts/{account_id}/iam/user_groups",
      ...(serviceMode ? [] : ["GET /user"]),
      "DELETE /accounts/{account_id}/members/{member_id}",
    ]);
  });

  test("30: off-board a member", async ({ run, sandbox }) => {
    const variables = exampleVariables(OffboardMemberDocument, sandbox);
    const { data, calls } = await run(OffboardMemberDocument, variables);
    expect(data?.offboardMember).toMatchObject({ __typename: "OffboardMemberPayload", complete: true });
    const { steps = [] } = (data?.offboardMember ?? {}) as { steps?: { userGroup: object | null }[] };
    expect(steps.at(-1)?.userGroup).toBeNull();
    const written = tally(calls.filter((route) => route.startsWith("DELETE ")));
    expect(written).toEqual({
      [`DELETE ${groupRoute}/members/{member_id}`]: steps.length - 1,
      "DELETE /accounts/{account_id}/members/{member_id}": 1,
    });
  });
});
