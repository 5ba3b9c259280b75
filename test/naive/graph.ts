import { createHash } from "node:crypto";
import type {
  Account,
  PermissionGroup as FullPermissionGroup,
  UserGroup as FullUserGroup,
  Member,
  Policy,
  ResourceGroup,
  Scope,
  SsoConnector,
} from "../../src/sandbox/company.ts";
import { connection, type Paging, type Rows } from "./connection.ts";
import { failure, type Rest } from "./rest.ts";
import { meaning, type Words } from "./words.ts";

/** What naive objects read from. */
export interface World {
  rest: Rest;
  words: Words;
  /** Whether Cloudflare tells how long a list is. */
  totals: boolean;
}

type UserGroup = Pick<FullUserGroup, "id" | "name" | "created_on" | "modified_on"> & { policies?: Policy[] };
type PermissionGroup = Pick<FullPermissionGroup, "id"> & Partial<FullPermissionGroup>;
type Filters = Record<
  "id" | "name" | "search" | "label" | "status" | "zoneId" | "orderBy" | "direction",
  string | null
>;
type Asked = Paging & Partial<Filters>;

/** Global id: type and parts, each encoded, as base64url; see the docstring of `globalId` in `src/graph/node.ts`. */
export function globalId(type: string, ...parts: string[]): string {
  return Buffer.from([type, ...parts.map(encodeURIComponent)].join(":")).toString("base64url");
}

const date = (text: string | undefined) => text && new Date(text).toISOString();
const sha = (text: string) => createHash("sha256").update(text).digest("base64url").slice(0, 22);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const sorted = <T>(rows: T[] | undefined, key: (row: T) => string) =>
  [...(rows ?? [])].sort((a, b) => compare(key(a), key(b)));

/** Refuses what is no raw id. */
function raw(id: string): string {
  if (!/^[0-9A-Za-z]{32}$/.test(id)) throw failure("BAD_USER_INPUT");
  return id;
}

/** Refuses filters that cannot be meant, and tells what is asked beside the page. */
function filters(asked: Asked, own: (keyof Filters)[]) {
  for (const name of ["id", "zoneId"] as const) if (asked[name] != null) raw(asked[name]);
  for (const name of ["name", "label"] as const) if (asked[name] === "") throw failure("BAD_USER_INPUT");
  const given = Object.fromEntries(own.map((name) => [name, asked[name] || null]));
  const filtered = own.some((name) => given[name] !== null && name !== "direction" && name !== "orderBy");
  return { asked: given, filtered };
}

const is = (wanted: string | null | undefined, value: string | undefined) => wanted == null || value === wanted;
const has = (part: string | null | undefined, text: string) =>
  part == null || text.toLowerCase().includes(part.toLowerCase());

/** An account, known or not. */
export function account(world: World, id: string) {
  const { rest } = world;
  const at = `/accounts/${id}`;
  const own = () => rest.get<Account>(at);
  const list = <R>(rows: Rows<R>, paging: Paging, node: (row: R) => object) => connection(world, rows, paging, node);
  return {
    __typename: "Account",
    id: globalId("Account", id),
    cloudflareId: id,
    name: async () => (await own()).name,
    type: async () => (await own()).type.toUpperCase(),
    createdOn: async () => date((await own()).created_on),
    settings: async () => {
      const { abuse_contact_email, enforce_twofactor } = (await own()).settings;
      return { abuseContactEmail: abuse_contact_email, enforceTwofactor: enforce_twofactor };
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
      const rows = { path, read, ...filters(args, ["id", "name", "search", "direction"]) };
      return list(rows, args, (row) => userGroup(world, id, row));
    },
    async resourceGroups(args: Asked) {
      const path = `${at}/iam/resource_groups`;
      const zone = `com.cloudflare.api.account.zone.${args.zoneId}`;
      const names = ({ key, objects }: Scope) => key === zone || objects.some((object) => object.key === zone);
      const read = async () =>
        (await rest.whole<ResourceGroup>(path)).filter(
          (group) => is(args.id, group.id) && is(args.name, group.name) && (args.zoneId == null || names(group.scope)),
        );
      const rows = { path, read, ...filters(args, ["id", "name", "zoneId"]) };
      return list(rows, args, (row) => resourceGroup(world, id, row));
    },
    async permissionGroups(args: Asked) {
      const path = `${at}/iam/permission_groups`;
      const read = async () =>
        (await rest.all<FullPermissionGroup>(path, {}, 50)).filter(
          (group) => is(args.id, group.id) && is(args.name, group.name) && is(args.label, group.meta.label),
        );
      const rows = { path, read, ...filters(args, ["id", "name", "label"]) };
      return list(rows, args, (row) => permissionGroup(world, id, row));
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
        (await rest.all<Member>(path, { order, direction: args.direction?.toLowerCase() }, 50)).filter((row) =>
          is(args.status?.toLowerCase(), row.status),
        );
      const rows = { path, read, ...filters(args, ["status", "orderBy", "direction"]) };
      return list(rows, args, (row) => member(world, id, row));
    },
    async ssoConnectors(args: Asked) {
      const path = `${at}/sso_connectors`;
      const rows = { path, read: () => rest.whole<SsoConnector>(path), asked: {}, filtered: false };
      return list(rows, args, (row) => ssoConnector(id, row));
    },
  };
}

