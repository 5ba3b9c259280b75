import { createHash } from "node:crypto";
import { type ResourceGroup, resourceGroups } from "../cloudflare/resource-groups.ts";
import { AccountRef } from "./account.ts";
import { filter, rawId } from "./argument.ts";
import { builder, type Context } from "./builder.ts";
import { connect, connectRows } from "./connection.ts";
import { MetaEntryRef } from "./meta.ts";
import { find, globalId, reloadable } from "./node.ts";
import { namesZone, ScopeRef } from "./scope.ts";

/** A resource group, perhaps as a policy names it: by id alone, or by its scope and without an id. */
export interface ResourceGroupNode {
  type: "ResourceGroup";
  accountId: string;
  row: ResourceGroup;
  /** Type and id of what the policy belongs to; an anonymous group can only be found there. */
  owner?: { type: string; id: string };
}

/** A field of the row, from the account's groups if the policy that named the group left it out. */
async function complete<K extends "name" | "meta" | "scope">(
  { accountId, row }: ResourceGroupNode,
  field: K,
  { loaders }: Context,
): Promise<ResourceGroup[K]> {
  if (row[field] != null || !row.id) return row[field];
  return (await loaders.one(resourceGroups, { account_id: accountId }, row.id))[field];
}

/** What names a group within its account or, without an id, within the owner of its policy: a hash of its scopes. */
export function resourceGroupKey(row: ResourceGroup): string {
  return row.id ?? createHash("sha256").update(scopeKeys(row).join("\n")).digest("base64url").slice(0, 22);
}

/** Keys of a group's scopes and objects, sorted: what orders and names groups, because nothing else about them is stable. */
export function scopeKeys({ scope }: ResourceGroup): string[] {
  return (scope ?? []).map(({ key, objects }) => [key, ...objects.map((object) => object.key).sort()].join(" ")).sort();
}

const whenMissing =
  "Costs nothing, unless a policy names the group by id alone: then 1 call per group, or 1 for all groups of the account.";

/** Where it may be done. */
export const ResourceGroupRef = builder.objectRef<ResourceGroupNode>("ResourceGroup");
ResourceGroupRef.implement({
  description:
    "Where it may be done: a set of resources (a whole account, some zones) that policies pair with permission groups. " +
    "A group made from an inline scope is anonymous: it has neither Cloudflare id nor name, and lives in its policy only.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description:
        "Global id, accepted by `node` and `nodes`. That of an anonymous group is made from its scope and the owner of its policy.",
      resolve: ({ accountId, owner, row }) =>
        row.id || !owner
          ? globalId("ResourceGroup", accountId, resourceGroupKey(row))
          : globalId("ResourceGroup", accountId, owner.type, owner.id, resourceGroupKey(row)),
    }),
    cloudflareId: t.string({
      description: "Cloudflare's own id; null for an anonymous group.",
      resolve: ({ row }) => row.id,
    }),
    name: t.string({
      description: `Name, not unique; null for an anonymous group. ${whenMissing}`,
      resolve: (group, _args, context) => complete(group, "name", context),
    }),
    meta: t.field({
      type: [MetaEntryRef],
      description: `Free attributes: \`editable\` is \`"false"\` for groups that Cloudflare made. ${whenMissing}`,
      resolve: async (group, _args, context) => Object.entries((await complete(group, "meta", context)) ?? {}),
    }),
    scopes: t.field({
      type: [ScopeRef],
      description: `The resources themselves; in fact Cloudflare gives one scope per group. ${whenMissing}`,
      resolve: (group, _args, context) => complete(group, "scope", context),
    }),
  }),
});

const ResourceGroupConnection = builder.connectionObject(
  { type: ResourceGroupRef, name: "ResourceGroupConnection", description: "A page of resource groups." },
  { description: "A resource group and its place in the list." },
);

reloadable("ResourceGroup", 2, async ([accountId = "", id = ""], context) => {
  const row = await find(context, resourceGroups, accountId, id);
  return row && { type: "ResourceGroup", accountId, row };
});

builder.objectFields(AccountRef, (t) => ({
  resourceGroup: t.field({
    type: ResourceGroupRef,
    nullable: true,
    description: "One resource group by Cloudflare's id, or null if there is none. Costs 1 call.",
    args: {
      id: t.arg.string({ required: true, description: 'Cloudflare\'s id: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`.' }),
    },
    resolve: async (account, { id }, context) => {
      const row = await find(context, resourceGroups, account.id, rawId(id, "id"));
      return row && { type: "ResourceGroup" as const, accountId: account.id, row };
    },
  }),
  resourceGroups: t.connection(
    {
      type: ResourceGroupRef,
      nullable: true,
      description: "Resource groups of the account, in Cloudflare's order. Costs 1 call, however many there are.",
      args: {
        id: t.arg.string({ description: "Only the group of this Cloudflare id." }),
        name: t.arg.string({ description: 'Only groups of this name: `"EU zones"`. There may be several.' }),
        zoneId: t.arg.string({
          description:
            "Only groups that name this zone, by Cloudflare's id of it. A group of the whole account covers every zone and " +
            "names none, so it is left out. Filtered here: the call is the same.",
        }),
      },
      resolve: ({ id: accountId }, args, { loaders }) => {
        const node = (row: ResourceGroup) => ({ type: "ResourceGroup" as const, accountId, row });
        const params = {
          account_id: accountId,
          id: args.id == null ? undefined : rawId(args.id, "id"),
          name: filter(args.name, "name"),
        };
        if (args.zoneId == null) return connect(loaders, resourceGroups.list, params, args, node);
        const zoneId = rawId(args.zoneId, "zoneId");
        const inZone = async () =>
          (await loaders.list(resourceGroups.list, params)).filter(({ scope }) =>
            scope?.some((each) => namesZone(each, zoneId)),
          );
        const name = [resourceGroups.list.route, ...Object.values(params).map(String), zoneId];
        return connectRows(inZone, name, args, node);
      },
    },
    ResourceGroupConnection,
  ),
}));
