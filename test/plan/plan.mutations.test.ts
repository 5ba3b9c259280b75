import { describe } from "vitest";
import { schema } from "../../src/graph/schema.ts";
import { account, expect, setup } from "../gateway.ts";
import { costs, plan, raw, test, type Variables } from "./setup.ts";

describe("the plan of a mutation", () => {
  const place = { scope: { account: true } };
  const policy = { access: "ALLOW", permissionGroupIds: [raw(1)], resourceGroups: [place] };
  const group = { userGroupId: raw(1), accountId: account };
  const resourceGroup = { resourceGroupId: raw(1), accountId: account };
  const person = { memberId: raw(1), accountId: account };
  const connector = { ssoConnectorId: raw(1), accountId: account };
  const members = (n: number) => Array.from({ length: n }, (_, i) => raw(i));
  const revision = "a".repeat(22);
  const confirm = ["LAST_SUPER_ADMINISTRATOR", "OWN_MEMBERSHIP"];
  const cases: [name: string, max: number | null, input: Variables, fields?: string][] = [
    ["createUserGroup", 3, { accountId: account, name: "New" }, "userGroup { name policies { id } revision }"],
    ["createUserGroup", 4, { accountId: account, name: "New" }, "userGroup { members { totalCount } }"],
    ["updateUserGroup", 3, { ...group, name: "New", policies: [policy], confirm }],
    ["updateUserGroup", null, { ...group, name: "New", policies: [policy] }],
    ["updateUserGroup", 4, { ...group, name: "New" }, "userGroup { name }"],
    ["updateUserGroup", 4, { ...group, name: "New", policies: [], expectedRevision: revision, confirm }],
    ["deleteUserGroup", 2, { ...group, confirm }],
    ["deleteUserGroup", null, group],
    ["addUserGroupPolicy", 4, { ...group, policy }],
    ["updateUserGroupPolicy", 4, { ...group, policyId: raw(3), policy: { access: "ALLOW" }, confirm }],
    ["removeUserGroupPolicy", 4, { ...group, policyId: raw(3), expectedRevision: revision, confirm }],
    ["addUserGroupMembers", 4, { ...group, memberIds: members(3) }, "userGroup { id cloudflareId }"],
    ["addUserGroupMembers", 5, { ...group, memberIds: members(3) }, "userGroup { name updatedAt }"],
    [
      "addUserGroupMembers",
      13,
      { ...group, memberIds: members(3) },
      "userGroup { name members(first: 3) { nodes { user { email } } } }",
    ],
    ["addUserGroupMembers", null, { ...group, memberIds: members(3) }, "userGroup { members { revision } }"],
    [
      "removeUserGroupMember",
      3,
      { ...group, memberId: raw(4), confirm },
      "userGroup { policies { owner { ... on UserGroup { name } } } }",
    ],
    ["replaceUserGroupMembers", 3, { ...group, memberIds: members(499), confirm }],
    ["replaceUserGroupMembers", 5, { ...group, memberIds: members(500), confirm }],
    ["replaceUserGroupMembers", null, { ...group, memberIds: [], expectedRevision: revision }],
    ["inviteMember", 3, { accountId: account, email: "new@acme.example", policies: [policy] }],
    [
      "inviteMember",
      4,
      { accountId: account, email: "new@acme.example", roleIds: [raw(2)] },
      "member { roles { name } }",
    ],
    [
      "inviteMember",
      5,
      { accountId: account, email: "new@acme.example", policies: [{ ...policy, permissionGroupLabels: ["a", "b"] }] },
    ],
    [
      "updateMember",
      4,
      { ...person, policies: [policy], expectedRevision: revision, confirm },
      "member { revision roles { name } }",
    ],
    ["addMemberToUserGroups", 4, { ...person, userGroupIds: [raw(1), raw(2)] }, "additions { userGroup { id } }"],
    ["offboardMember", null, { ...person, confirm }, "steps { userGroup { id } }"],
    [
      "applyChanges",
      null,
      { accountId: account, changes: [{ deleteUserGroup: { userGroupId: raw(1) } }], confirm },
      "calls { path }",
    ],
    ["removeMember", 2, { ...person, confirm }],
    ["removeMember", null, person],
    ["createResourceGroup", 3, { accountId: account, name: "New", ...place }, "resourceGroup { name scopes { key } }"],
    ["updateResourceGroup", 3, { ...resourceGroup, name: "New", ...place, confirm }],
    ["updateResourceGroup", 4, { ...resourceGroup, ...place, confirm }],
    ["updateResourceGroup", 4, { ...resourceGroup, name: "New" }],
    ["updateResourceGroup", null, { ...resourceGroup, ...place }],
    ["deleteResourceGroup", 2, { ...resourceGroup, confirm }],
    ["deleteResourceGroup", null, resourceGroup],
    ["createSsoConnector", 3, { accountId: account, emailDomain: "example.com" }],
    ["updateSsoConnector", 4, { ...connector, enabled: true }],
    ["updateSsoConnector", 3, { ...connector, enabled: false }],
    ["deleteSsoConnector", 2, connector],
    ["beginSsoConnectorVerification", 2, connector, "ssoConnector { enabled }"],
  ];

  test.for(cases)("%s is at most %o: %o, with %s", ([name, max, input, fields = "messages { code }"]) => {
    const Name = name.charAt(0).toUpperCase() + name.slice(1);
    const query = `mutation ($input: ${Name}Input!) { ${name}(input: $input) { ... on ${Name}Payload { ${fields} } } }`;
    expect(plan(query, { input })).toEqual({ min: 0, max });
  });

  test("knows every mutation", () => {
    const known = new Set(cases.map(([name]) => name));
    const all = Object.keys(schema.getMutationType()?.getFields() ?? {});
    expect([...known].toSorted(), "add the mutation to `cases` above: its calls at most").toEqual(all.toSorted());
  });

  test.for([
    ["first: 600", "first: 50"],
    ["first: 50", "first: 600"],
  ])("counts the dearer of payload and conflict: pages of %s and of %s", ([payload, conflict]) => {
    const query = `mutation ($input: UpdateUserGroupInput!) { updateUserGroup(input: $input) {
      ... on UpdateUserGroupPayload { userGroup { ...People a: members(${payload}, direction: DESC) { totalCount } } }
      ... on ConflictError { current { ...People ... on UserGroup { b: members(${conflict}) { totalCount } } ... on Member { user { email } } } }
    } }
    fragment People on UserGroup { members(first: 3) { nodes { user { email } } } }`;
    expect(plan(query, { input: { ...group, name: "New" } })).toEqual({ min: 0, max: 4 + 8 + 2 });
  });

  test("adds up, because each forgets what was read before", () => {
    const fields = "... on AddUserGroupMembersPayload { userGroup { members { totalCount } } }";
    const query = `mutation ($input: AddUserGroupMembersInput!) {
      a: addUserGroupMembers(input: $input) { __typename } ...Again
      b: addUserGroupMembers(input: $input) { ${fields} }
    }
    fragment Again on Mutation { a: addUserGroupMembers(input: $input) { ${fields} ... { ${fields} } } }`;
    expect(plan(query, { input: { ...group, memberIds: members(1) } })).toEqual({ min: 0, max: 6 });
  });

  test("holds for writes that go well, conflict, and are refused", async () => {
    const { run, sandbox } = setup();
    const [own, other] = [...(sandbox.state.accounts.get(account)?.userGroups.values() ?? [])];
    const [resources] = [...(sandbox.state.accounts.get(account)?.resourceGroups.values() ?? [])];
    const [connectorId] = [...(sandbox.state.accounts.get(account)?.ssoConnectors.keys() ?? [])];
    const inOwn = { userGroupId: own?.id, accountId: account };
    const permissionGroupIds = own?.policies[0]?.permission_groups.map(({ id }) => id);
    const writes: [name: string, input: Variables, fields?: string][] = [
      ["createUserGroup", { accountId: account, name: "New" }, "userGroup { members { totalCount } }"],
      ["createUserGroup", { accountId: account, name: "New" }],
      ["createUserGroup", { accountId: account, name: " " }],
      ["updateUserGroup", { userGroupId: own?.id, accountId: account, name: "Newer" }, "userGroup { revision }"],
      ["updateUserGroup", { userGroupId: own?.id, accountId: account, name: "Newest", expectedRevision: revision }],
      ["updateUserGroup", { ...group, name: "Newest" }],
      ["addUserGroupPolicy", { ...inOwn, policy: { ...policy, permissionGroupIds } }],
      ["removeUserGroupPolicy", { ...inOwn, policyId: raw(3) }],
      [
        "replaceUserGroupMembers",
        { ...inOwn, memberIds: [...(other?.members.keys() ?? [])] },
        "userGroup { name members { nodes { user { email } } } }",
      ],
      ["replaceUserGroupMembers", { ...inOwn, memberIds: [], expectedRevision: revision }],
      ["deleteUserGroup", { userGroupId: own?.id, accountId: account }],
      ["updateResourceGroup", { resourceGroupId: resources?.id, accountId: account, name: "New" }],
      ["deleteResourceGroup", { resourceGroupId: resources?.id, accountId: account }],
      ["updateSsoConnector", { ssoConnectorId: connectorId, accountId: account, enabled: true }],
      [
        "beginSsoConnectorVerification",
        { ssoConnectorId: connectorId, accountId: account },
        "ssoConnector { enabled }",
      ],
    ];
    const spent: number[] = [];
    for (const [name, input, fields = "messages { code }"] of writes) {
      const Name = name.charAt(0).toUpperCase() + name.slice(1);
      const query = `mutation ($input: ${Name}Input!) { ${name}(input: $input) {
        ... on ${Name}Payload { ${fields} } ... on ConflictError { current { ... on UserGroup { members { totalCount } } } } } }`;
      spent.push(await costs(run, query, { input }));
    }
    expect(spent.filter((calls) => calls > 0)).toHaveLength(writes.length - 1);
  });
});
