import * as z from "zod";
import { endpoint } from "./endpoint.ts";
import { Deleted, records } from "./result.ts";

/** Single sign-on for everybody with an address at one e-mail domain, once the domain is proved by a TXT record. */
export const SsoConnector = z.object({
  id: z.string().nullish(),
  email_domain: z.string().nullish(),
  enabled: z.boolean().nullish(),
  use_fedramp_language: z.boolean().nullish(),
  created_on: z.string().nullish(),
  /** `updated_on` here, `modified_on` elsewhere. */
  updated_on: z.string().nullish(),
  verification: z
    .object({
      /** The TXT record's content, with or without the prefix `cloudflare_dashboard_sso=`. */
      code: z.string().nullish(),
      /** `awaiting`, `pending`, `failed` or `verified`; a new word is kept. */
      status: z.string().nullish(),
    })
    .nullish(),
});
export type SsoConnector = z.output<typeof SsoConnector>;

/** SSO connectors of an account: one page. They need the permission "SSO Connector", not "Account Settings". */
export const ssoConnectors = {
  list: endpoint("GET /accounts/{account_id}/sso_connectors", { result: records(SsoConnector) }),
  create: endpoint("POST /accounts/{account_id}/sso_connectors", {
    body: z.object({
      email_domain: z.string().min(1),
      begin_verification: z.boolean().optional(),
      use_fedramp_language: z.boolean().optional(),
    }),
    result: SsoConnector,
  }),
  get: endpoint("GET /accounts/{account_id}/sso_connectors/{sso_connector_id}", { result: SsoConnector }),
  update: endpoint("PATCH /accounts/{account_id}/sso_connectors/{sso_connector_id}", {
    body: z.object({ enabled: z.boolean().optional(), use_fedramp_language: z.boolean().optional() }),
    /** One object in the reference, an array of one in the documented sample. */
    result: z.union([z.tuple([SsoConnector]).transform(([connector]) => connector), SsoConnector]),
  }),
  remove: endpoint("DELETE /accounts/{account_id}/sso_connectors/{sso_connector_id}", { result: Deleted }),
  beginVerification: endpoint("POST /accounts/{account_id}/sso_connectors/{sso_connector_id}/begin_verification", {
    result: z.unknown(),
  }),
};
