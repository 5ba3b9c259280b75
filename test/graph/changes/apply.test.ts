import { afterEach, beforeEach, describe, vi } from "vitest";
import { emailOf } from "../../../src/sandbox/state.ts";
import type { AuditRecord } from "../../../src/upstream/audit/record.ts";
import { Audit } from "../../../src/upstream/audit.ts";
import { serviceMode, setup, tally } from "../../gateway.ts";
import {
  account,
  acme,
  dns,
  expect,
  firewall,
  globalId,
  groupNamed,
  nobody,
  noon,
  people,
  policy,
  purge,
  resourceGroupNamed,
  superAdministratorRole,
  test,
} from "../mutations/mutation.ts";
import { applyBy, inShort, writes } from "./apply.ts";
import { policyIdOf, previewBy, writesOf } from "./preview.ts";

const members = "POST /accounts/{account_id}/iam/user_groups/{user_group_id}/members";
const leave = "DELETE /accounts/{account_id}/iam/user_groups/{user_group_id}/members/{member_id}";
const group = "/accounts/{account_id}/iam/user_groups/{user_group_id}";
const member = "/accounts/{account_id}/members/{member_id}";

type Sandbox = Parameters<typeof acme>[0];

/** Somebody moves from one team to another. */
function move(sandbox: Sandbox) {
  const [from, to] = [groupNamed(sandbox, "DNS Operators"), groupNamed(sandbox, "Web Performance")];
  const mayMove = (id: string) => {
    const { status, user } = acme(sandbox).members.get(id) ?? {};
    return status === "accepted" && user?.two_factor_authentication_enabled && !to.members.has(id);
  };
  const id = [...from.members.keys()].find(mayMove) ?? "";
  const changes = [
    { removeUserGroupMember: { userGroupId: from.id, memberId: id } },
    { addUserGroupMembers: { userGroupId: to.id, memberIds: [id] } },
  ];
  return { from, to, id, changes };
}

