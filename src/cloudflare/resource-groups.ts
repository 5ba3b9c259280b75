import * as z from "zod";
import { endpoint } from "./endpoint.ts";
import { Deleted, keepingUnknown, listWithin, Meta, records } from "./result.ts";

/**
 * A kind of resource by key, and which of them: keys of zones, or `*` for all. Fields that are not known here are kept:
 * writing a scope again must not lose them.
 */
export const Scope = keepingUnknown({ key: z.string(), objects: listWithin(keepingUnknown({ key: z.string() })) });
export type Scope = z.output<typeof Scope>;

/**
 * A set of resources. Inside a policy a group made from an inline scope has neither ID nor name, and a group named by
 * ID may come without its scope. `scope` is one object in fact and was an array in older documents: read as a list,
 * or as `undefined` when it is missing.
 */
export const ResourceGroup = z.object({
  id: z.string().nullish(),
  name: z.string().nullish(),
  meta: Meta,
  scope: z.union([Scope.transform((scope) => [scope]), z.array(Scope)]).nullish(),
});
export type ResourceGroup = z.output<typeof ResourceGroup>;

const WriteScope = z.object({ key: z.string().min(1), objects: z.array(z.object({ key: z.string().min(1) })).min(1) });

/** Resource groups of an account: one page, however many there are, and names that are not unique. */
export const resourceGroups = {
  list: endpoint("GET /accounts/{account_id}/iam/resource_groups", {
    query: z.object({ id: z.string().optional(), name: z.string().optional() }),
    result: records(ResourceGroup),
  }),
  create: endpoint("POST /accounts/{account_id}/iam/resource_groups", {
    body: z.object({ name: z.string().min(1), scope: WriteScope }),
    result: ResourceGroup,
  }),
  get: endpoint("GET /accounts/{account_id}/iam/resource_groups/{resource_group_id}", { result: ResourceGroup }),
  update: endpoint("PUT /accounts/{account_id}/iam/resource_groups/{resource_group_id}", {
    body: z.object({ name: z.string().min(1).optional(), scope: WriteScope.optional() }),
    result: ResourceGroup,
  }),
  remove: endpoint("DELETE /accounts/{account_id}/iam/resource_groups/{resource_group_id}", { result: Deleted }),
};
