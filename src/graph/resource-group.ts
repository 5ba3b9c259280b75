import { type ResourceGroup, resourceGroups } from "../cloudflare/resource-groups.ts";
import { AccountRef } from "./account.ts";
import { filter, type Given, idOf, rawId } from "./argument.ts";
import { builder } from "./builder.ts";
import { connect, connectFound } from "./connection.ts";
import type { Context } from "./context.ts";
import { costs, fallbackLookup, lookUp, page } from "./cost.ts";
import { badInput } from "./error.ts";
import { MetadataEntryRef, metadataEntries } from "./metadata.ts";
import { find, globalId, nodeCost, registerNodeLoader } from "./node.ts";
import { NEEDS_RESOLVER, plainProperty } from "./plain-property.ts";
import { namesZone, ScopeNode, ScopeRef } from "./scope.ts";
import { resourceGroupKey, scopeKeys, scopesOf } from "./scope-keys.ts";
import { zoneByName, zoneNameOf, zoneReads } from "./zone.ts";

/** A resource group, perhaps as a policy names it: by ID alone, or by its scope and without an ID. */
export class ResourceGroupNode {
  readonly type = "ResourceGroup";
  readonly accountId: string;
  readonly record: ResourceGroup;
  /** Owner of the policy that names the group; an anonymous group can only be found there. */
  readonly #owner: { type: string; record: { id: string } } | undefined;
  #place: string | undefined;

  constructor(accountId: string, record: ResourceGroup, owner?: { type: string; record: { id: string } }) {
    this.accountId = accountId;
    this.record = record;
    this.#owner = owner;
  }

  get id(): string {
    const { accountId, record } = this;
    if (record.id || !this.#owner) return globalId("ResourceGroup", accountId, resourceGroupKey(record));
    return globalId("ResourceGroup", accountId, this.#owner.type, this.#owner.record.id, resourceGroupKey(record));
  }

  get cloudflareId(): string | null | undefined {
    return this.record.id;
  }

  /** Sort key among the groups of a policy. */
  get place(): string {
    if (this.#place === undefined) {
      const { id } = this.record;
      const keys = scopeKeys(this.record);
      this.#place = keys && id ? `${keys} ${id}` : keys || (id ?? "");
    }
    return this.#place;
  }

  get name(): string | null | Error {
    return this.record.name ?? (this.record.id ? NEEDS_RESOLVER : null);
  }

  get scopes(): ScopeNode[] | null | Error {
    return this.#scopesOf(this.record.scope) ?? (this.record.id ? NEEDS_RESOLVER : null);
  }

  /** The scopes, wherever the record has them. */
  readScopes(context: Context): ScopeNode[] | null | undefined | Promise<ScopeNode[] | null | undefined> {
    return this.with("scope", context, (scope) => this.#scopesOf(scope));
  }

  #scopesOf(scopes: ResourceGroup["scope"]): ScopeNode[] | null | undefined {
    return scopesOf(scopes)?.map((scope) => new ScopeNode(this.accountId, scope));
  }

  /** Something made of a field: at once where it is at hand, else from the account's groups if there is an ID to ask by. */
  with<K extends "name" | "meta" | "scope", T>(
    field: K,
    { loaders }: Context,
    make: (value: ResourceGroup[K]) => T,
  ): T | Promise<T> {
    const { record, accountId } = this;
    if (record[field] != null || !record.id) return make(record[field]);
    return loaders.one(resourceGroups, { account_id: accountId }, record.id).then((found) => make(found[field]));
  }
}

const unlessLeftOut = fallbackLookup(
  "Costs nothing, unless a policy names the group by ID alone: then 1 call per group, or 1 for all groups of the account.",
);

/** A set of resources. */
export const ResourceGroupRef = builder.objectRef<ResourceGroupNode>("ResourceGroup");
ResourceGroupRef.implement({
  description:
    "A set of resources (a whole account, some zones) on which policies grant permission groups. A group made from an inline " +
    "scope is anonymous: it has neither a Cloudflare ID nor a name, and exists only in its policy.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID("id", {
      nullable: false,
      description:
        "Global ID, accepted by `node` and `nodes`. For an anonymous group it is made from its scope and the owner of its policy.",
    }),
    cloudflareId: t.exposeString("cloudflareId", {
      description: "Cloudflare's own ID; null for an anonymous group.",
    }),
    name: t.string({
      ...costs(
        unlessLeftOut,
        (calls) => `Name, not unique; null for an anonymous group. ${calls}`,
        plainProperty.extensions,
      ),
      resolve: (group, _args, context) => group.with("name", context, (name) => name),
    }),
    meta: t.field({
      type: [MetadataEntryRef],
      ...costs(
        unlessLeftOut,
        (calls) => `Metadata attributes: \`editable\` is \`"false"\` for groups created by Cloudflare. ${calls}`,
        { assumed: 4 },
      ),
      resolve: (group, _args, context) => group.with("meta", context, metadataEntries),
    }),
    scopes: t.field({
      ...costs(unlessLeftOut, (calls) => `Scopes of the group; in practice Cloudflare returns one. ${calls}`, {
        ...plainProperty.extensions,
        assumed: 1,
      }),
      type: [ScopeRef],
      resolve: (group, _args, context) => group.readScopes(context),
    }),
  }),
});

