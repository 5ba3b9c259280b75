import { CloudflareError, UnreadableRecord } from "../../cloudflare/error.ts";
import { type Member, members } from "../../cloudflare/members.ts";
import type { Policy } from "../../cloudflare/policies.ts";
import { type ResourceGroup, resourceGroups } from "../../cloudflare/resource-groups.ts";
import { type UserGroup, type UserGroupMember, userGroups } from "../../cloudflare/user-groups.ts";
import { type Loaders, type Window, windowOf } from "../../loaders/loaders.ts";
import { policyIdsOf, withOwnOnly } from "../access/inherited-policies.ts";
import { changeOf } from "./placeholders.ts";

/** Parameters of a call. */
export type Params = Readonly<Record<string, string | undefined>>;

/** Records that differ from those of Cloudflare, by ID; `null` for one that is gone. */
type Differences<R> = Map<string, R | null>;

/** A list as it was read, with what differs. */
function differing<R extends { id?: string | null | undefined }>(
  read: readonly (R | UnreadableRecord)[],
  differences: ReadonlyMap<string, R | null>,
): (R | UnreadableRecord)[] {
  if (differences.size === 0) return [...read];
  const there = new Set(read.map(({ id }) => id));
  const kept = read.flatMap((each) => {
    const now = each.id ? differences.get(each.id) : undefined;
    return now === undefined ? [each] : now === null ? [] : [now];
  });
  const more = [...differences].flatMap(([id, each]) => (each && !there.has(id) ? [each] : []));
  return [...kept, ...more];
}

/**
 * What an account would be after some changes: its lists are read from Cloudflare, each once and when it is needed, and what was
 * changed is kept here. Nothing is written.
 */
export class AccountCopy {
  readonly accountId: string;
  readonly #read: Loaders;
  groups: Differences<UserGroup> = new Map();
  members: Differences<Member> = new Map();
  resourceGroups: Differences<ResourceGroup> = new Map();
  /** Who is in a group beside, or no longer, by the IDs of group and member. */
  memberships: Map<string, Differences<UserGroupMember>> = new Map();
  /** What changes touch, whether they are refused or not: IDs of each kind, and of groups whose members they touch. */
  readonly touched = {
    groups: new Set<string>(),
    memberships: new Set<string>(),
    members: new Set<string>(),
    resourceGroups: new Set<string>(),
  };
  /** Groups of which nothing that was read counts: they were created, or all their members replaced. */
  emptied: Set<string> = new Set();

  constructor(accountId: string, read: Loaders) {
    this.accountId = accountId;
    this.#read = read;
  }

  /** Notes what a call touches, by the IDs in its path. */
  touch({ user_group_id: group, member_id: member, resource_group_id: resources }: Params, ofMembers: boolean): void {
    if (group !== undefined) (ofMembers ? this.touched.memberships : this.touched.groups).add(group);
    else if (member !== undefined) this.touched.members.add(member);
    if (resources !== undefined) this.touched.resourceGroups.add(resources);
  }

  /** Keeps what there is now; gives a function that goes back to it. */
  save(): () => void {
    const { groups, members, resourceGroups, memberships, emptied } = this;
    const saved = {
      groups: new Map(groups),
      members: new Map(members),
      resourceGroups: new Map(resourceGroups),
      memberships: new Map([...memberships].map(([id, each]) => [id, new Map(each)])),
      emptied: new Set(emptied),
    };
    return () => void Object.assign(this, saved);
  }

  async groupList(): Promise<Window<UserGroup | UnreadableRecord>> {
    const read = await this.#whole(userGroups.list);
    const all = differing(read.records as (UserGroup | UnreadableRecord)[], this.groups);
    return { ...windowOf(all.map(this.placed), 0, Infinity), shifted: read.shifted };
  }

  async memberList(): Promise<Window<Member | UnreadableRecord>> {
    const read = await this.#whole(members.list);
    // Earlier changes may have taken from a group what Cloudflare shows on its members.
    const inherited = await this.inheritedPolicies();
    const now = (read.records as (Member | UnreadableRecord)[]).map((each) =>
      each instanceof UnreadableRecord ? each : withOwnOnly(each, inherited),
    );
    const all = differing(now, this.members);
    return { ...windowOf(all.map(this.placed), 0, Infinity), shifted: read.shifted };
  }

  /** IDs of the policies that user groups have before all changes, and that Cloudflare may show on their members, too. */
  async inheritedPolicies(): Promise<Set<string>> {
    const groups = await this.#whole(userGroups.list).catch(() => undefined);
    return policyIdsOf((groups?.records ?? []) as (UserGroup | UnreadableRecord)[]);
  }

