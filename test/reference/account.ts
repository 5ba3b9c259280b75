import type {
  Account,
  ApiToken,
  PermissionGroup as FullPermissionGroup,
  Member,
  ResourceGroup,
  Role,
  Scope,
  SsoConnector,
  Zone,
} from "../../src/sandbox/state.ts";
import { type Asked, filters, has, is, raw } from "./asked.ts";
import { connection, type Paging, type Records, type World } from "./connection.ts";
import { find, globalId } from "./node.ts";
import {
  apiToken,
  date,
  member,
  permissionGroup,
  resourceGroup,
  role,
  ssoConnector,
  type UserGroup,
  userGroup,
} from "./objects.ts";
import { failure } from "./rest.ts";

/** An account, known or not. */
export function account(world: World, id: string) {
  const { rest } = world;
  const at = `/accounts/${id}`;
  const own = () => rest.get<Account>(at);
  const zoneOf = async (wanted: { id?: string; name?: string }) => {
    const all = await rest.all<Zone>("/zones", { "account.id": id }, 50);
    const found = all.find((zone) => is(wanted.id, zone.id) && is(wanted.name?.toLowerCase(), zone.name));
    if (!found) throw failure("BAD_USER_INPUT");
    return found;
  };
  const list = <R>(records: Records<R>, paging: Paging, node: (record: R) => object) =>
    connection(world, records, paging, node);
  return {
    __typename: "Account",
    id: globalId("Account", id),
    cloudflareId: id,
    name: async () => (await own()).name,
    type: async () => (await own()).type.toUpperCase(),
    createdAt: async () => date((await own()).created_on),
    settings: async () => {
      const { abuse_contact_email, enforce_twofactor } = (await own()).settings;
      return { abuseContactEmail: abuse_contact_email, enforceTwoFactor: enforce_twofactor };
    },
    managedBy: async () => {
      const manager = (await own()).managed_by;
      return manager && { parentOrgId: manager.parent_org_id, parentOrgName: manager.parent_org_name };
    },
    userGroup: (asked: { id: string }) => find(world, "UserGroup", id, raw(asked.id)),
    member: (asked: { id: string }) => find(world, "Member", id, raw(asked.id)),
    permissionGroup: (asked: { id: string }) => find(world, "PermissionGroup", id, raw(asked.id)),
    resourceGroup: (asked: { id: string }) => find(world, "ResourceGroup", id, raw(asked.id)),
    ssoConnector: (asked: { id: string }) => find(world, "SsoConnector", id, raw(asked.id)),
    async userGroups(args: Asked) {
      const path = `${at}/iam/user_groups`;
      const read = async () =>
        (await rest.all<UserGroup>(path, { direction: args.direction?.toLowerCase() }, 100)).filter(
          (group) => is(args.id, group.id) && is(args.name, group.name) && has(args.search, group.name),
        );
      const onZone = async () => {
        const groups = await read();
        if (args.zoneId == null) return groups;
        await zoneOf({ id: args.zoneId });
        // A policy may name a resource group by its ID alone.
        const whole = await rest.whole<ResourceGroup>(`${at}/iam/resource_groups`);
        const scopeOf = (record: Partial<ResourceGroup>) =>
          record.scope ?? whole.find((each) => each.id === record.id)?.scope;
        const scopes = (group: UserGroup) =>
          (group.policies ?? []).flatMap((policy) => policy.resource_groups).flatMap((record) => scopeOf(record) ?? []);
        return groups.filter((group) => scopes(group).some((scope) => covers(scope, id, args.zoneId ?? "")));
      };
      const records = { path, read: onZone, ...filters(args, ["id", "name", "search", "direction", "zoneId"]) };
      return list(records, args, (record) => userGroup(world, id, record));
    },
    async resourceGroups(args: Asked) {
      const path = `${at}/iam/resource_groups`;
      const read = async () => {
        // Of an account that is not there, nobody can say that it has no such zone.
        const groups = await rest.whole<ResourceGroup>(path);
        const zoneId = args.zoneName == null ? args.zoneId : (await zoneOf({ name: args.zoneName })).id;
        const zone = `com.cloudflare.api.account.zone.${zoneId}`;
        const names = ({ key, objects }: Scope) => key === zone || objects.some((object) => object.key === zone);
        return groups.filter(
          (group) => is(args.id, group.id) && is(args.name, group.name) && (zoneId == null || names(group.scope)),
        );
      };
      const records = { path, read, ...filters(args, ["id", "name", "zoneId", "zoneName"]) };
      return list(records, args, (record) => resourceGroup(world, id, record));
    },
    async permissionGroups(args: Asked) {
      const path = `${at}/iam/permission_groups`;
      const read = async () =>
        (await rest.all<FullPermissionGroup>(path, {}, 50)).filter(
          ({ id, name, meta }) =>
            is(args.id, id) &&
            is(args.name, name) &&
            is(args.label, meta.label) &&
            (has(args.search, name) || has(args.search, meta.label)),
        );
      const records = { path, read, ...filters(args, ["id", "name", "label", "search"]) };
      return list(records, args, (record) => permissionGroup(world, id, record));
    },
    async members(args: Asked) {
      const path = `${at}/members`;
      const orders = {
        FIRST_NAME: "user.first_name",
        LAST_NAME: "user.last_name",
        EMAIL: "user.email",
        STATUS: "status",
      };
      const order = orders[args.orderBy as keyof typeof orders];
      const read = async () =>
        (await rest.all<Member>(path, { order, direction: args.direction?.toLowerCase() }, 50)).filter(
          ({ status, email, user }) =>
            is(args.status?.toLowerCase(), status) &&
            [email, user.email, `${user.first_name ?? ""} ${user.last_name ?? ""}`].some((text) =>
              has(args.search, text ?? ""),
            ),
        );
      const records = { path, read, ...filters(args, ["status", "orderBy", "direction", "search"]) };
      return list(records, args, (record) => member(world, id, record));
    },
    async roles(args: Asked) {
      const path = `${at}/roles`;
      const records = { path, read: () => rest.all<Role>(path, {}, 50), asked: {}, filtered: false };
      return list(records, args, (record) => role(id, record));
    },
    async apiTokens(args: Asked) {
      const path = `${at}/tokens`;
      const records = { path, read: () => rest.all<ApiToken>(path, {}, 50), asked: {}, filtered: false };
      return list(records, args, (record) => apiToken(world, id, record));
    },
    async ssoConnectors(args: Asked) {
      const path = `${at}/sso_connectors`;
      const records = { path, read: () => rest.whole<SsoConnector>(path), asked: {}, filtered: false };
      return list(records, args, (record) => ssoConnector(id, record));
    },
  };
}

/** The accounts that there are. */
export async function accounts(world: World, args: Asked, node: (record: Account) => object) {
  const read = async () =>
    (await world.rest.all<Account>("/accounts", { direction: args.direction?.toLowerCase() }, 50)).filter((record) =>
      is(args.name, record.name),
    );
  return connection(world, { path: "/accounts", read, ...filters(args, ["name", "direction"]) }, args, node);
}

/** Whether a scope of an account reaches a zone, or all that there is. */
function covers({ key, objects }: Scope, accountId: string, zoneId: string): boolean {
  const zone = `com.cloudflare.api.account.zone.${zoneId}`;
  const whole = key === zone || key === `com.cloudflare.api.account.${accountId}`;
  return whole && objects.some((object) => object.key === "*" || object.key === zone);
}
