import { describe } from "vitest";
import { venturesId } from "../../../src/sandbox/acme.ts";
import { setup } from "../../gateway.ts";
import {
  account,
  acme,
  administratorRole,
  dns,
  dnsRole,
  expect,
  globalId,
  groupNamed,
  memberSeen,
  mutateBy,
  nobody,
  noon,
  people,
  policy,
  purge,
  resourceGroupNamed,
  sentPolicy,
  test,
} from "./mutation.ts";

const members = "/accounts/{account_id}/members";
const member = `${members}/{member_id}`;
const home = { accountId: account };
const email = "new@acme.example";
const shown = "member { id cloudflareId email status policies { access permissionGroups { name } } }";

describe("inviteMember", () => {
  test("invites with policies, and shows what the answer has without a further call", async ({
    mutate,
    wire,
    sandbox,
  }) => {
    const { result, calls } = await mutate("inviteMember", { ...home, email, policies: [policy] }, shown);
    const [id = ""] = people(sandbox, -1);
    expect({ result, calls }).toEqual({
      result: {
        __typename: "InviteMemberPayload",
        member: {
          id: globalId("Member", account, id),
          cloudflareId: id,
          email,
          status: "PENDING",
          policies: [{ access: "ALLOW", permissionGroups: [{ name: "DNS" }] }],
        },
      },
      calls: [`POST ${members}`],
    });
    expect(wire.sent[0]?.body).toEqual({ email, status: "pending", policies: [sentPolicy] });
  });

  test("reads the roles, which the answer leaves out, when they are asked for", async ({ mutate, wire }) => {
    const input = { ...home, email, roleIds: [dnsRole, administratorRole] };
    const { result, calls } = await mutate("inviteMember", input, "member { revision roles { name } }");
    expect(result.member).toEqual({
      revision: expect.stringMatching(/^[\w-]{22}$/),
      roles: [{ name: "Administrator" }, { name: "DNS" }],
    });
    expect(calls).toEqual([`POST ${members}`, `GET ${member}`]);
    expect(wire.sent[0]?.body).toEqual({ email, status: "pending", roles: [dnsRole, administratorRole] });
  });

  test("adds somebody at once who has a Cloudflare user", async ({ mutate, sandbox }) => {
    const [, , other] = sandbox.state.accounts.get(venturesId)?.members.values() ?? [];
    const input = { ...home, email: other?.user.email, roleIds: [dnsRole], status: "ACCEPTED" };
    const { result } = await mutate("inviteMember", input, "member { status user { firstName } }");
    expect(result.member).toEqual({ status: "ACCEPTED", user: { firstName: "Ines" } });
  });

  test("tells an invitation where somebody was to be added at once", async ({ mutate, wire }) => {
    wire.answer(`POST ${members}`, (answer) => ({ ...answer, text: answer.text.replace("accepted", "pending") }));
    const input = { ...home, email: "callum.stewart@acme.example", roleIds: [dnsRole], status: "ACCEPTED" };
    const { result, calls } = await mutate("inviteMember", input);
    // A look tells that they were added.
    expect({ type: result.__typename, calls }).toEqual({
      type: "InviteMemberPayload",
      calls: [`POST ${members}`, `GET ${member}`],
    });
  });

  test.for<[string, object, string, RegExp]>([
    [
      "somebody who is a member already",
      { email: "Mara.Lindqvist@acme.example", roleIds: [dnsRole] },
      "ConflictError",
      /with 400: 1001 User Mara\.Lindqvist@acme\.example already exists in the account$/,
    ],
    [
      "somebody without a Cloudflare user, directly",
      { email, roleIds: [dnsRole], status: "ACCEPTED" },
      "InvalidInputError",
      /does not exist \(`status: ACCEPTED` adds people at once who have a Cloudflare user already, and in Enterprise accounts only\./,
    ],
    [
      "somebody directly into an account that is not Enterprise",
      { accountId: venturesId, email: "tomas.herrera@acme.example", roleIds: [dnsRole], status: "ACCEPTED" },
      "InvalidInputError",
      /Members can be added directly in Enterprise accounts only$/,
    ],
    [
      "a role that is not there",
      { email, roleIds: [nobody] },
      "InvalidInputError",
      /Unknown error when processing member/,
    ],
  ])("%s is refused", async ([, input, type, message], { mutate, sandbox }) => {
    const before = structuredClone(acme(sandbox));
    const { result } = await mutate("inviteMember", { ...home, ...input });
    expect(result).toMatchObject({ __typename: type, message: expect.stringMatching(message) });
    expect(acme(sandbox)).toEqual(before);
  });

  test("explains an impossible pair of a permission and its resources", async ({ mutate, sandbox }) => {
    const { id } = resourceGroupNamed(sandbox, "Storefront");
    const policies = [{ ...policy, resourceGroups: [{ id }] }];
    const { result } = await mutate("inviteMember", { ...home, email, policies });
    expect(result).toMatchObject({
      __typename: "InvalidInputError",
      message: expect.stringContaining(
        "(A permission group is granted only on resources of its own scope: account-wide",
      ),
      cloudflare: { status: 400, errors: [{ code: 1006 }] },
    });
  });

  test("is PermissionDeniedError with a token that may only read", async ({ mutate }) => {
    const reader = { authorization: "Bearer sandbox-reader" };
    const { result } = await mutate("inviteMember", { ...home, email, roleIds: [dnsRole] }, undefined, reader);
    expect(result.__typename).toBe("PermissionDeniedError");
  });

  test("sends a denial, which user groups cannot have", async ({ mutate }) => {
    const policies = [policy, { ...policy, access: "DENY" }];
    const { result } = await mutate("inviteMember", { ...home, email, policies }, shown);
    expect(result.member?.policies).toMatchObject([{ access: "ALLOW" }, { access: "DENY" }]);
  });
});

describe("updateMember", () => {
  test("sends the present status along, without which Cloudflare loses the change", async ({
    mutate,
    sandbox,
    wire,
  }) => {
    for (const [place, status] of [
      [17, "accepted"],
      [6, "pending"],
    ] as const) {
      const [id = ""] = people(sandbox, place);
      wire.sent.length = 0;
      const { result, calls } = await mutate("updateMember", { ...home, memberId: id, policies: [policy] }, shown);
      expect(result).toMatchObject({
        __typename: "UpdateMemberPayload",
        member: { policies: [{ permissionGroups: [{ name: "DNS" }] }] },
      });
      expect(calls).toEqual([`GET ${member}`, `PUT ${member}`]);
      expect(wire.sent[1]?.body).toEqual({ policies: [sentPolicy], status });
      expect(
        acme(sandbox)
          .members.get(id)
          ?.roles.map((role) => role.id),
      ).toEqual([dnsRole]);
    }
  });

  test("replaces legacy roles, which are objects here", async ({ mutate, sandbox, wire }) => {
    const [memberId = ""] = people(sandbox, 17);
    const input = { memberId: globalId("Member", account, memberId), roleIds: [dnsRole] };
    const { result } = await mutate("updateMember", input, "member { roles { cloudflareId } revision }");
    expect(result.member?.roles).toEqual([{ cloudflareId: dnsRole }]);
    expect(wire.sent[1]?.body).toEqual({ roles: [{ id: dnsRole }], status: "accepted" });
  });

  test("tells a change that was lost without a word", async ({ mutate, sandbox, wire }) => {
    const [memberId = ""] = people(sandbox, 6);
    const person = acme(sandbox).members.get(memberId);
    // They accept the invitation between the read and the write.
    wire.answer(`GET ${member}`, (answer) => {
      if (person) person.status = "accepted";
      return answer;
    });
    const { result, calls } = await mutate("updateMember", { ...home, memberId, policies: [policy] });
    expect(result).toMatchObject({
      __typename: "ConflictError",
      written: true,
      sent: { policies: [sentPolicy], status: "pending" },
      current: { __typename: "Member", id: globalId("Member", account, memberId) },
    });
    expect(result.message).toMatch(/as it does when the status has changed meanwhile\.$/);
    expect(calls).toEqual([`GET ${member}`, `PUT ${member}`, `GET ${member}`, `GET ${member}`]);
  });

  test("with a revision writes what was seen only", async ({ mutate, run, sandbox }) => {
    const [memberId = ""] = people(sandbox, 17);
    const expectedRevision = await memberSeen(run, memberId);
    const input = { ...home, memberId, policies: [policy], expectedRevision };
    expect((await mutate("updateMember", input)).result.__typename).toBe("UpdateMemberPayload");
    const { result, calls } = await mutate("updateMember", input);
    expect(result).toMatchObject({
      __typename: "ConflictError",
      message: "The member was changed since the revision you saw; nothing was sent.",
      written: false,
      sent: null,
    });
    expect(calls).toEqual([`GET ${member}`]);
    // It means the same in another order.
    expect(await memberSeen(run, memberId)).not.toBe(expectedRevision);
  });

  test("with a revision is as sent, also where Cloudflare shows the policies of the member's groups, too", async () => {
    const { sandbox, run } = setup({ clock: noon, inheritedPolicies: true });
    const [memberId = ""] = groupNamed(sandbox, "Auditors").members.keys();
    const input = { ...home, memberId, policies: [policy], expectedRevision: await memberSeen(run, memberId) };
    const { result } = await mutateBy(run)("updateMember", input);
    expect(result.__typename, result.message).toBe("UpdateMemberPayload");
  });

  test("of somebody who is not there is NotFoundError, and nothing is sent", async ({ mutate }) => {
    const { result, calls } = await mutate("updateMember", { ...home, memberId: nobody, roleIds: [dnsRole] });
    expect({ type: result.__typename, calls }).toEqual({ type: "NotFoundError", calls: [`GET ${member}`] });
  });

  test("with a status of tomorrow is refused, because it could not be sent along", async ({ mutate, sandbox }) => {
    const [memberId = ""] = people(sandbox, 17);
    const person = acme(sandbox).members.get(memberId);
    if (person) person.status = "suspended" as never;
    const { result, calls } = await mutate("updateMember", { ...home, memberId, roleIds: [dnsRole] });
    expect(result).toMatchObject({ __typename: "ConflictError", written: false });
    expect(calls).toEqual([`GET ${member}`]);
  });
});

describe("removeMember", () => {
  test("removes somebody, and from all user groups", async ({ mutate, sandbox }) => {
    const [id = ""] = people(sandbox, 17);
    const groups = () => [...acme(sandbox).userGroups.values()].filter((group) => group.members.has(id));
    expect(groups().length).toBeGreaterThan(0);
    const { result, calls } = await mutate("removeMember", { ...home, memberId: id }, "removedMemberId");
    expect({ result, calls }).toEqual({
      result: { __typename: "RemoveMemberPayload", removedMemberId: globalId("Member", account, id) },
      calls: [`DELETE ${member}`],
    });
    expect([acme(sandbox).members.has(id), groups()]).toEqual([false, []]);
  });

  test("of somebody who is not there is NotFoundError", async ({ mutate }) => {
    const { result } = await mutate("removeMember", { ...home, memberId: nobody });
    expect(result).toMatchObject({ __typename: "NotFoundError", cloudflare: { errors: [{ code: 1003 }] } });
  });
});

describe("addMemberToUserGroups", () => {
  const additions =
    "member { cloudflareId } additions { userGroup { cloudflareId } error { __typename message ... on UpstreamError { outcome } } }";
  const groupMembers = "POST /accounts/{account_id}/iam/user_groups/{user_group_id}/members";

  test("adds one person to several groups, and tells what became of each", async () => {
    const { sandbox, run } = setup({ clock: noon, scim: ["Marketing"] });
    const [memberId = ""] = people(sandbox, 17);
    const names = ["Auditors", "Marketing", "Finance"];
    const ids = names.map((name) => groupNamed(sandbox, name).id);
    const userGroupIds = [ids[0], globalId("UserGroup", account, ids[1] ?? ""), nobody, ids[2]];
    const { result, calls } = await mutateBy(run)(
      "addMemberToUserGroups",
      { ...home, memberId, userGroupIds },
      additions,
    );
    expect(result).toMatchObject({
      __typename: "AddMemberToUserGroupsPayload",
      member: { cloudflareId: memberId },
      additions: [
        { userGroup: { cloudflareId: ids[0] }, error: null },
        { userGroup: { cloudflareId: ids[1] }, error: { __typename: "InvalidInputError" } },
        { userGroup: { cloudflareId: nobody }, error: { __typename: "NotFoundError" } },
        { userGroup: { cloudflareId: ids[2] }, error: null },
      ],
    });
    expect(calls).toEqual([groupMembers, groupMembers, groupMembers, groupMembers]);
    expect(names.map((name) => groupNamed(sandbox, name).members.has(memberId))).toEqual([true, false, true]);
  });

  test("tells of a group in mid-flight that its outcome is not known, and goes on", async ({ mutate, sandbox }) => {
    const [memberId = ""] = people(sandbox, 17);
    const [one, two] = [groupNamed(sandbox, "Auditors"), groupNamed(sandbox, "Finance")];
    sandbox.injectFault(groupMembers, { kind: "error", status: 502, body: "html" }, 1);
    const input = { ...home, memberId, userGroupIds: [one.id, two.id] };
    const { result } = await mutate("addMemberToUserGroups", input, additions);
    expect(result).toMatchObject({
      additions: [{ error: { __typename: "UpstreamError", outcome: "UNKNOWN" } }, { error: null }],
    });
    expect([one.members.has(memberId), two.members.has(memberId)]).toEqual([false, true]);
    expect((await mutate("addMemberToUserGroups", input, additions)).result).toMatchObject({
      additions: [{ error: null }, { error: null }],
    });
  });
});

describe("permission groups by label", () => {
  const labelled = (...permissionGroupLabels: string[]) => ({
    ...policy,
    permissionGroupIds: undefined,
    permissionGroupLabels,
  });

  test("are found, each by one call, and sent as IDs", async ({ mutate, wire }) => {
    const policies = [
      labelled("dns_admin", "cache_domain_purge"),
      { ...labelled("dns_admin"), permissionGroupIds: [purge] },
    ];
    const { calls } = await mutate("createUserGroup", { ...home, name: "x", policies });
    const catalogue = "GET /accounts/{account_id}/iam/permission_groups";
    expect(calls).toEqual([catalogue, catalogue, "POST /accounts/{account_id}/iam/user_groups"]);
    const { body } = wire.sent.at(-1) as { body: { policies: { permission_groups: object[] }[] } };
    expect(body.policies.map((each) => each.permission_groups)).toEqual([
      [{ id: dns }, { id: purge }],
      [{ id: purge }, { id: dns }],
    ]);
  });

  test.for<[string, object, string, string]>([
    ["of none", labelled("nothing"), "0", "is the label of no permission group"],
    ["beside its ID", { ...labelled("dns_admin"), permissionGroupIds: [dns] }, "0", "is there already"],
  ])("%s are refused before the write", async ([, given, at, message], { mutate }) => {
    const { result, calls } = await mutate("addUserGroupPolicy", { ...home, userGroupId: nobody, policy: given });
    expect(result).toMatchObject({
      __typename: "InvalidInputError",
      fields: [{ path: ["policy", "permissionGroupLabels", at], message }],
    });
    expect(calls).toEqual(["GET /accounts/{account_id}/iam/permission_groups"]);
  });

  test("of several are refused before the write: Cloudflare promises no unique labels", async ({ mutate, sandbox }) => {
    const groups = acme(sandbox).permissionGroups;
    const dnsAdmin = groups.get(dns);
    if (dnsAdmin) groups.set(nobody, { ...dnsAdmin, id: nobody });
    const input = { ...home, userGroupId: groupNamed(sandbox, "Auditors").id, policy: labelled("dns_admin") };
    const { result, calls } = await mutate("addUserGroupPolicy", input);
    expect(result).toMatchObject({
      __typename: "InvalidInputError",
      fields: [{ message: "is the label of several permission groups: name one by its ID" }],
    });
    expect(calls).toEqual(["GET /accounts/{account_id}/iam/permission_groups"]);
  });
});

test("Account.roles lists legacy roles, and costs 1 call", async ({ run }) => {
  type Roles = { account: { roles: { totalCount: number; nodes: { name: string }[] } } };
  const { data, calls } = await run<Roles, object>(
    `{ account(id: "${account}") { roles(first: 10) { totalCount nodes { cloudflareId name grants { area } } } } }`,
  );
  expect(data?.account.roles).toMatchObject({
    totalCount: 6,
    nodes: expect.arrayContaining([{ name: "DNS" }].map((each) => expect.objectContaining(each))),
  });
  expect(calls).toEqual(["GET /accounts/{account_id}/roles"]);
});
