import * as z from "zod";
import { PermissionGroup } from "./permission-groups.ts";
import { ResourceGroup } from "./resource-groups.ts";
import { keepingUnknown, listWithin } from "./result.ts";

/**
 * Permissions of the owner (a user group or a member) on resources. A policy has no endpoint: it is read and written inside
 * its owner, its ID changes with every write, and none of its lists has an order that means anything. Fields that are not
 * known here are kept: writing its owner again must not lose them.
 */
export const Policy = keepingUnknown({
  id: z.string().nullish(),
  /** `allow` or `deny`; a new word is kept. */
  access: z.string().nullish(),
  permission_groups: listWithin(PermissionGroup),
  resource_groups: listWithin(ResourceGroup),
});
export type Policy = z.output<typeof Policy>;

/** Something by its ID. */
export const Reference = z.object({ id: z.string() });

/** A resource group by ID, or by an inline scope that Cloudflare turns into an anonymous group. */
const ResourceGroupReference = z.union([
  Reference,
  z.object({ scope: z.object({ key: z.string(), objects: z.array(z.object({ key: z.string() })) }) }),
]);

/**
 * A policy as it is written: without an ID, because Cloudflare mints a new one each time and refuses old ones. With fields
 * that are not known here, if it had any when it was read.
 */
export const WritePolicy = keepingUnknown({
  access: z.enum(["allow", "deny"]),
  permission_groups: z.array(Reference),
  resource_groups: z.array(ResourceGroupReference),
});
