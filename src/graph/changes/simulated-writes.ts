import { UnreadableRecord } from "../../cloudflare/error.ts";
import { type InvitedMember, members } from "../../cloudflare/members.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import { type ResourceGroup, resourceGroups } from "../../cloudflare/resource-groups.ts";
import { userGroups } from "../../cloudflare/user-groups.ts";
import { conflict, invalidInput } from "../mutations/input.ts";
import { MutationError } from "../mutations/mutation-errors.ts";
import { asRead, type WrittenPolicy, type WrittenScope } from "../mutations/written-policy.ts";
import { areAsWritten, unknownOf } from "../revision.ts";
import type { AccountCopy } from "./account-copy.ts";

/** What a change does, as far as its body does not tell it. */
export interface Naming {
  /** The ID of what it creates. */
  created: string;
  /** The ID of the policy that it adds. */
  added?: string | undefined;
  /** The policy that it changes, or removes. A policy that is changed keeps its ID here, as do all that stay. */
  changed?: string | undefined;
  removed?: string | undefined;
  /** An ID for a policy that is new. */
  fresh: () => string;
}

/** A body, of which each endpoint knows the shape. */
// biome-ignore lint/suspicious/noExplicitAny: the table below has one reader for each route
type Body = any;
type Params = Readonly<Record<string, string>>;
type Effect = (copy: AccountCopy, params: Params, body: Body, naming: Naming) => Promise<unknown>;

/** Policies as they would be read after a write: those that say the same as before keep their IDs. */
function rewritten(
  before: readonly Policy[],
  sent: readonly WrittenPolicy[],
  naming: Naming,
  places: Places,
): Policy[] {
  const left = before.filter((policy) => naming.removed === undefined || policy.id !== naming.removed);
  const taken = new Set<Policy>();
  const isSame = (policy: Policy | undefined, written: WrittenPolicy): policy is Policy =>
    policy !== undefined && !taken.has(policy) && areAsWritten([policy], [written]);
  // Nearly all of them stand where they stood.
  const same = sent.map((written, i) => {
    const found = isSame(left[i], written) ? left[i] : left.find((policy) => isSame(policy, written));
    if (found) taken.add(found);
    return found;
  });
  const changed = naming.changed && left.find((policy) => !taken.has(policy) && policy.id === naming.changed);
  let { added } = naming;
  return sent.map((written, i) => {
    const policy = same[i];
    if (policy) return policy;
    const id = changed && left.indexOf(changed) === i ? (changed.id ?? "") : (added ?? naming.fresh());
    if (id === added) added = undefined;
    return readFrom(written, id, places);
  });
}

/** Resource groups by their IDs. */
type Places = ReadonlyMap<string, ResourceGroup>;

/** The resource groups that policies name. One that is not there is refused; where they cannot be listed, that is not known. */
async function placesOf(copy: AccountCopy, policies: readonly WrittenPolicy[]): Promise<Places> {
  const named = policies.flatMap(({ resource_groups }) =>
    resource_groups.flatMap((each) => ("id" in each ? each.id : [])),
  );
  if (named.length === 0) return new Map();
  const list = await copy.resourceGroupList().catch(() => undefined);
  const readable = list?.records.flatMap((each) => (each instanceof UnreadableRecord ? [] : [each])) ?? [];
  const places = new Map(readable.map((each) => [each.id ?? "", each]));
  const missing = named.find((id) => !places.has(id));
  const isWhole = list && !list.shifted && readable.length === list.records.length;
  if (isWhole && missing !== undefined) {
    throw refused(`A policy names the resource group ${missing}, which is not there.`);
  }
  return places;
}

/** A policy that is written, as it would be read: with what is known of the resource groups that it names. */
function readFrom(written: WrittenPolicy, id: string, places: Places): Policy {
  const policy = asRead(written);
  const resource_groups = policy.resource_groups.map((each) => places.get(each.id ?? "") ?? each);
  return { ...unknownOf(written), ...policy, resource_groups, id };
}

/** Refuses a name that another group has. */
async function nameIsFree(copy: AccountCopy, name: string, own?: string): Promise<void> {
  const { records } = await copy.groupList();
  const other = records.find((each) => !(each instanceof UnreadableRecord) && each.name === name && each.id !== own);
  if (other) throw conflict(`The name ${JSON.stringify(name)} is in use in the account.`);
}

/** Refuses people who are no members of the account. Where these cannot be listed, that is not known. */
async function people(copy: AccountCopy, ids: readonly string[]) {
  const list = await copy.memberList().catch(() => undefined);
  const known = new Map(list?.records.map((each) => [each.id, each]));
  const whole = list && !list.shifted && list.records.every(({ id }) => id);
  return ids.map((id) => {
    const member = known.get(id);
    if (whole && !member) throw refused(`${id} is no member of the account.`);
    const { email, user, status } = member && !(member instanceof UnreadableRecord) ? member : {};
    return { id, email: email ?? user?.email, status };
  });
}

