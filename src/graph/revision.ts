import { createHash } from "node:crypto";
import type { Policy } from "../cloudflare/policies.ts";
import type { ResourceGroup } from "../cloudflare/resource-groups.ts";
import type { UserGroup } from "../cloudflare/user-groups.ts";
import type { WrittenPolicy } from "./policy-input.ts";
import { scopeKeys } from "./resource-group.ts";

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 22);
}

/** Name, meaning of the policies and date of a group as one word. Orders and policy ids do not matter. */
export function revisionOf({ name, policies, modified_on }: UserGroup): string {
  return hash([name, modified_on, policies.map(meaning).sort()]);
}

/** Who is in a group, as one word. */
export function membersRevision(members: readonly { id: string }[]): string {
  return hash(members.map(({ id }) => id).sort());
}

/** What a policy says: a resource group counts by its id or, where it has none, by its scope. */
function meaning({ access, permission_groups, resource_groups }: Policy): string {
  const places = resource_groups.map((group) => group.id ?? scopeKeys(group));
  return JSON.stringify([access, permission_groups.map(({ id }) => id).sort(), places.sort()]);
}

/** Whether a group now is what was written: each policy sent is there once, and no other. */
export function isAsWritten(group: UserGroup, sent: { name?: string; policies: WrittenPolicy[] }): boolean {
  return (sent.name ?? group.name) === group.name && matches(group.policies, sent.policies, isPolicy);
}

/** Whether every one that was sent is among the rows, each in another row, and no row is left. */
function matches<Row, Sent>(rows: Row[], sent: Sent[], same: (row: Row, sent: Sent) => boolean): boolean {
  const rest = [...rows];
  for (const each of sent) {
    const at = rest.findIndex((row) => same(row, each));
    if (at < 0) return false;
    rest.splice(at, 1);
  }
  return rest.length === 0;
}

function isPolicy(row: Policy, sent: WrittenPolicy): boolean {
  return (
    row.access === sent.access &&
    membersRevision(row.permission_groups) === membersRevision(sent.permission_groups) &&
    matches(row.resource_groups, sent.resource_groups, isPlace)
  );
}

/** Cloudflare may give the anonymous group of an inline scope an id, so it is known by its scope alone. */
function isPlace(row: ResourceGroup, sent: WrittenPolicy["resource_groups"][number]): boolean {
  if ("id" in sent) return row.id === sent.id;
  return scopeKeys(row) === scopeKeys({ scope: [sent.scope] });
}
