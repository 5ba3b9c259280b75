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
function meaning(policy: Policy): string {
  const { access, permission_groups, resource_groups } = policy;
  const places = resource_groups.map((group) => group.id ?? scopeKeys(group));
  const unknown = canonical(unknownOf(policy));
  const known = [access, permission_groups.map(({ id }) => id).sort(), places.sort()];
  return JSON.stringify(unknown === "{}" ? known : [...known, unknown]);
}

/** Fields of a policy that we know: what it says, and what Cloudflare makes anew with each write. */
const known = new Set(["access", "permission_groups", "resource_groups", "id", "status", "created_on", "modified_on"]);

/** What a policy says in fields that we do not know: a condition of tomorrow's. */
export function unknownOf(policy: object): Record<string, unknown> {
  const unknown = Object.entries(policy).filter(([name, value]) => !known.has(name) && value !== undefined);
  return Object.fromEntries(unknown);
}

/** A value as a text that does not depend on the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** Whether a group now is what was written: each policy sent is there once, and no other. */
export function isAsWritten(group: UserGroup, sent: { name?: string; policies?: WrittenPolicy[] }): boolean {
  if ((sent.name ?? group.name) !== group.name) return false;
  if (!sent.policies) return true;
  // Whoever says more is looked for first: who says less may be found in several rows.
  const policies = sent.policies.toSorted((a, b) => Object.keys(b).length - Object.keys(a).length);
  return matches(group.policies, policies, isPolicy);
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
    matches(row.resource_groups, sent.resource_groups, isPlace) &&
    Object.entries(unknownOf(sent)).every(
      ([name, value]) => canonical((row as Record<string, unknown>)[name]) === canonical(value),
    )
  );
}

/** Cloudflare may give the anonymous group of an inline scope an id, so it is known by its scope alone. */
function isPlace(row: ResourceGroup, sent: WrittenPolicy["resource_groups"][number]): boolean {
  if ("id" in sent) return row.id === sent.id;
  return scopeKeys(row) === scopeKeys({ scope: [sent.scope] });
}
