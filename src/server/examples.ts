import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { globalId } from "../graph/node.ts";
import { acmeId } from "../sandbox/acme.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";

/** Cloudflare's IDs of what is in a sandbox. */
export interface ExampleIds {
  /** The account Acme. */
  accountId: string;
  /** Acme's first user group. */
  userGroupId: string;
  /** The first member of that group. */
  memberId: string;
  /** Two members of Acme who are not in that group; fewer where it has all. */
  otherMemberIds: string[];
  /** A permission group of the catalogue: Domain DNS. */
  permissionGroupId: string;
  /** A resource group of Acme, and a zone that it names. */
  resourceGroupId: string;
  zoneId: string;
  /** An SSO connector of Acme whose domain is being verified. */
  ssoConnectorId: string;
}

/** IDs to ask a sandbox for. Throws where what Acme is seeded with was deleted. */
export function exampleIds({ state }: Sandbox): ExampleIds {
  const acme = state.accounts.get(acmeId);
  const [group] = acme?.userGroups.values() ?? [];
  const [places] = acme?.resourceGroups.values() ?? [];
  const zone = places?.scope.objects[0]?.key.split(".").at(-1);
  const dns = [...(acme?.permissionGroups.values() ?? [])].find(({ name }) => name === "Domain DNS");
  const pending = [...(acme?.ssoConnectors.values() ?? [])].find(
    ({ verification }) => verification.status === "pending",
  );
  const [memberId] = group?.members.keys() ?? [];
  if (!acme || !group || !memberId || !places || !zone || !dns || !pending) {
    throw new Error("The sandbox lacks what the example operations ask for.");
  }
  const others = [...acme.members.keys()].filter((id) => !group.members.has(id));
  return {
    accountId: acmeId,
    userGroupId: group.id,
    memberId,
    otherMemberIds: others.slice(0, 2),
    permissionGroupId: dns.id,
    resourceGroupId: places.id,
    zoneId: zone,
    ssoConnectorId: pending.id,
  };
}

/**
 * Variables with which the example operations find data in the sandbox: values by the name of a variable, or where several operations
 * mean different things by it, by `Operation.variable`.
 */
export function examples(sandbox: Sandbox): Record<string, unknown> {
  const { accountId, userGroupId, memberId, otherMemberIds, permissionGroupId, zoneId, ssoConnectorId } =
    exampleIds(sandbox);
  const groups = [...(sandbox.state.accounts.get(accountId)?.userGroups.keys() ?? [])];
  const resourceGroups = [{ scope: { zoneIds: [zoneId] } }];
  const policy = { access: "ALLOW", permissionGroupIds: [permissionGroupId], resourceGroups };
  return {
    account: accountId,
    group: userGroupId,
    zone: zoneId,
    member: memberId,
    connector: globalId("SsoConnector", accountId, ssoConnectorId),
    ...whyNot(sandbox),
    ids: groups.slice(0, 3).map((id) => globalId("UserGroup", accountId, id)),
    "CreateGroup.input": { accountId, name: "Storefront DNS", policies: [policy] },
    "AddPolicy.input": { accountId, userGroupId, policy },
    "ChangeMembers.add": { accountId, userGroupId, memberIds: otherMemberIds },
    "ChangeMembers.remove": { accountId, userGroupId, memberId },
    "InviteMember.input": {
      accountId,
      email: "kim.larsen@acme.example",
      policies: [{ access: "ALLOW", permissionGroupLabels: ["domain_dns"], resourceGroups }],
    },
    "AddToGroups.input": { accountId, memberId: otherMemberIds[0], userGroupIds: groups.slice(0, 2) },
    "RemoveMember.input": { accountId, memberId: otherMemberIds[1] },
    "OffboardMember.input": { accountId, memberId: otherMemberIds[1] },
    ...move(sandbox),
    "SetUpSso.input": { accountId, emailDomain: "acme-sport.example" },
  };
}

/** Somebody who moves to another team, and what has to be so afterwards; nothing where there is one team alone. */
function move({ state }: Sandbox): Record<string, unknown> {
  const [from, to] = [...(state.accounts.get(acmeId)?.userGroups.values() ?? [])].filter(
    ({ members }) => members.size > 0,
  );
  const memberId = [...(from?.members.keys() ?? [])].find((id) => !to?.members.has(id));
  const permission = to?.policies[0]?.permission_groups[0]?.id;
  if (!from || !to || !memberId || !permission) return {};
  const changes = [
    { removeUserGroupMember: { userGroupId: from.id, memberId } },
    { addUserGroupMembers: { userGroupId: to.id, memberIds: [memberId] } },
  ];
  const expect = [{ memberId, permission: { id: permission }, on: { account: true }, verdict: "ALLOWED" }];
  return {
    "PreviewMove.changes": changes,
    "MoveToAnotherTeam.input": { accountId: acmeId, changes, expect },
  };
}

/** Somebody who may purge the caches of some zones, and a zone that is none of these; nothing where the teams are made up. */
function whyNot({ state }: Sandbox): Record<string, string> {
  const { userGroups, resourceGroups } = state.accounts.get(acmeId) ?? {};
  const group = [...(userGroups?.values() ?? [])].find(({ name }) => name === "Web Performance");
  const staging = [...(resourceGroups?.values() ?? [])].find(({ name }) => name === "Staging");
  const member = [...(group?.members.keys() ?? [])].at(2);
  const zone = staging?.scope.objects[0]?.key.split(".").at(-1);
  return member && zone ? { "WhyNot.member": member, "WhyNot.zone": zone } : {};
}

/**
 * Variables with which one of the example operations (`cloudflare-iam-graphql/operations`) can be run against a sandbox.
 * Optional ones keep the default that the operation has.
 */
export function exampleVariables<Variables>(
  document: TypedDocumentNode<unknown, Variables>,
  sandbox: Sandbox,
): Variables {
  const values = examples(sandbox);
  const variables: Record<string, unknown> = {};
  for (const definition of document.definitions) {
    if (definition.kind !== "OperationDefinition") continue;
    for (const { variable, defaultValue } of definition.variableDefinitions ?? []) {
      const name = variable.name.value;
      const value = values[`${definition.name?.value}.${name}`] ?? values[name];
      if (value !== undefined && !defaultValue) variables[name] = value;
    }
  }
  return variables as Variables;
}
