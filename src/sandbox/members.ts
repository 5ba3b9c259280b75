import type { members } from "../cloudflare/index.ts";
import { ApiError } from "./answer.ts";
import type { Handlers } from "./handler.ts";
import { invitation, withGrants } from "./member-writes.ts";
import { byText, paginate } from "./page.ts";
import { type AccountState, emailOf, type Member } from "./state.ts";

const orders: Record<string, (member: Member) => string | null> = {
  "user.first_name": ({ user }) => user.first_name,
  "user.last_name": ({ user }) => user.last_name,
  "user.email": emailOf,
  status: ({ status }) => status,
};

/** Members of an account. Without `order` they come as they joined, `desc` turning them round (assumed). */
export const memberHandlers: Handlers<typeof members> = {
  list({ account, query, page, state }) {
    const all = [...account.members.values()];
    const found = all.filter(({ status }) => query.status === undefined || status === query.status);
    const order = query.order && orders[query.order];
    if (order) found.sort(byText(order, query.direction));
    else if (query.direction === "desc") found.reverse();
    const { result, result_info } = paginate(page, found, all.length);
    return {
      result: state.inheritedPolicies ? result.map((each) => withInherited(account, each)) : result,
      result_info,
    };
  },
  get({ account, params, state }) {
    const member = find(account, params.member_id);
    return { result: state.inheritedPolicies ? withInherited(account, member) : member };
  },

  /** The answer leaves out the roles [S]. */
  create({ account, body, state, ids }) {
    const member = invitation(account, body, state, ids);
    account.members.set(member.id, member);
    const { roles: _, ...shown } = member;
    return { result: shown };
  },
  /** With another status than the present one, or none, nothing is changed, and the answer does not say so [S]. */
  update({ account, params, body, ids }) {
    const member = find(account, params.member_id);
    const changed = withGrants(account, member, body, ids);
    if (body.status === member.status) Object.assign(member, changed);
    return { result: member };
  },
  /** The memberships of user groups go, too (assumed). */
  remove({ account, params }) {
    const { id } = find(account, params.member_id);
    account.members.delete(id);
    for (const { members } of account.userGroups.values()) members.delete(id);
    return { result: { id } };
  },
};

function find({ members }: AccountState, id: string): Member {
  const member = members.get(id);
  // The status under 1003 was never recorded; the ID is not checked first [S].
  if (!member) throw new ApiError(404, 1003, "Member not found for account", { result: [] });
  return member;
}

/** A member with the policies of their user groups after their own, under the same IDs. */
function withInherited({ userGroups }: AccountState, member: Member): Member {
  const groups = [...userGroups.values()].filter(({ members }) => members.has(member.id));
  return { ...member, policies: [...member.policies, ...groups.flatMap(({ policies }) => policies)] };
}
