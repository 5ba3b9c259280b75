import { createHash } from "node:crypto";
import type {
  ApiToken,
  PermissionGroup as FullPermissionGroup,
  UserGroup as FullUserGroup,
  Member,
  Policy,
  ResourceGroup,
  Role,
  SsoConnector,
  Zone,
} from "../../src/sandbox/state.ts";
import { type Asked, filters, has } from "./asked.ts";
import { connection, type World } from "./connection.ts";
import { find, globalId } from "./node.ts";
import { failure } from "./rest.ts";
import { meaning } from "./words.ts";

/** A user group as it is sent. */
export type UserGroup = Pick<FullUserGroup, "id" | "name" | "created_on" | "modified_on"> & { policies?: Policy[] };
type PermissionGroup = Pick<FullPermissionGroup, "id"> & Partial<FullPermissionGroup>;

/** A date to the millisecond. */
export const date = (text: string | undefined) => text && new Date(text).toISOString();
const sha = (text: string) => createHash("sha256").update(text).digest("base64url").slice(0, 22);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const sorted = <T>(records: T[] | undefined, key: (record: T) => string) =>
  [...(records ?? [])].sort((a, b) => compare(key(a), key(b)));

/** What policies say, whatever their order. */
function said(policies: Policy[] | undefined): string[] {
  const says = (policies ?? []).map((policy) => ({
    access: policy.access,
    what: policy.permission_groups.map((group) => group.id).sort(),
    where: policy.resource_groups.map((group) => group.id ?? place(group)).sort(),
  }));
  return says.map((each) => JSON.stringify(each)).sort();
}

/** A legacy role. */
export function role(accountId: string, { id, name, description, permissions }: Role) {
  return {
    __typename: "Role",
    id: globalId("Role", accountId, id),
    cloudflareId: id,
    name,
    description,
    grants: sorted(Object.entries(permissions), ([area]) => area).map(([area, { read, write, edit }]) => ({
      area,
      read,
      write: write ?? edit ?? false,
    })),
  };
}

/** A user group, with its policies at hand. */
export function userGroup(
  world: World,
  accountId: string,
  { id, name, created_on, modified_on, policies: own }: UserGroup,
) {
  return {
    __typename: "UserGroup",
    id: globalId("UserGroup", accountId, id),
    cloudflareId: id,
    name,
    createdAt: date(created_on),
    updatedAt: date(modified_on),
    revision: meaning("group", name, modified_on, said(own)),
    policies: () => policies(world, accountId, "UserGroup", id, own),
    async members(args: Asked) {
      const path = `/accounts/${accountId}/iam/user_groups/${id}/members`;
      const everybody = (direction?: string) => world.rest.all<Member>(path, { direction }, 100);
      const read = async () =>
        (await everybody(args.direction?.toLowerCase())).filter(({ email }) => has(args.search || null, email ?? ""));
      const records = { path, read, ...filters(args, ["search", "direction"]) };
      const page = await connection(world, records, args, ({ id, email, status }) => {
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
          revision: async () => (await whole()).revision,
          userGroups: (args: Asked) => groupsOf(world, accountId, id, args),
        };
      });
      return { ...page, revision: async () => meaning("who", (await everybody()).map((record) => record.id).sort()) };
    },
  };
}

/** A member as the account's list and look-up have it. */
export function member(world: World, accountId: string, { id, email, status, user, roles, policies: own }: Member) {
  return {
    __typename: "Member",
    id: globalId("Member", accountId, id),
    cloudflareId: id,
    email: email ?? user.email,
    status: status.toUpperCase(),
    user: {
      __typename: "User",
      id: globalId("User", accountId, id),
      cloudflareId: user.id,
      email: user.email,
      firstName: user.first_name,
      lastName: user.last_name,
      twoFactorAuthenticationEnabled: user.two_factor_authentication_enabled,
    },
    roles: sorted(roles, ({ id }) => id).map((record) => role(accountId, record)),
    revision: meaning("member", status, roles.map(({ id }) => id).sort(), said(own)),
    policies: () => policies(world, accountId, "Member", id, own),
    userGroups: (args: Asked) => groupsOf(world, accountId, id, args),
  };
}

