import * as z from "zod";
import { endpoint } from "./endpoint.ts";
import { Meta, records } from "./result.ts";

/** A named set of permissions such as "DNS". Inside a policy everything but the ID may be missing. */
export const PermissionGroup = z.object({
  id: z.string(),
  name: z.string().nullish(),
  /** `label`, `description`, `scopes` (one string) and future keys. */
  meta: Meta,
  /** In the catalogue of API tokens, the counterpart of `meta.scopes`. */
  scopes: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .catch(null),
});
export type PermissionGroup = z.output<typeof PermissionGroup>;

/** The catalogue of an account. It is not the catalogue of API tokens, and names in it are not unique. */
export const permissionGroups = {
  list: endpoint("GET /accounts/{account_id}/iam/permission_groups", {
    query: z.object({ id: z.string().optional(), name: z.string().optional(), label: z.string().optional() }),
    result: records(PermissionGroup),
    perPage: { min: 5, default: 20, max: 50 },
  }),
  get: endpoint("GET /accounts/{account_id}/iam/permission_groups/{permission_group_id}", { result: PermissionGroup }),
};
