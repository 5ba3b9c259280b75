import { describe } from "vitest";
import { account, acme, expect, globalId, groupNamed, nobody, people, seen, test } from "./mutation.ts";

const members = "/accounts/{account_id}/iam/user_groups/{user_group_id}/members";
const memberIds = (...ids: (string | undefined)[]) => ids.map((id) => ({ id }));

describe("addUserGroupMembers", () => {
  test("adds by POST, so that nobody is removed", async ({ mutate, sandbox, wire }) => {
    const auditors = groupNamed(sandbox, "Auditors");
    const before = [...auditors.members.keys()];
    const [one = "", two] = people(sandbox, 0, 1);
    // Somebody else adds a member at the same time.
    const [other = ""] = people(sandbox, 2);
    auditors.members.set(other, "2026-03-01T12:00:00Z");
    const input = {
      accountId: account,
      userGroupId: auditors.id,
      memberIds: [one, globalId("Member", account, two ?? "")],
    };
    const { result, calls } = await mutate("addUserGroupMembers", input, "userGroup { id cloudflareId }");
    expect({ result, calls }).toEqual({
      result: {
        __typename: "AddUserGroupMembersPayload",
        userGroup: { id: globalId("UserGroup", account, auditors.id), cloudflareId: auditors.id },
      },
      calls: [`POST ${members}`],
    });
    expect(wire.sent[0]?.body).toEqual(memberIds(one, two));
    expect([...auditors.members.keys()]).toEqual([...before, other, one, two]);
  });

  test("leaves those who are there already as they are", async ({ mutate, sandbox }) => {
    const auditors = groupNamed(sandbox, "Auditors");
    const before = new Map(auditors.members);
    const input = { accountId: account, userGroupId: auditors.id, memberIds: [...before.keys()] };
    expect((await mutate("addUserGroupMembers", input)).result.__typename).toBe("AddUserGroupMembersPayload");
    expect(auditors.members).toEqual(before);
  });

  test("shows as much of the group as is asked for, and reads that", async ({ mutate, sandbox }) => {
    const [one, two] = people(sandbox, 0, 1);
    const input = { accountId: account, userGroupId: groupNamed(sandbox, "New Joiners").id, memberIds: [one, two] };
    const payload =
      "userGroup { name revision policies { access } members { totalCount revision nodes { email user { firstName } } } }";
    const { result, calls } = await mutate("addUserGroupMembers", input, payload);
    expect({ result, calls: calls.toSorted() }).toMatchInlineSnapshot(`
      {
        "calls": [
          "GET /accounts/{account_id}/iam/user_groups/{user_group_id}",
          "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
          "GET /accounts/{account_id}/members",
          "POST /accounts/{account_id}/iam/user_groups/{user_group_id}/members",
        ],
        "result": {
          "__typename": "AddUserGroupMembersPayload",
          "userGroup": {
            "members": {
              "nodes": [
                {
                  "email": "mara.lindqvist@acme.example",
                  "user": {
                    "firstName": "Mara",
                  },
                },
                {
                  "email": "tomas.herrera@acme.example",
                  "user": {
                    "firstName": "Tomás",
                  },
                },
              ],
              "revision": "jodM__eKv_5-98t73aeeg_",
              "totalCount": 2,
            },
            "name": "New Joiners",
            "policies": [],
            "revision": "blpR5umfif7aAADKfW7-kY",
          },
        },
      }
    `);
  });

  test("says by a field that stays null that the group is gone, not by losing the write", async ({
    mutate,
    sandbox,
    wire,
  }) => {
    const auditors = groupNamed(sandbox, "Auditors");
    wire.answer(`POST ${members}`, (answer) => {
      acme(sandbox).userGroups.delete(auditors.id);
      return answer;
    });
    const input = { accountId: account, userGroupId: auditors.id, memberIds: people(sandbox, 0) };
    const { result, errors } = await mutate("addUserGroupMembers", input, "userGroup { cloudflareId name }");
    expect(result).toEqual({
      __typename: "AddUserGroupMembersPayload",
      userGroup: { cloudflareId: auditors.id, name: null },
    });
    expect(errors).toMatchObject([{ path: ["result", "userGroup", "name"], extensions: { code: "NOT_FOUND" } }]);
  });
});