/** The groups in whose lists a member stands. */
async function groupsOf(world: World, accountId: string, memberId: string, args: Asked) {
  const path = `/accounts/${accountId}/iam/user_groups`;
  const read = async () => {
    const groups: UserGroup[] = [];
    for (const group of await world.rest.all<UserGroup>(path, {}, 100)) {
      const members = await world.rest.all<{ id: string }>(`${path}/${group.id}/members`, {}, 100);
      if (members.some(({ id }) => id === memberId)) groups.push(group);
    }
    return groups;
  };
  const records = { path: `${path} of ${memberId}`, read, asked: {}, filtered: false };
  return connection(world, records, args, (record) => userGroup(world, accountId, record));
}

type Named = ReturnType<typeof policies>[number];
const everyPolicy = new WeakMap<World, Map<string, Promise<Named[]>>>();

/** Policies that name a permission or resource group, those of user groups first. */
async function usedBy(world: World, accountId: string, id: string): Promise<Named[]> {
  const known = everyPolicy.get(world) ?? new Map<string, Promise<Named[]>>();
  everyPolicy.set(world, known);
  const all = known.get(accountId) ?? readPolicies(world, accountId);
  known.set(accountId, all);
  return (await all).filter((policy) =>
    [...policy.permissionGroups, ...policy.resourceGroups].some((each) => each.id === id),
  );
}

async function readPolicies(world: World, accountId: string): Promise<Named[]> {
  const at = `/accounts/${accountId}`;
  const groups = await world.rest.all<UserGroup>(`${at}/iam/user_groups`, {}, 100);
  const people = await world.rest.all<Member>(`${at}/members`, {}, 50);
  return [
    ...groups.flatMap((each) => policies(world, accountId, "UserGroup", each.id, each.policies)),
    ...people.flatMap((each) => policies(world, accountId, "Member", each.id, each.policies)),
  ];
}

const entries = (meta: object) => sorted(Object.entries(meta), ([key]) => key).map(([key, value]) => ({ key, value }));

/** In the order that the graph promises: access, permission groups, scopes. */
function policies(
  world: World,
  accountId: string,
  ownerType: OwnerType,
  ownerId: string,
  records: Policy[] | undefined,
) {
  const said = ({ access, permission_groups, resource_groups }: Policy) => {
    const what = permission_groups.map(({ id }) => id).sort();
    return JSON.stringify([access, what, resource_groups.map(placeOrId).sort()]);
  };
  return sorted(
    sorted(records, ({ id }) => id ?? ""),
    said,
  ).map(({ id, access, permission_groups, resource_groups }) => ({
    __typename: "Policy",
    id: globalId("Policy", accountId, ownerType, ownerId, keyOf({ access, permission_groups, resource_groups })),
    cloudflareId: id,
    access: access.toUpperCase(),
    permissionGroups: sorted(permission_groups, (group) => group.id).map((record) =>
      permissionGroup(world, accountId, record),
    ),
    resourceGroups: sorted(resource_groups, placeOrId).map((record) =>
      resourceGroup(world, accountId, record, [ownerType, ownerId]),
    ),
    owner: () => find(world, ownerType, accountId, ownerId),
  }));
}

type OwnerType = "UserGroup" | "Member";

type Said = Pick<Policy, "access" | "permission_groups" | "resource_groups">;

/** What a policy says, as one word. No owner of the worlds compared has two policies that say the same. */
function keyOf({ access, permission_groups, resource_groups }: Said): string {
  const what = permission_groups.map(({ id }) => id).sort();
  const where = resource_groups.map((group) => group.id ?? place(group)).sort();
  return sha(JSON.stringify([access, what, where]));
}

/** Keys of a scope, the objects' in order. */
function place({ scope }: ResourceGroup): string {
  return scope ? [scope.key, ...scope.objects.map(({ key }) => key).sort()].join(" ") : "";
}

const placeOrId = (record: ResourceGroup) => [place(record), record.id].filter(Boolean).join(" ");

/** A permission group, read again where a policy names it by ID alone. */
export function permissionGroup(world: World, accountId: string, record: PermissionGroup) {
  const { rest } = world;
  const path = `/accounts/${accountId}/iam/permission_groups/${record.id}`;
  const whole = async () =>
    record.name && record.meta ? (record as FullPermissionGroup) : rest.get<FullPermissionGroup>(path);
  return {
    __typename: "PermissionGroup",
    id: globalId("PermissionGroup", accountId, record.id),
    cloudflareId: record.id,
    name: async () => (await whole()).name,
    label: async () => (await whole()).meta.label,
    description: async () => (await whole()).meta.description,
    scopes: async () => (await whole()).meta.scopes?.split(/\s*,\s*/).sort(),
    meta: async () => entries((await whole()).meta),
    usedBy: (): Promise<object[]> => usedBy(world, accountId, globalId("PermissionGroup", accountId, record.id)),
  };
}