describe("changes are made as they were previewed", () => {
  test("somebody moves to another team, previewed and asserted: each call once, and what it was read back with", async ({
    sandbox,
    run,
  }) => {
    const { from, to, id, changes } = move(sandbox);
    const { preview } = await previewBy(run)(changes);
    const expected = [
      { memberId: id, permission: { id: dns }, on: { account: true }, verdict: "NOT_GRANTED" },
      {
        memberId: globalId("Member", account, id),
        permission: { label: "cache_domain_purge" },
        on: { zoneName: "shop.acme.example" },
        verdict: "ALLOWED",
      },
    ];
    const { result, errors, calls } = await applyBy(run)(changes, {
      expectedRevision: preview.revision,
      expect: expected,
    });
    expect(errors).toBeUndefined();
    expect(result).toMatchObject({
      __typename: "ApplyChangesPayload",
      warnings: serviceMode ? [{ code: "OWN_MEMBERSHIP_UNKNOWN" }] : [],
    });
    expect(inShort(result.calls)).toEqual(writesOf(preview));
    expect(result.changes?.map(({ change, node }) => [change, node?.id])).toEqual([
      [0, globalId("UserGroup", account, from.id)],
      [1, globalId("UserGroup", account, to.id)],
    ]);
    expect(result.accessChanges).toEqual(
      preview.accessChanges.map(({ kind, member }) => ({ kind, member: { cloudflareId: member.cloudflareId } })),
    );
    expect(from.members.has(id)).toBe(false);
    expect(to.members.has(id)).toBe(true);
    expect(writes(calls)).toEqual([leave, members]);
    // After the last write: who is in either group.
    expect(calls.slice(calls.lastIndexOf(members) + 1)).toEqual([`GET ${group}/members`, `GET ${group}/members`]);
  });

  test("ids and policies are followed to what Cloudflare makes of them, and all writes are audited as one mutation", async () => {
    const records: AuditRecord[] = [];
    const audit = new Audit({ write: async (more) => void records.push(...more) });
    const { sandbox, run } = setup({}, undefined, { audit });
    const [someone = ""] = people(sandbox, 20);
    const { id: security, policies } = groupNamed(sandbox, "Security");
    const first = policies[0]?.id;
    const before = policies.length;
    const zones = { zoneIds: [[...acme(sandbox).zones.keys()][0]] };
    const changes = [
      { createResourceGroup: { accountId: account, name: "Shops", scope: zones } },
      {
        createUserGroup: {
          accountId: account,
          name: "Cache",
          policies: [{ access: "ALLOW", permissionGroupIds: [purge], resourceGroups: [{ id: "#0" }] }],
        },
      },
      { inviteMember: { accountId: account, email: "kim@new.example", policies: [policy] } },
      { addUserGroupMembers: { userGroupId: "#1", memberIds: ["#2", someone] } },
      { addUserGroupPolicy: { userGroupId: security, policy: { ...policy, permissionGroupIds: [purge] } } },
      { updateUserGroupPolicy: { userGroupId: security, policyId: first, policy: { permissionGroupIds: [dns] } } },
      {
        updateUserGroupPolicy: {
          userGroupId: security,
          policyId: await policyIdOf(run, security, first),
          policy: { permissionGroupIds: [firewall] },
        },
      },
      { removeUserGroupPolicy: { userGroupId: security, policyId: "#4" } },
      { removeUserGroupPolicy: { userGroupId: security, policyId: first } },
      { addUserGroupPolicy: { userGroupId: "#1", policy } },
      { offboardMember: { memberId: someone } },
      { updateMember: { memberId: "#2", policies: [{ ...policy, permissionGroupIds: [firewall] }] } },
    ];
    const expected = [
      { memberId: "#2", permission: { id: purge }, on: { zoneName: "shop.acme.example" }, verdict: "CONDITIONAL" },
    ];
    const { preview } = await previewBy(run)(changes);
    const { result } = await applyBy(run)(changes, { expectedRevision: preview.revision, expect: expected });
    expect(result.message).toBeUndefined();
    const made = acme(sandbox);
    const cache = groupNamed(sandbox, "Cache");
    const kim = [...made.members.values()].find((member) => emailOf(member) === "kim@new.example");
    expect(cache.policies.map((each) => each.permission_groups.map(({ id }) => id))).toEqual([[purge], [dns]]);
    expect(cache.policies[0]?.resource_groups).toMatchObject([{ id: resourceGroupNamed(sandbox, "Shops").id }]);
    expect([...cache.members.keys()]).toEqual([kim?.id]);
    expect(kim?.policies.map((each) => each.permission_groups.map(({ id }) => id))).toEqual([[firewall]]);
    expect(groupNamed(sandbox, "Security").policies).toHaveLength(before - 1);
    expect(made.members.has(someone)).toBe(false);
    expect(inShort(result.calls)).toContain(`POST /iam/user_groups/${cache.id}/members`);
    expect(inShort(result.calls)).toHaveLength(writesOf(preview).length);
    const told = records.filter((record) => record.audit === "before");
    expect(told).toHaveLength(writesOf(preview).length);
    expect(new Set(told.map((record) => record.id)).size).toBe(1);
    expect(new Set(told.map((record) => record.mutation))).toEqual(new Set(["applyChanges"]));
    expect(told.map((record) => record.write)).toEqual(told.map((_, i) => i + 1));
  });

  test("of two requests at once the first is read back before the second one writes", async () => {
    let posts = 0;
    let slow = 1;
    const { sandbox, run } = setup({}, ({ handle }) => async (request) => {
      if (request.method === "POST") posts++;
      // The first read after the first write is slow: as slow as the other request needs to write, too, if it may.
      const isRead = request.method === "GET" && /user_groups\/\w+\/members/.test(request.url);
      if (posts === 1 && isRead && slow-- > 0) {
        for (let turn = 0; turn < 2_000 && posts === 1; turn++) await new Promise(setImmediate);
      }
      return handle(request);
    });
    const { id, members } = groupNamed(sandbox, "Finance");
    const two = [...acme(sandbox).members.keys()].filter((each) => !members.has(each)).slice(0, 2);
    const both = await Promise.all(
      two.map((each) => applyBy(run)([{ addUserGroupMembers: { userGroupId: id, memberIds: [each] } }])),
    );
    expect(both.map(({ result }) => result.__typename)).toEqual(["ApplyChangesPayload", "ApplyChangesPayload"]);
    expect(two.every((each) => members.has(each))).toBe(true);
  });

  test("an id that a preview has made up names what its change creates, as `#0` does", async ({ sandbox, run }) => {
    const made = `createdByChange00${"x".repeat(15)}`;
    const [someone = ""] = people(sandbox, 20);
    const { result } = await applyBy(run)([
      { createUserGroup: { accountId: account, name: "Cache" } },
      { addUserGroupMembers: { userGroupId: made, memberIds: [someone] } },
      { addUserGroupMembers: { userGroupId: globalId("UserGroup", account, made), memberIds: [someone] } },
    ]);
    expect(result.__typename).toBe("ApplyChangesPayload");
    expect([...groupNamed(sandbox, "Cache").members.keys()]).toEqual([someone]);
  });

  test("what somebody else has done meanwhile is not told as sent", async ({ sandbox, run }) => {
    const [someone = ""] = people(sandbox, 30);
    const [first, second] = ["Contractors", "New Joiners"].map((name) => groupNamed(sandbox, name));
    for (const each of [first, second]) each?.members.set(someone, "2026-01-01T00:00:00Z");
    sandbox.stub(`PUT ${group}`, () => void first?.members.delete(someone));
    const { result, calls } = await applyBy(run)([
      { updateUserGroup: { userGroupId: groupNamed(sandbox, "Finance").id, name: "Money" } },
      { offboardMember: { memberId: someone, keepMembership: true } },
    ]);
    expect(result.__typename).toBe("ApplyChangesPayload");
    expect(inShort(result.calls).join()).not.toContain(first?.id);
    expect(result.calls).toHaveLength(writes(calls).length);
  });

  test("the plan counts what is read, too", async ({ sandbox, run }) => {
    const { changes } = move(sandbox);
    const { preview, calls: previewed } = await previewBy(run)(changes);
    const { calls } = await applyBy(run)(changes);
    const planned = preview.calls.reduce((sum, { count }) => sum + count, 0);
    // The preview's own, those that it tells, and the members of both groups.
    expect(calls).toHaveLength(previewed.length + planned + 2);
  });

  test("nothing that was remembered is used", async ({ sandbox, run }) => {
    const { from, id, changes } = move(sandbox);
    const old = { authorization: "Bearer sandbox-admin", "cache-control": "max-age=60" };
    const first = await previewBy(run)(changes, old);
    from.members.delete(id);
    const second = await previewBy(run)(changes, old);
    expect(tally(second.calls)).toMatchObject({
      "GET /accounts/{account_id}/iam/user_groups": 1,
      "GET /accounts/{account_id}/members": 2,
    });
    expect(second.preview.refusals).toMatchObject([{ change: 0, error: { __typename: "NotFoundError" } }]);
    const { result, calls } = await applyBy(run)(changes, { expectedRevision: first.preview.revision }, old);
    expect(result).toMatchObject({ __typename: "ConflictError", written: false });
    expect(writes(calls)).toEqual([]);
  });
});

