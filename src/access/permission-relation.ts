import { implications } from "./implied-permissions.ts";
import { isNameless, type Permission } from "./permission.ts";

/** How a permission that was granted stands to the one that is asked for. */
export type PermissionRelation =
  /** It is the one. */
  | "same"
  /** It holds the one that is asked for. */
  | "implied"
  /** The one that is asked for holds it: its read-only form, say. */
  | "smaller"
  /** Too little is known of one of them. */
  | "unknown"
  | "none";

/** How a granted permission stands to the one that is asked for. */
export function relationOf(granted: Permission, asked: Permission): PermissionRelation {
  if (granted.id === asked.id) return "same";
  const holds = implies(granted, asked);
  if (holds === true) return "implied";
  if (holds === undefined) return "unknown";
  return implies(asked, granted) === true ? "smaller" : "none";
}

/**
 * Whether a permission also grants, for the whole account, what is asked for, on whatever it was granted: the Domain
 * roles read Firewall, Access and Workers of the account.
 */
export function reachesAccount(granted: Permission, asked: Permission): boolean {
  return implications.some((each) => names(each, granted) && each.accountWide?.(asked) === true);
}

/** Whether one permission holds another; `undefined` where too little is known of either. */
function implies(granted: Permission, asked: Permission): boolean | undefined {
  if (isNameless(granted)) return undefined;
  const implication = implications.find((each) => names(each, granted));
  if (!implication) return false;
  if (implication.accountWide?.(asked) === true) return true;
  return isNameless(asked) && !implication.everything ? undefined : implication.implies(asked);
}

function names(implication: { label: string; name: string }, { label, name }: Permission): boolean {
  return label === undefined ? implication.name === name : implication.label === label;
}
