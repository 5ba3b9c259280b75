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
  if ((sent.name ?? group.name) !== group.name) return false;
  const rows = group.policies.map((row) => ({ ...row, places: row.resource_groups.map(namesOf) }));
  const written = sent.policies.map((policy) => ({ ...policy, places: policy.resource_groups.map(nameOf) }));
  const grants = ({
    access,
    permission_groups,
  }: {
    access?: string | null | undefined;
    permission_groups: { id: string }[];
  }) => `${access} ${membersRevision(permission_groups)}`;
  return matches(
    rows,
    written,
    (row) => [grants(row)],
    grants,
    (row, policy) => matches(row.places, policy.places, (names) => names, String),
  );
}

/**
 * Whether every one that was sent is among the rows, each in another row, and no row is left. They are found by the names
 * that a row has: it may be one of several sent.
 */
function matches<Row, Sent>(
  rows: readonly Row[],
  sent: readonly Sent[],
  names: (row: Row) => string[],
  name: (sent: Sent) => string,
  same: (row: Row, sent: Sent) => boolean = () => true,
): boolean {
  if (rows.length !== sent.length) return false;
  const named = new Map<string, Row[]>();
  for (const row of rows) {
    for (const each of names(row)) {
      const others = named.get(each);
      if (others) others.push(row);
      else named.set(each, [row]);
    }
  }
  const taken = new Set<Row>();
  return sent.every((each) => {
    const left = named.get(name(each)) ?? [];
    const at = left.findIndex((row) => !taken.has(row) && same(row, each));
    for (const row of at < 0 ? [] : left.splice(at, 1)) taken.add(row);
    return at >= 0;
  });
}

/** Cloudflare may give the anonymous group of an inline scope an id, so it is known by its scope, too. */
function namesOf(row: ResourceGroup): string[] {
  return [...(row.id == null ? [] : [`id ${row.id}`]), `scope ${scopeKeys(row)}`];
}

function nameOf(sent: WrittenPolicy["resource_groups"][number]): string {
  return "id" in sent ? `id ${sent.id}` : `scope ${scopeKeys({ scope: [sent.scope] })}`;
}
