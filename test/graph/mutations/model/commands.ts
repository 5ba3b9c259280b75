import fc from "fast-check";
import { acmeId, venturesId } from "../../../../src/sandbox/acme.ts";
import { zoneKey } from "../../../../src/sandbox/seed.ts";
import { dns, dnsRole, firewall, globalId, nobody, purge, superAdministratorRole } from "../mutation.ts";
import type { Input } from "./checks.ts";
import type { Account, AccountView, Model } from "./model.ts";
import { mutations } from "./rules.ts";

/** The accounts that mutations are about. */
export const accountIds = [acmeId, venturesId];
const zones = ["www.acme.example", "shop.acme.example"].map((zone) => zoneKey(zone).slice(-32));

/** How an ID is written, and whose: `n` counts through what is there. */
const reference = fc.record({
  n: fc.nat(30),
  how: fc.oneof(
    { weight: 12, arbitrary: fc.constant("raw" as const) },
    { weight: 12, arbitrary: fc.constant("global" as const) },
    { weight: 1, arbitrary: fc.constantFrom("nobody", "gone", "foreign", "mistyped", "malformed", "homeless") },
  ),
});
type Reference = { n: number; how: string };
type Place = { id: Reference } | { scope: object };

const place: fc.Arbitrary<Place> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ id: reference }) },
  { weight: 2, arbitrary: fc.constant({ scope: { account: true } }) },
  { weight: 2, arbitrary: fc.subarray(zones, { minLength: 1 }).map((zoneIds) => ({ scope: { zoneIds } })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { scope: { account: false } },
      { scope: { zoneIds: [] as string[] } },
      { scope: { zoneIds: ["www.acme.example"] } },
      { scope: { raw: { key: `com.cloudflare.api.account.${acmeId}`, objects: ["*"] } } },
      { scope: { raw: { key: "", objects: ["*"] } } },
    ),
  },
);
const grant = fc.record({
  access: fc.oneof({ weight: 20, arbitrary: fc.constant("ALLOW") }, { weight: 1, arbitrary: fc.constant("DENY") }),
  permissions: fc.oneof(
    { weight: 20, arbitrary: fc.subarray([dns, firewall, purge], { minLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom([], [nobody], [dns, dns]) },
  ),
  places: fc.oneof(
    { weight: 20, arbitrary: fc.array(place, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant<Place[]>([]) },
  ),
});
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** One mutation; each takes of it what it needs. */
const command = fc.record({
  mutation: fc.constantFrom(...mutations),
  account: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
  target: reference,
  name: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom("Alpha", "Beta", "Gamma", "Delta", "Team 0001", " padded ") },
    { weight: 1, arbitrary: fc.constantFrom("", "  ", "a\0") },
  ),
  gives: fc.subarray(["name", "policies", "scope", "access", "permissions", "places"]),
  grants: fc.array(grant, { minLength: 1, maxLength: 2 }),
  members: fc.uniqueArray(reference, { maxLength: 4, selector: ({ n }) => n % 8 }),
  policyAt: reference,
  seen: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary: fc.constant("now" as const) },
    { weight: 4, arbitrary: fc.constant("before" as const) },
    { weight: 1, arbitrary: fc.constantFrom("", "latest") },
  ),
  domain: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("one.example", "two.example", "acme-ventures.example") },
    { weight: 1, arbitrary: fc.constantFrom("gmail.com", "", "acme", "a b.example") },
  ),
  email: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("kim@new.example", "ida@new.example", "bo@new.example") },
    { weight: 2, arbitrary: fc.constantFrom("present", "", "kim") },
  ),
  roles: fc.oneof(
    { weight: 9, arbitrary: fc.subarray([dnsRole, superAdministratorRole], { minLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom([], [nobody], ["DNS"]) },
  ),
  confirm: fc.subarray(["LAST_SUPER_ADMINISTRATOR", "OWN_MEMBERSHIP"]),
  enabled: maybe(fc.boolean()),
  fedramp: maybe(fc.boolean()),
});
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Mutations that are posted in one document, by whom, and what happens elsewhere afterwards. */
export const step = fc.record({
  commands: fc.array(command, { minLength: 1, maxLength: 4 }),
  writes: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  /** Connectors whose record is found afterwards. */
  verified: fc.array(fc.nat(10), { maxLength: 2 }),
});

