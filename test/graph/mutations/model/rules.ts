import { dns, dnsRole, purge, superAdministrator, superAdministratorRole } from "../mutation.ts";
import {
  accountOf,
  distinct,
  Fails,
  fail,
  first,
  grantOf,
  grantsOf,
  type Input,
  idOf,
  isId,
  must,
  nameOf,
  type PolicyInput,
  parts,
  revisionOf,
  type ScopeInput,
  scopeOf,
} from "./checks.ts";
import {
  type Account,
  dangles,
  type Grant,
  type Group,
  type Model,
  memberSet,
  newGroup,
  type Person,
} from "./model.ts";

/** Cloudflare's scopes lie in their own account, or in a zone. */
function isOf({ id }: Account, scope: string): boolean {
  return scope.startsWith(`com.cloudflare.api.account.${id} `) || scope.startsWith("com.cloudflare.api.account.zone.");
}

/** Refuses what Cloudflare refuses in a group's name or policies; where both are wrong, either may be told. */
function storable(account: Account, name: string, grants: Grant[], before?: Group): void {
  const kinds: string[] = [];
  if (name !== before?.name) {
    if (before?.scim) kinds.push("InvalidInput");
    if ([...account.groups.values()].some((group) => group.name === name)) kinds.push("Conflict");
  }
  const granted = grants.every(
    ({ access, permissions, places }) =>
      access === "ALLOW" &&
      permissions.every((id) => account.permissions.has(id)) &&
      places.every((place) => !place.includes(" ") || isOf(account, place)),
  );
  if (!granted || dangles(account, grants)) kinds.push("InvalidInput");
  if (kinds.length > 0) fail(...kinds);
}

type Next = (group: Group) => { name: string; grants: Grant[] };

/** Name and policies of a group, whole: read before where what is sent depends on it, or a revision is given. */
function rewrite(
  { account, id }: { account: Account; id: string },
  input: Input,
  send: Send,
  next: Next,
  reads = true,
) {
  const revision = revisionOf(input);
  const group = account.groups.get(id);
  if (reads || revision !== undefined) {
    if (!group) fail("NotFound");
    if (revision !== undefined && revision !== group.revision) fail("Conflict");
    next(group);
  }
  send();
  if (!group) fail("NotFound");
  const { name, grants } = next(group);
  storable(account, name, grants, group);
  Object.assign(group, { name, grants, revision: undefined, ids: new Map() });
}

/** Where the policy stands that has this ID now: Cloudflare's is gone with the next write, a global one says what the policy says. */
function positionOf({ policies }: Model, { grants, ids }: Group, key: string): number {
  const raw = ids.get(key);
  const { said, before } = raw ? { said: JSON.stringify(raw), before: 0 } : (policies.get(key) ?? fail("Conflict"));
  const equal = [...grants.keys()].filter((at) => JSON.stringify(grants[at]) === said);
  return equal[before] ?? fail("Conflict");
}

function policyKey({ account, id }: { account: Account; id: string }, { policyId }: Input): string {
  if (isId(policyId)) return policyId;
  const [type, home, owner, group] = parts(policyId);
  must(type === "Policy" && home === account.id && owner === "UserGroup" && group === id);
  return policyId as string;
}

/** A group into or out of which these may go. */
function open(model: Model, { account, id }: { account: Account; id: string }, members: string[]): Group {
  const group = account.groups.get(id) ?? fail("NotFound");
  if (group.scim) fail("InvalidInput");
  if (members.some((member) => !account.members.has(member) || model.hidden.barred.includes(member)))
    fail("InvalidInput");
  return group;
}

/** What is granted to a member: policies, or roles. */
type Granted = { grants: Grant[]; roles?: undefined } | { roles: string[]; grants?: undefined };

function grantedTo(account: Account, { policies, roleIds }: Input): Granted {
  must((policies == null) !== (roleIds == null));
  if (roleIds != null) {
    must((roleIds as string[]).every(isId));
    return { roles: distinct(roleIds as string[], 1) };
  }
  must((policies as unknown[]).length > 0);
  return { grants: grantsOf(account, policies, true) };
}

