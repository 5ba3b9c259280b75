import type { members } from "../cloudflare/index.ts";
import { ApiError } from "./answer.ts";
import type { Handlers } from "./handler.ts";
import { byText, paginate } from "./page.ts";
import { emailOf, type Member } from "./state.ts";

const orders: Record<string, (member: Member) => string | null> = {
  "user.first_name": ({ user }) => user.first_name,
  "user.last_name": ({ user }) => user.last_name,
  "user.email": emailOf,
  status: ({ status }) => status,
};

/** Members of an account. Without `order` they come as they joined, `desc` turning them round (assumed). */
export const memberHandlers: Handlers<typeof members> = {
  list({ account, query, page }) {
    const all = [...account.members.values()];
    const found = all.filter(({ status }) => query.status === undefined || status === query.status);
    const order = query.order && orders[query.order];
    if (order) found.sort(byText(order, query.direction));
    else if (query.direction === "desc") found.reverse();
    return paginate(page, found, all.length);
  },
  get({ account, params }) {
    const member = account.members.get(params.member_id);
    if (member) return { result: member };
    // The status under 1003 was never recorded; the id is not checked first [S].
    throw new ApiError(404, 1003, "Member not found for account", { result: [] });
  },
};
