import { createHash } from "node:crypto";
import type { Member } from "../cloudflare/members.ts";
import type { Policy } from "../cloudflare/policies.ts";
import type { ResourceGroup } from "../cloudflare/resource-groups.ts";
import type { UserGroup } from "../cloudflare/user-groups.ts";
import type { WrittenPolicy } from "./mutations/written-policy.ts";
import { scopeKeys } from "./scope-keys.ts";

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 22);
}

/** Name, meaning of the policies and date of a group as one word. Orders and policy IDs do not matter. */
export function revisionOf({ name, policies, modified_on }: UserGroup): string {
  return hash([name, modified_on, policies.map(meaning).sort()]);
}

/** Status, roles and meaning of the own policies of a member as one word. Orders and policy IDs do not matter. */
export function memberRevision({ status, roles, policies }: Member): string {
  return hash([status ?? null, roles.map(({ id }) => id).sort(), policies.map(meaning).sort()]);
}

/** Who is in a group, as one word. */
export function membersRevision(members: readonly { id: string }[]): string {
  return hash(members.map(({ id }) => id).sort());
}

/** Content of a policy: a resource group counts by its ID or, without one, by its scope. */
function meaning(policy: Policy): string {
  const unknown = canonical(unknownOf(policy));
  return JSON.stringify(unknown === "{}" ? shown(policy) : [...shown(policy), unknown]);
}

function shown({ access, permission_groups, resource_groups }: Policy): unknown[] {
  const places = resource_groups.map((group) => group.id ?? scopeKeys(group));
  return [access, permission_groups.map(({ id }) => id).sort(), places.sort()];
}

/** Hashes of what policies say: many say the same, and answers have thousands of them. */
const hashes = new Map<string, string>();
const [MAX_HASHES, MAX_HASHED] = [2000, 500];

/** What the graph shows of a policy but for its ID, as one word. */
export function policyKey(policy: Policy): string {
  const said = shown(policy);
  const text = JSON.stringify(said);
  const known = hashes.get(text);
  if (known) return known;
  const made = hash(said);
  if (hashes.size === MAX_HASHES) hashes.clear();
  if (text.length <= MAX_HASHED) hashes.set(text, made);
  return made;
}

/** The same with fields that are not known here: what tells policies apart that are shown as the same. */
export function wholePolicyKey(policy: Policy): string {
  return hash([shown(policy), canonical(unknownOf(policy))]);
}

/** Whether two policies say the same. */
export function isSamePolicy(a: Policy, b: Policy): boolean {
  return meaning(a) === meaning(b);
}

/** Fields of a policy that we know: what it says, and what Cloudflare makes anew with each write. */
const known = new Set(["access", "permission_groups", "resource_groups", "id", "status", "created_on", "modified_on"]);

/** Fields of a policy that are not known here, such as a future condition. */
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
  return !sent.policies || areAsWritten(group.policies, sent.policies);
}

/** Whether policies now are those that were written: each policy sent is there once, and no other. */
export function areAsWritten(now: readonly Policy[], sent: readonly WrittenPolicy[]): boolean {
  // The most specific ones are matched first: a less specific one may match several records.
  const policies = sent.toSorted((a, b) => Object.keys(b).length - Object.keys(a).length);
  const records = new Named(now, (record) => [grants(record)]);
  const places = new Map(now.map((record) => [record, new Named(record.resource_groups, namesOf)]));
  // IDs come first: a scope would take a group that has the same scope and is named by its ID elsewhere.
  const written = policies.map((policy) => policy.resource_groups.map(nameOf).sort());
  return records.are(policies.map(grants), (record, at) => {
    const others = Object.entries(unknownOf(policies[at] as WrittenPolicy));
    const same = others.every(
      ([name, value]) => canonical((record as Record<string, unknown>)[name]) === canonical(value),
    );
    return same && (places.get(record)?.are(written[at] ?? []) ?? false);
  });
}

/** Records by names; a record may have several. */
class Named<Item> {
  readonly #records: readonly Item[];
  readonly #byName = new Map<string, Item[]>();

  constructor(records: readonly Item[], namesOf: (record: Item) => string[]) {
    this.#records = records;
    for (const record of records) {
      for (const name of namesOf(record)) {
        const others = this.#byName.get(name);
        if (others) others.push(record);
        else this.#byName.set(name, [record]);
      }
    }
  }

  /** Whether the records are those of these names: each name takes the first record left that is the same, and no record is left. */
  are(names: readonly string[], same: (record: Item, at: number) => boolean = () => true): boolean {
    if (names.length !== this.#records.length) return false;
    const taken = new Set<Item>();
    return names.every((name, at) => {
      const record = this.#byName.get(name)?.find((each) => !taken.has(each) && same(each, at));
      if (record !== undefined) taken.add(record);
      return record !== undefined;
    });
  }
}

/** What a policy allows or denies, independent of the resources. */
function grants({ access, permission_groups }: Pick<Policy, "access" | "permission_groups"> | WrittenPolicy): string {
  return `${access} ${membersRevision(permission_groups)}`;
}

/** Cloudflare may give the anonymous group of an inline scope an ID, so it is known by its scope, too. */
function namesOf(record: ResourceGroup): string[] {
  return [...(record.id == null ? [] : [`id ${record.id}`]), `scope ${scopeKeys(record)}`];
}

function nameOf(sent: WrittenPolicy["resource_groups"][number]): string {
  return "id" in sent ? `id ${sent.id}` : `scope ${scopeKeys({ scope: [sent.scope] })}`;
}
