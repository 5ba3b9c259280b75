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
  const rows = new Named(group.policies, (row) => [grants(row)]);
  const places = new Map(group.policies.map((row) => [row, new Named(row.resource_groups, namesOf)]));
  const written = sent.policies.map((policy) => policy.resource_groups.map(nameOf));
  return rows.are(sent.policies.map(grants), (row, at) => places.get(row)?.are(written[at] ?? []) ?? false);
}

/** Rows by names; a row may have several. */
class Named<Row> {
  readonly #rows: readonly Row[];
  readonly #byName = new Map<string, Row[]>();

  constructor(rows: readonly Row[], namesOf: (row: Row) => string[]) {
    this.#rows = rows;
    for (const row of rows) {
      for (const name of namesOf(row)) {
        const others = this.#byName.get(name);
        if (others) others.push(row);
        else this.#byName.set(name, [row]);
      }
    }
  }

  /** Whether the rows are those of these names: each name takes the first row left that is the same, and no row is left. */
  are(names: readonly string[], same: (row: Row, at: number) => boolean = () => true): boolean {
    if (names.length !== this.#rows.length) return false;
    const taken = new Set<Row>();
    return names.every((name, at) => {
      const row = this.#byName.get(name)?.find((each) => !taken.has(each) && same(each, at));
      if (row !== undefined) taken.add(row);
      return row !== undefined;
    });
  }
}

/** What a policy allows or denies, wherever. */
function grants({ access, permission_groups }: Pick<Policy, "access" | "permission_groups"> | WrittenPolicy): string {
  return `${access} ${membersRevision(permission_groups)}`;
}

/** Cloudflare may give the anonymous group of an inline scope an id, so it is known by its scope, too. */
function namesOf(row: ResourceGroup): string[] {
  return [...(row.id == null ? [] : [`id ${row.id}`]), `scope ${scopeKeys(row)}`];
}

function nameOf(sent: WrittenPolicy["resource_groups"][number]): string {
  return "id" in sent ? `id ${sent.id}` : `scope ${scopeKeys({ scope: [sent.scope] })}`;
}
