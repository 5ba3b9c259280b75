/** What can be read of an account through the graph. */
export interface AccountView {
  userGroups: {
    nodes: {
      cloudflareId: string;
      name: string;
      revision: string;
      policies: {
        id: string;
        cloudflareId: string;
        access: string;
        permissionGroups: { cloudflareId: string }[];
        resourceGroups: { cloudflareId: string | null; scopes: Scope[] }[];
      }[];
      members: { revision: string; nodes: { cloudflareId: string }[] } | null;
    }[];
  };
  resourceGroups: {
    nodes: { cloudflareId: string; name: string; scopes: Scope[]; meta: { key: string; value: string }[] }[];
  };
  members: { nodes: PersonView[] };
  ssoConnectors: {
    nodes: {
      cloudflareId: string;
      emailDomain: string;
      enabled: boolean;
      useFedrampLanguage: boolean | null;
      verification: { status: string };
    }[];
  };
}
interface PersonView {
  cloudflareId: string;
  email: string;
  status: string;
  revision: string;
  roles: { cloudflareId: string }[];
  policies: PolicyView[];
}
interface PolicyView {
  access: string;
  permissionGroups: { cloudflareId: string }[];
  resourceGroups: { cloudflareId: string | null; scopes: Scope[] }[];
}
type Scope = { key: string; objects: { key: string }[] };

/** The selection behind {@link AccountView}. */
export const accountView = `userGroups(first: 1000) { nodes { cloudflareId name revision
    policies { id cloudflareId access permissionGroups { cloudflareId } resourceGroups { cloudflareId scopes { key objects { key } } } }
    members(first: 1000) { revision nodes { cloudflareId } } } }
  resourceGroups(first: 1000) { nodes { cloudflareId name scopes { key objects { key } } meta { key value } } }
  members(first: 1000) { nodes { cloudflareId email status revision roles { cloudflareId } policies {
    access permissionGroups { cloudflareId } resourceGroups { cloudflareId scopes { key objects { key } } } } } }
  ssoConnectors { nodes { cloudflareId emailDomain enabled useFedrampLanguage verification { status } } }`;

/** What may be granted: it does not change here. */
export interface Catalogue {
  permissionGroups: { nodes: { cloudflareId: string }[] };
}

/** The selection behind {@link Catalogue}. */
export const catalogue = "permissionGroups(first: 1000) { nodes { cloudflareId } }";

/** A policy: what it allows, sorted, and where: IDs of resource groups, and scopes as text. */
export interface Grant {
  access: string;
  permissions: string[];
  places: string[];
}

export interface Group {
  name: string;
  grants: Grant[];
  members: Set<string>;
  /** Kept by a directory: nobody else may rename it, delete it or say who is in it. */
  scim: boolean;
  /** What it was called when it was read last, and its policies then; nothing once it was written. */
  revision: string | undefined;
  ids: Map<string, Grant>;
}

/** A member: roles and policies show as each other. */
export interface Person {
  email: string;
  status: string;
  roles: string[];
  grants: Grant[];
  revision: string | undefined;
}

export interface Place {
  name: string;
  scope: string;
  builtIn: boolean;
}

export interface Connector {
  domain: string;
  status: string;
  enabled: boolean;
  fedramp: boolean;
}

export interface Account {
  id: string;
  /** What may be granted. */
  permissions: Set<string>;
  members: Map<string, Person>;
  groups: Map<string, Group>;
  places: Map<string, Place>;
  connectors: Map<string, Connector>;
}

/** What the graph does not show. */
export interface Hidden {
  /** Members who cannot be put into groups. */
  barred: string[];
  /** Names of groups that a directory keeps. */
  scim: string[];
}

/**
 * What mutations leave behind, by plain maps and rules of its own: of the product it knows the schema and nothing else.
 * Ids and revisions are Cloudflare's, so it is shown what is there from time to time.
 */
export class Model {
  readonly accounts = new Map<string, Account>();
  readonly hidden: Hidden;
  /** Who is in a group, by the word for it. */
  readonly memberRevisions = new Map<string, string>();
  /** What policies say, by their global IDs, and how many before them say the same: that never changes. */
  readonly policies = new Map<string, { said: string; before: number }>();

  constructor(hidden: Hidden) {
    this.hidden = hidden;
  }

  /** Takes over an account as it is. */
  adopt(id: string, { permissionGroups }: Catalogue, view: AccountView): void {
    const idsOf = (records: { cloudflareId: string }[] = []) =>
      new Set(records.map(({ cloudflareId }) => cloudflareId));
    const account: Account = {
      id,
      permissions: idsOf(permissionGroups.nodes),
      members: new Map(view.members.nodes.map((record) => [record.cloudflareId, personOf(record)])),
      groups: new Map(),
      places: new Map(),
      connectors: new Map(),
    };
    for (const { cloudflareId, name, policies, members } of view.userGroups.nodes) {
      account.groups.set(cloudflareId, {
        ...newGroup(name, policies.map(grantOf)),
        members: idsOf(members?.nodes),
        scim: this.hidden.scim.includes(name),
      });
    }
    for (const { cloudflareId, name, scopes, meta } of view.resourceGroups.nodes) {
      const builtIn = meta.some(({ key, value }) => key === "editable" && value === "false");
      account.places.set(cloudflareId, { name, scope: scopes.map(scopeText).join(), builtIn });
    }
    for (const record of view.ssoConnectors.nodes) account.connectors.set(record.cloudflareId, connectorOf(record));
    this.accounts.set(id, account);
  }