const params = { account: "account_id", group: "user_group_id", member: "member_id", resources: "resource_group_id" };

/** What each write does to an account, and what Cloudflare would answer; throws what it would refuse, as far as that is known. */
export const effects: Readonly<Record<string, Effect>> = {
  [userGroups.create.route]: async (copy, _params, body, naming) => {
    await nameIsFree(copy, body.name);
    const places = await placesOf(copy, body.policies ?? []);
    const group = { id: naming.created, name: body.name, policies: rewritten([], body.policies ?? [], naming, places) };
    copy.groups.set(group.id, group);
    copy.emptied.add(group.id);
    return group;
  },
  [userGroups.update.route]: async (copy, { [params.group]: id = "" }, { name, policies }, naming) => {
    const before = await copy.group(id);
    if (name != null && name !== before.name) await nameIsFree(copy, name, id);
    const places = await placesOf(copy, policies ?? []);
    const after = {
      ...before,
      name: name ?? before.name,
      ...(policies && { policies: rewritten(before.policies, policies, naming, places) }),
    };
    copy.groups.set(id, after);
    return after;
  },
  [userGroups.remove.route]: async (copy, { [params.group]: id = "" }) => {
    await copy.group(id);
    copy.groups.set(id, null);
    return { id };
  },
  [userGroups.members.add.route]: async (copy, { [params.group]: id = "" }, body) => {
    await copy.group(id);
    const added = await people(
      copy,
      (body as { id: string }[]).map((each) => each.id),
    );
    for (const each of added) copy.enter(id, each.id, each);
    // Whoever is in it already is shown as well, and makes no difference to who was added.
    return added;
  },
  [userGroups.members.replace.route]: async (copy, { [params.group]: id = "" }, body) => {
    await copy.group(id);
    const wanted = await people(
      copy,
      (body as { id: string }[]).map((each) => each.id),
    );
    copy.memberships.set(id, new Map(wanted.map((each) => [each.id, each])));
    copy.emptied.add(id);
    return wanted;
  },
  [userGroups.members.remove.route]: async (copy, { [params.group]: id = "", [params.member]: member = "" }) => {
    await copy.group(id);
    await copy.memberOf(id, member);
    copy.enter(id, member, null);
    return { id: member };
  },
  [members.create.route]: async (copy, _params, { email, status, policies, roles }, naming): Promise<InvitedMember> => {
    const { records } = await copy.memberList();
    const isTheirs = (each: (typeof records)[number]) =>
      !(each instanceof UnreadableRecord) &&
      [each.email, each.user?.email].some((address) => address?.toLowerCase() === email.toLowerCase());
    if (records.some(isTheirs)) throw conflict(`${email} is a member of the account already, or invited.`);
    const places = await placesOf(copy, policies ?? []);
    const member = {
      id: naming.created,
      email,
      status: status ?? "pending",
      user: null,
      roles: ((roles ?? []) as string[]).map((id) => ({ id })),
      policies: rewritten([], policies ?? [], naming, places),
    };
    copy.members.set(member.id, member);
    return member;
  },
  [members.update.route]: async (copy, { [params.member]: id = "" }, { policies, roles }, naming) => {
    const before = await copy.member(id);
    const places = await placesOf(copy, policies ?? []);
    // Cloudflare shows each as the other; which, is known afterwards.
    const after = {
      ...before,
      policies: policies ? rewritten(before.policies, policies, naming, places) : [],
      roles: roles ?? [],
    };
    copy.members.set(id, after);
    return after;
  },
  [members.remove.route]: async (copy, { [params.member]: id = "" }) => {
    await copy.member(id);
    copy.members.set(id, null);
    return { id };
  },
  [resourceGroups.create.route]: async (copy, _params, { name, scope }, naming) => {
    const group = placeOf(naming.created, name, scope);
    copy.resourceGroups.set(naming.created, group);
    return group;
  },
  [resourceGroups.update.route]: async (copy, { [params.resources]: id = "" }, { name, scope }) => {
    const before = await editable(copy, id);
    const after = placeOf(id, name ?? before.name, scope);
    copy.resourceGroups.set(id, after);
    return after;
  },
  [resourceGroups.remove.route]: async (copy, { [params.resources]: id = "" }) => {
    await editable(copy, id);
    copy.resourceGroups.set(id, null);
    return { id };
  },
};

function placeOf(id: string, name: string | null | undefined, scope: WrittenScope): ResourceGroup {
  return { id, name, meta: undefined, scope: [scope] };
}

/** A resource group that Cloudflare did not make itself. */
async function editable(copy: AccountCopy, id: string): Promise<ResourceGroup> {
  const group = await copy.resourceGroup(id);
  if (String(group.meta?.editable) === "false")
    throw conflict("Cloudflare made this resource group: it can be neither changed nor deleted.");
  return group;
}

/** What Cloudflare would refuse as bad input. */
function refused(message: string): MutationError {
  const error = invalidInput([{ path: [], message }]);
  return new MutationError({ ...error.data, message });
}
