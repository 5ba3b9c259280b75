import * as z from "zod";
import { PermissionGroup } from "./permission-groups.ts";
import { ResourceGroup } from "./resource-groups.ts";
import { keepingUnknown, listWithin } from "./result.ts";

/**
 * Permissions of the owner (a user group or a member) on resources. A policy has no endpoint: it is read and written inside
 * its owner, its id changes with every write, and none of its lists has an order that means anything. Fields that are not
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
