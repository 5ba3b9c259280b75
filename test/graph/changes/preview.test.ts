import { parse } from "graphql";
import { describe } from "vitest";
import { changeKinds } from "../../../src/graph/changes/change-input.ts";
import { schema } from "../../../src/graph/schema.ts";
import { planOf } from "../../../src/plan/plan.ts";
import { emailOf, type Member } from "../../../src/sandbox/state.ts";
import { authenticate, setup, setupOverHttp, tally } from "../../gateway.ts";
import {
  account,
  acme,
  dns,
  expect,
  firewall,
  globalId,
  groupNamed,
  nobody,
  people,
  policy,
  purge,
  test,
} from "../mutations/mutation.ts";
import { policyIdOf, previewBy, shortly, writesOf } from "./preview.ts";

const lists = {
  "GET /accounts/{account_id}/iam/user_groups": 1,
  "GET /accounts/{account_id}/members": 2,
};
const group = "GET /accounts/{account_id}/iam/user_groups/{user_group_id}/members";

describe.concurrent("over real HTTP, with answers out of order", () => {
  test("somebody moves to another team: what they gain and lose, and the calls that it takes", async ({ expect }) => {
    await using fixture = await setupOverHttp();
    const { sandbox, run } = fixture;
    const [from, to] = [groupNamed(sandbox, "DNS Operators"), groupNamed(sandbox, "Web Performance")];
    const [id = ""] = from.members.keys();
    const before = structuredClone([...acme(sandbox).userGroups.values()].map(({ members }) => [...members.keys()]));
    const { preview, errors, calls } = await previewBy(run)([
      { removeUserGroupMember: { userGroupId: from.id, memberId: id } },
      { addUserGroupMembers: { userGroupId: globalId("UserGroup", account, to.id), memberIds: [id] } },
    ]);
    expect(errors).toBeUndefined();
    expect(preview).toMatchObject({ complete: true, unread: [], refusals: [] });
    expect(writesOf(preview)).toEqual([
      `DELETE /iam/user_groups/${from.id}/members/${id}`,
      `POST /iam/user_groups/${to.id}/members`,
    ]);
    expect(preview.calls.at(-1)?.body).toEqual([{ id }]);
    const of = (kind: string) => preview.accessChanges.filter((each) => each.kind === kind);
    expect(new Set(preview.accessChanges.map(({ member }) => member.cloudflareId))).toEqual(new Set([id]));
    expect(of("LOST").map(({ grant }) => grant.permissionGroup?.cloudflareId)).toEqual([dns]);
    // Two permissions on two resource groups, one of which Platform Engineering gives them, too.
    expect(of("GAINED")).toHaveLength(2);
    expect([...acme(sandbox).userGroups.values()].map(({ members }) => [...members.keys()])).toEqual(before);
    expect(tally(calls)).toMatchObject(lists);
    expect(calls.every((route) => route.startsWith("GET "))).toBe(true);
    // Each list once: those of both groups, and of the two that grant some of the same.
    expect(new Set(sandbox.calls.map(({ path, query }) => path + JSON.stringify(query))).size).toBe(calls.length);
  });

  test("a policy that is changed, changed again and removed is followed, and so is one that was added", async ({
    expect,
  }) => {
    await using fixture = await setupOverHttp();
    const { sandbox, run } = fixture;
    const { id, policies } = groupNamed(sandbox, "Security");
    const [first, second] = policies;
    const of = { userGroupId: id };
    const global = await policyIdOf(run, id, first?.id);
    const { preview } = await previewBy(run)([
      { addUserGroupPolicy: { ...of, policy: { ...policy, permissionGroupIds: [purge] } } },
      { updateUserGroupPolicy: { ...of, policyId: first?.id, policy: { permissionGroupIds: [dns] } } },
      {
        updateUserGroupPolicy: {
          ...of,
          policyId: global,
          policy: { permissionGroupIds: [firewall] },
        },
      },
      { removeUserGroupPolicy: { ...of, policyId: second?.id } },
      { removeUserGroupPolicy: { ...of, policyId: "#0" } },
      { removeUserGroupPolicy: { ...of, policyId: first?.id } },
    ]);
    expect(preview.refusals).toEqual([]);
    const bodies = preview.calls
      .filter(({ method }) => method === "PUT")
      .map(({ body }) => body as { policies: { permission_groups: { id: string }[] }[] });
    const ids = bodies.map(({ policies }) =>
      policies.map(({ permission_groups }) => permission_groups.map((each) => each.id)),
    );
    const rest = policies.slice(1).map(({ permission_groups }) => permission_groups.map((each) => each.id));
    const own = policies[0]?.permission_groups.map((each) => each.id);
    expect(ids).toEqual([
      [own, ...rest, [purge]],
      [[dns], ...rest, [purge]],
      [[firewall], ...rest, [purge]],
      [[firewall], ...rest.slice(1), [purge]],
      [[firewall], ...rest.slice(1)],
      rest.slice(1),
    ]);
    expect(preview.accessChanges.every(({ kind }) => kind === "LOST")).toBe(true);
  });
});

