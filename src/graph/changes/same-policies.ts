import type { Policy } from "../../cloudflare/policies.ts";
import { policyAsWritten } from "../mutations/user-group-write.ts";
import { areAsWritten, isSamePolicy } from "../revision.ts";

/**
 * Whether policies that were read say what was worked out before: each once, and no other. Cloudflare gives a resource group that was
 * written by its scope an id, and policies no order.
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
    const at = left.findIndex((each) => isSamePolicy(each, policy));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