/** Accounts as they were read, by ID. */
export type Views = Map<string, AccountView>;

/** What a client could post: an input out of what is there, what was there, and what never was. */
export function inputOf(each: Command, model: Model, views: { now: Views; before: Views }, gone: string[]): Input {
  const accountId = accountIds[each.account] ?? "";
  const account = model.accounts.get(accountId) as Account;
  const other = model.accounts.get(accountIds[1 - each.account] ?? "") as Account;
  const known = (records: Iterable<string>) => [...records].filter((id) => !id.startsWith("new "));

  function write(type: string, { n, how }: Reference, of: (account: Account) => Iterable<string>): string {
    const [here, there] = [known(of(account)), known(of(other))];
    const id = here[n % (here.length || 1)] ?? nobody;
    switch (how) {
      case "global":
        return globalId(type, accountId, id);
      case "nobody":
        return n % 2 ? nobody : globalId(type, accountId, nobody);
      case "gone":
        return gone[n % (gone.length || 1)] ?? nobody;
      case "foreign": {
        const id = there[n % (there.length || 1)] ?? nobody;
        return n % 2 ? id : globalId(type, other.id, id);
      }
      case "mistyped":
        return globalId(type === "Account" ? "Member" : "Account", accountId);
      case "malformed":
        return "../members";
      default:
        return id;
    }
  }

  function first(type: string, field: string, of: (account: Account) => Iterable<string>, target = each.target): Input {
    const id = write(type, target, of);
    const home = each.target.how === "homeless" || (each.target.how === "global" && each.target.n % 3 > 0);
    return { [field]: id, ...(!home && { accountId: each.target.n % 2 ? accountId : globalId("Account", accountId) }) };
  }

  const group = () => first("UserGroup", "userGroupId", ({ groups }) => groups.keys());
  const resourceGroup = () => first("ResourceGroup", "resourceGroupId", ({ places }) => places.keys());
  const connector = () => first("SsoConnector", "ssoConnectorId", ({ connectors }) => connectors.keys());
  const places = (of: Command["grants"][0]) =>
    of.places.map((where) =>
      "id" in where ? { id: write("ResourceGroup", where.id, (home) => home.places.keys()) } : where,
    );
  const policy = (of: Command["grants"][0]) => ({
    access: of.access,
    permissionGroupIds: of.permissions,
    resourceGroups: places(of),
  });
  const member = (ref: Reference) => write("Member", ref, ({ members }) => members.keys());
  // The first one is the Super Administrator at the beginning.
  const someone = { ...each.target, n: each.target.n % 3 };
  const person = () => ({
    ...first("Member", "memberId", ({ members }) => members.keys(), someone),
    confirm: each.confirm,
  });
  const people = (views.now.get(accountId) as AccountView).members.nodes;
  const gives = (part: string) => each.gives.includes(part);
  const [one] = each.grants;
  const scope = one?.places.flatMap((where) => ("scope" in where ? [where.scope] : []))[0] ?? { account: true };
  const shown = (views.now.get(accountId) as AccountView).userGroups.nodes;
  const then = (views.before.get(accountId) as AccountView).userGroups.nodes;
  const id = (input: Input) => String(input.userGroupId);
  const target = (input: Input, records: typeof shown) =>
    records.find(
      ({ cloudflareId }) => id(input) === cloudflareId || id(input) === globalId("UserGroup", accountId, cloudflareId),
    );

  /** With the revision that was seen, or one that never was. */
  function asSeen(input: Input, what: "revision" | "members" = "revision"): Input {
    if (each.seen === undefined) return input;
    if (each.seen === "" || each.seen === "latest") return { ...input, expectedRevision: each.seen };
    const record = target(input, each.seen === "now" ? shown : then);
    const revision = what === "members" ? record?.members?.revision : record?.revision;
    return { ...input, expectedRevision: revision ?? "x".repeat(22) };
  }

  function asSeenPerson(input: Input): Input {
    if (each.seen === undefined) return input;
    const then = (views.before.get(accountId) as AccountView).members.nodes;
    const record = (each.seen === "now" ? people : then).find(
      ({ cloudflareId }) =>
        input.memberId === cloudflareId || input.memberId === globalId("Member", accountId, cloudflareId),
    );
    const unseen = each.seen === "" || each.seen === "latest" ? each.seen : undefined;
    return { ...input, expectedRevision: unseen ?? record?.revision ?? "x".repeat(22) };
  }
  /** Policies or roles; seldom both, or neither. */
  const granted = () => ({
    ...((gives("policies") || each.email !== "") && !gives("scope") && { policies: each.grants.map(policy) }),
    ...((gives("scope") || each.email === "") && { roleIds: each.roles }),
  });

  function ofPolicy(input: Input): Input {
    const { n, how } = each.policyAt;
    const records = target(input, how === "gone" ? then : shown)?.policies ?? [];
    const { id: global, cloudflareId: raw } = records[n % (records.length || 1)] ?? {
      id: undefined,
      cloudflareId: nobody,
    };
    if (how === "malformed" || how === "mistyped")
      return { ...input, policyId: write("Policy", each.policyAt, () => []) };
    const group = [...account.groups.keys()].find(
      (key) => id(input) === key || id(input) === globalId("UserGroup", accountId, key),
    );
    return {
      ...input,
      policyId:
        how === "global" ? (global ?? globalId("Policy", accountId, "UserGroup", group ?? nobody, nobody)) : raw,
    };
  }

  const inputs: Record<string, () => Input> = {
    createUserGroup: () => ({
      accountId,
      name: each.name,
      ...(gives("policies") && { policies: each.grants.map(policy) }),
    }),
    updateUserGroup: () =>
      asSeen({
        ...group(),
        ...(gives("name") && { name: each.name }),
        ...(gives("policies") && { policies: gives("places") ? each.grants.map(policy) : [] }),
      }),
    deleteUserGroup: () => group(),
    addUserGroupMembers: () => ({ ...group(), memberIds: each.members.map(member) }),
    replaceUserGroupMembers: () => asSeen({ ...group(), memberIds: each.members.map(member) }, "members"),
    removeUserGroupMember: () => ({ ...group(), memberId: each.members.map(member)[0] ?? member(each.policyAt) }),
    addUserGroupPolicy: () => asSeen({ ...group(), policy: one && policy(one) }),
    updateUserGroupPolicy: () =>
      asSeen(
        ofPolicy({
          ...group(),
          policy: one && {
            ...(gives("access") && { access: one.access }),
            ...(gives("permissions") && { permissionGroupIds: one.permissions }),
            ...(gives("places") && { resourceGroups: places(one) }),
          },
        }),
      ),
    removeUserGroupPolicy: () => asSeen(ofPolicy(group())),
    inviteMember: () => ({
      accountId,
      email: each.email === "present" ? people[each.target.n % (people.length || 1)]?.email : each.email,
      status: each.enabled ? "ACCEPTED" : undefined,
      ...granted(),
    }),
    updateMember: () => asSeenPerson({ ...person(), ...granted() }),
    removeMember: person,
    offboardMember: () => asSeenPerson({ ...person(), keepMembership: each.fedramp }),
    addMemberToUserGroups: () => {
      const { confirm: _, ...one } = person();
      return {
        ...one,
        userGroupIds: each.members.map((ref) => write("UserGroup", ref, ({ groups }) => groups.keys())),
      };
    },
    createResourceGroup: () => ({ accountId, name: each.name, scope }),
    updateResourceGroup: () => ({
      ...resourceGroup(),
      ...(gives("name") && { name: each.name }),
      ...(gives("scope") && { scope }),
    }),
    deleteResourceGroup: resourceGroup,
    createSsoConnector: () => ({
      accountId,
      emailDomain: each.domain,
      beginVerification: each.enabled,
      useFedrampLanguage: each.fedramp,
    }),
    updateSsoConnector: () => ({ ...connector(), enabled: each.enabled, useFedrampLanguage: each.fedramp }),
    deleteSsoConnector: connector,
    beginSsoConnectorVerification: connector,
  };
  const input = inputs[each.mutation];
  if (!input) throw new Error(`add ${each.mutation} to \`inputs\` in test/graph/mutations/model/commands.ts`);
  const given = input();
  // Of user groups none makes anybody a Super Administrator here.
  const takes = /^(delete|update|remove|replace)(User|Resource)Group/.test(each.mutation);
  return takes ? { ...given, confirm: ["LAST_SUPER_ADMINISTRATOR", "OWN_MEMBERSHIP"] } : given;
}
