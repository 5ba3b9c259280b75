import * as z from "zod";
import { Direction, endpoint } from "./endpoint.ts";
import { records } from "./result.ts";

/** An account: the organisation that owns zones, members, groups and connectors. */
export const Account = z.object({
  id: z.string(),
  name: z.string().nullish(),
  /** `standard` or `enterprise`; a new word is kept. */
  type: z.string().nullish(),
  created_on: z.string().nullish(),
  managed_by: z.object({ parent_org_id: z.string().nullish(), parent_org_name: z.string().nullish() }).nullish(),
  settings: z.object({ abuse_contact_email: z.string().nullish(), enforce_twofactor: z.boolean().nullish() }).nullish(),
});
export type Account = z.output<typeof Account>;

/** Accounts that the credential may see. With an account-owned token Cloudflare ignores `page` here. */
export const accounts = {
  list: endpoint("GET /accounts", {
    query: z.object({ name: z.string().optional(), direction: Direction.optional() }),
    result: records(Account),
    perPage: { min: 5, default: 20, max: 50 },
    account: "*",
  }),
  get: endpoint("GET /accounts/{account_id}", { result: Account }),
};