  async resourceGroupList(): Promise<Window<ResourceGroup | UnreadableRecord>> {
    const read = await this.#whole(resourceGroups.list);
    const all = differing(read.records as (ResourceGroup | UnreadableRecord)[], this.resourceGroups);
    return { ...windowOf(all, 0, Infinity), shifted: read.shifted };
  }

  /** Who is in a group. Rejects where the group is gone, or nothing of it could be read. */
  async membersOf(groupId: string): Promise<Window<UserGroupMember | UnreadableRecord>> {
    if (this.groups.get(groupId) === null) throw gone(userGroups.members.list.route, "User group", groupId);
    const params = { account_id: this.accountId, user_group_id: groupId };
    const read = this.emptied.has(groupId)
      ? { records: [], shifted: false }
      : await this.#read.window(userGroups.members.list, params, 0, Infinity);
    const all = differing(read.records, this.memberships.get(groupId) ?? new Map());
    const there = all.filter(({ id }) => !id || this.members.get(id) !== null);
    return { ...windowOf(there, 0, Infinity), shifted: read.shifted };
  }

  /** A group as it is written again: what its policies name and is gone is still named. */
  async group(id: string): Promise<UserGroup> {
    const now = this.groups.get(id);
    if (now === null) throw gone(userGroups.get.route, "User group", id);
    return now ?? this.#read.one(userGroups, { account_id: this.accountId }, id);
  }

  /** A group as it is now, before all changes; rejects with `not_found` where there is none. */
  groupAsRead(id: string): Promise<UserGroup> {
    return this.#read.one(userGroups, { account_id: this.accountId }, id);
  }

  async member(id: string): Promise<Member> {
    const now = this.members.get(id);
    if (now === null) throw gone(members.get.route, "Member", id);
    return now ?? this.#read.one(members, { account_id: this.accountId }, id);
  }

  async resourceGroup(id: string): Promise<ResourceGroup> {
    const now = this.resourceGroups.get(id);
    if (now === null) throw gone(resourceGroups.get.route, "Resource group", id);
    return now ?? this.#read.one(resourceGroups, { account_id: this.accountId }, id);
  }

  /** A member of a group; rejects with `not_found` where they are not in it. */
  async memberOf(groupId: string, memberId: string): Promise<UserGroupMember> {
    if (this.groups.get(groupId) === null) throw gone(userGroups.members.get.route, "User group", groupId);
    const now = this.members.get(memberId) === null ? null : this.memberships.get(groupId)?.get(memberId);
    if (now) return now;
    // Whom a change creates is in no group yet, and nobody that Cloudflare knows.
    const isNew = changeOf(memberId) !== undefined;
    if (now === null || isNew || this.emptied.has(groupId))
      throw gone(userGroups.members.get.route, "Member", memberId);
    const params = { account_id: this.accountId, user_group_id: groupId };
    return this.#read.one(userGroups.members, params, memberId);
  }

  /** Notes who is in a group, or no longer. */
  enter(groupId: string, memberId: string, member: UserGroupMember | null): void {
    const there = this.memberships.get(groupId) ?? new Map<string, UserGroupMember | null>();
    this.memberships.set(groupId, there.set(memberId, member));
  }

  /** Whether a resource group that policies name is another now. Policies that cannot be read are left as they are. */
  names(holder: { policies: readonly Policy[] }): boolean {
    try {
      return holder.policies.some((policy) =>
        policy.resource_groups.some(({ id }) => id && this.resourceGroups.has(id)),
      );
    } catch {
      return false;
    }
  }

  #whole(list: typeof userGroups.list | typeof members.list | typeof resourceGroups.list) {
    return this.#read.window(list as typeof userGroups.list, { account_id: this.accountId }, 0, Infinity);
  }

  /** With policies on resource groups as these are now. One that is gone covers nothing. */
  readonly placed = <R extends { policies: Policy[] }>(holder: R | UnreadableRecord): R | UnreadableRecord => {
    if (holder instanceof UnreadableRecord || this.resourceGroups.size === 0 || !this.names(holder)) return holder;
    const policies = holder.policies.map((policy) => ({
      ...policy,
      resource_groups: policy.resource_groups.map((group) => {
        const now = group.id ? this.resourceGroups.get(group.id) : undefined;
        return now === undefined ? group : now === null ? { ...group, scope: [] } : { ...group, ...now };
      }),
    }));
    return { ...holder, policies };
  };
}

/** What is not there after the earlier changes: Cloudflare would not find it. */
function gone(route: string, what: string, id: string): CloudflareError {
  return new CloudflareError(route, `${what} ${id} is not there after the earlier changes.`, { kind: "not_found" });
}
