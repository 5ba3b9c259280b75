import { accounts } from "./accounts.ts";
import { apiTokens } from "./api-tokens.ts";
import type { Endpoint } from "./endpoint.ts";
import { members } from "./members.ts";
import { permissionGroups } from "./permission-groups.ts";
import { resourceGroups } from "./resource-groups.ts";
import { ssoConnectors } from "./sso-connectors.ts";
import { userGroups } from "./user-groups.ts";
import { zones } from "./zones.ts";

export { accounts, apiTokens, members, permissionGroups, resourceGroups, ssoConnectors, userGroups, zones };

const { members: userGroupMembers, ...ofUserGroups } = userGroups;

/** Every endpoint, for readers of the whole table: the sandbox's router, the contract test, metric labels. */
export const endpoints: readonly Endpoint[] = [
  accounts,
  members,
  permissionGroups,
  resourceGroups,
  ofUserGroups,
  userGroupMembers,
  ssoConnectors,
  zones,
  apiTokens,
].flatMap((resource) => Object.values(resource));
