import { globalId } from "../graph/node.ts";
import { acmeId } from "../sandbox/acme.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";

/**
 * Variables with which the example operations find data in the sandbox: values by the name of a variable, or where several operations
 * mean different things by it, by `Operation.variable`.
 */
export function examples({ state }: Sandbox): Record<string, unknown> {
  const acme = state.accounts.get(acmeId);
  const [group] = acme?.userGroups.values() ?? [];
  const [places] = acme?.resourceGroups.values() ?? [];
  const zone = places?.scope.objects[0]?.key.split(".").at(-1);
  const dns = [...(acme?.permissionGroups.values() ?? [])].find(({ name }) => name === "Domain DNS");
  if (!acme || !group || !zone || !dns) throw new Error("The sandbox lacks data of the example operations.");

  const others = [...acme.members.keys()].filter((id) => !group.members.has(id));
  const [memberId] = group.members.keys();
  const policy = { access: "ALLOW", permissionGroupIds: [dns.id], resourceGroups: [{ scope: { zoneIds: [zone] } }] };
  const accountId = acmeId;
  const userGroupId = group.id;
  return {
    account: acmeId,
    group: group.id,
    zone,
    ids: [...acme.userGroups.keys()].slice(0, 3).map((id) => globalId("UserGroup", acmeId, id)),
    "CreateGroup.input": { accountId, name: "Storefront DNS", policies: [policy] },
    "AddPolicy.input": { accountId, userGroupId, policy },
    "ChangeMembers.add": { accountId, userGroupId, memberIds: others.slice(0, 2) },
    "ChangeMembers.remove": { accountId, userGroupId, memberId },
    "SetUpSso.input": { accountId, emailDomain: "acme-sport.example" },
  };
}
