import { idOf } from "../id-generator.ts";
import { isObject, type QuirkHooks } from "./quirk.ts";

const lists = new Set(["policies", "permission_groups", "resource_groups", "objects", "roles", "messages"]);

/** Every policy passed through `change`; a policy is what has `access`. */
function everyPolicy(change: (policy: Record<string, unknown>) => object): QuirkHooks {
  return { value: (_key, value) => (isObject(value) && "access" in value ? change(value) : value) };
}

function everyGroup(list: "permission_groups" | "resource_groups", change: (group: Record<string, unknown>) => object) {
  return everyPolicy((policy) => ({ ...policy, [list]: (policy[list] as Record<string, unknown>[]).map(change) }));
}

/** Fields that policies have or omit. */
export const policies = {
  /**
   * Lists inside a record come in another order on every read: Terraform had to turn them into sets [S]. So do remarks and the
   * attributes of `meta` (assumed).
   */
  shuffled(): QuirkHooks {
    let seed = 1;
    const shuffle = <T>(items: T[]) => {
      // A linear congruential generator: a plain counter comes back to where it was after every read of the same records.
      seed = (seed * 48_271) % 0x7fff_ffff;
      const at = seed % (items.length || 1);
      return [...items.slice(at), ...items.slice(0, at)].reverse();
    };
    return {
      value(key, value) {
        if (key === "meta" && isObject(value)) return Object.fromEntries(shuffle(Object.entries(value)));
        return lists.has(key) && Array.isArray(value) ? shuffle(value) : value;
      },
    };
  },

  /** Policy IDs change with every write [S]; here with every read, as if somebody wrote all the time. */
  policyIdsFresh(): QuirkHooks {
    let read = 0;
    return everyPolicy((policy) => ({ ...policy, id: idOf("read", ++read) }));
  },

  /** Of a member's policies the reference does not require the ID [D]; here of every policy. */
  policyIdsAbsent: (): QuirkHooks => everyPolicy(({ id, ...policy }) => policy),

  /** In the documented sample the resource group of an inline scope has no ID, name or meta [D]; here every one. */
  resourceGroupsInline: (): QuirkHooks =>
    everyGroup("resource_groups", ({ scope, created_on, modified_on }) => ({ scope, created_on, modified_on })),

  /** A policy may name its permission groups by ID alone: the reference requires no more of them [D]. */
  permissionGroupsById: (): QuirkHooks => everyGroup("permission_groups", ({ id }) => ({ id })),

  /** A policy may name its resource groups by ID alone, as it is written; inline ones keep their scope (assumed). */
  resourceGroupsById: (): QuirkHooks => everyGroup("resource_groups", ({ id, scope }) => (id ? { id } : { scope })),
};
