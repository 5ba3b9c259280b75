import { permissionGroups } from "./catalogue.ts";
import { idOf } from "./id-generator.ts";
import { memberOf } from "./people.ts";
import type { Account, AccountState, Policy, ResourceGroup, Role, SsoConnector, Zone } from "./state.ts";

/** Content of a seeded policy: permission groups by label; resource groups by name, or the zones of one inline scope. */
export type Grant = [labels: string[], places: (string | string[])[]];

const byLabel = new Map(permissionGroups.map((group) => [group.meta.label, group]));

/** An empty account: it has only the catalogue. */
export function emptyAccount(details: Account): AccountState {
  return {
    details,
    members: new Map(),
    permissionGroups: new Map(permissionGroups.map((group) => [group.id, group])),
    resourceGroups: new Map(),
    userGroups: new Map(),
    ssoConnectors: new Map(),
    zones: new Map(),
    apiTokens: new Map(),
    withoutDsr: new Set(),
  };
}

/** The key of an account's resources as a whole, also the name of its built-in resource group. */
export function accountKey(accountId: string): string {
  return `com.cloudflare.api.account.${accountId}`;
}

/** The key of one zone, whose ID follows from its name here. */
export function zoneKey(zone: string): string {
  return `com.cloudflare.api.account.zone.${idOf("zone", zone)}`;
}

/** Zones of an account. */
export function owns(account: AccountState, names: string[], status: Zone["status"] = "active"): void {
  const { id, name: of } = account.details;
  for (const name of names) {
    const created_on = stamp(account.zones.size);
    const dates = { created_on, modified_on: created_on, activated_on: status === "active" ? created_on : null };
    const zone = { id: idOf("zone", name), account: { id, name: of }, name, status, paused: false };
    account.zones.set(zone.id, { ...zone, type: "full", ...dates });
  }
}

/** A custom resource group: zones of the account. A second one of the same name needs a word to tell its ID. */
export function zones(account: AccountState, name: string, names: string[], again = ""): void {
  const key = accountKey(account.details.id);
  const objects = names.map((zone) => ({ key: zoneKey(zone) }));
  resourceGroup(account, { id: idOf(key, name, again), name, meta: { editable: "true" }, scope: { key, objects } });
}

/** A resource group that cannot be changed: everything under one key, which is its name. */
export function builtIn(account: AccountState, key: string): void {
  const scope = { key, objects: [{ key: "*" }] };
  resourceGroup(account, { id: idOf("built-in", key), name: key, meta: { editable: "false" }, scope });
}

function resourceGroup(account: AccountState, group: Omit<ResourceGroup, "created_on" | "modified_on">): void {
  const { id = "", name = "" } = group;
  const now = stamp(account.resourceGroups.size);
  account.resourceGroups.set(id, { ...group, id, name, created_on: now, modified_on: now });
}

/** Members, in the order in which they joined. */
export function joined(account: AccountState, names: string[]): void {
  const { id } = account.details;
  for (const [index, name] of names.entries()) {
    const member = memberOf(id, name, index);
    account.members.set(member.id, member);
  }
}

/** A role for one member, with the policies that Cloudflare shows beside it [S]. */
export function promote(account: AccountState, index: number, role: Role, ...grants: Grant[]): void {
  const member = [...account.members.values()][index];
  if (!member) return;
  member.roles = [role];
  member.policies = policies(account, member.id, grants);
}

/** A policy of one member that takes permissions away on some zones: old accounts may hold such [I]. */
export function deny(account: AccountState, index: number, ...grants: Grant[]): void {
  const member = [...account.members.values()][index];
  const denials = policies(account, `deny ${member?.id}`, grants).map((policy) => ({
    ...policy,
    access: "deny" as const,
  }));
  member?.policies.push(...denials);
}

/** A policy of one member on one resource that is no zone, by its key. */
export function grantOn(account: AccountState, index: number, label: string, key: string): void {
  const member = [...account.members.values()][index];
  const [policy] = policies(account, `${key} ${member?.id}`, [[[label], [[]]]]);
  if (!member || !policy) return;
  const scope = { key: accountKey(account.details.id), objects: [{ key }] };
  member.policies.push({ ...policy, resource_groups: policy.resource_groups.map((group) => ({ ...group, scope })) });
}

/** A user group with so many members: those who joined from its own place in the list on. */
export function group(account: AccountState, name: string, size: number, ...grants: Grant[]): void {
  const index = account.userGroups.size;
  const id = idOf("user group", account.details.id, name);
  const people = [...account.members.keys()];
  const members = new Map<string, string>();
  for (let n = 0; n < size; n++) {
    const member = people[(index * 5 + n) % people.length];
    if (member) members.set(member, `2025-03-${String((n % 28) + 1).padStart(2, "0")}T09:30:00Z`);
  }
  const [created_on, modified_on] = [stamp(index), stamp(index + 100)];
  const own = policies(account, id, grants);
  account.userGroups.set(id, { id, name, created_on, modified_on, policies: own, members, scim: false, lag: 0 });
}

function policies(account: AccountState, owner: string, grants: Grant[]): Policy[] {
  return grants.map(([labels, places], index) => {
    const stamps = { created_on: stamp(index), modified_on: stamp(index) };
    return {
      id: idOf("policy", owner, index),
      status: "V",
      access: "allow",
      permission_groups: labels.map((label) => known(byLabel.get(label), label)),
      resource_groups: places.map((place) => {
        if (typeof place === "string") return named(account, place);
        const objects = place.map((zone) => ({ key: zoneKey(zone) }));
        return { scope: { key: accountKey(account.details.id), objects }, ...stamps };
      }),
      ...stamps,
    };
  });
}

function named(account: AccountState, name: string): ResourceGroup {
  const groups = [...account.resourceGroups.values()];
  return known(
    groups.find((group) => group.name === name),
    name,
  );
}

/** An SSO connector with the code that its TXT record must carry. */
export function connector(
  account: AccountState,
  email_domain: string,
  status: SsoConnector["verification"]["status"],
  enabled = false,
): void {
  const id = idOf("sso connector", account.details.id, email_domain);
  const code = `cloudflare_dashboard_sso=${idOf("code", id)}`;
  account.ssoConnectors.set(id, {
    id,
    email_domain,
    enabled,
    use_fedramp_language: false,
    created_on: "2025-09-05T20:35:34Z",
    ...(status !== "awaiting" && { updated_on: "2025-09-06T07:12:09Z" }),
    verification: { code, status },
  });
}

/** Timestamps as they come: some with microseconds, some with four digits, some with whole seconds. */
function stamp(index: number): string {
  const seconds = new Date(Date.UTC(2025, 0, 24, 15, 31, 36) + index * 29_123_000).toISOString().slice(0, 19);
  return `${seconds}${[".759979", ".0000", ""][index % 3]}Z`;
}

function known<Thing>(thing: Thing | undefined, name: string): Thing {
  if (thing === undefined) throw new Error(`The seed names ${name}, which is not there.`);
  return thing;
}
