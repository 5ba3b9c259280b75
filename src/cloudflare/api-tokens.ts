import * as z from "zod";
import { Direction, endpoint } from "./endpoint.ts";
import { listWithin, Meta, records } from "./result.ts";

/** A permission group of the catalogue of API tokens, which is another one than that of members and user groups. */
const TokenPermissionGroup = z.object({ id: z.string(), name: z.string().nullish(), meta: Meta });

/** A permission statement of a token. Its resources are keys: with `*`, or with the keys of what is meant within them. */
export const TokenPolicy = z.object({
  id: z.string().nullish(),
  /** `allow` or `deny`; a new word is kept. */
  effect: z.string().nullish(),
  permission_groups: listWithin(TokenPermissionGroup),
  resources: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])).nullish(),
});
export type TokenPolicy = z.output<typeof TokenPolicy>;

/**
 * An API token that the account owns. Its value is answered once, at its creation: should an answer have one, it is dropped here
 * like all that is not named.
 */
export const ApiToken = z.object({
  id: z.string(),
  name: z.string().nullish(),
  /** `active`, `disabled` or `expired`; a new word is kept. */
  status: z.string().nullish(),
  issued_on: z.string().nullish(),
  modified_on: z.string().nullish(),
  last_used_on: z.string().nullish(),
  not_before: z.string().nullish(),
  expires_on: z.string().nullish(),
  creator_email_at_creation: z.string().nullish(),
  condition: z
    .object({ request_ip: z.object({ in: listWithin(z.string()), not_in: listWithin(z.string()) }).nullish() })
    .nullish(),
  policies: listWithin(TokenPolicy),
});
export type ApiToken = z.output<typeof ApiToken>;

/**
 * API tokens of an account. Whoever may list their own alone (`token.list_self`) gets these, and is not told so [D]. Expired ones
 * are left out unless `include_expired` asks for them [D], which nobody here does.
 */
export const apiTokens = {
  list: endpoint("GET /accounts/{account_id}/tokens", {
    query: z.object({ direction: Direction.optional() }),
    result: records(ApiToken),
    perPage: { min: 5, default: 20, max: 50 },
  }),
  get: endpoint("GET /accounts/{account_id}/tokens/{token_id}", { result: ApiToken }),
};