describe("nothing is sent", () => {
  test.for<[string, object[], object, RegExp]>([
    [
      "a mistake in a change",
      [{ deleteUserGroup: { userGroupId: "#0" } }],
      {},
      /`changes\.0\.deleteUserGroup\.userGroupId` must name an earlier change/,
    ],
    [
      "an id that a preview makes up for what a later change creates",
      [{ deleteUserGroup: { userGroupId: `createdByChange01${"x".repeat(15)}` } }],
      {},
      /`changes\.0\.deleteUserGroup\.userGroupId` must name an earlier change/,
    ],
    ["no change", [], {}, /`changes` must not be empty/],
    [
      "too many changes",
      Array.from({ length: 51 }, () => ({ deleteUserGroup: { userGroupId: nobody } })),
      {},
      /at most 50 items/,
    ],
    ["an inner confirm", [{ deleteUserGroup: { userGroupId: nobody, confirm: [] } }], {}, /must be left out/],
    [
      "no revision",
      [{ deleteUserGroup: { userGroupId: nobody } }],
      { expectedRevision: "latest" },
      /`expectedRevision` must be the `revision`/,
    ],
    [
      "somebody expected who is nobody",
      [{ deleteUserGroup: { userGroupId: nobody } }],
      { expect: [{ memberId: "#0", permission: { label: "a" }, on: { account: true }, verdict: "ALLOWED" }] },
      /`expect\.0\.memberId` must name a Member/,
    ],
    [
      "a question that is none",
      [{ deleteUserGroup: { userGroupId: nobody } }],
      { expect: [{ memberId: nobody, permission: { label: "" }, on: { account: false }, verdict: "ALLOWED" }] },
      /`expect\.0\.permission\.label` must not be empty; `expect\.0\.on\.account` must be `true`/,
    ],
    ["another account", [{ deleteUserGroup: { userGroupId: nobody } }], { accountId: "acme" }, /`accountId` must be/],
  ])("of bad input, and no call is made: %s", async ([, changes, input, message], { run }) => {
    const { result, calls } = await applyBy(run)(changes, input);
    expect(result.__typename).toBe("InvalidInputError");
    expect(result.message).toMatch(message);
    expect(calls).toEqual([]);
  });

  test("where the account has changed since the preview: it is told what has", async ({ sandbox, run }) => {
    const { to, changes } = move(sandbox);
    const { preview } = await previewBy(run)(changes);
    const [other = ""] = people(sandbox, 30);
    to.members.set(other, "2026-01-01T00:00:00Z");
    const { result, calls } = await applyBy(run)(changes, { expectedRevision: preview.revision });
    expect(result).toMatchObject({
      __typename: "ConflictError",
      written: false,
      moved: [{ __typename: "UserGroup", id: globalId("UserGroup", account, to.id) }],
    });
    expect(result.message).toContain("who is in the user group Web Performance");
    expect(writes(calls)).toEqual([]);
    to.members.delete(other);
    expect((await applyBy(run)(changes, { expectedRevision: preview.revision })).result.__typename).toBe(
      "ApplyChangesPayload",
    );
  });

  test("where something unconcerned has changed, it is", async ({ sandbox, run }) => {
    const { changes } = move(sandbox);
    const { preview } = await previewBy(run)(changes);
    groupNamed(sandbox, "Finance").name = "Money";
    const { result } = await applyBy(run)(changes, { expectedRevision: preview.revision });
    expect(result.__typename).toBe("ApplyChangesPayload");
  });

  test("where one of them would be refused", async ({ sandbox, run }) => {
    const { changes } = move(sandbox);
    const { result, calls } = await applyBy(run)([...changes, { deleteUserGroup: { userGroupId: nobody } }]);
    expect(result.__typename).toBe("NotFoundError");
    expect(result.message).toMatch(/^Change 2 \(deleteUserGroup\) would be refused, and nothing was sent/);
    const taken = await applyBy(run)([
      ...changes,
      { addUserGroupMembers: { userGroupId: groupNamed(sandbox, "Finance").id, memberIds: [nobody] } },
    ]);
    expect(taken.result).toMatchObject({
      __typename: "InvalidInputError",
      fields: [{ path: ["changes", "2", "addUserGroupMembers"] }],
    });
    expect(writes([...calls, ...taken.calls])).toEqual([]);
  });

  test("where something expected would not hold", async ({ sandbox, run }) => {
    const { id, changes } = move(sandbox);
    const expected = { memberId: id, permission: { id: dns }, on: { account: true }, verdict: "ALLOWED" };
    const { result, calls } = await applyBy(run)(changes, { expect: [expected] });
    expect(result).toMatchObject({ __typename: "ConflictError", written: false });
    expect(result.message).toMatch(/^`expect\.0` would be NOT_GRANTED, not ALLOWED: No policy or role/);
    expect(writes(calls)).toEqual([]);
    const gone = { ...expected, verdict: "NOT_GRANTED" };
    expect((await applyBy(run)([{ removeMember: { memberId: id } }], { expect: [gone] })).result.__typename).toBe(
      "ApplyChangesPayload",
    );
  });

  test("where what is expected rests on the old zones of a resource group", async ({ sandbox, run }) => {
    const [id = ""] = people(sandbox, 1);
    const shops = resourceGroupNamed(sandbox, "Storefront");
    const zones = [...acme(sandbox).zones.keys()];
    const [old = ""] = shops.scope.objects.map(({ key }) => key.split(".").at(-1) ?? "");
    const other = zones.find((zone) => !shops.scope.objects.some(({ key }) => key.endsWith(zone))) ?? "";
    const own = [{ access: "ALLOW", permissionGroupIds: [purge], resourceGroups: [{ id: shops.id }] }];
    expect((await applyBy(run)([{ updateMember: { memberId: id, policies: own } }])).result.__typename).toBe(
      "ApplyChangesPayload",
    );
    const changes = [{ updateResourceGroup: { resourceGroupId: shops.id, scope: { zoneIds: [other] } } }];
    const stays = { memberId: id, permission: { id: purge }, on: { zoneId: old }, verdict: "ALLOWED" };
    const refused = await applyBy(run)(changes, { expect: [stays] });
    expect(refused.result).toMatchObject({ __typename: "ConflictError", written: false });
    expect(writes(refused.calls)).toEqual([]);
    const goes = [
      { ...stays, verdict: "NOT_GRANTED" },
      { ...stays, on: { zoneId: other } },
    ];
    expect((await applyBy(run)(changes, { expect: goes })).result.__typename).toBe("ApplyChangesPayload");
  });

  test("where the last Super Administrator would go; it is once that is confirmed", async ({ sandbox, run }) => {
    const [first = ""] = people(sandbox, 0);
    const removal = [{ removeMember: { memberId: first } }];
    const { result, calls } = await applyBy(run)(removal);
    expect(result).toMatchObject({ __typename: "ConfirmationRequiredError", required: ["LAST_SUPER_ADMINISTRATOR"] });
    expect(writes(calls)).toEqual([]);
    const confirmed = await applyBy(run)(removal, { confirm: ["LAST_SUPER_ADMINISTRATOR"] });
    expect(confirmed.result.__typename).toBe("ApplyChangesPayload");
    expect(acme(sandbox).members.has(first)).toBe(false);
  });

  test("where a step on the way would leave none, although the last one is fine", async ({ sandbox, run }) => {
    const [first = "", second = ""] = people(sandbox, 0, 40);
    const changes = [
      { removeMember: { memberId: first } },
      { updateMember: { memberId: second, roleIds: [superAdministratorRole] } },
    ];
    expect((await applyBy(run)(changes)).result).toMatchObject({ required: ["LAST_SUPER_ADMINISTRATOR"] });
    expect((await applyBy(run)(changes.toReversed())).result.__typename).toBe("ApplyChangesPayload");
  });

  test("where the calls do not fit what one operation may make, or the quota", async () => {
    const few = setup({}, undefined, { maxCalls: 12 });
    const { result, calls } = await applyBy(few.run)(move(few.sandbox).changes);
    expect(result).toMatchObject({ __typename: "UpstreamError", outcome: "NOT_SENT" });
    expect(result.message).toMatch(/it takes \d+ calls, and of the 12 that one operation may make \d+ are left/);
    expect(writes(calls)).toEqual([]);
    const little = setup({}, undefined, { quota: { units: 12, seconds: 300 } });
    const limited = await applyBy(little.run)(move(little.sandbox).changes);
    expect(limited.result.__typename).toBe("RateLimitedError");
    expect(writes(limited.calls)).toEqual([]);
  });
});