  /** Learns the IDs of policies and the revisions. */
  learn(id: string, { userGroups, members }: AccountView): void {
    for (const { cloudflareId, revision } of members.nodes) {
      const person = this.accounts.get(id)?.members.get(cloudflareId);
      if (person) person.revision = revision;
    }
    for (const { cloudflareId, revision, policies, members } of userGroups.nodes) {
      const group = this.accounts.get(id)?.groups.get(cloudflareId);
      if (!group) continue;
      group.revision = revision;
      group.ids = new Map(policies.map((policy) => [policy.cloudflareId, grantOf(policy)]));
      for (const [i, policy] of policies.entries()) {
        const said = JSON.stringify(grantOf(policy));
        const equal = policies.slice(0, i).filter((each) => JSON.stringify(grantOf(each)) === said);
        this.policies.set(policy.id, { said, before: equal.length });
      }
      if (members) this.memberRevisions.set(members.revision, memberSet(group.members));
    }
  }

  /** What an account should look like, as {@link look} shows what it does look like. */
  look(id: string) {
    const account = this.accounts.get(id);
    return {
      groups: sorted(account?.groups, (group) => ({
        name: group.name,
        grants: group.grants.map((grant) => JSON.stringify(grant)).sort(),
        // Cloudflare does not list who is in a group while one of its policies names a place that is gone.
        members: account && dangles(account, group.grants) ? null : memberSet(group.members),
      })),
      members: sorted(account?.members, shownPerson),
      places: sorted(account?.places, ({ name, scope }) => ({ name, scope })),
      connectors: sorted(account?.connectors, (connector) => connector),
    };
  }
}

/** What an account looks like through the graph. */
export function look({ userGroups, members, resourceGroups, ssoConnectors }: AccountView) {
  const byId = <Item extends { cloudflareId: string }>(records: Item[]) =>
    new Map(records.map((record) => [record.cloudflareId, record]));
  return {
    groups: sorted(byId(userGroups.nodes), ({ name, policies, members }) => ({
      name,
      grants: policies.map((policy) => JSON.stringify(grantOf(policy))).sort(),
      members: members && memberSet(members.nodes.map(({ cloudflareId }) => cloudflareId)),
    })),
    members: sorted(byId(members.nodes), (record) => shownPerson(personOf(record))),
    places: sorted(byId(resourceGroups.nodes), ({ name, scopes }) => ({ name, scope: scopes.map(scopeText).join() })),
    connectors: sorted(byId(ssoConnectors.nodes), connectorOf),
  };
}

export function newGroup(name: string, grants: Grant[]): Group {
  return { name, grants, members: new Set(), scim: false, revision: undefined, ids: new Map() };
}

/** Whether a policy names a place that is no longer there. A scope of its own always is. */
export function dangles({ places }: Account, grants: Grant[]): boolean {
  return grants.some((grant) => grant.places.some((place) => !place.includes(" ") && !places.has(place)));
}

export function scopeText({ key, objects }: Scope): string {
  return [key, ...objects.map((object) => object.key).sort()].join(" ");
}

/** Who is there, in a word. */
export function memberSet(members: Iterable<string>): string {
  return [...members].sort().join();
}

function grantOf({ access, permissionGroups, resourceGroups }: PolicyView): Grant {
  return {
    access,
    permissions: permissionGroups.map(({ cloudflareId }) => cloudflareId).sort(),
    places: resourceGroups.map(({ cloudflareId, scopes }) => cloudflareId ?? scopes.map(scopeText).join()).sort(),
  };
}

function personOf({ email, status, roles, policies, revision }: PersonView): Person {
  return { email, status, roles: roles.map((role) => role.cloudflareId), grants: policies.map(grantOf), revision };
}

function shownPerson({ email, status, roles, grants }: Person) {
  return { email, status, roles: roles.toSorted(), grants: grants.map((grant) => JSON.stringify(grant)).sort() };
}

function connectorOf(record: AccountView["ssoConnectors"]["nodes"][0]): Connector {
  const { emailDomain, enabled, useFedrampLanguage, verification } = record;
  return { domain: emailDomain, status: verification.status, enabled, fedramp: useFedrampLanguage ?? false };
}

function sorted<Item, Shown>(records: Map<string, Item> | undefined, show: (record: Item) => Shown): [string, Shown][] {
  return Array.from(records ?? [], ([id, record]): [string, Shown] => [id, show(record)]).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
}
