import type { user } from "../cloudflare/index.ts";
import { ApiError } from "./answer.ts";
import type { Handlers } from "./handler.ts";
import { idOf } from "./id-generator.ts";

/** Who calls. How Cloudflare refuses a token that an account owns is assumed. */
export const userHandlers: Handlers<typeof user> = {
  get({ caller: { name, user: email } }) {
    if (name === "account") throw new ApiError(403, 9109, "Valid user-level authentication not found");
    return { result: { id: idOf("user", email), email } };
  },
};
