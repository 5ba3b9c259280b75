import fc from "fast-check";
import { acmeId } from "../../../src/sandbox/acme.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { type AccountState, emailOf, type Policy } from "../../../src/sandbox/state.ts";
import { acme, dns, firewall, nobody, purge } from "../mutations/mutation.ts";

/** Of what is there, the nth; seldom something that is not. */
const nth = fc.oneof({ weight: 15, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.constant(-1) });
const permissions = fc.subarray([dns, firewall, purge], { minLength: 1 });

/** One change; each kind takes of it what it needs. */
const command = fc.record({
  kind: fc.constantFrom(
    "createUserGroup",
    "updateUserGroup",
    "deleteUserGroup",
    "addUserGroupPolicy",
    "updateUserGroupPolicy",
    "removeUserGroupPolicy",
    "addUserGroupMembers",
    "replaceUserGroupMembers",
    "removeUserGroupMember",
    "inviteMember",
    "updateMember",
    "removeMember",
    "addMemberToUserGroups",
    "offboardMember",
    "createResourceGroup",
    "updateResourceGroup",
    "deleteResourceGroup",
  ),
  group: nth,
  others: fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 3, selector: (n) => n % 6 }),
  member: nth,
  members: fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 4, selector: (n) => n % 8 }),
  policy: nth,
  place: nth,
  named: fc.boolean(),
  denied: fc.boolean(),
  whole: fc.boolean(),
  name: fc.constantFrom("Alpha", "Beta", "Gamma", "Team 0001"),
  email: fc.constantFrom("kim@new.example", "ida@new.example", "bo@new.example"),
  permissions,
  more: fc.option(permissions, { nil: undefined }),
});
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Lists of changes, which find what they name in a sandbox. */
export const commands: fc.Arbitrary<Command[]> = fc.array(command, { minLength: 1, maxLength: 7, size: "max" });

/** The changes as a client would post them. */
export function changesOf(sandbox: Sandbox, given: readonly Command[]): object[] {
  const account = acme(sandbox);
  const zone = [...account.zones.keys()][0] ?? "";
  const created: Record<string, string[]> = { group: [], member: [], place: [], policy: [] };
  const pick = (ids: string[], n: number) => (n < 0 ? nobody : (ids[n % ids.length] ?? nobody));
  const groups = () => [...account.userGroups.keys(), ...(created.group ?? [])];
  const members = () => [...account.members.keys(), ...(created.member ?? [])];
  const places = () => [...account.resourceGroups.keys(), ...(created.place ?? [])];
  return given.map((each, at) => {
    const userGroupId = pick(groups(), each.group);
    const memberId = pick(members(), each.member);
    const memberIds = [...new Set(each.members.map((n) => pick(members(), n)))];
    const ids = [
      ...(account.userGroups.get(userGroupId)?.policies ?? []).map(({ id }) => id),
      ...(created.policy ?? []),
    ];
    const policyId = pick(ids, each.policy);
    const resourceGroups = each.named
      ? [{ id: pick(places(), each.place) }]
      : [{ scope: each.whole ? { account: true } : { zoneIds: [zone] } }];
    const policy = { access: "ALLOW", permissionGroupIds: each.permissions, resourceGroups };
    const policies = [policy, ...(each.more ? [{ ...policy, permissionGroupIds: each.more }] : [])];
    const access = each.denied ? "DENY" : "ALLOW";
    const own = [{ ...policy, access, resourceGroups: [{ scope: { account: true } }] }];
    const scope = each.whole ? { account: true } : { zoneIds: [zone] };
    const inputs: Record<Command["kind"], () => object> = {
      createUserGroup: () => ({ accountId: acmeId, name: each.name, policies }),
      updateUserGroup: () => ({ userGroupId, ...(each.named ? { name: each.name } : { policies }) }),
      deleteUserGroup: () => ({ userGroupId }),
      addUserGroupPolicy: () => ({ userGroupId, policy }),
      updateUserGroupPolicy: () => ({ userGroupId, policyId, policy: { permissionGroupIds: each.permissions } }),
      removeUserGroupPolicy: () => ({ userGroupId, policyId }),
      addUserGroupMembers: () => ({ userGroupId, memberIds }),
      replaceUserGroupMembers: () => ({ userGroupId, memberIds }),
      removeUserGroupMember: () => ({ userGroupId, memberId: memberIds[0] }),
      inviteMember: () => ({ accountId: acmeId, email: each.email, policies: own }),
      updateMember: () => ({ memberId, policies: own }),
      removeMember: () => ({ memberId }),
      addMemberToUserGroups: () => ({
        memberId,
        userGroupIds: [...new Set(each.others.map((n) => pick(groups(), n)))],
      }),
      offboardMember: () => ({ memberId, keepMembership: each.whole }),
      createResourceGroup: () => ({ accountId: acmeId, name: each.name, scope }),
      updateResourceGroup: () => ({ resourceGroupId: pick(places(), each.place), scope }),
      deleteResourceGroup: () => ({ resourceGroupId: pick(places(), each.place) }),
    };
    const input = inputs[each.kind]();
    const makes = {
      createUserGroup: "group",
      inviteMember: "member",
      createResourceGroup: "place",
      addUserGroupPolicy: "policy",
    };
    created[makes[each.kind as keyof typeof makes]]?.push(`#${at}`);
    return { [each.kind]: input };
  });
}

/** What everybody is granted by policies, by e-mail address: worked out of the sandbox, grant by grant. */
export function rightsIn(account: AccountState): Map<string, Set<string>> {
  const rights = new Map<string, Set<string>>();
  for (const member of account.members.values()) {
    const groups = [...account.userGroups.values()].filter(({ members }) => members.has(member.id));
    const policies = [...member.policies, ...groups.flatMap((group) => group.policies)];
    // A resource group that is gone covers nothing.
    const there = ({ id }: { id?: string | undefined }) => id === undefined || account.resourceGroups.has(id);
    const granting = policies.map((each) => ({ ...each, resource_groups: each.resource_groups.filter(there) }));
    rights.set(emailOf(member), new Set(granting.flatMap(grantsOf)));
  }
  return rights;
}

function grantsOf({ access, permission_groups, resource_groups }: Policy): string[] {
  return permission_groups.flatMap(({ id }) =>
    resource_groups.map(({ scope }) => `${access} ${id} ${scopeText(scope)}`),
  );
}

/** A scope as a text. */
export function scopeText({ key, objects }: { key: string; objects: readonly { key: string }[] }): string {
  return [key, ...objects.map((object) => object.key).sort()].join(" ");
}

/** An account as far as changes change it, without what differs from write to write. */
export function shapeOf(account: AccountState) {
  const policies = (all: readonly Policy[]) => all.flatMap((each) => grantsOf(each)).sort();
  const emails = (ids: Iterable<string>) =>
    [...ids].map((id) => emailOf(account.members.get(id) ?? ({ user: {} } as never))).sort();
  return {
    groups: [...account.userGroups.values()]
      .map((each) => [each.name, policies(each.policies), emails(each.members.keys())])
      .sort(),
    members: [...account.members.values()].map((each) => [emailOf(each), each.status, policies(each.policies)]).sort(),
    places: [...account.resourceGroups.values()].map((each) => `${each.name} ${scopeText(each.scope)}`).sort(),
  };
}
