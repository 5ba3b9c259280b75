import { UnreadableRecord } from "../../cloudflare/error.ts";
import type { Policy } from "../../cloudflare/policies.ts";

/** Something with policies. Reading some that are no policies throws. */
interface Holder {
  policies: readonly Policy[];
}

/** IDs of the policies of user groups, as far as these can be read. */
export function policyIdsOf(groups: Iterable<Holder | UnreadableRecord>): Set<string> {
  const ids = new Set<string>();
  for (const group of groups) {
    if (group instanceof UnreadableRecord) continue;
    try {
      for (const { id } of group.policies) if (id) ids.add(id);
    } catch {
      // It is evaluated as one that cannot be read.
    }
  }
  return ids;
}

/**
 * What a member has without policies of user groups, by their IDs. Cloudflare's documentation contradicts itself on whether it shows
 * them on the member, too.
 */
export function withOwnOnly<H extends Holder>(holder: H, inherited: ReadonlySet<string>): H {
  const isOwn = ({ id }: Policy) => id == null || !inherited.has(id);
  try {
    return holder.policies.every(isOwn) ? holder : { ...holder, policies: holder.policies.filter(isOwn) };
  } catch {
    return holder;
  }
}