/** Permission groups and the roles that they show as, where these have other IDs. */
const roleOf: Record<string, string> = { [dns]: dnsRole, [superAdministrator]: superAdministratorRole };

/** Roles and policies as Cloudflare then has them; refuses what it refuses. */
function storableGrants(account: Account, { grants, roles }: Granted): Pick<Person, "roles" | "grants"> {
  const whole = `com.cloudflare.api.account.${account.id} *`;
  if (roles) {
    if (!roles.every((role) => [dnsRole, superAdministratorRole].includes(role))) fail("InvalidInput");
    const permissions = Object.keys(roleOf).filter((each) => roles.includes(roleOf[each] ?? ""));
    const [builtIn = ""] = [...account.places].find(([, { builtIn, scope }]) => builtIn && scope === whole) ?? [];
    return { roles, grants: [{ access: "ALLOW", permissions: permissions.sort(), places: [builtIn] }] };
  }
  const isWhole = (place: string) => (account.places.get(place)?.scope ?? place) === whole;
  for (const { permissions, places } of grants) {
    if (!permissions.every((id) => account.permissions.has(id))) fail("InvalidInput");
    if (!places.every((place) => !place.includes(" ") || isOf(account, place))) fail("InvalidInput");
    if (permissions.some((id) => id !== purge) && !places.every(isWhole)) fail("InvalidInput");
  }
  if (dangles(account, grants)) fail("InvalidInput");
  const allowed = grants.filter(({ access }) => access === "ALLOW").flatMap(({ permissions }) => permissions);
  return { grants, roles: [...new Set(allowed)].map((id) => roleOf[id] ?? id) };
}

const isConfirmed = ({ confirm }: Input) => (confirm as string[]).length === 2;

/** Nobody takes away the last Super Administrator without saying so. */
function mayGo({ members }: Account, id: string, { confirm }: Input): void {
  const isOne = ({ roles, status }: Person) => roles.includes(superAdministratorRole) && status === "ACCEPTED";
  const all = [...members].filter(([, person]) => isOne(person)).map(([one]) => one);
  if (all.length === 1 && all[0] === id && !(confirm as string[]).includes("LAST_SUPER_ADMINISTRATOR"))
    fail("ConfirmationRequired");
}

let made = 0;

/** Adds under a name that nobody has, until Cloudflare's ID is known. */
function make<Item>(records: Map<string, Item>, record: Item): (id: string) => void {
  const key = `new ${made++}`;
  records.set(key, record);
  return (id) => {
    records.delete(key);
    records.set(id, record);
  };
}

type Send = () => void;
type Rule = (model: Model, input: Input, send: Send) => unknown;

