import type { roles } from "../cloudflare/index.ts";
import { serviceError } from "./answer.ts";
import { roles as catalogue } from "./catalogue.ts";
import type { Handlers } from "./handler.ts";
import { paginate } from "./page.ts";
import { accountKey } from "./seed.ts";
import type { AccountState, Policy, Role } from "./state.ts";

const all: Role[] = Object.values(catalogue);

/** The account roles; domain roles, which policies bring with them, are not listed (assumed). */
export const roleHandlers: Handlers<typeof roles> = {
  list: ({ page }) => paginate(page, all, all.length),
  get({ params }) {
    const role = roleOf(params.role_id);
    if (role) return { result: role };
    // No public record of this one: assumed like that of a permission group.
    throw serviceError(404, `Role ${params.role_id} not found`);
  },
};

/** A role by its ID. */
export function roleOf(id: string): Role | undefined {
  return all.find((role) => role.id === id);
}

/** The policy that Cloudflare shows for roles: one, for the whole account [S]. Roles without a permission group are left out. */
export function policiesOfRoles({ details, permissionGroups, resourceGroups }: AccountState, given: Role[]) {
  const known = [...permissionGroups.values()];
  const groups = given.flatMap(({ name }) => known.find((group) => group.name === name) ?? []);
  const [whole] = [...resourceGroups.values()].filter(({ name }) => name === accountKey(details.id));
  if (groups.length === 0 || !whole) return [];
  return [
    {
      access: "allow" as const,
      permission_groups: groups.map(({ id }) => ({ id })),
      resource_groups: [{ id: whole.id }],
    },
  ];
}

/** The roles that Cloudflare shows for policies [S]: a domain role has the ID of its permission group, an account role another. */
export function rolesOfPolicies(policies: Policy[]): Role[] {
  const groups = policies.filter(({ access }) => access === "allow").flatMap((policy) => policy.permission_groups);
  return [...new Set(groups)].map(({ id, name, meta: { description } }) => {
    return all.find((role) => role.name === name) ?? { id, name, description, permissions: {} };
  });
}
