import fc from "fast-check";
import { acmeId } from "../../src/sandbox/acme.ts";
import { permissionGroups, roles } from "../../src/sandbox/catalogue.ts";
import type { AccountState, NamedResourceGroup, PermissionGroup, Policy } from "../../src/sandbox/state.ts";
import type { ApiRecord, Asked, GroupRecord, MemberRecord, NaiveWorld, PolicyRecord, TokenRecord } from "./naive.ts";

/** An ID as Cloudflare's are. */
export const idOf = (kind: string, n: number) => (kind.charCodeAt(0).toString(16) + n).padStart(32, "0");

const stamps = { created_on: "2025-01-24T15:31:36Z", modified_on: "2025-01-24T15:31:36Z" };
const made = (n: number, name: string, label: string, scopes: string): PermissionGroup => ({
  id: idOf("p", n),
  name,
  status: "V",
  meta: { description: name, editable: "false", label, scopes },
  ...stamps,
});
/** The catalogue of the sandbox, and what is missing there. */
export const catalogue: readonly PermissionGroup[] = [
  ...permissionGroups,
  made(1, "Super Administrator - All Privileges", "all_privileges", "com.cloudflare.api.account"),
  made(2, "Billing", "billing", "com.cloudflare.api.account"),
  made(3, "Workers Read", "workers_read", "com.cloudflare.api.account"),
];
const byLabel = new Map(catalogue.map((group) => [group.meta.label, group]));
export const groupOf = (label: string) => byLabel.get(label) as PermissionGroup;

const PREFIX = "com.cloudflare.api.account.";
const account = PREFIX + acmeId;
export const zone = (n: number) => `${PREFIX}zone.${idOf("z", n)}`;
const worker = (n: number) => `${PREFIX}worker.${idOf("w", n)}`;
const unknownKey = "com.example.thing.1";

const granted = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("cache_domain_purge", "domain_page_shield_read", "dns_admin", "workers_read"),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...["admin", "admin_readonly", "domain_admin", "domain_admin_readonly", "domain_page_shield", "all_privileges"],
      ...["page_rules_read", "teams_pii", "billing", "account_logs_read", "workers_admin"],
    ),
  },
);
const asked = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("cache_domain_purge", "domain_page_shield_read", "dns_admin", "workers_read"),
  },
  { weight: 1, arbitrary: granted },
);

const object = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(zone(1), zone(2)) },
  { weight: 1, arbitrary: fc.constantFrom(worker(1), `${PREFIX}zone.*`, unknownKey, `${PREFIX}worker.*`, account) },
);
const objects = fc.array(object, { minLength: 1, maxLength: 3 });
const scope = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ key: account, objects: ["*"] }) },
  { weight: 6, arbitrary: objects.map((keys) => ({ key: account, objects: keys })) },
  { weight: 2, arbitrary: fc.constantFrom(1, 2).map((n) => ({ key: zone(n), objects: ["*"] })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { key: worker(1), objects: ["*"] },
      { key: unknownKey, objects: ["*"] },
      { key: account, objects: [] },
      { key: PREFIX + idOf("a", 9), objects: ["*"] },
      { key: zone(1), objects: [zone(1)] },
    ),
  },
);
const scopeRow = scope.map(({ key, objects }) => ({ key, objects: objects.map((each) => ({ key: each })) }));

const gone = idOf("r", 9);

/** A resource group of a policy: inline, by ID with its scope, by ID alone, or by an ID that leads nowhere. */
const resourceGroup: fc.Arbitrary<ApiRecord> = fc.oneof(
  { weight: 5, arbitrary: scopeRow.map((scope) => ({ scope, ...stamps })) },
  { weight: 2, arbitrary: fc.constantFrom(1, 2).map((n) => ({ id: idOf("r", n) })) },
  { weight: 1, arbitrary: fc.constant({ id: gone }) },
);
const policy: fc.Arbitrary<PolicyRecord> = fc.record({
  access: fc.constantFrom("allow", "allow", "allow", "allow", "deny", "deny", "review"),
  permission_groups: fc
    .uniqueArray(granted, { minLength: 1, maxLength: 2 })
    .map((labels) => labels.map((label) => groupOf(label))),
  resource_groups: fc.array(resourceGroup, { minLength: 1, maxLength: 2 }),
});
const policies = fc.array(policy, { maxLength: 2 });
const role = fc.oneof(
  { weight: 3, arbitrary: fc.constant(roles.minimal) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...Object.values(roles),
      // Domain roles have the IDs of their permission groups.
      { ...roles.minimal, id: groupOf("domain_admin").id, name: "Domain Administrator" },
      { ...roles.minimal, id: groupOf("cache_domain_purge").id, name: "Cache Domain Purge" },
    ),
  },
);

const member = fc.record({
  status: fc.constantFrom("accepted", "accepted", "accepted", "pending", "dormant"),
  user: fc.record({ two_factor_authentication_enabled: fc.constantFrom(true, true, false, undefined) }),
  roles: fc.array(role, { maxLength: 2 }),
  policies,
});
const group = fc.record({
  policies,
  members: fc.uniqueArray(fc.nat(4), { maxLength: 3 }),
  failing: fc.constantFrom(false, false, false, true),
});

