import type { z } from "zod";
import type { userGroups } from "../cloudflare/index.ts";
import { type ApiError, serviceError } from "./answer.ts";
import type { IdGenerator } from "./id-generator.ts";
import { isScopeOf } from "./resource-groups.ts";
import type { AccountState, Policy } from "./state.ts";

type WritePolicy = NonNullable<z.output<typeof userGroups.create.body>["policies"]>[number];

/** Only the beginning of the text is known [S]; the reason after it is ours. */
function invalid(reason: string) {
  return serviceError(400, `Policy validation failed: ${reason}`);
}

/** The policies of a user group that a write leaves behind. */
export function writePolicies(account: AccountState, policies: WritePolicy[], ids: IdGenerator): Policy[] {
  if (policies.some(({ access }) => access === "deny")) throw invalid("deny is not supported for user groups");
  return storedPolicies(account, policies, ids, invalid);
}

/** The policies that a write leaves behind: checked, and each with a new ID in any case [S]. */
export function storedPolicies(
  account: AccountState,
  policies: WritePolicy[],
  ids: IdGenerator,
  invalid: (reason: string) => ApiError,
): Policy[] {
  return policies.map(({ access, permission_groups, resource_groups }) => {
    if (!permission_groups.length) throw invalid("a policy needs a permission group");
    if (!resource_groups.length) throw invalid("a policy needs a resource group");
    const now = ids.microseconds();
    const stamps = { created_on: now, modified_on: now };
    return {
      id: ids.id("policy"),
      status: "V",
      access,
      permission_groups: permission_groups.map(({ id }) => {
        const group = account.permissionGroups.get(id);
        if (!group) throw invalid(`permission group ${id} not found`);
        return group;
      }),
      resource_groups: resource_groups.map((reference) => {
        if ("id" in reference) {
          const group = account.resourceGroups.get(reference.id);
          if (!group) throw invalid(`resource group ${reference.id} not found`);
          return group;
        }
        if (!isScopeOf(account, reference.scope))
          throw invalid("the scope of a resource group is not one of this account");
        return { scope: reference.scope, ...stamps };
      }),
      ...stamps,
    };
  });
}

/** IDs that are sent back are refused, even the present ones: Cloudflare mints new ones with every write [S]. */
export function refusePolicyIds(raw: unknown): void {
  const { policies } = raw as { policies?: object[] };
  if (policies?.some((policy) => "id" in policy)) throw serviceError(400, "Cannot re-use policy IDs");
}

/** Reading the members of a group fails while one of its policies names a resource group that is gone [S]. */
export function checkPolicies(account: AccountState, policies: Policy[]): void {
  for (const { id } of policies.flatMap(({ resource_groups }) => resource_groups)) {
    if (id !== undefined && !account.resourceGroups.has(id)) throw invalid(`resource group ${id} not found`);
  }
}