const rules: Record<string, Rule> = {
  createUserGroup(model, input, send) {
    const account = accountOf(model, input.accountId);
    const name = nameOf(input) ?? fail("InvalidInput");
    const grants = grantsOf(account, input.policies ?? []);
    send();
    storable(account, name, grants);
    return make(account.groups, newGroup(name, grants));
  },
  updateUserGroup(model, input, send) {
    const target = first(model, "UserGroup", input);
    const name = nameOf(input);
    const grants = input.policies == null ? undefined : grantsOf(target.account, input.policies);
    must(name !== undefined || grants !== undefined);
    const next: Next = (group) => ({ name: name ?? group.name, grants: grants ?? group.grants });
    rewrite(target, input, send, next, name === undefined || !grants);
  },
  deleteUserGroup(model, input, send) {
    const { account, id } = first(model, "UserGroup", input);
    send();
    if ((account.groups.get(id) ?? fail("NotFound")).scim) fail("InvalidInput");
    account.groups.delete(id);
  },
  addUserGroupPolicy(model, input, send) {
    const target = first(model, "UserGroup", input);
    const added = grantsOf(target.account, [input.policy]);
    rewrite(target, input, send, ({ name, grants }) => ({ name, grants: [...grants, ...added] }));
  },
  updateUserGroupPolicy(model, input, send) {
    const target = first(model, "UserGroup", input);
    const key = policyKey(target, input);
    const changed = grantOf(target.account, input.policy as PolicyInput);
    must(Object.keys(changed).length > 0);
    rewrite(target, input, send, (group) => {
      const at = positionOf(model, group, key);
      return {
        name: group.name,
        grants: group.grants.map((grant, i) => (i === at ? { ...grant, ...changed } : grant)),
      };
    });
  },
  removeUserGroupPolicy(model, input, send) {
    const target = first(model, "UserGroup", input);
    const key = policyKey(target, input);
    rewrite(target, input, send, (group) => ({
      name: group.name,
      grants: group.grants.toSpliced(positionOf(model, group, key), 1),
    }));
  },

  addUserGroupMembers(model, input, send) {
    const target = first(model, "UserGroup", input);
    const added = distinct(
      (input.memberIds as string[]).map((id) => idOf("Member", id, target.account)),
      1,
    );
    send();
    const group = open(model, target, added);
    for (const member of added) group.members.add(member);
  },
  replaceUserGroupMembers(model, input, send) {
    const target = first(model, "UserGroup", input);
    const wanted = distinct((input.memberIds as string[]).map((id) => idOf("Member", id, target.account)));
    const revision = revisionOf(input);
    if (revision !== undefined) {
      const { grants, members } = target.account.groups.get(target.id) ?? fail("NotFound");
      if (dangles(target.account, grants)) fail("InvalidInput");
      if (model.memberRevisions.get(revision) !== memberSet(members)) fail("Conflict");
    }
    send();
    open(model, target, wanted).members = new Set(wanted);
  },
  removeUserGroupMember(model, input, send) {
    const target = first(model, "UserGroup", input);
    const gone = idOf("Member", input.memberId, target.account);
    send();
    if (!open(model, target, [gone]).members.delete(gone)) fail("NotFound");
  },

  inviteMember(model, input, send) {
    const account = accountOf(model, input.accountId);
    const email = String(input.email);
    must(/^[a-z.-]+@[a-z]+\.example$/.test(email));
    const granted = grantedTo(account, input);
    send();
    if ([...account.members.values()].some((person) => person.email === email)) fail("Conflict");
    const shown = storableGrants(account, granted);
    // Nobody who is invited here has a Cloudflare user.
    if (input.status === "ACCEPTED") fail("InvalidInput");
    return make(account.members, { email, status: "PENDING", revision: undefined, ...shown });
  },
  updateMember(model, input, send) {
    const { account, id } = first(model, "Member", input, "memberId");
    const granted = grantedTo(account, input);
    const revision = revisionOf(input);
    const person = account.members.get(id) ?? fail("NotFound");
    if (revision !== undefined && revision !== person.revision) fail("Conflict");
    if (!granted.roles?.includes(superAdministratorRole)) mayGo(account, id, input);
    send();
    Object.assign(person, storableGrants(account, granted), { revision: undefined });
  },
  removeMember(model, input, send) {
    const { account, id } = first(model, "Member", input, "memberId");
    if (account.members.has(id)) mayGo(account, id, input);
    else if (!isConfirmed(input)) fail("NotFound");
    send();
    if (!account.members.delete(id)) fail("NotFound");
    for (const { members } of account.groups.values()) members.delete(id);
  },
  offboardMember(model, input, send) {
    const { account, id } = first(model, "Member", input, "memberId");
    const revision = revisionOf(input);
    const person = account.members.get(id) ?? fail("NotFound");
    if (revision !== undefined && revision !== person.revision) fail("Conflict");
    if (!input.keepMembership) mayGo(account, id, input);
    try {
      send();
    } catch {
      return;
    }
    const barred = model.hidden.barred.includes(id);
    for (const { scim, members } of account.groups.values()) if (!scim && !barred) members.delete(id);
    if (input.keepMembership) return;
    account.members.delete(id);
    for (const { members } of account.groups.values()) members.delete(id);
  },
  addMemberToUserGroups(model, input, send) {
    const { account, id } = first(model, "Member", input, "memberId");
    const groups = distinct(
      (input.userGroupIds as string[]).map((each) => idOf("UserGroup", each, account)),
      1,
    );
    for (const group of groups) {
      try {
        send();
        open(model, { account, id: group }, [id]).members.add(id);
      } catch (error) {
        if (!(error instanceof Fails)) throw error;
      }
    }
  },

  createResourceGroup(model, input, send) {
    const account = accountOf(model, input.accountId);
    const name = nameOf(input) ?? fail("InvalidInput");
    const scope = scopeOf(account, input.scope as ScopeInput);
    send();
    if (!isOf(account, scope)) fail("InvalidInput");
    return make(account.places, { name, scope, builtIn: false });
  },
  updateResourceGroup(model, input, send) {
    const { account, id } = first(model, "ResourceGroup", input, "resourceGroupId");
    const name = nameOf(input);
    const scope = input.scope == null ? undefined : scopeOf(account, input.scope as ScopeInput);
    must(name !== undefined || scope !== undefined);
    const place = account.places.get(id);
    if (!place && (name === undefined || scope === undefined)) fail("NotFound");
    send();
    if (!place) fail("NotFound");
    if (place.builtIn) fail("Conflict");
    if (scope !== undefined && !isOf(account, scope)) fail("InvalidInput");
    Object.assign(place, { name: name ?? place.name, scope: scope ?? place.scope });
  },
  deleteResourceGroup(model, input, send) {
    const { account, id } = first(model, "ResourceGroup", input, "resourceGroupId");
    send();
    if ((account.places.get(id) ?? fail("NotFound")).builtIn) fail("Conflict");
    account.places.delete(id);
  },

  createSsoConnector(model, input, send) {
    const account = accountOf(model, input.accountId);
    const domain = String(input.emailDomain);
    must(/^[a-z0-9-]+\.[a-z]+$/.test(domain));
    send();
    if (domain === "gmail.com") fail("InvalidInput");
    if ([...account.connectors.values()].some((other) => other.domain === domain)) fail("Conflict");
    const status = input.beginVerification === false ? "AWAITING" : "PENDING";
    return make(account.connectors, { domain, status, enabled: false, fedramp: input.useFedrampLanguage === true });
  },
  updateSsoConnector(model, input, send) {
    const { account, id } = first(model, "SsoConnector", input, "ssoConnectorId");
    const { enabled, useFedrampLanguage: fedramp } = input;
    must(enabled != null || fedramp != null);
    const connector = account.connectors.get(id);
    if (enabled === true && (connector ?? fail("NotFound")).status !== "VERIFIED") fail("Conflict");
    send();
    if (!connector) fail("NotFound");
    const others = [...model.accounts.values()].flatMap(({ connectors }) => [...connectors.values()]);
    const taken = others.some((other) => other !== connector && other.enabled && other.domain === connector.domain);
    if (enabled === true && !connector.enabled && taken) fail("Conflict");
    Object.assign(connector, enabled != null && { enabled }, fedramp != null && { fedramp });
  },
  deleteSsoConnector(model, input, send) {
    const { account, id } = first(model, "SsoConnector", input, "ssoConnectorId");
    send();
    if ((account.connectors.get(id) ?? fail("NotFound")).enabled) fail("Conflict");
    account.connectors.delete(id);
  },
  beginSsoConnectorVerification(model, input, send) {
    const { account, id } = first(model, "SsoConnector", input, "ssoConnectorId");
    send();
    const connector = account.connectors.get(id) ?? fail("NotFound");
    if (connector.status !== "VERIFIED") connector.status = "PENDING";
  },
};

/** The mutations that the model knows. */
export const mutations = Object.keys(rules);

/** Does a mutation in the model. Gives the types that the result may have, and takes the ID of what was made. */
export function play(model: Model, mutation: string, input: Input, writes: boolean) {
  try {
    const done = rules[mutation]?.(model, input, () => writes || fail("PermissionDenied"));
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Payload`;
    return { types: [type], made: typeof done === "function" ? (done as (id: string) => void) : undefined };
  } catch (error) {
    if (!(error instanceof Fails)) throw error;
    return { types: error.kinds.map((kind) => `${kind}Error`), made: undefined };
  }
}
