import { builder } from "./builder.ts";
import type { Context, SubscriptionEnd } from "./context.ts";
import { costs, refetch } from "./cost.ts";
import { parseGlobalIdOf } from "./node.ts";
import { type SsoConnectorNode, SsoConnectorRef } from "./sso-connector.ts";

type EndReason = SubscriptionEnd | "VERIFIED" | "FAILED" | "DELETED";

const EndReasonEnum = builder.enumType("SubscriptionEndReason", {
  description: "Why a subscription has ended.",
  values: {
    VERIFIED: { description: "The domain is verified: the connector can be enabled." },
    FAILED: {
      description: "Cloudflare has not found the DNS record in two days: start the verification again, then subscribe.",
    },
    DELETED: { description: "There is no such connector, or not any more." },
    CREDENTIAL_REJECTED: {
      description: "Cloudflare rejects the credential, or does not let it read the connector any more.",
    },
    CREDENTIAL_EXPIRED: { description: "The token of the caller has expired: subscribe with a new one." },
    TIMEOUT: { description: "The time of a subscription is over: subscribe again." },
    SHUTDOWN: { description: "This gateway is shutting down: subscribe again." },
  } as const satisfies Record<EndReason, object>,
});

/** What is known of a connector, and why nothing more is told. */
interface VerificationEvent {
  connector: SsoConnectorNode | null;
  readAt: Date;
  ended: EndReason | null;
}

const VerificationEventRef = builder.objectRef<VerificationEvent>("SsoConnectorVerificationEvent");
VerificationEventRef.implement({
  description: "A state of an SSO connector that is being verified.",
  fields: (t) => ({
    ssoConnector: t.field({
      type: SsoConnectorRef,
      description: "The connector at `readAt`; null where there is none (any more).",
      resolve: ({ connector }) => connector,
    }),
    readAt: t.expose("readAt", {
      type: "DateTime",
      nullable: false,
      description: "Time at which the connector was read. It may have changed since.",
    }),
    ended: t.expose("ended", {
      type: EndReasonEnum,
      description: "Why this is the last event; null in all others.",
    }),
  }),
});

builder.subscriptionType({
  description: "Events until something that takes long is done. Sent by `POST` with `accept: text/event-stream`.",
});

builder.subscriptionField("ssoConnectorVerification", (t) =>
  t.field({
    type: VerificationEventRef,
    nullable: true,
    ...costs(
      refetch(
        "id",
        ({ id }) => [String(id)],
        "Costs 1 call for the first event, and 1 call every 10 s to 5 min afterwards, the longer nothing changes. All who wait for " +
          "the same connector with the same credential share these calls, and they leave a tenth of the quota to others.",
      ),
      (calls) =>
        "Follows the verification of an SSO connector's domain, which may take two days: the present state first, then an event for " +
        `each change, until the domain is verified or the verification has failed. The last event says why it ends (\`ended\`). ${calls}`,
    ),
    args: {
      id: t.arg.id({
        required: true,
        description: 'Global ID of an SSO connector, from its field `id`: `"U3NvQ29ubmVjdG9yOjAy…"`.',
      }),
    },
    subscribe: (_root, { id }, context) => follow(String(id), context),
    resolve: (event) => event as VerificationEvent,
  }),
);

async function follow(id: string, { watch }: Context): Promise<AsyncIterable<VerificationEvent>> {
  const { parts, reload } = parseGlobalIdOf("SsoConnector", id, "id");
  if (!watch) throw new Error("A subscription has no `watch`.");
  const [accountId = ""] = parts;
  const read = async (each: Context) => (await reload(parts, each)) as SsoConnectorNode | null;
  let told: string | undefined;
  return watch({ accountId, id: parts.join("/"), read }, ({ value: connector, readAt, ended }) => {
    const reason = endOf(connector) ?? ended ?? null;
    const state = JSON.stringify(connector);
    if (state === told && reason === null) return undefined;
    told = state;
    return { event: { connector, readAt, ended: reason }, last: reason !== null };
  });
}

/** Why nothing more will come of a connector in this state. */
function endOf(connector: SsoConnectorNode | null): EndReason | undefined {
  if (!connector) return "DELETED";
  const status = connector.record.verification?.status;
  return status === "verified" ? "VERIFIED" : status === "failed" ? "FAILED" : undefined;
}