describe("replaceUserGroupMembers", () => {
  test("sets who is in the group", async ({ mutate, sandbox, wire }) => {
    const auditors = groupNamed(sandbox, "Auditors");
    const [kept = ""] = auditors.members.keys();
    const [one = ""] = people(sandbox, 0);
    const input = { accountId: account, userGroupId: auditors.id, memberIds: [one, kept] };
    const { result, calls } = await mutate("replaceUserGroupMembers", input, "userGroup { cloudflareId }");
    expect({ result: result.userGroup, calls }).toEqual({
      result: { cloudflareId: auditors.id },
      calls: [`PUT ${members}`],
    });
    expect(wire.sent[0]?.body).toEqual(memberIds(one, kept));
    expect([...auditors.members.keys()]).toEqual([one, kept]);
  });

  test("with `[]` empties the group and keeps it", async ({ mutate, sandbox, wire }) => {
    const auditors = groupNamed(sandbox, "Auditors");
    const { result } = await mutate(
      "replaceUserGroupMembers",
      { accountId: account, userGroupId: auditors.id, memberIds: [] },
      "userGroup { name members { nodes { id } } }",
    );
    expect(result.userGroup).toEqual({ name: "Auditors", members: { nodes: [] } });
    expect(wire.sent[0]?.body).toEqual([]);
    expect(auditors.members.size).toBe(0);
  });

  test("as seen reads the list before and after, and need not read it again for the payload", async ({
    mutate,
    run,
    sandbox,
  }) => {
    const auditors = groupNamed(sandbox, "Auditors");
    const expectedRevision = (await seen(run, auditors.id)).members;
    const input = { accountId: account, userGroupId: auditors.id, memberIds: people(sandbox, 0), expectedRevision };
    const { result, calls } = await mutate(
      "replaceUserGroupMembers",
      input,
      "userGroup { members { revision nodes { email } } }",
    );
    expect(result.userGroup).toEqual({
      members: { revision: (await seen(run, auditors.id)).members, nodes: [{ email: "mara.lindqvist@acme.example" }] },
    });
    expect(calls).toEqual([`GET ${members}`, `PUT ${members}`, `GET ${members}`]);
  });

  test("as seen sends nothing once somebody else came or went, and shows who is there", async ({
    mutate,
    run,
    sandbox,
  }) => {
    const auditors = groupNamed(sandbox, "Auditors");
    const expectedRevision = (await seen(run, auditors.id)).members;
    const [kept = "", gone = ""] = auditors.members.keys();
    auditors.members.delete(gone);
    const input = { accountId: account, userGroupId: auditors.id, memberIds: people(sandbox, 0), expectedRevision };
    const { result, calls } = await mutate("replaceUserGroupMembers", input);
    expect(result).toEqual({
      __typename: "ConflictError",
      message: "Others are in the group than when you looked; nothing was sent.",
      written: false,
      sent: null,
      cloudflare: null,
      current: { __typename: "UserGroup", id: globalId("UserGroup", account, auditors.id) },
    });
    expect(calls).toEqual([`GET ${members}`]);
    expect([...auditors.members.keys()]).toEqual([kept]);
  });

  test("as seen does not mind the order in which Cloudflare lists them", async ({ mutate, run, sandbox }) => {
    const auditors = groupNamed(sandbox, "Auditors");
    const expectedRevision = (await seen(run, auditors.id)).members;
    const turned = [...auditors.members].reverse();
    auditors.members.clear();
    for (const [id, since] of turned) auditors.members.set(id, since);
    const input = { accountId: account, userGroupId: auditors.id, memberIds: [], expectedRevision };
    expect((await mutate("replaceUserGroupMembers", input)).result.__typename).toBe("ReplaceUserGroupMembersPayload");
  });

  test.for([true, false])(
    "that Cloudflare keeps otherwise is a conflict, read once more (as seen: %s)",
    async (asSeen, { mutate, run, sandbox, wire }) => {
      const auditors = groupNamed(sandbox, "Auditors");
      const expectedRevision = asSeen ? (await seen(run, auditors.id)).members : undefined;
      const [one = "", other = ""] = people(sandbox, 0, 1);
      wire.answer(`PUT ${members}`, (answer) => {
        auditors.members.set(other, "2026-03-01T12:00:00Z");
        return { ...answer, text: JSON.stringify({ ...JSON.parse(answer.text), result: [{ id: other }] }) };
      });
      const input = { accountId: account, userGroupId: auditors.id, memberIds: [one], expectedRevision };
      const { result, calls } = await mutate("replaceUserGroupMembers", input);
      expect(result).toMatchObject({
        __typename: "ConflictError",
        written: true,
        sent: [{ id: one }],
        current: { __typename: "UserGroup" },
      });
      expect(calls).toEqual([
        ...(asSeen ? [`GET ${members}`] : []),
        `PUT ${members}`,
        `GET ${members}`,
        `GET ${members}`,
      ]);
    },
  );
});

describe("removeUserGroupMember", () => {
  test("removes one, and leaves the member in the account", async ({ mutate, sandbox }) => {
    const auditors = groupNamed(sandbox, "Auditors");
    const [gone = "", stays] = auditors.members.keys();
    const input = { userGroupId: globalId("UserGroup", account, auditors.id), memberId: gone };
    const { result, calls } = await mutate(
      "removeUserGroupMember",
      input,
      "removedMemberId userGroup { cloudflareId }",
    );
    expect({ result, calls }).toEqual({
      result: {
        __typename: "RemoveUserGroupMemberPayload",
        removedMemberId: globalId("Member", account, gone),
        userGroup: { cloudflareId: auditors.id },
      },
      calls: [`DELETE ${members}/{member_id}`],
    });
    expect([...auditors.members.keys()]).toEqual([stays]);
    expect(acme(sandbox).members.has(gone)).toBe(true);
  });

  test("may remove the last one", async ({ mutate, sandbox }) => {
    const auditors = groupNamed(sandbox, "Auditors");
    for (const memberId of [...auditors.members.keys()]) {
      const { result } = await mutate(
        "removeUserGroupMember",
        { accountId: account, userGroupId: auditors.id, memberId },
        "userGroup { members { totalCount } }",
      );
      expect(result.__typename).toBe("RemoveUserGroupMemberPayload");
    }
    expect(auditors.members.size).toBe(0);
  });

  test("tells somebody who is not in the group from somebody who is no member at all", async ({ mutate, sandbox }) => {
    const at = { accountId: account, userGroupId: groupNamed(sandbox, "Auditors").id };
    const [absent] = people(sandbox, 0);
    const { result } = await mutate("removeUserGroupMember", { ...at, memberId: absent });
    expect(result).toMatchObject({
      __typename: "NotFoundError",
      message: expect.stringContaining("not found in user group"),
    });
    expect((await mutate("removeUserGroupMember", { ...at, memberId: nobody })).result.__typename).toBe(
      "InvalidInputError",
    );
  });
});