test.for<[string, (sandbox: Sandbox) => object[]]>([
  [
    "three invitations",
    () =>
      ["a", "b", "c"].map((name) => ({
        inviteMember: { accountId: account, email: `${name}@new.example`, policies: [policy] },
      })),
  ],
  [
    "a name, and somebody out of all groups",
    (sandbox) => [
      { updateUserGroup: { userGroupId: groupNamed(sandbox, "Auditors").id, name: "Inspectors" } },
      { offboardMember: { memberId: people(sandbox, 17)[0], keepMembership: true } },
    ],
  ],
])("whatever fits is done and read back, and of what does not nothing is sent: %s", async ([, changesOf]) => {
  const ends = new Set<string>();
  for (const bound of ["maxCalls", "quota"] as const) {
    for (let units = 8; units < 90; units += units < 24 ? 1 : 4) {
      const limits = bound === "quota" ? { quota: { units, seconds: 300 } } : { maxCalls: units };
      const { sandbox, run } = setup({ clock: noon }, undefined, limits);
      const { result, calls } = await applyBy(run)(changesOf(sandbox));
      const type = result.__typename;
      if (type !== "ApplyChangesPayload") expect(writes(calls), `${bound} ${units} ${type}`).toEqual([]);
      ends.add(`${bound} ${type}`);
    }
  }
  expect([...ends]).toEqual(expect.arrayContaining(["maxCalls ApplyChangesPayload", "quota ApplyChangesPayload"]));
  expect([...ends]).toEqual(expect.arrayContaining(["maxCalls UpstreamError", "quota RateLimitedError"]));
});

