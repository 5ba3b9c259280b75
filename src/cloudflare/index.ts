import { accounts } from "./accounts.ts";
import type { Endpoint } from "./endpoint.ts";
import { members, roles } from "./members.ts";
import { permissionGroups } from "./permission-groups.ts";
import { resourceGroups } from "./resource-groups.ts";
import { ssoConnectors } from "./sso-connectors.ts";
import { user } from "./user.ts";
import { userGroups } from "./user-groups.ts";

export { accounts, members, permissionGroups, resourceGroups, roles, ssoConnectors, user, userGroups };

const { members: userGroupMembers, ...ofUserGroups } = userGroups;

/** Every endpoint, for readers of the whole table: the sandbox's router, the contract test, metric labels. */
export const endpoints: readonly Endpoint[] = [
  accounts,
  members,
  roles,
  permissionGroups,
  resourceGroups,
  ofUserGroups,
  userGroupMembers,
  ssoConnectors,
  user,
].flatMap((resource) => Object.values(resource));
