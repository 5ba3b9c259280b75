import type { ssoConnectors } from "../cloudflare/index.ts";
import { serviceError } from "./answer.ts";
import type { Handlers } from "./handler.ts";
import type { AccountState, SandboxState, SsoConnector } from "./state.ts";

/** How long Cloudflare looks for the TXT record before it calls the verification failed [D]. */
const polling = 2 * 24 * 60 * 60 * 1000;

/** Of every refusal here only that there is one is known: status 400 and the texts are assumed. */
export const ssoConnectorHandlers: Handlers<typeof ssoConnectors> = {
  list({ account, clock }) {
    return { result: Array.from(account.ssoConnectors.values(), (connector) => sent(connector, clock)) };
  },
  get: ({ account, params, clock }) => ({ result: sent(find(account, params.sso_connector_id), clock) }),

  create({ account, body, ids, clock }) {
    const { email_domain, begin_verification = true, use_fedramp_language } = body;
    if (!/^([a-z0-9-]+\.)+[a-z]{2,}$/i.test(email_domain)) throw serviceError(400, "Invalid email domain");
    if (/\.edu$|^(gmail|outlook|hotmail|yahoo)\.com$/i.test(email_domain)) {
      throw serviceError(400, "Email domain is not supported");
    }
    for (const other of account.ssoConnectors.values()) {
      if (other.email_domain === email_domain) throw serviceError(400, "SSO connector already exists for this domain");
    }
    // The documented answer has neither `updated_on` nor, unless it was sent, `use_fedramp_language`.
    const connector: SsoConnector = {
      id: ids.id("sso connector"),
      email_domain,
      enabled: false,
      ...(use_fedramp_language !== undefined && { use_fedramp_language }),
      created_on: ids.seconds(),
      verification: { code: `cloudflare_dashboard_sso=${ids.id("code")}`, status: "awaiting" },
    };
    if (begin_verification) begin(connector, clock);
    account.ssoConnectors.set(connector.id, connector);
    return { result: sent(connector, clock) };
  },
  update({ account, params, body: { enabled, use_fedramp_language }, state, ids, clock }) {
    const connector = find(account, params.sso_connector_id);
    if (enabled && !connector.enabled) checkEnable(state, connector);
    connector.enabled = enabled ?? connector.enabled;
    if (use_fedramp_language !== undefined) connector.use_fedramp_language = use_fedramp_language;
    connector.updated_on = ids.seconds();
    const result = sent(connector, clock);
    // One object by the reference, but the documented sample of disabling shows an array of one.
    return { result: enabled === false ? [result] : result };
  },
  remove({ account, params }) {
    const { id, enabled } = find(account, params.sso_connector_id);
    if (enabled) throw serviceError(400, "SSO connector must be disabled before it is deleted");
    account.ssoConnectors.delete(id);
    return { result: { id } };
  },
  /** Starts the polling again; a verified domain stays verified (assumed). */
  beginVerification({ account, params, clock }) {
    const connector = find(account, params.sso_connector_id);
    if (connector.verification.status !== "verified") begin(connector, clock);
    return {};
  },
};

function begin(connector: SsoConnector, clock: () => Date): void {
  connector.verification.status = "pending";
  connector.deadline = clock().getTime() + polling;
}

function sent(connector: SsoConnector, clock: () => Date): Omit<SsoConnector, "deadline"> {
  const { deadline, ...rest } = connector;
  const { verification } = connector;
  if (verification.status === "pending" && deadline && deadline <= clock().getTime()) verification.status = "failed";
  return rest;
}

function find(account: AccountState, id: string): SsoConnector {
  const connector = account.ssoConnectors.get(id);
  if (!connector) throw serviceError(404, `SSO connector ${id} not found`);
  return connector;
}

/** A domain must be verified, and may be enabled in one account at a time [D]. */
function checkEnable(state: SandboxState, { email_domain, verification }: SsoConnector): void {
  if (verification.status !== "verified") throw serviceError(400, "SSO connector is not verified");
  for (const account of state.accounts.values()) {
    for (const other of account.ssoConnectors.values()) {
      if (other.enabled && other.email_domain === email_domain) {
        throw serviceError(400, "Email domain is enabled in another account");
      }
    }
  }
}