const token = fc.record({
  status: fc.constantFrom("active", "active", "active", "disabled"),
  policies: fc.array(
    fc.record({
      access: fc.constantFrom("allow", "allow", "allow", "deny"),
      label: fc.constantFrom("cache_domain_purge", "dns_admin", "workers_read", "domain_page_shield_read"),
      scope: scopeRow,
    }),
    { minLength: 1, maxLength: 3 },
  ),
}) as fc.Arbitrary<Omit<TokenRecord, "id">>;

/** A random account, and questions about it. */
export interface World extends NaiveWorld {
  asked: Asked;
}

export const worlds: fc.Arbitrary<World> = fc
  .record({
    members: fc.array(member, { minLength: 1, maxLength: 5 }),
    groups: fc.array(group, { maxLength: 3 }),
    tokens: fc.array(token, { maxLength: 3 }),
    places: fc.tuple(scopeRow, scopeRow),
    enforced: fc.constantFrom(true, true, false),
    inherited: fc.boolean(),
    label: asked,
    key: fc.constantFrom(account, zone(1), zone(1), zone(3), worker(1), worker(2), unknownKey, `${PREFIX}zone.*`),
  })
  .map(({ members, groups, tokens, places, enforced, inherited, label, key }) => {
    const people = members.map((each, n): MemberRecord => ({ id: idOf("m", n), ...each }) as MemberRecord);
    const teams = groups.map(
      (each, n): GroupRecord => ({
        ...each,
        // Cloudflare does not list the members of a group whose policy names a resource group that is gone [S].
        failing: each.failing || each.policies.some((policy) => policy.resource_groups.some(({ id }) => id === gone)),
        id: idOf("g", n),
        members: each.members.filter((at) => at < people.length).map((at) => idOf("m", at)),
      }),
    );
    if (inherited) {
      for (const person of people) {
        const own = teams.filter(({ members }) => members.includes(person.id)).flatMap((team) => team.policies);
        person.policies = [...person.policies, ...own];
      }
    }
    return {
      accountId: acmeId,
      enforced,
      labels: new Map(catalogue.map(({ id, meta }) => [id, meta.label])),
      places: new Map(places.map((scope, n) => [idOf("r", n + 1), { id: idOf("r", n + 1), scope }])),
      members: people,
      groups: teams,
      tokens: tokens.map((each, n) => ({ id: idOf("t", n), ...each })),
      asked: { label, key },
    };
  });

/** Makes an account of the sandbox that world. */
export function play({ members, groups, tokens, places, enforced }: World, state: AccountState): void {
  state.details.settings.enforce_twofactor = enforced ?? null;
  state.members.clear();
  state.userGroups.clear();
  state.resourceGroups.clear();
  state.apiTokens.clear();
  for (const { id, status, policies } of tokens) {
    const records = policies.map(({ access, label, scope }, n) => {
      const { name, meta } = groupOf(label);
      const within = scope.objects.map(({ key }) => [key, "*"] as const);
      const whole = scope.objects.length === 1 && scope.objects[0]?.key === "*";
      return {
        id: idOf("q", n),
        effect: access,
        permission_groups: [{ id: idOf("u", n), name, meta: { label: "another", scopes: meta.scopes } }],
        resources: { [scope.key]: whole ? "*" : Object.fromEntries(within) },
      };
    });
    const dates = { issued_on: stamps.created_on, modified_on: stamps.modified_on };
    state.apiTokens.set(id, { id, name: `Token ${id.slice(-1)}`, status, ...dates, policies: records });
  }
  const [some] = state.zones.values();
  for (const n of [1, 2, 3])
    if (some) state.zones.set(idOf("z", n), { ...some, id: idOf("z", n), name: `zone${n}.example` });
  for (const group of catalogue) state.permissionGroups.set(group.id, group);
  for (const [id, record] of places) {
    state.resourceGroups.set(id, {
      ...(record as NamedResourceGroup),
      name: id,
      meta: { editable: "true" },
      ...stamps,
    });
  }
  const owned = (owner: string, records: PolicyRecord[]) =>
    records.map((record, n) => ({
      id: idOf(owner.slice(-3), n),
      status: "V",
      ...record,
      ...stamps,
    })) as unknown as Policy[];
  for (const { id, policies, ...rest } of members) {
    const email = `member-${id.slice(-2)}@acme.example`;
    const user = { id: null, first_name: null, last_name: null, email, ...rest.user };
    state.members.set(id, { id, email, ...rest, user, policies: owned(id, policies) } as never);
  }
  for (const { id, policies, members: ids } of groups) {
    const joined = new Map(ids.map((each) => [each, "2025-03-01T09:30:00Z"]));
    const rest = { ...stamps, scim: false, lag: 0 };
    state.userGroups.set(id, {
      id,
      name: `Team ${id.slice(-1)}`,
      policies: owned(id, policies),
      members: joined,
      ...rest,
    });
  }
}
