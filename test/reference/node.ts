import type { ApiToken, Member, PermissionGroup, ResourceGroup, Role, SsoConnector } from "../../src/sandbox/state.ts";
import { account } from "./account.ts";
import type { World } from "./connection.ts";
import {
  apiToken,
  member,
  permissionGroup,
  resourceGroup,
  role,
  ssoConnector,
  type UserGroup,
  userGroup,
  zone,
} from "./objects.ts";
import { failure } from "./rest.ts";

/** Global id: type and parts, each encoded, as base64url; see the docstring of `globalId` in `src/graph/node.ts`. */
export function globalId(type: string, ...parts: string[]): string {
  return Buffer.from([type, ...parts.map(encodeURIComponent)].join(":")).toString("base64url");
}

/** One object of an account by raw ID, or `null`. */
export async function find(world: World, type: string, accountId: string, id: string): Promise<object | null> {
  const at = <R>(path: string, node: (record: R) => object) =>
    world.rest.find<R>(accountId, `${path}/${id}`).then((record) => record && node(record));
  if (type === "ApiToken") return at<ApiToken>("/tokens", (record) => apiToken(world, accountId, record));
  if (type === "Zone") return zone(world, accountId, id);
  if (type === "UserGroup") return at<UserGroup>("/iam/user_groups", (record) => userGroup(world, accountId, record));
  if (type === "Member") return at<Member>("/members", (record) => member(world, accountId, record));
  if (type === "PermissionGroup")
    return at<PermissionGroup>("/iam/permission_groups", (record) => permissionGroup(world, accountId, record));
  if (type === "ResourceGroup")
    return at<ResourceGroup>("/iam/resource_groups", (record) => resourceGroup(world, accountId, record));
  if (type === "Role") return at<Role>("/roles", (record) => role(accountId, record));
  if (type === "User") return at<Member>("/members", (record) => member(world, accountId, record).user);
  return at<SsoConnector>("/sso_connectors", (record) => ssoConnector(accountId, record));
}

/** How any object is read by its global ID; it may give `null`. A word that is no global ID is refused at once. */
export function node(world: World, globalId: string): () => object | Promise<object | null> {
  const [type = "", ...parts] = Buffer.from(globalId, "base64url").toString().split(":");
  const [accountId = "", id = "", ownerId = ""] = parts;
  const known = { Account: [1], UserGroup: [2], Member: [2], PermissionGroup: [2], ResourceGroup: [2, 4] };
  const lengths = { ...known, SsoConnector: [2], Zone: [2], ApiToken: [2], Role: [2], User: [2], Policy: [4] }[type];
  if (!lengths?.includes(parts.length) || !parts.every((part) => /^[\w-]+$/.test(part)))
    throw failure("BAD_USER_INPUT");
  if (type === "Account") return () => account(world, accountId);
  if (parts.length === 2) return () => find(world, type, accountId, id);
  return () => within(world, globalId, accountId, id, ownerId);
}

/** A policy, or an anonymous resource group, among the policies of its owner. */
async function within(world: World, globalId: string, accountId: string, ownerType: string, ownerId: string) {
  const owner = (await find(world, ownerType, accountId, ownerId)) as ReturnType<typeof userGroup> | null;
  const own = owner?.policies() ?? [];
  return [...own, ...own.flatMap((policy) => policy.resourceGroups)].find(({ id }) => id === globalId) ?? null;
}