/** One of them in a page, or in the payload of what has made it. */
export const ResourceGroupEdgeRef = builder.edgeObject({
  type: ResourceGroupRef,
  name: "ResourceGroupEdge",
  description: "A resource group and its position in the list.",
});

const ResourceGroupConnection = builder.connectionObject(
  { type: ResourceGroupRef, name: "ResourceGroupConnection", description: "A page of resource groups." },
  ResourceGroupEdgeRef,
);

registerNodeLoader(
  "ResourceGroup",
  2,
  nodeCost("ResourceGroup", resourceGroups),
  async ([accountId = "", id = ""], context) => {
    const record = await find(context, resourceGroups, accountId, id);
    return record && new ResourceGroupNode(accountId, record);
  },
);

function sent({ id, name }: Given<{ id: string; name: string }>) {
  return { id: id == null ? undefined : rawId(id, "id"), name: filter(name, "name") };
}

type ZoneFilters = Given<{ zoneId: string; zoneName: string }>;

/** Filters that Cloudflare does not know: the call is the same. */
function kept({ zoneId, zoneName }: ZoneFilters) {
  if (zoneId != null && zoneName != null) throw badInput("zoneName", "must not be given together with `zoneId`");
  return {
    zoneId: zoneId == null ? undefined : rawId(zoneId, "zoneId"),
    zoneName: zoneName == null ? undefined : zoneNameOf(zoneName, "zoneName"),
  };
}

function also(args: ZoneFilters) {
  const { zoneName } = kept(args);
  return zoneName === undefined ? {} : zoneReads(zoneName);
}

builder.objectFields(AccountRef, (t) => ({
  resourceGroup: t.field({
    type: ResourceGroupRef,
    nullable: true,
    ...costs(
      lookUp("ResourceGroup", resourceGroups, idOf),
      (calls) => `One resource group by Cloudflare's ID, or null if it does not exist. ${calls}`,
    ),
    args: {
      id: t.arg.string({ required: true, description: 'Cloudflare\'s ID: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`.' }),
    },
    resolve: async (account, args, context) => {
      const record = await find(context, resourceGroups, account.id, idOf(args));
      return record && new ResourceGroupNode(account.id, record);
    },
  }),
  resourceGroups: t.connection(
    {
      type: ResourceGroupRef,
      nullable: true,
      ...costs(
        page(resourceGroups.list, "ResourceGroup", "groups", { sent, kept, also }),
        (calls) => `Resource groups of the account, in Cloudflare's order. ${calls}`,
      ),
      args: {
        id: t.arg.string({
          description: 'Only the group of this Cloudflare ID: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`.',
        }),
        name: t.arg.string({ description: 'Only groups of this name: `"EU zones"`. There may be several.' }),
        zoneId: t.arg.string({
          description:
            'Only groups that name this zone, by its Cloudflare ID: `"23f8d65290b24279ba6f44721b3eaad5"`. A group of the whole account ' +
            "covers every zone but names none, so it is excluded. Filtered by the gateway: the call is the same.",
        }),
        zoneName: t.arg.string({
          description:
            'The same by the name of the zone: `"shop.acme.example"`. One that the account does not have, or that the token may not ' +
            "see, is an error. Costs 1 call more.",
        }),
      },
      resolve: ({ id: accountId }, args, context) => {
        const { loaders } = context;
        const node = (record: ResourceGroup) => new ResourceGroupNode(accountId, record);
        const params = { account_id: accountId, ...sent(args) };
        const own = kept(args);
        const { zoneId, zoneName } = own;
        if (zoneId === undefined && zoneName === undefined) {
          return connect(loaders, resourceGroups.list, params, args, node);
        }
        const wanted = async () => zoneId ?? (await zoneByName(context, accountId, zoneName ?? "", "zoneName")).id;
        const find = (records: ResourceGroup[], id: string) =>
          records.filter(({ scope }) => scope?.some((each) => namesZone(each, id)));
        return connectFound(loaders, resourceGroups.list, params, { kept: own, wanted, find }, args, node);
      },
    },
    ResourceGroupConnection,
  ),
}));