/** A resource group; one without an ID belongs to the owner of its policy. */
export function resourceGroup(world: World, accountId: string, record: ResourceGroup, owner?: [OwnerType, string]) {
  const { rest } = world;
  const path = `/accounts/${accountId}/iam/resource_groups/${record.id}`;
  const whole = async () => (record.scope || !record.id ? record : rest.get<ResourceGroup>(path));
  const id = globalId(
    "ResourceGroup",
    accountId,
    ...(record.id ? [record.id] : [...(owner ?? []), sha(place(record))]),
  );
  return {
    __typename: "ResourceGroup",
    id,
    usedBy: (): Promise<object[]> => usedBy(world, accountId, id),
    cloudflareId: record.id,
    name: async () => (await whole()).name,
    meta: async () => entries((await whole()).meta ?? {}),
    scopes: async () => {
      const { key, objects } = (await whole()).scope;
      const parts = sorted(objects, (object) => object.key);
      const named = (key: string) => resource(world, accountId, key);
      return [{ ...named(key), objects: parts.map((each) => named(each.key)) }];
    },
  };
}

function resource(world: World, accountId: string, key: string) {
  const [, ofZone, id] = /^com\.cloudflare\.api\.account(\.zone)?\.(\w+)$/.exec(key) ?? [];
  const kind = key === "*" ? "ALL" : id === undefined ? "OTHER" : ofZone ? "ZONE" : "ACCOUNT";
  return { key, kind, resourceId: id, zone: () => (kind === "ZONE" ? zone(world, accountId, id ?? "") : null) };
}

/** An API token; what is not in its record is not there. */
export function apiToken(world: World, accountId: string, record: ApiToken) {
  const networks = (list: string[] | undefined) => (list?.length ? list : null);
  return {
    __typename: "ApiToken",
    id: globalId("ApiToken", accountId, record.id),
    cloudflareId: record.id,
    name: record.name,
    status: record.status.toUpperCase(),
    createdAt: date(record.issued_on),
    updatedAt: date(record.modified_on),
    lastUsedAt: date(record.last_used_on),
    notBefore: date(record.not_before),
    expiresAt: date(record.expires_on),
    creatorEmail: record.creator_email_at_creation,
    allowedAddresses: networks(record.condition?.request_ip.in),
    deniedAddresses: networks(record.condition?.request_ip.not_in),
    policies: sorted(record.policies, ({ id }) => id).map(({ id, effect, permission_groups, resources }) => ({
      cloudflareId: id,
      access: effect.toUpperCase(),
      permissionGroups: sorted(permission_groups, (group) => group.id).map(({ id, name, meta }) => ({
        cloudflareId: id,
        name,
        scope: meta.scopes,
      })),
      resources: sorted(Object.entries(resources), ([key]) => key).map(([key, within]) => {
        const keys = typeof within === "string" ? [within] : Object.keys(within).sort();
        const named = (key: string) => resource(world, accountId, key);
        return { ...named(key), objects: keys.map(named) };
      }),
    })),
  };
}

/** A zone, if it is of the account. */
export async function zone({ rest }: World, accountId: string, id: string) {
  const record = await rest.get<Zone>(`/zones/${id}`);
  if (record.account.id !== accountId) throw failure("NOT_FOUND");
  const status = record.status.toUpperCase();
  return { __typename: "Zone", id: globalId("Zone", accountId, id), cloudflareId: id, name: record.name, status };
}

/** A connector; nothing of it is read later. */
export function ssoConnector(accountId: string, record: SsoConnector) {
  const { code, status } = record.verification;
  const content = `cloudflare_dashboard_sso=${code.replace(/^cloudflare_dashboard_sso=/, "")}`;
  return {
    __typename: "SsoConnector",
    id: globalId("SsoConnector", accountId, record.id),
    cloudflareId: record.id,
    emailDomain: record.email_domain,
    enabled: record.enabled,
    useFedrampLanguage: record.use_fedramp_language,
    createdAt: date(record.created_on),
    updatedAt: date(record.updated_on),
    verification: {
      status: status.toUpperCase(),
      code,
      dnsRecord: { type: "TXT", name: record.email_domain, content },
    },
  };
}
