import { isNotFound, UnreadableRecord } from "../../cloudflare/error.ts";
import { members } from "../../cloudflare/members.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import { resourceGroups } from "../../cloudflare/resource-groups.ts";
import { type UserGroup, userGroups } from "../../cloudflare/user-groups.ts";
import type { Loaders } from "../../loaders/loaders.ts";
import { policyIdsOf, withOwnOnly } from "../access/inherited-policies.ts";
import { MemberNode } from "../member.ts";
import { groupNode } from "../mutations/user-group-write.ts";
import type { Node } from "../node.ts";
import { ResourceGroupNode } from "../resource-group.ts";
import { scopeKeys } from "../scope-keys.ts";
import type { AccountCopy } from "./account-copy.ts";
import { sayTheSame } from "./same-policies.ts";

/** Something that is not as it should be after the changes: without a node, it is not there, or still there. */
export interface Difference {
  what: string;
  node?: Node;
}

/** Reads something that may not be there. */
async function orNull<T>(read: Promise<T>): Promise<T | null> {
  return read.catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
}

/** User groups in which others should be than before. */
function groupsOfOthers({ memberships, emptied, groups }: AccountCopy): string[] {
  return [...new Set([...memberships.keys(), ...emptied])].filter((id) => groups.get(id) !== null);
}

/** Calls of {@link differencesFrom}, or more: how many read a list of all members of a group is told by how many there would be. */
export async function callsToCompare(copy: AccountCopy): Promise<number> {
  const perPage = userGroups.members.list.perPage?.max ?? 1;
  const pages = await Promise.all(
    groupsOfOthers(copy).map(async (id) => {
      // A list that cannot be read is one call that fails.
      const { records } = await copy.membersOf(id).catch(() => ({ records: [] }));
      return Math.max(1, Math.ceil(records.length / perPage));
    }),
  );
  const records = copy.groups.size + copy.members.size + copy.resourceGroups.size;
  return pages.reduce((sum, each) => sum + each, records);
}

/** Compares everything that changes touched with what they should have made of it: 1 call for each, or its list where that is cheaper. */
export async function differencesFrom(
  copy: AccountCopy,
  loaders: Loaders,
  realId: (id: string) => string,
): Promise<Difference[]> {
  const { accountId } = copy;
  const account = { account_id: accountId };
  const written: UserGroup[] = [];
  const ofGroups = Array.from(copy.groups, async ([id, expected]): Promise<Difference | undefined> => {
    const now = await orNull(loaders.one(userGroups, account, realId(id)));
    if (now) written.push(now);
    const what = `the user group ${expected?.name ?? now?.name ?? realId(id)}`;
    if (!now || !expected)
      return now || expected ? { what, ...(now && { node: groupNode({ accountId, id: now.id }, now) }) } : undefined;
    const same =
      (now.name ?? null) === (expected.name ?? null) &&
      sayTheSame(now.policies, withRealIds(expected.policies, realId));
    return same ? undefined : { what, node: groupNode({ accountId, id: now.id }, now) };
  });
  const ofMemberships = groupsOfOthers(copy).map(async (id): Promise<Difference | undefined> => {
    const params = { ...account, user_group_id: realId(id) };
    const [now, expected] = [
      await loaders.window(userGroups.members.list, params, 0, Infinity),
      await copy.membersOf(id),
    ];
    const node = groupNode({ accountId, id: realId(id) }, { id: realId(id) });
    const text = (ids: (string | undefined)[]) =>
      ids
        .map((each) => realId(each ?? ""))
        .sort()
        .join();
    const same = text(now.records.map((each) => each.id)) === text(expected.records.map((each) => each.id));
    return same ? undefined : { what: "who is in a user group", node };
  });
  const ofMembers = Array.from(copy.members, async ([id, expected]): Promise<Difference | undefined> => {
    const now = await orNull(loaders.one(members, account, realId(id)));
    const what = `the member ${expected?.email ?? now?.email ?? realId(id)}`;
    const node = now ? { node: new MemberNode(accountId, now) } : {};
    if (!now || !expected) return now || expected ? { what, ...node } : undefined;
    await Promise.allSettled(ofGroups);
    const inherited = new Set([...(await copy.inheritedPolicies()), ...policyIdsOf(written)]);
    const own = withOwnOnly(now, inherited).policies;
    const roles = new Set(now.roles.map((role) => role.id));
    // Cloudflare shows roles as policies, and policies as roles: what was written is compared.
    const same =
      expected.policies.length > 0
        ? sayTheSame(own, withRealIds(expected.policies, realId))
        : roles.size === expected.roles.length && expected.roles.every((role) => roles.has(role.id));
    return same ? undefined : { what, ...node };
  });
  const ofResourceGroups = Array.from(copy.resourceGroups, async ([id, expected]): Promise<Difference | undefined> => {
    const now = await orNull(loaders.one(resourceGroups, account, realId(id)));
    const what = `the resource group ${expected?.name ?? now?.name ?? realId(id)}`;
    const node = now && !(now instanceof UnreadableRecord) ? { node: new ResourceGroupNode(accountId, now) } : {};
    if (!now || !expected) return now || expected ? { what, ...node } : undefined;
    const same = (now.name ?? null) === (expected.name ?? null) && scopeKeys(now) === scopeKeys(expected);
    return same ? undefined : { what, ...node };
  });
  const all = await Promise.all([...ofGroups, ...ofMemberships, ...ofMembers, ...ofResourceGroups]);
  return all.filter((each) => each !== undefined);
}

/** Policies on the resource groups that were created, and not on what stands for them. */
export function withRealIds(policies: readonly Policy[], realId: (id: string) => string): Policy[] {
  return policies.map((policy) => ({
    ...policy,
    resource_groups: policy.resource_groups.map((each) => (each.id ? { ...each, id: realId(each.id) } : each)),
  }));
}
