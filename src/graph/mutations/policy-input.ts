import { builder } from "../builder.ts";
import { atMost, MAX_GROUPS, MAX_IDS } from "../list-limit.ts";
import { AccessEnum } from "../policy.ts";
import type { InputCheck } from "./input.ts";
import type { WrittenPolicy, WrittenScope } from "./written-policy.ts";

const RawScopeInput = builder.inputType("RawScopeInput", {
  description: "A scope in Cloudflare's own keys, for resource types that this schema does not have.",
  fields: (t) => ({
    key: t.string({
      required: true,
      description: 'The resource: `"com.cloudflare.api.account.023e105f4ecef8ad9ca31a8372d0c353"`.',
    }),
    objects: t.stringList({
      required: true,
      ...atMost(
        MAX_IDS,
        'Parts of the resource, at least one: `["*"]`, or keys of zones such as `"com.cloudflare.api.account.zone.<id>"`.',
      ),
    }),
  }),
});

/** Where, in one of three spellings that give the same body. */
export const ScopeInput = builder.inputType("ScopeInput", {
  description: "A scope. Exactly one of these fields.",
  isOneOf: true,
  fields: (t) => ({
    account: t.boolean({ description: "The whole account: `true`." }),
    zoneIds: t.stringList(
      atMost(MAX_IDS, 'These zones of the account, by Cloudflare\'s IDs: `["23f8d65290b24279ba6f44721b3eaad5"]`.'),
    ),
    raw: t.field({ type: RawScopeInput, description: 'Cloudflare\'s own keys: `{ key: "…", objects: ["*"] }`.' }),
  }),
});
export type ScopeInput = typeof ScopeInput.$inferInput;

const PolicyResourceGroupInput = builder.inputType("PolicyResourceGroupInput", {
  description: "A resource group of a policy. Exactly one of these fields.",
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'A resource group, by global ID or Cloudflare\'s: `"6d7f2f5f5b1d4a0e9081fdc98d432fd1"`.' }),
    scope: t.field({
      type: ScopeInput,
      description: "A scope, for example `{ account: true }`; Cloudflare makes an anonymous resource group from it.",
    }),
  }),
});

const accessOfGroups =
  "`ALLOW`. Cloudflare rejects `DENY` in user groups, so the gateway rejects it before any call. In policies of members it is sent; " +
  "whether Cloudflare takes it there is not documented.";

const labels = atMost(
  MAX_GROUPS,
  'Permission groups by label, beside those by ID: `["dns_admin"]`. Each label costs 1 call more.',
);

/** A policy of a user group or a member, whole. */
export const PolicyInput = builder.inputType("PolicyInput", {
  description: "A policy of a user group, or a member. It has no ID: Cloudflare assigns a new one with every write.",
  fields: (t) => ({
    access: t.field({
      type: AccessEnum.type,
      required: true,
      description: accessOfGroups,
    }),
    permissionGroupIds: t.idList(
      atMost(
        MAX_GROUPS,
        'Permission groups, by global ID or Cloudflare\'s: `["49ce85367bae433b9f0717ed4fea5c74"]`. With those by label at least one.',
      ),
    ),
    permissionGroupLabels: t.stringList(labels),
    resourceGroups: t.field({
      type: [PolicyResourceGroupInput],
      required: true,
      ...atMost(MAX_GROUPS, "Resource groups, at least one: `[{ scope: { account: true } }]`."),
    }),
  }),
});
export type PolicyInput = typeof PolicyInput.$inferInput;

/** A policy of a user group, in part. */
export const PolicyChangeInput = builder.inputType("PolicyChangeInput", {
  description: "Changes to a policy. Omitted fields stay unchanged.",
  fields: (t) => ({
    access: t.field({ type: AccessEnum.type, description: accessOfGroups }),
    permissionGroupIds: t.idList(
      atMost(
        MAX_GROUPS,
        'The new permission groups, which with those by label replace the current ones: `["49ce85367bae433b9f0717ed4fea5c74"]`.',
      ),
    ),
    permissionGroupLabels: t.stringList(labels),
    resourceGroups: t.field({
      type: [PolicyResourceGroupInput],
      ...atMost(
        MAX_GROUPS,
        "The new resource groups, which replace the current ones: `[{ scope: { account: true } }]`.",
      ),
    }),
  }),
});
export type PolicyChangeInput = typeof PolicyChangeInput.$inferInput;