describe("the first failure stops it, and it is told where", () => {
  const three = (sandbox: Sandbox) => {
    const { changes, ...rest } = move(sandbox);
    return { ...rest, changes: [...changes, { createUserGroup: { accountId: account, name: "Third" } }] };
  };

  test("Cloudflare rejects a call", async ({ sandbox, run }) => {
    const { from, to, id, changes } = three(sandbox);
    to.scim = true;
    const { result, calls } = await applyBy(run)(changes);
    expect(result).toMatchObject({
      __typename: "PartialChangeError",
      change: 1,
      error: { __typename: "InvalidInputError" },
    });
    expect(inShort(result.done)).toEqual([`DELETE /iam/user_groups/${from.id}/members/${id}`]);
    expect(inShort(result.failed)).toEqual([`POST /iam/user_groups/${to.id}/members`]);
    expect(inShort(result.notSent)).toEqual(["POST /iam/user_groups"]);
    expect(result.unknown).toEqual([]);
    expect(result.message).toMatch(/^It stopped at change 1 \(addUserGroupMembers\), and 1 of 3 calls were done: /);
    expect(writes(calls)).toEqual([leave, members]);
    expect([from.members.has(id), to.members.has(id)]).toEqual([false, false]);
  });

  test.for([
    ["answers nothing that can be read", { kind: "error", status: 502, body: "html" }],
    ["answers half", { kind: "truncated" }],
  ] as const)("Cloudflare %s: whether it was done is not known", async ([, fault], { sandbox, run }) => {
    const { to, changes } = three(sandbox);
    sandbox.injectFault(members, fault);
    // What would find it out does not answer either.
    sandbox.injectFault(
      `GET ${group}/members/{member_id}`,
      { kind: "error", status: 502, body: "html" },
      ({ params }) => params.user_group_id === to.id,
    );
    const { result, calls } = await applyBy(run)(changes);
    expect(result).toMatchObject({
      __typename: "PartialChangeError",
      change: 1,
      error: { __typename: "UpstreamError", outcome: "UNKNOWN" },
    });
    expect(inShort(result.unknown)).toEqual([`POST /iam/user_groups/${to.id}/members`]);
    expect([result.done?.length, result.failed?.length, result.notSent?.length]).toEqual([1, 0, 1]);
    expect(writes(calls)).toEqual([leave, members]);
  });

  test("an answer that cannot be read, where a read tells that it was done: it goes on", async ({ sandbox, run }) => {
    const { to, id, changes } = three(sandbox);
    sandbox.injectFault(members, { kind: "truncated" });
    const { result } = await applyBy(run)(changes);
    expect(result.__typename).toBe("ApplyChangesPayload");
    expect(to.members.has(id)).toBe(true);
  });

  test("a credential that may not write: nothing was done", async ({ sandbox, run }) => {
    const { changes } = three(sandbox);
    const { result, calls } = await applyBy(run)(changes, {}, { authorization: "Bearer sandbox-reader" });
    expect(result).toMatchObject({
      __typename: "PartialChangeError",
      change: 0,
      error: { __typename: "PermissionDeniedError" },
      done: [],
    });
    expect([result.failed?.length, result.notSent?.length]).toEqual([1, 2]);
    expect(writes(calls)).toEqual([leave]);
  });

  test.skipIf(serviceMode)(
    "a credential that is refused: an error as for every mutation, unless something was done",
    async ({ sandbox, run }) => {
      const { changes } = three(sandbox);
      const detail = [{ code: 1000, message: "Invalid API Token" }];
      const text = JSON.stringify({ success: false, errors: detail, messages: [], result: null });
      const refusal = () => ({ status: 401, headers: { "content-type": "application/json" }, text });
      sandbox.stub(members, refusal);
      const { result } = await applyBy(run)(changes);
      expect(result).toMatchObject({ __typename: "PartialChangeError", change: 1, unknown: [] });
      expect([result.done?.length, result.failed?.length, result.notSent?.length]).toEqual([1, 1, 1]);
      const fresh = setup();
      fresh.sandbox.stub(leave, refusal);
      const { result: none, errors } = await applyBy(fresh.run)(three(fresh.sandbox).changes);
      expect(none).toBeNull();
      expect(errors?.[0]?.extensions?.code).toBe("UNAUTHENTICATED");
    },
  );

  test("one of several calls of a change: those after it are not tried", async ({ sandbox, run }) => {
    const [someone = ""] = people(sandbox, 30);
    const names = ["Finance", "Contractors", "New Joiners"].map((name) => groupNamed(sandbox, name));
    const userGroupIds = names.map(({ id }) => id);
    const [, second] = names;
    if (second) second.scim = true;
    for (const each of names) each.members.delete(someone);
    const { result } = await applyBy(run)([{ addMemberToUserGroups: { memberId: someone, userGroupIds } }]);
    expect(result).toMatchObject({ __typename: "PartialChangeError", change: 0 });
    const path = (id = "") => [`POST /iam/user_groups/${id}/members`];
    expect([result.done, result.failed, result.notSent].map(inShort)).toEqual(userGroupIds.map(path));
    expect(names.map((each) => each.members.has(someone))).toEqual([true, false, false]);
  });

  test("somebody else writes in between: nothing is overwritten", async ({ sandbox, run }) => {
    const { id } = groupNamed(sandbox, "Security");
    const finance = groupNamed(sandbox, "Finance");
    sandbox.stub(`PUT ${group}`, ({ params }) => {
      if (params.user_group_id === finance.id) groupNamed(sandbox, "Security").policies.pop();
      return undefined;
    });
    const before = groupNamed(sandbox, "Security").policies.length;
    const { result, calls } = await applyBy(run)([
      { updateUserGroup: { userGroupId: finance.id, name: "Money" } },
      { addUserGroupPolicy: { userGroupId: id, policy } },
    ]);
    expect(result).toMatchObject({
      __typename: "PartialChangeError",
      change: 1,
      error: { __typename: "ConflictError" },
      failed: [],
      unknown: [],
    });
    expect(writes(calls)).toEqual([`PUT ${group}`]);
    expect(groupNamed(sandbox, "Security").policies).toHaveLength(before - 1);
  });

  test("a shutdown of the gateway: it stops before the next write, and tells so", async ({ sandbox, gateway, run }) => {
    const { from, to, id, changes } = three(sandbox);
    sandbox.stub(leave, () => {
      gateway.beginShutdown();
      return undefined;
    });
    const { result, calls } = await applyBy(run)(changes);
    expect(result).toMatchObject({
      __typename: "PartialChangeError",
      change: 1,
      failed: [],
      unknown: [],
      error: { outcome: "NOT_SENT" },
    });
    expect(result.error?.message).toMatch(/^The gateway is shutting down/);
    expect([result.done?.length, result.notSent?.length]).toEqual([1, 2]);
    expect(writes(calls)).toEqual([leave]);
    expect([from.members.has(id), to.members.has(id)]).toEqual([false, false]);
    // A single mutation is not a matter of several writes: it is done until the end.
    const { result: none } = await applyBy(run)(changes.slice(1));
    expect(none).toMatchObject({ __typename: "UpstreamError", outcome: "NOT_SENT" });
  });
});

