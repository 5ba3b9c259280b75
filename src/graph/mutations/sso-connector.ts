import { type SsoConnector, ssoConnectors } from "../../cloudflare/sso-connectors.ts";
import { builder } from "../builder.ts";
import type { Context } from "../context.ts";
import { costs, write } from "../cost.ts";
import { globalId } from "../node.ts";
import { SsoConnectorEdgeRef, type SsoConnectorNode, SsoConnectorRef } from "../sso-connector.ts";
import { conflict, type Reference } from "./input.ts";
import { mutation, type Payload, type Progress } from "./mutation.ts";
import { confirmGone, MOST_READ_BACKS, readBack, type Sent, send, unlessAsSent, unlessSaidDone } from "./read-back.ts";

const describe = {
  connector:
    'The connector: its global ID, or Cloudflare\'s ID together with `accountId`: `"0e5f2a6c1b7d4d3f9a8b7c6d5e4f3a2b"`.',
  accountId:
    'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`. Needed with a raw ID only.',
};

function nodeOf(accountId: string, record: SsoConnector): SsoConnectorNode {
  return { type: "SsoConnector", accountId, record };
}

function params({ accountId, id }: Reference) {
  return { account_id: accountId, sso_connector_id: id };
}

async function read({ accountId, id }: Reference, { loaders }: Context): Promise<SsoConnector> {
  loaders.forget();
  return loaders.one(ssoConnectors, { account_id: accountId }, id);
}

const CreateSsoConnectorInput = builder.inputType("CreateSsoConnectorInput", {
  description: "An SSO connector to create.",
  fields: (t) => ({
    accountId: t.id({
      required: true,
      description: 'The account, by global ID or Cloudflare\'s: `"023e105f4ecef8ad9ca31a8372d0c353"`.',
    }),
    emailDomain: t.string({
      required: true,
      description: 'E-mail domain, which cannot be changed later: `"example.com"`.',
    }),
    beginVerification: t.boolean({
      description: "Whether Cloudflare looks for the TXT record at once: `true` if omitted.",
    }),
    useFedrampLanguage: t.boolean({
      description: "Whether the sign-on page shows the text for US federal agencies: `false` if omitted.",
    }),
  }),
});

mutation("createSsoConnector", {
  ...costs(
    write(`Costs 1 call${unlessAsSent}`, () => 1 + MOST_READ_BACKS),
    (calls) =>
      "Creates an SSO connector, not yet enabled. Add the record of `verification.dnsRecord` to the domain's DNS within two days, " +
      `wait until it is \`VERIFIED\`, then enable it. ${calls}`,
  ),
  input: CreateSsoConnectorInput,
  node: ["ssoConnector", SsoConnectorRef, "The new connector, with the DNS record to add."],
  edge: ["ssoConnectorEdge", SsoConnectorEdgeRef, ssoConnectors.list],
  prepare: ({ accountId, emailDomain, beginVerification, useFedrampLanguage }, check) => {
    const account = check.account(String(accountId));
    const body = {
      email_domain: check.domain(emailDomain, ["emailDomain"]),
      ...(beginVerification != null && { begin_verification: beginVerification }),
      ...(useFedrampLanguage != null && { use_fedramp_language: useFedrampLanguage }),
    };
    return async (context, progress) => {
      const sent = await send(context, progress, ssoConnectors.create, { account_id: account }, body);
      // A domain has one connector in an account.
      const find = async () => {
        context.loaders.forget();
        const found = await context.loaders.list(ssoConnectors.list, { account_id: account });
        return found.find((record) => isOf(record, body.email_domain));
      };
      return confirmed(sent, account, body, find, context, progress);
    };
  },
});

const UpdateSsoConnectorInput = builder.inputType("UpdateSsoConnectorInput", {
  description: "Changes to an SSO connector. Omitted fields stay unchanged.",
  fields: (t) => ({
    ssoConnectorId: t.id({ required: true, description: describe.connector }),
    accountId: t.id({ description: describe.accountId }),
    enabled: t.boolean({
      description: "Whether single sign-on is mandatory for all users of the domain, in all their accounts: `true`.",
    }),
    useFedrampLanguage: t.boolean({
      description: "Whether the sign-on page shows the text for US federal agencies: `false`.",
    }),
  }),
});

