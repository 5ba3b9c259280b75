import { type PermissionGroup, permissionGroups } from "../cloudflare/permission-groups.ts";
import { AccountRef } from "./account.ts";
import { filter, type Given, idOf, rawId } from "./argument.ts";
import { builder } from "./builder.ts";
import { connect, connectFound, includesText } from "./connection.ts";
import type { Context } from "./context.ts";
import { costs, fallbackLookup, lookUp, page } from "./cost.ts";
import { type MetadataEntry, MetadataEntryRef, metadataEntries } from "./metadata.ts";
import { find, globalId, nodeCost, registerNodeLoader } from "./node.ts";
import { NEEDS_RESOLVER, plainProperty } from "./plain-property.ts";

/** A permission group, perhaps as a policy names it: with its ID and less than the rest. */
export class PermissionGroupNode {
  readonly type = "PermissionGroup";
  readonly accountId: string;
  readonly record: PermissionGroup;

  constructor(accountId: string, record: PermissionGroup) {
    this.accountId = accountId;
    this.record = record;
  }

  get id(): string {
    return globalId("PermissionGroup", this.accountId, this.record.id);
  }

  get cloudflareId(): string {
    return this.record.id;
  }

  get name(): string | Error {
    return this.record.name ?? NEEDS_RESOLVER;
  }

  get label(): string | null | undefined | Error {
    return this.record.meta ? this.record.meta.label : NEEDS_RESOLVER;
  }

  get meta(): MetadataEntry[] | Error {
    return this.record.meta ? metadataEntries(this.record.meta) : NEEDS_RESOLVER;
  }

  /** Something made of a field: at once where the policy that named the group gave it, else from the catalogue. */
  with<K extends "name" | "meta", T>(
    field: K,
    { loaders }: Context,
    make: (value: PermissionGroup[K], record: PermissionGroup) => T,
  ): T | Promise<T> {
    if (this.record[field] != null) return make(this.record[field], this.record);
    const found = loaders.one(permissionGroups, { account_id: this.accountId }, this.record.id);
    return found.then((record) => make(record[field], record));
  }
}

/** The kinds of resource, wherever they stand and however they are written: as a list, or by commas; in order. */
function scopesOf({ scopes, meta }: PermissionGroup): string[] | undefined {
  const given = scopes ?? meta?.scopes;
  const listed = typeof given === "string" && given.startsWith("[") ? listIn(given) : given;
  const names = typeof listed === "string" ? listed.split(",") : listed;
  return names
    ?.map((name) => name.trim())
    .filter((name) => name !== "")
    .sort();
}

/** A list that stands in a text, as `meta` keeps what is no string. */
function listIn(text: string): string[] | string {
  try {
    return (JSON.parse(text) as unknown[]).map(String);
  } catch {
    return text;
  }
}

const unlessLeftOut = fallbackLookup(
  "Costs nothing inside a policy, unless Cloudflare left it out there: then 1 call per group, or the catalogue's pages if cheaper.",
);

/** A named set of permissions. */
export const PermissionGroupRef = builder.objectRef<PermissionGroupNode>("PermissionGroup");
PermissionGroupRef.implement({
  description:
    "A named set of permissions from Cloudflare's catalogue, such as “DNS” or “Domain Administrator”. A policy grants it on " +
    "resource groups. Names are not unique: identify a group by its ID.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID("id", {
      nullable: false,
      description: "Global ID: opaque, stable, accepted by `node` and `nodes`.",
    }),
    cloudflareId: t.exposeString("cloudflareId", {
      nullable: false,
      description: 'Cloudflare\'s own ID, the same in every account: `"49ce85367bae433b9f0717ed4fea5c74"` is DNS.',
    }),
    name: t.string({
      ...costs(unlessLeftOut, (calls) => `Display name. ${calls}`, plainProperty.extensions),
      resolve: (group, _args, context) => group.with("name", context, (name) => name),
    }),
    label: t.string({
      ...costs(
        unlessLeftOut,
        (calls) => `Machine-readable name, such as \`dns_admin\`; null if Cloudflare gives none. ${calls}`,
        plainProperty.extensions,
      ),
      resolve: (group, _args, context) => group.with("meta", context, (meta) => meta?.label),
    }),
    description: t.string({
      ...costs(unlessLeftOut, (calls) => `Description by Cloudflare. ${calls}`),
      resolve: (group, _args, context) => group.with("meta", context, (meta) => meta?.description),
    }),
    scopes: t.stringList({
      ...costs(
        unlessLeftOut,
        (calls) =>
          "Resource types on which it can be granted: `com.cloudflare.api.account`, `com.cloudflare.api.account.zone`. Cloudflare " +
          `rejects a policy that grants it on another type. ${calls}`,
      ),
      resolve: (group, _args, context) =>
        scopesOf(group.record) ?? group.with("meta", context, (_meta, record) => scopesOf(record)),
    }),
    meta: t.field({
      ...costs(
        unlessLeftOut,
        (calls) => `All metadata attributes, including \`label\`, \`description\` and \`scopes\`. ${calls}`,
        { ...plainProperty.extensions, assumed: 4 },
      ),
      type: [MetadataEntryRef],
      resolve: (group, _args, context) => group.with("meta", context, metadataEntries),
    }),
  }),
});

