import { type SsoConnector, ssoConnectors } from "../cloudflare/sso-connectors.ts";
import { AccountRef } from "./account.ts";
import { idOf } from "./argument.ts";
import { builder } from "./builder.ts";
import { cloudflareEnum, readDate } from "./cloudflare-enum.ts";
import { connect } from "./connection.ts";
import { costs, lookUp, page } from "./cost.ts";
import { find, globalId, registerNodeLoader } from "./node.ts";

/** A connector of one account. */
export interface SsoConnectorNode {
  type: "SsoConnector";
  accountId: string;
  record: SsoConnector;
}

/** Key of a connector in its account: its ID or, if Cloudflare omits it, its domain. */
function keyOf(record: SsoConnector): string {
  return record.id ?? `@${record.email_domain}`;
}

const SsoVerificationStatusEnum = cloudflareEnum("SsoVerificationStatus", "Status of a domain's verification.", {
  awaiting: "Not started: start the verification.",
  pending: "In progress: Cloudflare looks for the TXT record, for up to two days.",
  failed: "The record was not found in time: start the verification again.",
  verified: "Verified: the connector can be enabled.",
});

const PREFIX = "cloudflare_dashboard_sso=";

const DnsRecordRef = builder.objectRef<{ name: string; content: string }>("DnsRecord");
DnsRecordRef.implement({
  description: "A DNS record to add to the domain.",
  fields: (t) => ({
    type: t.string({ nullable: false, description: "Always `TXT`.", resolve: () => "TXT" }),
    name: t.exposeString("name", { nullable: false, description: "Name of the record: the e-mail domain itself." }),
    content: t.exposeString("content", {
      nullable: false,
      description: "Content of the record: the whole string, `cloudflare_dashboard_sso=…`.",
    }),
  }),
});

const SsoVerificationRef = builder.objectRef<SsoConnector>("SsoVerification");
SsoVerificationRef.implement({
  description: "Proof that the account controls the e-mail domain.",
  fields: (t) => ({
    status: t.field({
      type: SsoVerificationStatusEnum.type,
      description: "Status of the verification. Cloudflare also sends the result by e-mail.",
      resolve: ({ verification }) => SsoVerificationStatusEnum.read(verification?.status),
    }),
    code: t.string({
      description: "Cloudflare's code, sometimes without the prefix that the record needs: use `dnsRecord`.",
      resolve: ({ verification }) => verification?.code,
    }),
    dnsRecord: t.field({
      type: DnsRecordRef,
      description: "The TXT record to add before verification can succeed; null while Cloudflare gives no code.",
      resolve: ({ email_domain, verification }) => {
        const code = verification?.code;
        if (!code || !email_domain) return null;
        return { name: email_domain, content: code.startsWith(PREFIX) ? code : PREFIX + code };
      },
    }),
  }),
});

/** Single sign-on for one e-mail domain. */
export const SsoConnectorRef = builder.objectRef<SsoConnectorNode>("SsoConnector");
SsoConnectorRef.implement({
  description:
    "Single sign-on for all users with an e-mail address of one domain. Once enabled, it is mandatory for them in all their " +
    "accounts. Reading it needs the permission “SSO Connector”.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: "Global ID: opaque, stable, accepted by `node` and `nodes`.",
      resolve: ({ accountId, record }) => globalId("SsoConnector", accountId, keyOf(record)),
    }),
    cloudflareId: t.string({
      description: "Cloudflare's own ID; null where Cloudflare leaves it out.",
      resolve: ({ record }) => record.id,
    }),
    emailDomain: t.string({
      description: "E-mail domain, the part after the `@`; it cannot be changed.",
      resolve: ({ record }) => record.email_domain,
    }),
    enabled: t.boolean({
      description: "Whether single sign-on is mandatory. Only a verified connector can be enabled.",
      resolve: ({ record }) => record.enabled,
    }),
    useFedrampLanguage: t.boolean({
      description: "Whether the sign-on page shows the text for US federal agencies.",
      resolve: ({ record }) => record.use_fedramp_language,
    }),
    createdAt: t.field({
      type: "DateTime",
      description: "Time of creation; Cloudflare's `created_on`.",
      resolve: ({ record }) => readDate(record.created_on),
    }),
    updatedAt: t.field({
      type: "DateTime",
      description: "Time of the last change; null right after creation. Cloudflare's `updated_on`.",
      resolve: ({ record }) => readDate(record.updated_on),
    }),
    verification: t.field({
      type: SsoVerificationRef,
      description: "Verification of the domain, and the DNS record it needs. Costs nothing more.",
      resolve: ({ record }) => (record.verification ? record : null),
    }),
  }),
});

registerNodeLoader(
  "SsoConnector",
  2,
  ([accountId = "", id = ""]) => {
    const from = id.startsWith("@") ? { list: ssoConnectors.list } : { resource: ssoConnectors };
    return { of: "SsoConnector", accountId, id, ...from };
  },
  async ([accountId = "", key = ""], context) => {
    const record = key.startsWith("@")
      ? (await context.loaders.list(ssoConnectors.list, { account_id: accountId })).find((each) => keyOf(each) === key)
      : await find(context, ssoConnectors, accountId, key);
    return record ? { type: "SsoConnector", accountId, record } : null;
  },
);

/** One of them in a page, or in the payload of what has made it. */
export const SsoConnectorEdgeRef = builder.edgeObject({
  type: SsoConnectorRef,
  name: "SsoConnectorEdge",
  description: "An SSO connector and its position in the list.",
});

const SsoConnectorConnection = builder.connectionObject(
  { type: SsoConnectorRef, name: "SsoConnectorConnection", description: "A page of SSO connectors." },
  SsoConnectorEdgeRef,
);

builder.objectFields(AccountRef, (t) => ({
  ssoConnector: t.field({
    type: SsoConnectorRef,
    nullable: true,
    ...costs(
      lookUp("SsoConnector", ssoConnectors, idOf),
      (calls) => `One SSO connector by Cloudflare's ID, or null if it does not exist. ${calls}`,
    ),
    args: {
      id: t.arg.string({ required: true, description: 'Cloudflare\'s ID: `"0e5f2a6c1b7d4d3f9a8b7c6d5e4f3a2b"`.' }),
    },
    resolve: async (account, args, context) => {
      const record = await find(context, ssoConnectors, account.id, idOf(args));
      return record && { type: "SsoConnector" as const, accountId: account.id, record };
    },
  }),
  ssoConnectors: t.connection(
    {
      type: SsoConnectorRef,
      nullable: true,
      ...costs(
        page(ssoConnectors.list, "SsoConnector", "connectors"),
        (calls) => `SSO connectors of the account, in Cloudflare's order. ${calls}`,
      ),
      resolve: ({ id: accountId }, args, { loaders }) =>
        connect(loaders, ssoConnectors.list, { account_id: accountId }, args, (record) => ({
          type: "SsoConnector" as const,
          accountId,
          record,
        })),
    },
    SsoConnectorConnection,
  ),
}));
