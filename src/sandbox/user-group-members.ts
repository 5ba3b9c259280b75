import type { userGroups } from "../cloudflare/index.ts";
import { serviceError } from "./answer.ts";
import type { Handlers } from "./handler.ts";
import { byText, contains, paginateWithPages } from "./page.ts";
import { checkPolicies } from "./policies.ts";
import { type AccountState, emailOf, type Member, type UserGroup } from "./state.ts";
import { findUserGroup, refuseScim } from "./user-groups.ts";

/** Who is in a group, by e-mail. A group without members answers `null`, not `[]` [S]. */
export const userGroupMemberHandlers: Handlers<typeof userGroups.members> = {
  list({ account, params, query: { fuzzyEmail, direction }, page }) {
    const group = settled(account, params.user_group_id);
    checkPolicies(account, group.policies);
    const all = membersOf(account, group);
    const found = all
      .filter((record) => contains(record.email, fuzzyEmail))
      .sort(byText(({ email }) => email, direction));
    const { result, result_info } = paginateWithPages(page, found, all.length);
    return { result: found.length ? result : null, result_info };
  },
  get({ account, params }) {
    const group = settled(account, params.user_group_id);
    const { member, created_at } = present(account, group, params.member_id);
    const { id, first_name, last_name } = member.user;
    const email = emailOf(member);
    // `created_at` here, `created_on` everywhere else [D].
    return { result: { ...rowOf(member), created_at, user: { id, email, first_name, last_name } } };
  },

  add({ account, params, body, ids }) {
    const group = settled(account, params.user_group_id);
    refuseScim(group);
    const added = body.map(({ id }) => accountMember(account, id));
    for (const { id } of added) if (!group.members.has(id)) group.members.set(id, ids.seconds());
    return { result: wholeSet(account, group) };
  },
  replace({ account, params, body, ids }) {
    const group = settled(account, params.user_group_id);
    refuseScim(group);
    const before = new Map(group.members);
    const kept = body.map(({ id }) => accountMember(account, id));
    group.members.clear();
    for (const { id } of kept) group.members.set(id, before.get(id) ?? ids.seconds());
    return { result: wholeSet(account, group) };
  },
  /** Answers the member that is gone; the last one may go, too [S]. */
  remove({ account, params }) {
    const group = settled(account, params.user_group_id);
    refuseScim(group);
    const { id } = accountMember(account, params.member_id);
    const { member } = present(account, group, id);
    group.members.delete(id);
    return { result: rowOf(member) };
  },
};

/** A group whose `/members` work: for a while after its creation they do not find it [S]. */
function settled(account: AccountState, id: string): UserGroup {
  const group = findUserGroup(account, id);
  if (group.lag === 0) return group;
  group.lag--;
  throw serviceError(404, `User group ${id} not found`);
}

function rowOf(member: Member) {
  return { id: member.id, email: emailOf(member), status: member.status };
}

function membersOf(account: AccountState, group: UserGroup) {
  return [...group.members.keys()].flatMap((id) => {
    const member = account.members.get(id);
    return member ? [rowOf(member)] : [];
  });
}

/** Answer of both writes: all members of the group, not only those sent [S]. */
function wholeSet(account: AccountState, group: UserGroup) {
  const records = membersOf(account, group);
  return records.length ? records : null;
}

function present(account: AccountState, group: UserGroup, id: string) {
  const member = account.members.get(id);
  const created_at = group.members.get(id);
  if (member && created_at) return { member, created_at };
  throw serviceError(404, `Member ${id} not found in user group ${group.id}`);
}

/** An ID that is no member of the account is a bad request, not a missing thing [S]. */
function accountMember(account: AccountState, id: string): Member {
  const member = account.members.get(id);
  if (!member) throw serviceError(400, `Member ${id} is not a member of the account`);
  if (account.withoutDsr.has(id)) throw serviceError(400, `Members ${id} do not have DSR enabled`);
  return member;
}