test("what is granted through something else is neither gained nor lost", async ({ sandbox, run }) => {
  const [one, other] = [groupNamed(sandbox, "DNS Operators"), groupNamed(sandbox, "Network Operations")];
  const both = [...one.members.keys()].filter((id) => other.members.has(id));
  const { preview, calls } = await previewBy(run)([{ deleteUserGroup: { userGroupId: one.id } }]);
  const lost = preview.accessChanges.map(({ member }) => member.cloudflareId);
  expect(new Set(lost)).toEqual(new Set([...one.members.keys()].filter((id) => !both.includes(id))));
  expect(tally(calls)).toMatchObject({ ...lists, [group]: 2 });
});

test("ids name what earlier changes create", async ({ sandbox, run }) => {
  const [mara = ""] = people(sandbox, 5);
  const zones = { zoneIds: [[...acme(sandbox).zones.keys()][0]] };
  const { preview } = await previewBy(run)([
    { createResourceGroup: { accountId: account, name: "Shops", scope: zones } },
    {
      createUserGroup: {
        accountId: globalId("Account", account),
        name: "Cache",
        policies: [{ access: "ALLOW", permissionGroupIds: [purge], resourceGroups: [{ id: "#0" }] }],
      },
    },
    { inviteMember: { accountId: account, email: "kim@new.example", policies: [policy] } },
    { addUserGroupMembers: { userGroupId: "#1", memberIds: ["#2", mara] } },
    { addMemberToUserGroups: { memberId: "#2", userGroupIds: [groupNamed(sandbox, "Finance").id] } },
  ]);
  expect(preview.refusals).toEqual([]);
  expect(writesOf(preview)).toEqual([
    "POST /iam/resource_groups",
    "POST /iam/user_groups",
    "POST /members",
    "POST /iam/user_groups/#1/members",
    `POST /iam/user_groups/${groupNamed(sandbox, "Finance").id}/members`,
  ]);
  expect(preview.calls[1]?.body).toMatchObject({ policies: [{ resource_groups: [{ id: "#0" }] }] });
  expect(preview.calls[3]?.body).toEqual([{ id: "#2" }, { id: mara }]);
  expect(shortly(preview).toSorted()).toEqual(
    [
      "GAINED kim@new.example",
      "GAINED kim@new.example",
      `GAINED ${emailOf(acme(sandbox).members.get(mara) as Member)}`,
    ].toSorted(),
  );
  expect(preview.accessChanges.map(({ grant }) => grant.coverage).toSorted()).toEqual(["ACCOUNT", "ZONE", "ZONE"]);
});

