import { type PermissionGroup, permissionGroups } from "../cloudflare/permission-groups.ts";
import { AccountRef } from "./account.ts";
import { filter, rawId } from "./argument.ts";
import { builder, type Context } from "./builder.ts";
import { connect } from "./connection.ts";
import { MetaEntryRef } from "./meta.ts";
import { find, globalId, reloadable } from "./node.ts";

/** A permission group, perhaps as a policy names it: with its id and less than the rest. */
export interface PermissionGroupNode {
  type: "PermissionGroup";
  accountId: string;
  row: PermissionGroup;
}

/** A field of the row, from the catalogue if the policy that named the group left it out. */
async function complete<K extends "name" | "meta">(
  { accountId, row }: PermissionGroupNode,
  field: K,
  { loaders }: Context,
): Promise<PermissionGroup[K]> {
  return row[field] ?? (await loaders.one(permissionGroups, { account_id: accountId }, row.id))[field];
}

const whenMissing =
  "Costs nothing inside a policy, unless Cloudflare left it out there: then 1 call per group, or the catalogue's pages if that is cheaper.";

/** What may be done. */
export const PermissionGroupRef = builder.objectRef<PermissionGroupNode>("PermissionGroup");
PermissionGroupRef.implement({
  description:
    "What may be done: a named set of operations from Cloudflare's catalogue, such as “DNS” or “Domain Administrator”. " +
    "It says nothing about where; a policy pairs it with resource groups. Names are not unique: tell groups apart by id.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: "Global id: opaque, stable, accepted by `node` and `nodes`.",
      resolve: ({ accountId, row }) => globalId("PermissionGroup", accountId, row.id),
    }),
    cloudflareId: t.string({
      nullable: false,
      description: 'Cloudflare\'s own id, the same in every account: `"49ce85367bae433b9f0717ed4fea5c74"` is DNS.',
      resolve: ({ row }) => row.id,
    }),
    name: t.string({
      description: `Name for people. ${whenMissing}`,
      resolve: (group, _args, context) => complete(group, "name", context),
    }),
    label: t.string({
      description: `Name for programs, such as \`dns_admin\`; null where Cloudflare gives none. ${whenMissing}`,
      resolve: async (group, _args, context) => (await complete(group, "meta", context))?.label,
    }),
    description: t.string({
      description: `What the group allows, in Cloudflare's words. ${whenMissing}`,
      resolve: async (group, _args, context) => (await complete(group, "meta", context))?.description,
    }),
    scopes: t.stringList({
      description:
        "Kinds of resource it can be granted on: `com.cloudflare.api.account`, `com.cloudflare.api.account.zone`. A policy " +
        `that pairs it with another kind is refused by Cloudflare. ${whenMissing}`,
      resolve: async (group, _args, context) =>
        (await complete(group, "meta", context))?.scopes?.split(",").map((scope) => scope.trim()),
    }),
    meta: t.field({
      type: [MetaEntryRef],
      description: `All free attributes, \`label\`, \`description\` and \`scopes\` among them. ${whenMissing}`,
      resolve: async (group, _args, context) => Object.entries((await complete(group, "meta", context)) ?? {}),
    }),
  }),
});

reloadable("PermissionGroup", 2, async ([accountId = "", id = ""], context) => {
  const row = await find(context, permissionGroups, accountId, id);
  return row && { type: "PermissionGroup", accountId, row };
});

const PermissionGroupConnection = builder.connectionObject(
  { type: PermissionGroupRef, name: "PermissionGroupConnection", description: "A page of permission groups." },
  { description: "A permission group and its place in the list." },
);

builder.objectFields(AccountRef, (t) => ({
  permissionGroup: t.field({
    type: PermissionGroupRef,
    nullable: true,
    description: "One permission group by Cloudflare's id, or null if there is none. Costs 1 call.",
    args: {
      id: t.arg.string({ required: true, description: 'Cloudflare\'s id: `"49ce85367bae433b9f0717ed4fea5c74"`.' }),
    },
    resolve: async (account, { id }, context) => {
      const row = await find(context, permissionGroups, account.id, rawId(id, "id"));
      return row && { type: "PermissionGroup" as const, accountId: account.id, row };
    },
  }),
  permissionGroups: t.connection(
    {
      type: PermissionGroupRef,
      nullable: true,
      description:
        "Cloudflare's catalogue of what may be granted in this account, in Cloudflare's order. Costs 1 call per 50 groups. " +
        "It is not the catalogue of API tokens.",
      args: {
        id: t.arg.string({ description: "Only the group of this Cloudflare id." }),
        name: t.arg.string({ description: 'Only groups of this name: `"DNS"`. There may be several.' }),
        label: t.arg.string({ description: 'Only the group of this label: `"dns_admin"`.' }),
      },
      resolve: ({ id: accountId }, args, { loaders }) =>
        connect(
          loaders,
          permissionGroups.list,
          {
            account_id: accountId,
            id: args.id == null ? undefined : rawId(args.id, "id"),
            name: filter(args.name, "name"),
            label: filter(args.label, "label"),
          },
          args,
          (row) => ({ type: "PermissionGroup" as const, accountId, row }),
        ),
    },
    PermissionGroupConnection,
  ),
}));
