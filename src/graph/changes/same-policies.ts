import type { Policy } from "../../cloudflare/policies.ts";
import { policyAsWritten } from "../mutations/user-group-write.ts";
import { areAsWritten, isSamePolicy } from "../revision.ts";

/**
 * Whether policies that were read say what was worked out before: each once, and no other. Cloudflare gives a resource group that was
 * written by its scope an ID, and policies no order; and a policy that was written by the scope of a group that it named before has that
 * group no more.
 */
export function sayTheSame(read: readonly Policy[], expected: readonly Policy[]): boolean {
  if (read.length !== expected.length) return false;
  try {
    if (areAsWritten(read, expected.map(policyAsWritten))) return true;
  } catch {
    // One of them cannot be written again as it is.
  }
  const left = [...read];
  return expected.every((policy) => {
    const at = left.findIndex((each) => isSamePolicy(each, policy) || isSamePolicy(byScope(each), byScope(policy)));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

/** A policy in which resource groups count by their scopes, wherever these are known. */
function byScope(policy: Policy): Policy {
  const places = policy.resource_groups.map(({ id, ...group }) => (group.scope?.length ? group : { id, ...group }));
  return { ...policy, resource_groups: places };
}
