import { describe } from "vitest";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { serviceMode, setup } from "../../gateway.ts";
import {
  account,
  acme,
  expect,
  globalId,
  groupNamed,
  memberSeen,
  mutateBy,
  nobody,
  noon,
  people,
  test,
} from "./mutation.ts";

const home = { accountId: account };
const member = "/accounts/{account_id}/members/{member_id}";
const inGroup = "/accounts/{account_id}/iam/user_groups/{user_group_id}/members/{member_id}";
const payload = `offboardedMemberId complete steps { userGroup { cloudflareId } error { __typename message ... on UpstreamError { outcome } } }`;
const writes = (calls: string[]) => calls.filter((route) => !route.startsWith("GET "));

/** Somebody in three groups, and these. */
function somebody(sandbox: Sandbox) {
  const [memberId = ""] = people(sandbox, 45);
  const groups = ["Auditors", "Finance", "Marketing"].map((name) => groupNamed(sandbox, name));
  for (const { members } of acme(sandbox).userGroups.values()) members.delete(memberId);
  for (const { members } of groups) members.set(memberId, "2026-01-01T00:00:00Z");
  return { memberId, groups, isIn: () => groups.map(({ members }) => members.has(memberId)) };
}

describe("offboardMember", () => {
  test("takes somebody out of every group, and then out of the account", async ({ mutate, sandbox }) => {
    const { memberId, groups, isIn } = somebody(sandbox);
    const { result, calls } = await mutate("offboardMember", { ...home, memberId }, payload);
    expect(result).toEqual({
      __typename: "OffboardMemberPayload",
      offboardedMemberId: globalId("Member", account, memberId),
      complete: true,
      steps: [
        ...groups.map(({ id }) => ({ userGroup: { cloudflareId: id }, error: null })),
        { userGroup: null, error: null },
      ],
    });
    expect(writes(calls)).toEqual([`DELETE ${inGroup}`, `DELETE ${inGroup}`, `DELETE ${inGroup}`, `DELETE ${member}`]);
    expect([acme(sandbox).members.has(memberId), isIn()]).toEqual([false, [false, false, false]]);
    const again = await mutate("offboardMember", { ...home, memberId }, payload);
    expect(again.result.__typename).toBe("NotFoundError");
  });

  test("keeps the membership if that is asked for, and what is their own", async ({ mutate, sandbox }) => {
    const { memberId, isIn } = somebody(sandbox);
    const before = structuredClone(acme(sandbox).members.get(memberId));
    const { result, calls } = await mutate("offboardMember", { ...home, memberId, keepMembership: true }, payload);
    expect(result).toMatchObject({ complete: true, steps: [{}, {}, {}] });
    expect(writes(calls)).toEqual([`DELETE ${inGroup}`, `DELETE ${inGroup}`, `DELETE ${inGroup}`]);
    expect([acme(sandbox).members.get(memberId), isIn()]).toEqual([before, [false, false, false]]);
  });

  test("says where it stands when a step fails in mid-flight, and goes on where it stood", async ({
    mutate,
    sandbox,
  }) => {
    const { memberId, isIn } = somebody(sandbox);
    let calls = 0;
    sandbox.injectFault(`DELETE ${inGroup}`, { kind: "error", status: 502, body: "html" }, () => ++calls === 2);
    sandbox.injectFault(`DELETE ${member}`, { kind: "error", status: 502, body: "html" }, 1);
    const input = { ...home, memberId };
    const first = await mutate("offboardMember", input, payload);
    const unknown = { error: { __typename: "UpstreamError", outcome: "UNKNOWN" } };
    expect(first.result).toMatchObject({
      complete: false,
      steps: [{ error: null }, unknown, { error: null }, { userGroup: null, ...unknown }],
    });
    expect([acme(sandbox).members.has(memberId), isIn()]).toEqual([true, [false, true, false]]);
    const again = await mutate("offboardMember", input, payload);
    expect(again.result).toMatchObject({ complete: true, steps: [{ error: null }, { userGroup: null, error: null }] });
    expect(acme(sandbox).members.has(memberId)).toBe(false);
  });

  test("tells a group that a directory keeps, and ends the membership all the same", async () => {
    const { sandbox, run } = setup({ clock: noon, scim: ["Finance"] });
    const { memberId } = somebody(sandbox);
    const { result } = await mutateBy(run)("offboardMember", { ...home, memberId }, payload);
    expect(result).toMatchObject({
      complete: false,
      steps: [{ error: null }, { error: { __typename: "InvalidInputError" } }, { error: null }, { error: null }],
    });
    expect(acme(sandbox).members.has(memberId)).toBe(false);
  });

  test("tells a group of which it could not be read whether they are in it", async ({ mutate, sandbox }) => {
    const { memberId, groups } = somebody(sandbox);
    sandbox.injectFault(
      `GET ${inGroup}`,
      { kind: "error", status: 403, body: "empty" },
      ({ params }) => params.user_group_id === groups[1]?.id,
    );
    const { result } = await mutate("offboardMember", { ...home, memberId, keepMembership: true }, payload);
    expect(result).toMatchObject({
      complete: false,
      steps: [{ error: null }, { error: { __typename: "UpstreamError", outcome: "NOT_SENT" } }, { error: null }],
    });
  });

  test("of somebody who is not there, or has changed, sends nothing", async ({ mutate, run, sandbox }) => {
    const gone = await mutate("offboardMember", { ...home, memberId: nobody });
    expect({ type: gone.result.__typename, calls: gone.calls }).toEqual({
      type: "NotFoundError",
      calls: [`GET ${member}`],
    });
    const { memberId } = somebody(sandbox);
    const expectedRevision = await memberSeen(run, memberId);
    Object.assign(acme(sandbox).members.get(memberId) ?? {}, { roles: [] });
    const { result, calls } = await mutate("offboardMember", { ...home, memberId, expectedRevision });
    expect(result).toMatchObject({ __typename: "ConflictError", written: false });
    expect(writes(calls)).toEqual([]);
  });

  test("of the last Super Administrator needs a confirmation, of the own membership, too", async ({
    mutate,
    sandbox,
  }) => {
    const [memberId = ""] = people(sandbox, 0);
    const refused = await mutate("offboardMember", { ...home, memberId, confirm: [] });
    expect(refused.result).toMatchObject({
      __typename: "ConfirmationRequiredError",
      required: ["LAST_SUPER_ADMINISTRATOR"],
    });
    expect(writes(refused.calls)).toEqual([]);
    if (serviceMode) return;
    const own = somebody(sandbox);
    Object.assign(acme(sandbox).members.get(own.memberId) ?? {}, { email: "admin@acme.example" });
    const { result } = await mutate("offboardMember", { ...home, memberId: own.memberId, confirm: [] });
    expect(result).toMatchObject({ __typename: "ConfirmationRequiredError", required: ["OWN_MEMBERSHIP"] });
  });
});
