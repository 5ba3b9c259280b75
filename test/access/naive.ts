/**
 * Who can do what, worked out the slow way: a resource is a set of atoms, whatever is not known is true in one possible world
 * and false in another, and a verdict that differs between worlds is `UNKNOWN`. It reads records as the REST API sends them, and
 * shares nothing with `src/access/`.
 */
export type Verdict = "ALLOWED" | "DENIED" | "NOT_GRANTED" | "CONDITIONAL" | "UNKNOWN";

export interface ApiRecord {
  id?: string;
  meta?: { label?: string } | undefined;
  scope?: { key: string; objects: { key: string }[] } | undefined;
}
export interface PolicyRecord {
  access: string;
  permission_groups: { id: string }[];
  resource_groups: ApiRecord[];
}
export interface MemberRecord {
  id: string;
  status: string;
  user: { two_factor_authentication_enabled?: boolean };
  roles: { id: string; name: string }[];
  policies: PolicyRecord[];
}
export interface GroupRecord {
  id: string;
  policies: PolicyRecord[];
  members: string[];
  /** Its members cannot be read. */
  failing: boolean;
}
/** An API token: each policy has one permission group, of the same name and types as one of the other catalogue. */
export interface TokenRecord {
  id: string;
  status: "active" | "disabled";
  policies: { access: "allow" | "deny"; label: string; scope: NonNullable<ApiRecord["scope"]> }[];
}
export interface NaiveWorld {
  accountId: string;
  enforced: boolean | undefined;
  /** Labels of permission groups by ID. */
  labels: Map<string, string>;
  /** Resource groups that the account's list has. */
  places: Map<string, ApiRecord>;
  members: MemberRecord[];
  groups: GroupRecord[];
  tokens: TokenRecord[];
}
export interface Asked {
  label: string;
  /** Key of the resource. */
  key: string;
}

const ofZones = new Set(
  (
    "page_rules_read zone_logs_read cache_domain_purge domain_admin domain_admin_readonly domain_dns domain_api_gateway " +
    "domain_api_gateway_read domain_page_shield domain_page_shield_read domain_waiting_room_admin domain_waiting_room_read " +
    "zone_versioning zone_versioning_read bot_management"
  ).split(" "),
);
const reading = new Set(
  (
    "admin_readonly vectorize_readonly page_rules_read account_logs_read zone_logs_read domain_admin_readonly workers_read " +
    "domain_api_gateway_read domain_page_shield_read domain_waiting_room_read zone_versioning_read"
  ).split(" "),
);
const pairs: Record<string, string> = {
  domain_api_gateway: "domain_api_gateway_read",
  domain_page_shield: "domain_page_shield_read",
  domain_waiting_room_admin: "domain_waiting_room_read",
  zone_versioning: "zone_versioning_read",
};
const roleLabels: Record<string, string> = {
  "Super Administrator - All Privileges": "all_privileges",
  Administrator: "admin",
  "Administrator Read Only": "admin_readonly",
  DNS: "dns_admin",
  Billing: "billing",
};

type Maybe = boolean | "maybe";

/** Whether one label holds another. */
function holds(label: string | undefined, asked: string): Maybe {
  if (label === undefined) return "maybe";
  if (label === "all_privileges") return true;
  if (label === "admin") return asked === "teams_pii" ? "maybe" : asked !== "billing" && asked !== "all_privileges";
  if (label === "admin_readonly") return reading.has(asked);
  if (label === "domain_admin") return ofZones.has(asked) || asked === "workers_read";
  if (label === "domain_admin_readonly") return (ofZones.has(asked) && reading.has(asked)) || asked === "workers_read";
  return pairs[label] === asked;
}

const PREFIX = "com.cloudflare.api.account.";

/** Zones, resources and the rest of an account: “zone:*” are the zones that will be. */
class Universe {
  readonly atoms: Set<string>;
  constructor(world: NaiveWorld, asked: Asked) {
    const keys = [asked.key];
    const policies = [...world.members, ...world.groups].flatMap((each) => each.policies);
    const scopes = [...policies.flatMap((policy) => policy.resource_groups), ...world.places.values()];
    for (const { scope } of scopes) keys.push(scope?.key ?? "", ...(scope?.objects.map(({ key }) => key) ?? []));
    this.atoms = new Set(["account", "zone:*", ...keys.flatMap((key) => [...(this.single(key) ?? [])])]);
  }
  /** The one zone or resource of a key. */
  single(key: string): Set<string> | undefined {
    const [, type, id] = /^com\.cloudflare\.api\.account\.(\w+)\.([\w-]+)$/.exec(key) ?? [];
    return type && id ? new Set([`${type}:${id}`]) : undefined;
  }
  zones(): Set<string> {
    return new Set([...this.atoms].filter((atom) => atom.startsWith("zone:")));
  }
  /** What a key of an account means; `undefined` for one of unknown form. */
  of(key: string, accountId: string): Set<string> | undefined {
    if (key === PREFIX + accountId) return this.atoms;
    if (new RegExp(`^${PREFIX.replaceAll(".", "\\.")}[^.]+$`).test(key)) return new Set();
    if (key === `${PREFIX}zone.*`) return this.zones();
    return this.single(key);
  }
}

const within = (part: Set<string>, whole: Set<string>) => [...part].every((atom) => whole.has(atom));

