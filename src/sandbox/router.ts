import type { Endpoint, Route } from "../cloudflare/endpoint.ts";
import * as cloudflare from "../cloudflare/index.ts";
import { accountHandlers } from "./accounts.ts";
import { ApiError, noRoute } from "./answer.ts";
import { apiTokenHandlers } from "./api-tokens.ts";
import type { Handler, Handlers } from "./handler.ts";
import { memberHandlers } from "./members.ts";
import { permissionGroupHandlers } from "./permission-groups.ts";
import { resourceGroupHandlers } from "./resource-groups.ts";
import { roleHandlers } from "./roles.ts";
import { ssoConnectorHandlers } from "./sso-connectors.ts";
import { userHandlers } from "./user.ts";
import { userGroupMemberHandlers } from "./user-group-members.ts";
import { userGroupHandlers } from "./user-groups.ts";
import { zoneHandlers } from "./zones.ts";

/** One endpoint of the table and the function that plays it. */
export interface ServedRoute {
  readonly endpoint: Endpoint;
  readonly handler: Handler<Endpoint>;
  readonly method: string;
  readonly path: RegExp;
}

/** Every endpoint by its route. */
export const routes: ReadonlyMap<string, ServedRoute> = new Map([
  ...serve(cloudflare.accounts, accountHandlers),
  ...serve(cloudflare.members, memberHandlers),
  ...serve(cloudflare.roles, roleHandlers),
  ...serve(cloudflare.permissionGroups, permissionGroupHandlers),
  ...serve(cloudflare.resourceGroups, resourceGroupHandlers),
  ...serve(cloudflare.userGroups, userGroupHandlers),
  ...serve(cloudflare.userGroups.members, userGroupMemberHandlers),
  ...serve(cloudflare.ssoConnectors, ssoConnectorHandlers),
  ...serve(cloudflare.user, userHandlers),
  ...serve(cloudflare.zones, zoneHandlers),
  ...serve(cloudflare.apiTokens, apiTokenHandlers),
]);

for (const { route } of cloudflare.endpoints) {
  if (!routes.has(route))
    throw new Error(`The sandbox does not answer ${route}: add its handlers to routes in src/sandbox/router.ts.`);
}

function serve<Rows extends object>(rows: Rows, handlers: Handlers<Rows>): [Route, ServedRoute][] {
  return Object.entries(handlers).map(([name, handler]) => {
    const endpoint = rows[name as keyof Rows] as Endpoint;
    const [method = "", template = ""] = endpoint.route.split(" ");
    const path = new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
    return [endpoint.route, { endpoint, handler: handler as Handler<Endpoint>, method, path }];
  });
}

/** Route of a request: an endpoint with the values of its placeholders, or the error if there is none. */
export type Match = { served: ServedRoute; params: Record<string, string> } | ApiError;

/** Finds the endpoint of a request. A collection answers with and without a slash at the end [S]. */
export function match(method: string, path: string): Match {
  const plain = path.replace(/(?<=.)\/$/, "");
  let known = false;
  for (const candidate of routes.values()) {
    const found = candidate.path.exec(plain);
    if (!found) continue;
    known = true;
    if (candidate.method === method) return { served: candidate, params: { ...found.groups } };
  }
  return known ? new ApiError(405, 7001, `Method ${method} not available for that URI`) : noRoute();
}