mutation("updateSsoConnector", {
  ...costs(
    write(
      "Costs 1 call; enabling costs 2, because the connector is read first, and one that is not verified is a " +
        `\`ConflictError\` with nothing sent${unlessAsSent}`,
      ({ enabled }) => (enabled ? 2 : 1) + MOST_READ_BACKS,
    ),
    (calls) =>
      "Enables or disables an SSO connector, or changes its text. Enabling can lock out all users of the domain if the identity " +
      `provider is not ready: keep an API token with “SSO Connector” at hand. ${calls}`,
  ),
  input: UpdateSsoConnectorInput,
  node: ["ssoConnector", SsoConnectorRef, "The connector as it is now."],
  prepare: ({ ssoConnectorId, accountId, enabled, useFedrampLanguage }, check) => {
    const connector = check.first("SsoConnector", "ssoConnectorId", String(ssoConnectorId), accountId?.toString());
    check.change({ enabled, useFedrampLanguage });
    return async (context, progress) => {
      return context.lock.run(`${connector.accountId}/${connector.id}`, async () => {
        if (enabled) {
          const current = await read(connector, context);
          if (current.verification?.status !== "verified") {
            throw conflict(
              "The connector is not verified: add its DNS record and wait for `VERIFIED` first. Nothing was sent.",
              {
                current: nodeOf(connector.accountId, current),
              },
            );
          }
        }
        const body = {
          ...(enabled != null && { enabled }),
          ...(useFedrampLanguage != null && { use_fedramp_language: useFedrampLanguage }),
        };
        const sent = await send(context, progress, ssoConnectors.update, params(connector), body);
        return confirmed(sent, connector.accountId, body, () => read(connector, context), context, progress);
      });
    };
  },
});

/** Fields of a connector that are sent and returned. */
type Shown = Partial<Pick<SsoConnector, "email_domain" | "enabled" | "use_fedramp_language">>;

function isOf({ email_domain }: SsoConnector, domain: string): boolean {
  return email_domain?.toLowerCase() === domain.toLowerCase();
}

/** The connector as it is after a write: from Cloudflare's answer if that holds all that was sent, else read. */
async function confirmed(
  sent: Sent<SsoConnector>,
  accountId: string,
  body: Shown,
  find: () => Promise<SsoConnector | undefined>,
  context: Context,
  progress: Progress,
): Promise<Payload<SsoConnectorNode>> {
  const { email_domain, enabled, use_fedramp_language } = body;
  const record = await readBack(sent, progress, {
    isAsSent: (now) =>
      (email_domain == null || isOf(now, email_domain)) &&
      (enabled == null || now.enabled === enabled) &&
      // Left out where it is false.
      (use_fedramp_language == null || (now.use_fedramp_language ?? false) === use_fedramp_language),
    read: find,
    sent: body,
    node: (now) => nodeOf(accountId, now),
    otherwise:
      "The connector was written, and is not what was sent: somebody wrote after you, or Cloudflare stored something else.",
  });
  context.loaders.prime(ssoConnectors, { account_id: accountId }, record);
  return { node: nodeOf(accountId, record), messages: sent.messages };
}

const DeleteSsoConnectorInput = builder.inputType("DeleteSsoConnectorInput", {
  description: "An SSO connector to delete.",
  fields: (t) => ({
    ssoConnectorId: t.id({ required: true, description: describe.connector }),
    accountId: t.id({ description: describe.accountId }),
  }),
});

mutation("deleteSsoConnector", {
  ...costs(
    write(`Costs 1 call${unlessSaidDone}`, () => 2),
    (calls) => `Deletes an SSO connector: users of the domain sign in with passwords again. Disable it first. ${calls}`,
  ),
  input: DeleteSsoConnectorInput,
  deleted: ["deletedId", "Global ID of the connector that is gone."],
  prepare: ({ ssoConnectorId, accountId }, check) => {
    const connector = check.first("SsoConnector", "ssoConnectorId", String(ssoConnectorId), accountId?.toString());
    return async (context, progress) => {
      const { messages } = await context.lock.run(`${connector.accountId}/${connector.id}`, async () => {
        const sent = await send(context, progress, ssoConnectors.remove, params(connector));
        await confirmGone(sent, progress, () => read(connector, context));
        return sent;
      });
      return { deletedId: globalId("SsoConnector", connector.accountId, connector.id), messages };
    };
  },
});

const BeginSsoConnectorVerificationInput = builder.inputType("BeginSsoConnectorVerificationInput", {
  description: "An SSO connector to verify.",
  fields: (t) => ({
    ssoConnectorId: t.id({ required: true, description: describe.connector }),
    accountId: t.id({ description: describe.accountId }),
  }),
});

mutation("beginSsoConnectorVerification", {
  ...costs(
    write("Costs 2 calls: Cloudflare's answer shows nothing, so the connector is read.", () => 2),
    (calls) => `Lets Cloudflare look for the TXT record (again), for up to two days. ${calls}`,
  ),
  input: BeginSsoConnectorVerificationInput,
  node: ["ssoConnector", SsoConnectorRef, "The connector as it is now."],
  prepare: ({ ssoConnectorId, accountId }, check) => {
    const connector = check.first("SsoConnector", "ssoConnectorId", String(ssoConnectorId), accountId?.toString());
    return async (context, progress) => {
      return context.lock.run(`${connector.accountId}/${connector.id}`, async () => {
        const { beginVerification } = ssoConnectors;
        const { messages } = await context.loaders.send(
          beginVerification,
          params(connector),
          undefined,
          progress.mutation,
        );
        progress.written();
        return { node: nodeOf(connector.accountId, await read(connector, context)), messages };
      });
    };
  },
});
