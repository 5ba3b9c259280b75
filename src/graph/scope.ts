import type { Scope } from "../cloudflare/resource-groups.ts";
import { builder } from "./builder.ts";
import { assumes } from "./cost.ts";
import { inOrder } from "./order.ts";

const ResourceKindEnum = builder.enumType("ResourceKind", {
  description: "Type of the resource that a key names.",
  values: {
    ACCOUNT: { value: "account", description: "An account: `com.cloudflare.api.account.<id>`." },
    ZONE: { value: "zone", description: "A zone, that is a domain: `com.cloudflare.api.account.zone.<id>`." },
    ALL: { value: "all", description: "Everything within the scope: `*`." },
    OTHER: { value: "other", description: "Another type: see the key." },
  } as const,
});

/** A key taken apart: `com.cloudflare.api.account.zone.<id>` is a zone and its id. */
export function parseKey(key: string): { kind: "account" | "zone" | "all" | "other"; id: string | null } {
  if (key === "*") return { kind: "all", id: null };
  const [, zone, id] = /^com\.cloudflare\.api\.account(\.zone)?\.([^.]+)$/.exec(key) ?? [];
  return id === undefined ? { kind: "other", id: null } : { kind: zone ? "zone" : "account", id };
}

/** Whether a scope names a zone, as the scope itself or as one of its objects. */
export function namesZone(scope: Scope, zoneId: string): boolean {
  return [scope.key, ...scope.objects.map(({ key }) => key)].some((key) => {
    const resource = parseKey(key);
    return resource.kind === "zone" && resource.id === zoneId;
  });
}

const ScopeObjectRef = builder.objectRef<{ key: string }>("ScopeObject");
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
  }),
});

/** Where: a resource by key, and what of it. */
export const ScopeRef = builder.objectRef<Scope>("Scope");
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
    objects: t.field({
      type: [ScopeObjectRef],
      nullable: false,
      ...assumes(5),
      description: "Parts of the resource: some zones, or everything (`*`). In a stable order.",
      resolve: ({ objects }) => inOrder(objects, ({ key }) => key),
    }),
  }),
});