test("a change that would be refused is told, and those that need it; the others are previewed", async ({
  sandbox,
  run,
}) => {
  const { id, name } = groupNamed(sandbox, "Finance");
  const [mara = ""] = people(sandbox, 5);
  const { preview } = await previewBy(run)([
    { createUserGroup: { accountId: account, name: "Security" } },
    { addUserGroupMembers: { userGroupId: "#0", memberIds: [mara] } },
    { removeUserGroupMember: { userGroupId: id, memberId: nobody } },
    { addUserGroupMembers: { userGroupId: id, memberIds: [nobody] } },
    { deleteUserGroup: { userGroupId: nobody } },
    { removeUserGroupPolicy: { userGroupId: id, policyId: nobody } },
    { inviteMember: { accountId: account, email: "mara.lindqvist@acme.example", policies: [policy] } },
    { addUserGroupPolicy: { userGroupId: id, policy: { ...policy, resourceGroups: [{ id: nobody }] } } },
    { updateMember: { memberId: nobody, policies: [policy] } },
    { deleteResourceGroup: { resourceGroupId: nobody } },
    {
      addUserGroupPolicy: {
        userGroupId: id,
        policy: { access: "ALLOW", permissionGroupLabels: ["no_such"], resourceGroups: policy.resourceGroups },
      },
    },
    { updateUserGroup: { userGroupId: id, name: "Money" } },
  ]);
  expect(preview.refusals.map(({ change, error }) => [change, error.__typename])).toEqual([
    [0, "ConflictError"],
    [1, "ConflictError"],
    [2, "NotFoundError"],
    [3, "InvalidInputError"],
    [4, "NotFoundError"],
    [5, "ConflictError"],
    [6, "ConflictError"],
    [7, "InvalidInputError"],
    [8, "NotFoundError"],
    [9, "NotFoundError"],
    [10, "InvalidInputError"],
  ]);
  expect(writesOf(preview)).toEqual([`PUT /iam/user_groups/${id}`]);
  expect(preview.calls.at(-1)?.body).toMatchObject({ name: "Money", policies: [] });
  expect(groupNamed(sandbox, name).id).toBe(id);
});

