import type { Role } from "../cloudflare/members.ts";
import type { Permission } from "./permission.ts";
import { isOfZones } from "./permission.ts";
import { relationOf } from "./permission-relation.ts";
import type { Effect, PolicyMatch } from "./policy-match.ts";
import type { Question } from "./question.ts";
import { type Coverage, relationOfResources } from "./resource.ts";

/** A legacy role that grants what is asked for, without a policy that says the same. */
export interface RoleMatch {
  readonly role: Role;
  readonly coverage: Coverage;
  readonly implied: boolean;
  readonly effect: Effect;
}

/**
 * Labels of the permission groups that account roles became, by the role's ID [S]: an account role has another ID than its
 * permission group. A role that is not here is compared by its name.
 */
const labels: ReadonlyMap<string, string> = new Map([
  ["33666b9c79b9a5273fc7344ff42f953d", "all_privileges"],
  ["05784afa30c1afe1440e79d9351c7430", "admin"],
  ["f2b20eaa1a5d4af42b53ac16238c99c7", "admin_readonly"],
  ["069fe803647ed3609e93d041d5df6050", "dns_admin"],
  ["1963e6e3aca5ac9a7a91609a0040ab02", "waf_admin"],
  ["c61d4237ab1c08a3d11feb6bd5e91c5a", "load_balancer_admin"],
  ["ef13f042efdd58f592148c035f291bfa", "teams_admin"],
  ["f43d556e0699e47c9188ea1973a48e24", "teams_pii"],
  ["156a872fa6df06e0e9b85d32afce6990", "teams_read"],
]);

/** A role as the permission that it became. */
export function permissionOfRole({ id, name }: Role): Permission {
  return { id, label: labels.get(id), name: name ?? undefined };
}

/** Whether a role and a permission group are two views of one grant: domain roles have equal IDs, others a label or a name. */
export function isViewOf(role: Role, granted: Permission): boolean {
  const { id, label, name } = permissionOfRole(role);
  if (id === granted.id) return true;
  if (label !== undefined && granted.label !== undefined) return label === granted.label;
  return name !== undefined && name === granted.name;
}

/** What a role does for a question; `undefined` for one that has nothing to do with it. Account roles are for the whole account. */
export function matchRole(role: Role, { permission, resource }: Question): RoleMatch | undefined {
  const same = !permission || isViewOf(role, permission);
  const relation = same ? "same" : relationOf(permissionOfRole(role), permission);
  if (relation === "none" || relation === "smaller") return undefined;
  const implied = relation === "implied";
  // Only a policy says on which domains a domain role is held.
  const ofDomains = permission && same ? isOfZones(permission) && role.id === permission.id : isOfDomains(role);
  if (ofDomains) return { role, coverage: "unknown", implied, effect: "perhapsAllow" };
  const covers = !resource || relationOfResources({ kind: "account", key: "" }, resource) === "covers";
  return { role, coverage: "account", implied, effect: covers && relation !== "unknown" ? "allow" : "perhapsAllow" };
}

function isOfDomains({ name }: Role): boolean {
  return /^Domain /.test(name ?? "");
}

/** Whether one of the member's own policies names what a role became: the policy then says where it holds. */
export function isShownByPolicy(role: Role, permissions: readonly Permission[]): boolean {
  return permissions.some((each) => isViewOf(role, each));
}

/** Roles that say the same as a match of one of the member's own policies. */
export function rolesOf(match: PolicyMatch, roles: readonly Role[], question: Question): Role[] {
  if (match.policy.access !== "allow") return [];
  const permission = question.directory.permission(match.permissionGroup.id);
  return roles.filter((role) => isViewOf(role, permission));
}