/** The accounts that there are. */
export async function accounts(world: World, args: Asked, node: (row: Account) => object) {
  const read = async () =>
    (await world.rest.all<Account>("/accounts", { direction: args.direction?.toLowerCase() }, 50)).filter((row) =>
      is(args.name, row.name),
    );
  return connection(world, { path: "/accounts", read, ...filters(args, ["name", "direction"]) }, args, node);
}

function userGroup(world: World, accountId: string, { id, name, created_on, modified_on, policies: own }: UserGroup) {
  const says = (own ?? []).map((policy) => ({
    access: policy.access,
    what: policy.permission_groups.map((group) => group.id).sort(),
    where: policy.resource_groups.map((group) => group.id ?? place(group)).sort(),
  }));
  return {
    __typename: "UserGroup",
    id: globalId("UserGroup", accountId, id),
    cloudflareId: id,
    name,
    createdOn: date(created_on),
    modifiedOn: date(modified_on),
    revision: meaning("group", name, modified_on, says.map((each) => JSON.stringify(each)).sort()),
    policies: () => policies(world, accountId, "UserGroup", id, own),
    async members(args: Asked) {
      const path = `/accounts/${accountId}/iam/user_groups/${id}/members`;
      const everybody = (direction?: string) => world.rest.all<Member>(path, { direction }, 100);
      const read = async () =>
        (await everybody(args.direction?.toLowerCase())).filter(({ email }) => has(args.search || null, email ?? ""));
      const rows = { path, read, ...filters(args, ["search", "direction"]) };
      const page = await connection(world, rows, args, ({ id, email, status }) => {
        const whole = async () =>
          member(world, accountId, await world.rest.get(`/accounts/${accountId}/members/${id}`));
        return {
          __typename: "Member",
          id: globalId("Member", accountId, id),
          cloudflareId: id,
          email,
          status: async () => status?.toUpperCase() ?? (await whole()).status,
          user: async () => (await whole()).user,
          roles: async () => (await whole()).roles,
          policies: async () => (await whole()).policies(),
        };
      });
      return { ...page, revision: async () => meaning("who", (await everybody()).map((row) => row.id).sort()) };
    },
  };
}

function member(world: World, accountId: string, { id, email, status, user, roles, policies: own }: Member) {
  return {
    __typename: "Member",
    id: globalId("Member", accountId, id),
    cloudflareId: id,
    email: email ?? user.email,
    status: status.toUpperCase(),
    user: {
      cloudflareId: user.id,
      email: user.email,
      firstName: user.first_name,
      lastName: user.last_name,
      twoFactorAuthenticationEnabled: user.two_factor_authentication_enabled,
    },
    roles: sorted(roles, (role) => role.id).map(({ id, name, description, permissions }) => ({
      cloudflareId: id,
      name,
      description,
      grants: sorted(Object.entries(permissions), ([area]) => area).map(([area, { read, write, edit }]) => ({
        area,
        read,
        write: write ?? edit ?? false,
      })),
    })),
    policies: () => policies(world, accountId, "Member", id, own),
  };
}

/** In the order that the graph promises: access, permission groups, scopes. */
function policies(world: World, accountId: string, ownerType: OwnerType, ownerId: string, rows: Policy[] | undefined) {
  const said = ({ access, permission_groups, resource_groups }: Policy) => {
    const what = permission_groups.map(({ id }) => id).sort();
    return JSON.stringify([access, what, resource_groups.map(placeOrId).sort()]);
  };
  return sorted(rows, said).map(({ id, access, permission_groups, resource_groups }) => ({
    __typename: "Policy",
    id: globalId("Policy", accountId, ownerType, ownerId, id),
    cloudflareId: id,
    access: access.toUpperCase(),
    permissionGroups: sorted(permission_groups, (group) => group.id).map((row) =>
      permissionGroup(world, accountId, row),
    ),
    resourceGroups: sorted(resource_groups, placeOrId).map((row) =>
      resourceGroup(world, accountId, row, [ownerType, ownerId]),
    ),
    owner: () => find(world, ownerType, accountId, ownerId),
  }));
}