registerNodeLoader(
  "PermissionGroup",
  2,
  nodeCost("PermissionGroup", permissionGroups),
  async ([accountId = "", id = ""], context) => {
    const record = await find(context, permissionGroups, accountId, id);
    return record && new PermissionGroupNode(accountId, record);
  },
);

const PermissionGroupConnection = builder.connectionObject(
  { type: PermissionGroupRef, name: "PermissionGroupConnection", description: "A page of permission groups." },
  { description: "A permission group and its position in the list." },
);

function sent({ id, name, label }: Given<{ id: string; name: string; label: string }>) {
  return {
    id: id == null ? undefined : rawId(id, "id"),
    name: filter(name, "name"),
    label: filter(label, "label"),
  };
}

/** A filter that Cloudflare does not know. */
function kept({ search }: Given<{ search: string }>) {
  return { search: search || undefined };
}

builder.objectFields(AccountRef, (t) => ({
  permissionGroup: t.field({
    type: PermissionGroupRef,
    nullable: true,
    ...costs(
      lookUp("PermissionGroup", permissionGroups, idOf),
      (calls) => `One permission group by Cloudflare's ID, or null if it does not exist. ${calls}`,
    ),
    args: {
      id: t.arg.string({ required: true, description: 'Cloudflare\'s ID: `"49ce85367bae433b9f0717ed4fea5c74"`.' }),
    },
    resolve: async (account, args, context) => {
      const record = await find(context, permissionGroups, account.id, idOf(args));
      return record && new PermissionGroupNode(account.id, record);
    },
  }),
  permissionGroups: t.connection(
    {
      type: PermissionGroupRef,
      nullable: true,
      ...costs(
        page(permissionGroups.list, "PermissionGroup", "groups", { sent, kept }),
        (calls) =>
          `Permission groups that can be granted in this account, in Cloudflare's order. ${calls} ` +
          "The permission groups of API tokens are different ones.",
      ),
      args: {
        id: t.arg.string({
          description: 'Only the group of this Cloudflare ID: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`.',
        }),
        name: t.arg.string({ description: 'Only groups of this name: `"DNS"`. There may be several.' }),
        label: t.arg.string({ description: 'Only the group of this label: `"dns_admin"`.' }),
        search: t.arg.string({
          description:
            'Only groups whose name or label contains this text: `"cache"`. Filtered by the gateway, because Cloudflare cannot: costs ' +
            "the whole catalogue, 1 call per 50 groups, whatever `first` is.",
        }),
      },
      resolve: ({ id: accountId }, args, { loaders }) => {
        const params = { account_id: accountId, ...sent(args) };
        const node = (record: PermissionGroup) => new PermissionGroupNode(accountId, record);
        const own = kept(args);
        const { search } = own;
        if (search === undefined) return connect(loaders, permissionGroups.list, params, args, node);
        const find = (records: PermissionGroup[]) =>
          records.filter(({ name, meta }) => [name, meta?.label].some((text) => includesText(text, search)));
        return connectFound(loaders, permissionGroups.list, params, { kept: own, find }, args, node);
      },
    },
    PermissionGroupConnection,
  ),
}));
