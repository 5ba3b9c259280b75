import type { Scope } from "../cloudflare/resource-groups.ts";
import { zones } from "../cloudflare/zones.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { assumes, costs, evaluation } from "./cost.ts";
import { inOrder } from "./order.ts";
import { ZoneRef, zoneToShow } from "./zone.ts";

const ResourceKindEnum = builder.enumType("ResourceKind", {
  description: "Type of the resource that a key names.",
  values: {
    ACCOUNT: { value: "account", description: "An account: `com.cloudflare.api.account.<id>`." },
    ZONE: { value: "zone", description: "A zone, that is a domain: `com.cloudflare.api.account.zone.<id>`." },
    ALL: { value: "all", description: "Everything within the scope: `*`." },
    OTHER: { value: "other", description: "Another type: see the key." },
  } as const,
});

/** A key taken apart: `com.cloudflare.api.account.zone.<id>` is a zone and its ID. */
function parseKey(key: string): { kind: "account" | "zone" | "all" | "other"; id: string | null } {
  if (key === "*") return { kind: "all", id: null };
  const [, zone, id] = /^com\.cloudflare\.api\.account(\.zone)?\.([^.*]+)$/.exec(key) ?? [];
  return id === undefined ? { kind: "other", id: null } : { kind: zone ? "zone" : "account", id };
}

/** Whether a scope names a zone, as the scope itself or as one of its objects. */
export function namesZone(scope: Scope, zoneId: string): boolean {
  return [scope.key, ...scope.objects.map(({ key }) => key)].some((key) => {
    const resource = parseKey(key);
    return resource.kind === "zone" && resource.id === zoneId;
  });
}

/** A key in an account: that of a scope, or of one of its objects. */
interface Named {
  readonly accountId: string;
  readonly key: string;
}

/** A scope of a resource group in an account. */
export class ScopeNode implements Named {
  readonly accountId: string;
  readonly record: Scope;

  constructor(accountId: string, record: Scope) {
    this.accountId = accountId;
    this.record = record;
  }

  get key(): string {
    return this.record.key;
  }
}

/** The field `zone` of whatever has a key. */
const zoneField = {
  type: ZoneRef,
  ...costs(
    evaluation("Costs 1 call per zone, or 1 per 50 zones of the account for any number where that is cheaper.", () => ({
      lists: [zones.list],
    })),
    (calls) =>
      "The zone that the key names; null where it names none. A zone that is not the account's, or not visible to the token, is null " +
      `with an error; where the token may see no zones at all, all are null with one error. ${calls}`,
  ),
  resolve: ({ accountId, key }: Named, _args: object, context: Context) => {
    const { kind, id } = parseKey(key);
    return kind === "zone" && id !== null ? zoneToShow(context, accountId, id) : null;
  },
};

const ScopeObjectRef = builder.objectRef<Named>("ScopeObject");
ScopeObjectRef.implement({
  description: "A resource within a scope: a zone, or everything.",
  fields: (t) => ({
    key: t.exposeString("key", {
      nullable: false,
      description: "Cloudflare's key: `com.cloudflare.api.account.zone.<id>`, or `*` for everything within the scope.",
    }),
    kind: t.field({
      type: ResourceKindEnum,
      nullable: false,
      description: "Type of the resource that the key names.",
      resolve: ({ key }) => parseKey(key).kind,
    }),
    resourceId: t.string({
      description: "Cloudflare's ID of the resource, for example of a zone; null for `*`.",
      resolve: ({ key }) => parseKey(key).id,
    }),
    zone: t.field(zoneField),
  }),
});

/** Where: a resource by key, and what of it. */
export const ScopeRef = builder.objectRef<ScopeNode>("Scope");
ScopeRef.implement({
  description:
    "Resources on which a permission is granted: a resource (an account, a zone) and its parts. An account with zones as objects " +
    "means those zones; an account with `*` means the whole account.",
  fields: (t) => ({
    key: t.exposeString("key", {
      nullable: false,
      description:
        "Cloudflare's key of the resource: `com.cloudflare.api.account.<id>` or `com.cloudflare.api.account.zone.<id>`.",
    }),
    kind: t.field({
      type: ResourceKindEnum,
      nullable: false,
      description: "Type of the resource that the key names.",
      resolve: ({ key }) => parseKey(key).kind,
    }),
    resourceId: t.string({
      description: "Cloudflare's ID of the resource.",
      resolve: ({ key }) => parseKey(key).id,
    }),
    zone: t.field(zoneField),
    objects: t.field({
      type: [ScopeObjectRef],
      nullable: false,
      ...assumes(5),
      description: "Parts of the resource: some zones, or everything (`*`). In a stable order.",
      resolve: ({ accountId, record }) =>
        inOrder(
          record.objects.map(({ key }) => ({ accountId, key })),
          ({ key }) => key,
        ),
    }),
  }),
});