/** The body of a scope. */
export function writtenScope(check: InputCheck, scope: ScopeInput, accountId: string, path: string[]): WrittenScope {
  const account = `com.cloudflare.api.account.${accountId}`;
  if (scope.raw) {
    const { key, objects } = scope.raw;
    check.key(key, [...path, "raw", "key"]);
    for (const [i, object] of objects.entries()) check.key(object, [...path, "raw", "objects", String(i)]);
    check.some(objects, [...path, "raw", "objects"]);
    check.distinct(objects, [...path, "raw", "objects"]);
    return { key, objects: objects.map((object) => ({ key: object })) };
  }
  if (scope.zoneIds) {
    check.some(scope.zoneIds, [...path, "zoneIds"]);
    check.distinct(scope.zoneIds, [...path, "zoneIds"]);
    const ids = scope.zoneIds.map((id, i) => check.raw(id, [...path, "zoneIds", String(i)]));
    return { key: account, objects: ids.map((id) => ({ key: `com.cloudflare.api.account.zone.${id}` })) };
  }
  if (!scope.account) check.problem([...path, "account"], "must be true; leave it out and give zones otherwise");
  return { key: account, objects: [{ key: "*" }] };
}

/** The parts of a policy's body that are given. */
export function writtenPolicy<P extends PolicyChangeInput>(
  check: InputCheck,
  policy: P,
  accountId: string,
  path: string[],
  owner: "group" | "member" = "group",
): Partial<WrittenPolicy> {
  const { access, permissionGroupIds, permissionGroupLabels, resourceGroups } = policy;
  const written: Partial<WrittenPolicy> = {};
  if (access === "deny" && owner === "group")
    check.problem([...path, "access"], "must be ALLOW: Cloudflare refuses DENY in user groups");
  if (access != null) written.access = access as WrittenPolicy["access"];
  if (permissionGroupIds || permissionGroupLabels) {
    const place = [...path, "permissionGroupIds"];
    check.some([...(permissionGroupIds ?? []), ...(permissionGroupLabels ?? [])], place);
    const ids = check.references("PermissionGroup", permissionGroupIds ?? [], accountId, place);
    const named = check.labels(permissionGroupLabels ?? [], [...path, "permissionGroupLabels"], ids);
    written.permission_groups = [...ids.map((id) => ({ id })), ...named];
  }
  if (resourceGroups) {
    const place = [...path, "resourceGroups"];
    check.some(resourceGroups, place);
    written.resource_groups = resourceGroups.map(({ id, scope }, i) => {
      const here = [...place, String(i)];
      if (scope) return { scope: writtenScope(check, scope, accountId, [...here, "scope"]) };
      return { id: check.reference("ResourceGroup", String(id), accountId, [...here, "id"]) };
    });
    check.distinct(
      written.resource_groups.map((group) => JSON.stringify(group)),
      place,
    );
  }
  return written;
}

/** The body of a whole policy. */
export function wholePolicy(
  check: InputCheck,
  policy: PolicyInput,
  accountId: string,
  path: string[],
  owner: "group" | "member" = "group",
): WrittenPolicy {
  if (!policy.permissionGroupIds && !policy.permissionGroupLabels) {
    check.problem(path, "needs a permission group: give `permissionGroupIds` or `permissionGroupLabels`");
  }
  return writtenPolicy(check, policy, accountId, path, owner) as WrittenPolicy;
}

/** The bodies of whole policies. */
export function writtenPolicies(
  check: InputCheck,
  policies: PolicyInput[],
  accountId: string,
  owner: "group" | "member" = "group",
): WrittenPolicy[] {
  return policies.map((policy, i) => wholePolicy(check, policy, accountId, ["policies", String(i)], owner));
}

/** Calls that find the permission groups which policies name by label. */
export function labelCalls(policies: readonly PolicyChangeInput[] | null | undefined): number {
  return new Set(policies?.flatMap((policy) => policy.permissionGroupLabels ?? [])).size;
}
