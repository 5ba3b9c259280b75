import { accounts } from "./accounts.ts";
import { apiTokens } from "./api-tokens.ts";
import type { Endpoint } from "./endpoint.ts";
import { members, roles } from "./members.ts";
import { permissionGroups } from "./permission-groups.ts";
import { resourceGroups } from "./resource-groups.ts";
import { ssoConnectors } from "./sso-connectors.ts";
import { user } from "./user.ts";
import { userGroups } from "./user-groups.ts";
import { zones } from "./zones.ts";

export {
  accounts,
  apiTokens,
  members,
  permissionGroups,
  resourceGroups,
  roles,
  ssoConnectors,
  user,
  userGroups,
  zones,
};

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
  zones,
  apiTokens,
].flatMap((resource) => Object.values(resource));
