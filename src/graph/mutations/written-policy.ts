import type { Body } from "../../cloudflare/endpoint.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import type { userGroups } from "../../cloudflare/user-groups.ts";

/** A policy as it is sent: without an ID. */
export type WrittenPolicy = NonNullable<Body<typeof userGroups.create>["policies"]>[number];

/** A scope as it is sent. */
export type WrittenScope = { key: string; objects: { key: string }[] };

/** A policy that is sent, as it would be read. */
export function asRead({ access, permission_groups, resource_groups }: WrittenPolicy): Policy {
  return {
    access,
    permission_groups: permission_groups.map(({ id }) => ({ id, meta: undefined })),
    resource_groups: resource_groups.map((group) => ({
      ...("id" in group ? { id: group.id } : { scope: [group.scope] }),
      meta: undefined,
    })),
  };
}
