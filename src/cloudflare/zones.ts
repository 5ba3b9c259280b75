import * as z from "zod";
import { endpoint } from "./endpoint.ts";
import { records } from "./result.ts";

/** A zone, that is a domain and what is below it. Only `account` tells whose it is: its ID is asked for without one. */
export const Zone = z.object({
  id: z.string(),
  account: z.object({ id: z.string().nullish(), name: z.string().nullish() }).nullish(),
  name: z.string().nullish(),
  /** `initializing`, `pending`, `active` or `moved`; a new word is kept. */
  status: z.string().nullish(),
});
export type Zone = z.output<typeof Zone>;

/**
 * Zones of an account. The list leaves out those of type `internal`, unless they are asked for [D]. `name` takes operators
 * before a colon, such as `contains:` [D].
 */
export const zones = {
  list: endpoint("GET /zones", {
    query: z.object({ "account.id": z.string().optional(), name: z.string().optional() }),
    result: records(Zone),
    perPage: { min: 5, default: 20, max: 50 },
    account: "account.id",
  }),
  /** The account is for those who check and remember calls, and is not sent. */
  get: endpoint("GET /zones/{zone_id}", { result: Zone, account: "account.id" }),
};