/** Whether a permission on a resource group covers all that is asked for. */
function covers(world: NaiveWorld, asked: Asked, label: string | undefined, record: ApiRecord): Maybe {
  const universe = new Universe(world, asked);
  const scope = record.scope ?? world.places.get(record.id ?? "")?.scope;
  if (!scope) return "maybe";
  const named: (Set<string> | undefined)[] = scope.objects.length === 0 ? [undefined] : [];
  const inAccount = scope.key === PREFIX + world.accountId;
  const foreign = !inAccount && universe.of(scope.key, world.accountId)?.size === 0;
  for (const { key } of scope.objects) {
    if (key === asked.key && (inAccount || key === scope.key) && !foreign) return true;
    if (key === "*" && scope.key === asked.key) return true;
    if (key === "*" || foreign) named.push(foreign ? new Set() : universe.of(scope.key, world.accountId));
    else if (!inAccount || /account\.[^.]+$/.test(key)) named.push(undefined);
    else named.push(universe.of(key, world.accountId));
  }
  let wanted = universe.of(asked.key, world.accountId);
  if (wanted === universe.atoms && ofZones.has(asked.label)) wanted = universe.zones();
  const leaks = asked.label === "workers_read" && /^domain_admin/.test(label ?? "");
  let unsure = false;
  for (const set of named) {
    if (set === undefined) unsure = true;
    else if (leaks && set.size > 0) return true;
    else if (set.size === 0) continue;
    else if (wanted === undefined) unsure = true;
    else if (within(wanted, label && ofZones.has(label) ? intersect(set, universe.zones()) : set)) return true;
  }
  return unsure ? "maybe" : false;
}

function intersect(a: Set<string>, b: Set<string>): Set<string> {
  return new Set([...a].filter((atom) => b.has(atom)));
}

/** What a policy does in each possible world, as a set of “allow”, “deny” and “” for nothing. */
function effects(world: NaiveWorld, asked: Asked, policy: PolicyRecord): Set<string>[] {
  const found: Set<string>[] = [];
  for (const { id } of policy.permission_groups) {
    const label = world.labels.get(id);
    const same = label === asked.label;
    const has = same ? true : holds(label, asked.label);
    if (has === false) continue;
    for (const record of policy.resource_groups) {
      const there = covers(world, asked, label, record);
      if (there === false) continue;
      if (policy.access === "allow") found.push(new Set(has === true && there === true ? ["allow"] : ["allow", ""]));
      else if (policy.access === "deny") found.push(new Set(same && there === true ? ["deny"] : ["deny", ""]));
      else found.push(new Set(["allow", "deny", ""]));
    }
  }
  return found;
}

function roleEffects(world: NaiveWorld, asked: Asked, member: MemberRecord): Set<string>[] {
  const own = member.policies.filter(({ access }) => access === "allow").flatMap((policy) => policy.permission_groups);
  const found: Set<string>[] = [];
  for (const role of member.roles) {
    const domain = world.labels.get(role.id);
    const label = domain ?? roleLabels[role.name] ?? `role ${role.name}`;
    if (own.some(({ id }) => id === role.id || world.labels.get(id) === label)) continue;
    const has = label === asked.label || holds(label, asked.label);
    if (has === false) continue;
    const wanted = new Universe(world, asked).of(asked.key, world.accountId);
    const sure = has === true && domain === undefined && wanted !== undefined;
    found.push(new Set(sure ? ["allow"] : ["allow", ""]));
  }
  return found;
}

/** The verdicts of all possible worlds. */
function worlds(all: Set<string>[], rest: string[]): Set<string> {
  const [first, ...more] = all;
  if (!first) return new Set([rest.includes("deny") ? "DENIED" : rest.includes("allow") ? "USABLE" : "NOT_GRANTED"]);
  return new Set([...first].flatMap((effect) => [...worlds(more, [...rest, effect])]));
}

/** The verdict on one member. */
export function naiveVerdict(world: NaiveWorld, asked: Asked, memberId: string): Verdict {
  const member = world.members.find(({ id }) => id === memberId) as MemberRecord;
  const all = [
    ...member.policies.flatMap((policy) => effects(world, asked, policy)),
    ...roleEffects(world, asked, member),
  ];
  for (const group of world.groups) {
    const own = group.policies.flatMap((policy) => effects(world, asked, policy));
    if (group.failing) all.push(...own.map((each) => new Set([...each, ""])));
    else if (group.members.includes(memberId)) all.push(...own);
  }
  // Equal effects are one: there are at most seven kinds of them.
  const distinct = new Map(all.map((each) => [[...each].sort().join(), each]));
  const found = worlds([...distinct.values()], []);
  if (found.size !== 1) return "UNKNOWN";
  const [only = ""] = found;
  if (only !== "USABLE") return only as Verdict;
  const { status, user } = member;
  if (status === "pending") return "CONDITIONAL";
  if (status !== "accepted") return "UNKNOWN";
  const factor = user.two_factor_authentication_enabled;
  if (world.enforced === false || factor === true) return "ALLOWED";
  return world.enforced && factor === false ? "CONDITIONAL" : "UNKNOWN";
}

/** The verdict on one API token: only a permission group of the same name counts. */
export function naiveTokenVerdict(world: NaiveWorld, asked: Asked, { status, policies }: TokenRecord): Verdict {
  const all: Set<string>[] = [];
  for (const { access, label, scope } of policies) {
    const there = label === asked.label && covers(world, asked, label, { scope });
    if (there !== false) all.push(new Set(there === true ? [access] : [access, ""]));
  }
  const found = worlds(all, []);
  if (found.size !== 1) return "UNKNOWN";
  const [only = ""] = found;
  if (only !== "USABLE") return only as Verdict;
  return status === "active" ? "ALLOWED" : "CONDITIONAL";
}