type OwnerType = "UserGroup" | "Member";

/** Keys of a scope, the objects' in order. */
function place({ scope }: ResourceGroup): string {
  return scope ? [scope.key, ...scope.objects.map(({ key }) => key).sort()].join(" ") : "";
}

const placeOrId = (row: ResourceGroup) => [place(row), row.id].filter(Boolean).join(" ");

function permissionGroup({ rest }: World, accountId: string, row: PermissionGroup) {
  const path = `/accounts/${accountId}/iam/permission_groups/${row.id}`;
  const whole = async () => (row.name && row.meta ? (row as FullPermissionGroup) : rest.get<FullPermissionGroup>(path));
  return {
    __typename: "PermissionGroup",
    id: globalId("PermissionGroup", accountId, row.id),
    cloudflareId: row.id,
    name: async () => (await whole()).name,
    label: async () => (await whole()).meta.label,
    description: async () => (await whole()).meta.description,
    scopes: async () => (await whole()).meta.scopes?.split(/\s*,\s*/),
    meta: async () => Object.entries((await whole()).meta).map(([key, value]) => ({ key, value })),
  };
}

function resourceGroup({ rest }: World, accountId: string, row: ResourceGroup, owner?: [OwnerType, string]) {
  const path = `/accounts/${accountId}/iam/resource_groups/${row.id}`;
  const whole = async () => (row.scope || !row.id ? row : rest.get<ResourceGroup>(path));
  return {
    __typename: "ResourceGroup",
    id: globalId("ResourceGroup", accountId, ...(row.id ? [row.id] : [...(owner ?? []), sha(place(row))])),
    cloudflareId: row.id,
    name: async () => (await whole()).name,
    meta: async () => Object.entries((await whole()).meta ?? {}).map(([key, value]) => ({ key, value })),
    scopes: async () => {
      const { key, objects } = (await whole()).scope;
      return [{ ...resource(key), objects: sorted(objects, (object) => object.key).map((each) => resource(each.key)) }];
    },
  };
}

function resource(key: string) {
  const [, zone, id] = /^com\.cloudflare\.api\.account(\.zone)?\.(\w+)$/.exec(key) ?? [];
  const kind = key === "*" ? "ALL" : id === undefined ? "OTHER" : zone ? "ZONE" : "ACCOUNT";
  return { key, kind, resourceId: id };
}

function ssoConnector(accountId: string, row: SsoConnector) {
  const { code, status } = row.verification;
  const content = `cloudflare_dashboard_sso=${code.replace(/^cloudflare_dashboard_sso=/, "")}`;
  return {
    __typename: "SsoConnector",
    id: globalId("SsoConnector", accountId, row.id),
    cloudflareId: row.id,
    emailDomain: row.email_domain,
    enabled: row.enabled,
    useFedrampLanguage: row.use_fedramp_language,
    createdOn: date(row.created_on),
    updatedOn: date(row.updated_on),
    verification: {
      status: status.toUpperCase(),
      code,
      dnsRecord: { type: "TXT", name: row.email_domain, content },
    },
  };
}

/** One object of an account by raw id, or `null`. */
async function find(world: World, type: string, accountId: string, id: string): Promise<object | null> {
  const at = <R>(path: string, node: (row: R) => object) =>
    world.rest.find<R>(accountId, `${path}/${id}`).then((row) => row && node(row));
  if (type === "UserGroup") return at<UserGroup>("/iam/user_groups", (row) => userGroup(world, accountId, row));
  if (type === "Member") return at<Member>("/members", (row) => member(world, accountId, row));
  if (type === "PermissionGroup")
    return at<PermissionGroup>("/iam/permission_groups", (row) => permissionGroup(world, accountId, row));
  if (type === "ResourceGroup")
    return at<ResourceGroup>("/iam/resource_groups", (row) => resourceGroup(world, accountId, row));
  return at<SsoConnector>("/sso_connectors", (row) => ssoConnector(accountId, row));
}

/** How any object is read by its global id; it may give `null`. A word that is no global id is refused at once. */
export function node(world: World, globalId: string): () => object | Promise<object | null> {
  const [type = "", ...parts] = Buffer.from(globalId, "base64url").toString().split(":");
  const [accountId = "", id = "", ownerId = ""] = parts;
  const known = { Account: [1], UserGroup: [2], Member: [2], PermissionGroup: [2], ResourceGroup: [2, 4] };
  const lengths = { ...known, SsoConnector: [2], Policy: [4] }[type];
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