/** What runs, with its pauses cut short. */
async function withoutWaiting<T>(running: Promise<T>): Promise<T> {
  let isDone = false;
  void running.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(250);
  }
  return running;
}

describe("the account is read back", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  const undone = (sandbox: Sandbox, to: { members: Map<string, string> }, id: string, times: number) => {
    let reads = 0;
    const reading = `GET ${group}/members`;
    sandbox.stub(members, () => {
      reads = 1;
      return undefined;
    });
    sandbox.stub(reading, () => {
      if (reads > 0 && reads++ <= times * 2) to.members.delete(id);
      else if (reads > 0) to.members.set(id, "2026-01-01T00:00:00Z");
      return undefined;
    });
  };

  test("it may take Cloudflare a moment", async ({ sandbox, run }) => {
    const { to, id, changes } = move(sandbox);
    undone(sandbox, to, id, 1);
    const { result, calls } = await withoutWaiting(applyBy(run)(changes));
    expect(result.__typename).toBe("ApplyChangesPayload");
    expect(tally(calls.slice(calls.lastIndexOf(members) + 1))).toEqual({ [`GET ${group}/members`]: 4 });
  });

  test("a policy on a named group that is written by its scope is the same", async ({ sandbox, run }) => {
    // The seeded member has this policy on the resource group of the whole account.
    const [id] = [...acme(sandbox).members].find(([, { policies }]) => {
      const [only, ...more] = policies;
      const [place] = only?.resource_groups ?? [];
      return (
        more.length === 0 && only?.permission_groups[0]?.id === dns && place?.id && place.scope.objects[0]?.key === "*"
      );
    }) ?? [""];
    const policies = [{ access: "ALLOW", permissionGroupIds: [dns], resourceGroups: [{ scope: { account: true } }] }];
    const { result } = await applyBy(run)([{ updateMember: { memberId: id, policies } }]);
    expect(result.__typename, result.message).toBe("ApplyChangesPayload");
    expect(acme(sandbox).members.get(id)?.policies[0]?.resource_groups[0]?.id).toBeUndefined();
  });

  test("a member is as written, also where Cloudflare shows the policies of their groups on them", async () => {
    const { sandbox, run } = setup({ clock: noon, inheritedPolicies: true });
    const auditors = groupNamed(sandbox, "Auditors");
    const [memberId = ""] = auditors.members.keys();
    const update = { updateMember: { memberId, policies: [policy] } };
    const group = { updateUserGroup: { userGroupId: auditors.id, policies: [policy] } };
    for (const changes of [[update], [group, update]]) {
      const { result, calls } = await applyBy(run)(changes);
      expect(result.__typename, result.message).toBe("ApplyChangesPayload");
      expect(calls.filter((route) => route === `GET ${member}`)).toHaveLength(2);
    }
  });

  const seventeenth = (sandbox: Sandbox) => acme(sandbox).members.get(people(sandbox, 17)[0] ?? "");
  const shops = (sandbox: Sandbox) => resourceGroupNamed(sandbox, "Storefront");
  const auditors = (sandbox: Sandbox) => groupNamed(sandbox, "Auditors");
  const resources = "/accounts/{account_id}/iam/resource_groups/{resource_group_id}";
  test.for<[what: string, change: (sandbox: Sandbox) => object, path: string, edit: (sandbox: Sandbox) => void]>([
    [
      "the name of a user group",
      (sandbox) => ({ updateUserGroup: { userGroupId: auditors(sandbox).id, name: "Inspectors" } }),
      group,
      (sandbox) => {
        for (const each of acme(sandbox).userGroups.values()) if (each.name === "Inspectors") each.name = "Auditors";
      },
    ],
    [
      "the policies of a user group",
      (sandbox) => ({ addUserGroupPolicy: { userGroupId: auditors(sandbox).id, policy } }),
      group,
      (sandbox) => void auditors(sandbox).policies.pop(),
    ],
    [
      "what a member may do",
      (sandbox) => ({ updateMember: { memberId: seventeenth(sandbox)?.id, policies: [policy] } }),
      member,
      (sandbox) => void seventeenth(sandbox)?.policies.pop(),
    ],
    [
      "the scope of a resource group",
      (sandbox) => ({ updateResourceGroup: { resourceGroupId: shops(sandbox).id, scope: { account: true } } }),
      resources,
      (sandbox) => {
        shops(sandbox).scope = { ...shops(sandbox).scope, objects: [] };
      },
    ],
  ])("what somebody edits meanwhile is a conflict: %s", async ([, change, path, edit], { sandbox, run }) => {
    let isWritten = false;
    sandbox.stub(`PUT ${path}`, () => {
      isWritten = true;
      return undefined;
    });
    sandbox.stub(`GET ${path}`, () => {
      if (isWritten) edit(sandbox);
      return undefined;
    });
    const { result } = await withoutWaiting(applyBy(run)([change(sandbox)]));
    expect(result).toMatchObject({ __typename: "ConflictError", written: true, moved: [{}] });
  });

  test("what stays different is a conflict, after three times", async ({ sandbox, run }) => {
    const { to, id, changes } = move(sandbox);
    undone(sandbox, to, id, 99);
    const { result, calls } = await withoutWaiting(applyBy(run)(changes));
    expect(result).toMatchObject({
      __typename: "ConflictError",
      written: true,
      moved: [{ id: globalId("UserGroup", account, to.id) }],
    });
    expect(tally(calls.slice(calls.lastIndexOf(members) + 1))).toEqual({ [`GET ${group}/members`]: 6 });
  });

  test("a read that fails says that all was done", async ({ sandbox, run }) => {
    const { to, id, changes } = move(sandbox);
    sandbox.stub(members, () => {
      sandbox.injectFault(`GET ${group}/members`, { kind: "error", status: 500, body: "html" });
      return undefined;
    });
    const { result } = await applyBy(run)(changes);
    expect(result).toMatchObject({ __typename: "UpstreamError", outcome: "WRITTEN" });
    expect(to.members.has(id)).toBe(true);
  });
});
