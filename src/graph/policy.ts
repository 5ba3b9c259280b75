import { createHash } from "node:crypto";
import type { Policy } from "../cloudflare/policies.ts";
import { builder, type Context } from "./builder.ts";
import { wordEnum } from "./leaf.ts";
import { findMember, MemberRef } from "./member.ts";
import { globalId, type Node, reloadable } from "./node.ts";
import { PermissionGroupRef } from "./permission-group.ts";
import { type ResourceGroupNode, ResourceGroupRef, resourceGroupKey, scopeKeys } from "./resource-group.ts";
import { findUserGroup, UserGroupRef } from "./user-group.ts";

/** What a policy belongs to, with the policies it carries. */
export interface PolicyOwner extends Node {
  type: "UserGroup" | "Member";
  accountId: string;
  row: { id: string; policies: Policy[] };
}

/** A policy within its owner: it cannot be read any other way. */
export interface PolicyNode {
  type: "Policy";
  owner: PolicyOwner;
  row: Policy;
}

/** The policies of an owner in an order that is the same on every read, although Cloudflare's is not and ids change. */
export function policiesOf(owner: PolicyOwner): PolicyNode[] {
  return owner.row.policies
    .map((row) => ({ row, place: place(row) }))
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
    .map(({ row }) => ({ type: "Policy", owner, row }));
}

/** What a policy says, whatever its id and the order of its lists. */
function place({ access, permission_groups, resource_groups }: Policy): string {
  return JSON.stringify([access, permission_groups.map(({ id }) => id).sort(), resource_groups.map(groupPlace).sort()]);
}

function groupPlace(row: ResourceGroupNode["row"]): string {
  return [...scopeKeys(row), row.id].join(" ");
}

/** What names a policy in its owner: its id or, where Cloudflare leaves that out, what it says. */
export function policyKey(row: Policy): string {
  return row.id ?? createHash("sha256").update(place(row)).digest("base64url").slice(0, 22);
}

function idOf({ owner, row }: PolicyNode): string {
  return globalId("Policy", owner.accountId, owner.type, owner.row.id, policyKey(row));
}

function resourceGroupsOf({ owner, row }: PolicyNode): ResourceGroupNode[] {
  return row.resource_groups
    .toSorted((a, b) => (groupPlace(a) < groupPlace(b) ? -1 : 1))
    .map((group) => ({
      type: "ResourceGroup",
      accountId: owner.accountId,
      row: group,
      owner: { type: owner.type, id: owner.row.id },
    }));
}

/** Whether a policy grants or takes away. */
export const AccessEnum = wordEnum("Access", "Whether a policy grants or takes away.", {
  allow: "Grants. Several policies add up.",
  deny: "Takes away. Cloudflare refuses it in policies of user groups.",
});

const PolicyOwnerRef = builder.unionType("PolicyOwner", {
  description: "What a policy belongs to: a user group, or a member directly.",
  types: () => [UserGroupRef, MemberRef],
  resolveType: (owner) => (owner as Node).type,
});

/** What the owner may do, and where. */
export const PolicyRef = builder.objectRef<PolicyNode>("Policy");
PolicyRef.implement({
  description:
    "What its owner may do (permission groups) and where (resource groups): each of the former on each of the latter. " +
    "It is read and written inside its owner, and its id changes with every write to it.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: "Global id. `node` gives null for it once the owner's policies were written again.",
      resolve: idOf,
    }),
    cloudflareId: t.string({
      description: "Cloudflare's own id, which changes with every write; null where Cloudflare leaves it out.",
      resolve: ({ row }) => row.id,
    }),
    access: t.field({
      type: AccessEnum.type,
      description: "Whether the policy grants or takes away.",
      resolve: ({ row }) => AccessEnum.read(row.access),
    }),
    permissionGroups: t.field({
      type: [PermissionGroupRef],
      nullable: false,
      description: "What may be done, ordered by Cloudflare's id. Costs nothing.",
      resolve: ({ owner, row }) =>
        row.permission_groups
          .toSorted((a, b) => (a.id < b.id ? -1 : 1))
          .map((group) => ({ type: "PermissionGroup" as const, accountId: owner.accountId, row: group })),
    }),
    resourceGroups: t.field({
      type: [ResourceGroupRef],
      nullable: false,
      description: "Where it may be done, ordered by the keys of their scopes. Costs nothing.",
      resolve: resourceGroupsOf,
    }),
    owner: t.field({
      type: PolicyOwnerRef,
      nullable: false,
      description: "The user group or member that the policy belongs to. Costs nothing.",
      resolve: ({ owner }) => owner as never,
    }),
  }),
});

async function ownerOf(type: string, ...owner: [Context, string, string]): Promise<PolicyOwner | null> {
  if (type === "UserGroup") return findUserGroup(...owner);
  return type === "Member" ? findMember(...owner) : null;
}

async function policiesWithin(parts: string[], context: Context): Promise<PolicyNode[]> {
  const [accountId = "", type = "", id = ""] = parts;
  const owner = await ownerOf(type, context, accountId, id);
  return owner ? policiesOf(owner) : [];
}

reloadable("Policy", 4, async (parts, context) => {
  const policies = await policiesWithin(parts, context);
  return policies.find(({ row }) => policyKey(row) === parts[3]) ?? null;
});

// An anonymous resource group is found by the hash of its scope among the policies of its owner.
reloadable("ResourceGroup", 4, async (parts, context) => {
  const groups = (await policiesWithin(parts, context)).flatMap(resourceGroupsOf);
  return groups.find(({ row }) => !row.id && resourceGroupKey(row) === parts[3]) ?? null;
});
