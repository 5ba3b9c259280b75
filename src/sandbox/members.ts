import type { members } from "../cloudflare/index.ts";
import { ApiError } from "./answer.ts";
import type { Handlers } from "./handler.ts";
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
    const member = account.members.get(params.member_id);
    if (member) return { result: state.inheritedPolicies ? withInherited(account, member) : member };
    // The status under 1003 was never recorded; the id is not checked first [S].
    throw new ApiError(404, 1003, "Member not found for account", { result: [] });
  },
};

/** A member with the policies of their user groups after their own, under the same ids. */
function withInherited({ userGroups }: AccountState, member: Member): Member {
  const groups = [...userGroups.values()].filter(({ members }) => members.has(member.id));
  return { ...member, policies: [...member.policies, ...groups.flatMap(({ policies }) => policies)] };
}
