import type { accounts } from "../cloudflare/index.ts";
import type { Handlers } from "./handler.ts";
import { byText, paginate } from "./page.ts";

/** Accounts, by name (assumed: the reference tells a direction but not of what). */
export const accountHandlers: Handlers<typeof accounts> = {
  list({ state, query, page }) {
    const all = Array.from(state.accounts.values(), ({ details }) => details);
    const found = all.filter(({ name }) => query.name === undefined || name === query.name);
    return paginate(page, found.sort(byText(({ name }) => name, query.direction)), all.length);
  },
  get: ({ account }) => ({ result: account.details }),
};
