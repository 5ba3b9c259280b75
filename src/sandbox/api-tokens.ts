import type { apiTokens } from "../cloudflare/index.ts";
import { ApiError } from "./answer.ts";
import type { Handlers } from "./handler.ts";
import { paginate } from "./page.ts";

/** API tokens of an account, as they were made (assumed), without expired ones [D]. No answer has a value: only the one to a creation does [D]. */
export const apiTokenHandlers: Handlers<typeof apiTokens> = {
  list({ account, query, page }) {
    const all = [...account.apiTokens.values()];
    const found = all.filter(({ status }) => status !== "expired");
    if (query.direction === "desc") found.reverse();
    return paginate(page, found, found.length);
  },
  get({ account, params }) {
    const token = account.apiTokens.get(params.token_id);
    if (token) return { result: token };
    // Assumed: no public record of this one was found.
    throw new ApiError(404, 1003, "API token not found");
  },
};