describe("bad input is an error that names it, and no call is made", () => {
  const of = { userGroupId: nobody };
  const cases: [what: string, changes: object[], message: RegExp][] = [
    ["no change", [], /`changes` must not be empty/],
    [
      "too many",
      Array.from({ length: 51 }, () => ({ deleteUserGroup: of })),
      /`changes` must have at most 50 items, not 51/,
    ],
    [
      "an expectedRevision",
      [{ updateUserGroup: { ...of, name: "A", expectedRevision: "x".repeat(22) } }],
      /`changes\.0\.updateUserGroup\.expectedRevision` must be left out/,
    ],
    [
      "a confirm",
      [{ deleteUserGroup: { ...of, confirm: ["OWN_MEMBERSHIP"] } }],
      /`changes\.0\.deleteUserGroup\.confirm` must be left out/,
    ],
    [
      "another account",
      [{ deleteUserGroup: { ...of, accountId: nobody } }],
      /`changes\.0\.deleteUserGroup\.accountId` must be the account of all changes/,
    ],
    [
      "a group of another account",
      [{ deleteUserGroup: { userGroupId: globalId("UserGroup", nobody, nobody) } }],
      /userGroupId` is of another account/,
    ],
    [
      "a later change",
      [{ deleteUserGroup: { userGroupId: "#1" } }, { createUserGroup: { accountId: account, name: "A" } }],
      /`changes\.0\.deleteUserGroup\.userGroupId` must name an earlier change: this one is #0/,
    ],
    ["itself", [{ deleteUserGroup: { userGroupId: "#0" } }], /must name an earlier change/],
    [
      "what creates nothing",
      [{ deleteUserGroup: of }, { deleteUserGroup: { userGroupId: "#0" } }],
      /change 0 \(deleteUserGroup\) creates nothing/,
    ],
    [
      "what creates something else",
      [{ createUserGroup: { accountId: account, name: "A" } }, { removeMember: { memberId: "#0" } }],
      /must name a Member, and change 0 \(createUserGroup\) creates a UserGroup/,
    ],
    ["no number", [{ deleteUserGroup: { userGroupId: "#x" } }], /userGroupId` must be a Cloudflare ID/],
    [
      "a mistake within",
      [{ addUserGroupMembers: { ...of, memberIds: [] } }],
      /`changes\.0\.addUserGroupMembers\.memberIds` must not be empty/,
    ],
    [
      "too long a list within",
      [{ addUserGroupMembers: { ...of, memberIds: Array.from({ length: 1001 }, () => nobody) } }],
      /memberIds` must have at most 1000 items/,
    ],
    [
      "several mistakes",
      [{ addUserGroupMembers: { ...of, memberIds: [] } }, { updateUserGroup: of }],
      /memberIds` must not be empty; `changes\.1\.updateUserGroup` changes nothing/,
    ],
    ["two in one", [{ deleteUserGroup: of, removeMember: { memberId: nobody } }], /exactly one/i],
  ];

  test.for(cases)("%s", async ([, changes, message], { run }) => {
    const { preview, errors, calls } = await previewBy(run)(changes);
    expect(errors?.[0]?.message).toMatch(message);
    expect(errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT");
    expect(preview).toBeFalsy();
    expect(calls).toEqual([]);
  });

  test("an account that is none", async ({ run }) => {
    const { errors, calls } = await run(
      `{ previewChanges(accountId: "acme", changes: [{ deleteUserGroup: { userGroupId: "${nobody}" } }]) { revision } }`,
    );
    expect(errors?.[0]?.message).toMatch(/`accountId` must be/);
    expect(calls).toEqual([]);
  });
});

test("an account that cannot be read is an error, and no preview without anything", async ({ run }) => {
  const { data, errors } = await run<{ previewChanges: null }, object>(
    `{ previewChanges(accountId: "${nobody}", changes: [{ deleteUserGroup: { userGroupId: "${nobody}" } }]) { revision } }`,
  );
  expect(data?.previewChanges).toBeNull();
  expect(errors?.[0]?.extensions?.code).toBe("NOT_FOUND");
});

test("a caller without a right to the account gets nothing, whatever the changes name", async () => {
  const { sandbox, run } = setup({}, undefined, { authenticate });
  const headers = { authorization: "Bearer sandbox-admin", "x-caller": "anna", "x-rights": "[]" };
  const scope = { zoneIds: [[...acme(sandbox).zones.keys()][0]] };
  for (const change of [
    { deleteUserGroup: { userGroupId: groupNamed(sandbox, "Finance").id } },
    { createResourceGroup: { accountId: account, name: "Shops", scope } },
  ]) {
    const { preview, errors, calls } = await previewBy(run)([change], headers);
    expect(preview).toBeNull();
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(["FORBIDDEN"]);
    expect(calls).toEqual([]);
  }
});

describe("the plan", () => {
  const document = parse(`query ($accountId: ID!, $changes: [ChangeInput!]!) {
    previewChanges(accountId: $accountId, changes: $changes) { revision } }`);
  const plan = (changes: object[], accountId = account) => planOf(schema, document, undefined, { accountId, changes });

  test("counts the lists that are read in any case, and knows no bound", async ({ run, sandbox }) => {
    const { id } = groupNamed(sandbox, "Finance");
    const changes = [{ deleteUserGroup: { userGroupId: id } }];
    expect(plan(changes)).toEqual({ min: 2, max: null });
    expect(plan(changes, globalId("Account", account))).toEqual({ min: 2, max: null });
    const { calls } = await previewBy(run)(changes);
    expect(calls.length).toBeGreaterThanOrEqual(2);
  });

  test("of what is refused is nothing", () => {
    expect(plan([])).toEqual({ min: 0, max: 0 });
    expect(plan([{ deleteUserGroup: { userGroupId: "#0" } }])).toEqual({ min: 0, max: 0 });
    expect(plan([{ deleteUserGroup: { userGroupId: nobody } }], "acme")).toEqual({ min: 0, max: 0 });
  });
});

test("every mutation that changes who may do what is a change", () => {
  const all = Object.keys(schema.getMutationType()?.getFields() ?? {});
  const others = ["applyChanges", ...all.filter((name) => name.includes("SsoConnector"))];
  expect([...Object.keys(changeKinds), ...others].toSorted(), "add the mutation to `changeKinds`").toEqual(
    all.toSorted(),
  );
});
