import { members } from "../../cloudflare/members.ts";
import { userGroups } from "../../cloudflare/user-groups.ts";
import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { costs, evaluation } from "../cost.ts";
import { inTurns } from "../in-turns.ts";
import { MemberNode } from "../member.ts";
import { PermissionGroupRef } from "../permission-group.ts";
import { type PolicyNode, type PolicyOwner, PolicyRef, policiesOf } from "../policy.ts";
import { ResourceGroupRef } from "../resource-group.ts";

/** Policies by the global IDs of the permission and resource groups that they name. */
type Usage = ReadonlyMap<string, PolicyNode[]>;

/** The policies of an account by what they name. Worked out once per operation. */
function usageOf(accountId: string, context: Context): Promise<Usage> {
  return context.loaders.derived(`usedBy ${accountId}`, () => readUsage(accountId, context));
}

async function readUsage(accountId: string, context: Context): Promise<Usage> {
  const { loaders, slice } = context;
  const params = { account_id: accountId };
  const [groups, people] = await Promise.all([
    loaders.list(userGroups.list, params),
    loaders.list(members.list, params),
  ]);
  const owners = [
    ...groups.map((record) => ({ type: "UserGroup" as const, accountId, record }) as PolicyOwner & { id: string }),
    ...people.map((record) => new MemberNode(accountId, record) as PolicyOwner),
  ];
  return inTurns(index(owners), slice);
}

/** Owners whose policies are indexed in one step. */
const AT_ONCE = 10;

function* index(owners: readonly PolicyOwner[]): Generator<undefined, Usage, undefined> {
  const usage = new Map<string, PolicyNode[]>();
  // A member's policies may show those of user groups again: under the same IDs they are the same.
  const ids = new Set<string>();
  for (const [i, owner] of owners.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) yield;
    for (const policy of policiesOf(owner)) {
      const { id } = policy.record;
      if (id && ids.has(id)) continue;
      if (id) ids.add(id);
      for (const name of new Set([...policy.permissionGroups, ...policy.resourceGroups].map((group) => group.id))) {
        const policies = usage.get(name);
        if (policies) policies.push(policy);
        else usage.set(name, [policy]);
      }
    }
  }
  return usage;
}

const everyPolicy = evaluation(
  "Costs 1 call per 500 user groups and 1 per 50 members, once for any number of groups.",
  () => ({
    lists: [userGroups.list, members.list],
  }),
);

builder.objectField(PermissionGroupRef, "usedBy", (t) =>
  t.field({
    type: [PolicyRef],
    ...costs(
      everyPolicy,
      (calls) => `Policies of user groups and members that name the permission group, those of groups first. ${calls}`,
      { assumed: 5 },
    ),
    resolve: async ({ accountId, id }, _args, context) => (await usageOf(accountId, context)).get(id) ?? [],
  }),
);

builder.objectField(ResourceGroupRef, "usedBy", (t) =>
  t.field({
    type: [PolicyRef],
    ...costs(
      everyPolicy,
      (calls) =>
        "Policies of user groups and members that name the resource group, those of groups first; for an anonymous group those of " +
        `its owner. ${calls}`,
      { assumed: 5 },
    ),
    resolve: async ({ accountId, id }, _args, context) => (await usageOf(accountId, context)).get(id) ?? [],
  }),
);
