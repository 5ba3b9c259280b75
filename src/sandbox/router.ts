import type { Endpoint, Route } from "../cloudflare/endpoint.ts";
import * as cloudflare from "../cloudflare/index.ts";
import { accountHandlers } from "./accounts.ts";
import { noRoute, Refusal } from "./answer.ts";
import type { Handler, Handlers } from "./handler.ts";
import { memberHandlers } from "./members.ts";
import { permissionGroupHandlers } from "./permission-groups.ts";
import { resourceGroupHandlers } from "./resource-groups.ts";
import { ssoConnectorHandlers } from "./sso-connectors.ts";
import { userGroupMemberHandlers } from "./user-group-members.ts";
import { userGroupHandlers } from "./user-groups.ts";

/** One row of the table and the function that plays it. */
export interface Served {
  readonly row: Endpoint;
  readonly handler: Handler<Endpoint>;
  readonly method: string;
  readonly path: RegExp;
}

/** Every row by its route. */
export const served: ReadonlyMap<string, Served> = new Map([
  ...serve(cloudflare.accounts, accountHandlers),
  ...serve(cloudflare.members, memberHandlers),
  ...serve(cloudflare.permissionGroups, permissionGroupHandlers),
  ...serve(cloudflare.resourceGroups, resourceGroupHandlers),
  ...serve(cloudflare.userGroups, userGroupHandlers),
  ...serve(cloudflare.userGroups.members, userGroupMemberHandlers),
  ...serve(cloudflare.ssoConnectors, ssoConnectorHandlers),
]);

for (const { route } of cloudflare.endpoints) {
  if (!served.has(route)) throw new Error(`The sandbox does not play ${route}: add its handlers here.`);
}

function serve<Rows extends object>(rows: Rows, handlers: Handlers<Rows>): [Route, Served][] {
  return Object.entries(handlers).map(([name, handler]) => {
    const row = rows[name as keyof Rows] as Endpoint;
    const [method = "", template = ""] = row.route.split(" ");
    const path = new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
    return [row.route, { row, handler: handler as Handler<Endpoint>, method, path }];
  });
}

/** Where a request leads: a row with the values of its placeholders, or why it leads nowhere. */
export type Match = { served: Served; params: Record<string, string> } | Refusal;

/** Finds the row of a request. A collection answers with and without a slash at the end [S]. */
export function match(method: string, path: string): Match {
  const plain = path.replace(/(?<=.)\/$/, "");
  let known = false;
  for (const candidate of served.values()) {
    const found = candidate.path.exec(plain);
    if (!found) continue;
    known = true;
    if (candidate.method === method) return { served: candidate, params: { ...found.groups } };
  }
  return known ? new Refusal(405, 7001, `Method ${method} not available for that URI`) : noRoute();
}
