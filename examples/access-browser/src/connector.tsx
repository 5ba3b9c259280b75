import { useMutation, useSubscription } from "@apollo/client/react";
import { type FragmentType, graphql, readFragment } from "./__generated__";
import type { SsoVerificationStatus, SubscriptionEndReason } from "./__generated__/graphql";
import { Failure } from "./screen";
import { Text } from "./text";

const ConnectorFragment = graphql(`
  fragment Connector_sso on SsoConnector {
    id
    emailDomain
    enabled
    verification { status dnsRecord { type name content } }
  }
`);

const LiveSubscription = graphql(`
  subscription Verification($id: ID!) {
    ssoConnectorVerification(id: $id) { ended readAt ssoConnector { id ...Connector_sso } }
  }
`);

const BeginMutation = graphql(`
  mutation BeginVerification($input: BeginSsoConnectorVerificationInput!) {
    beginSsoConnectorVerification(input: $input) {
      __typename
      ... on BeginSsoConnectorVerificationPayload { ssoConnector { id ...Connector_sso } }
      ... on MutationError { message }
    }
  }
`);

const words: Record<SsoVerificationStatus, string> = {
  AWAITING: "not verified yet",
  PENDING: "Cloudflare looks for the DNS record",
  FAILED: "the DNS record was not found in time",
  VERIFIED: "verified",
};

/** Whether Cloudflare looks for the record of a connector, so that its state may change. */
export function isPending(of: FragmentType<typeof ConnectorFragment>): boolean {
  return readFragment(ConnectorFragment, of).verification?.status === "PENDING";
}

/** A connector. What a subscription or a mutation answers, the cache gives to this one, too. */
export function Connector({
  of,
  followed,
  onBegin,
  onEnd,
  onRead,
}: {
  of: FragmentType<typeof ConnectorFragment>;
  /** Whether its state is followed, or was: the last event says why there are no more. */
  followed: boolean;
  /** Its verification begins, perhaps anew. */
  onBegin: () => void;
  /** There are no more events. */
  onEnd: () => void;
  /** The reader wants to know its state now. */
  onRead: () => void;
}) {
  const { id, emailDomain, enabled, verification } = readFragment(ConnectorFragment, of);
  const [begin, begun] = useMutation(BeginMutation);
  const result = begun.data?.beginSsoConnectorVerification;
  const status = verification?.status;
  const record = verification?.dnsRecord;
  return (
    <>
      <h2>
        <Text of={emailDomain ?? "A domain that could not be read"} />
      </h2>
      <p role="status">
        {status ? words[status] : "its state could not be read"}
        {enabled && ", mandatory for everybody of the domain"}
        {enabled === null && ", mandatory or not: that could not be read"}
      </p>
      {followed && <Live id={id} onEnd={onEnd} />}
      {!followed && isPending(of) && (
        <p>
          Not live: others are followed first, and this one as soon as one of them has ended.{" "}
          <button type="button" onClick={onRead}>
            Read its state now
          </button>
        </p>
      )}
      {record && status !== "VERIFIED" && (
        <p>
          <code>
            <Text of={`${record.name} ${record.type} ${record.content}`} />
          </code>
        </p>
      )}
      {(status === "AWAITING" || status === "FAILED") && (
        <button
          type="button"
          disabled={begun.loading}
          onClick={() => void begin({ variables: { input: { ssoConnectorId: id } } }).then(onBegin)}
        >
          Let Cloudflare look for the record
        </button>
      )}
      {begun.error && <Failure error={begun.error} />}
      {result && "message" in result && (
        <p role="alert">
          <Text of={result.message} />
        </p>
      )}
    </>
  );
}

const reasons: Record<SubscriptionEndReason, string> = {
  VERIFIED: "It is verified.",
  FAILED: "The verification has failed.",
  DELETED: "The connector is gone.",
  CREDENTIAL_EXPIRED: "Your credential has expired.",
  CREDENTIAL_REJECTED: "Your credential may not read it any more.",
  SHUTDOWN: "The gateway is shutting down: reload the page.",
  TIMEOUT: "The time of a subscription is over: reload the page.",
};

const time = new Intl.DateTimeFormat("en", { timeStyle: "medium", hourCycle: "h23" });

/** Follows a verification, by server-sent events. */
function Live({ id, onEnd }: { id: string; onEnd: () => void }) {
  const { data, error } = useSubscription(LiveSubscription, { variables: { id }, onComplete: onEnd, onError: onEnd });
  const event = data?.ssoConnectorVerification;
  if (error) return <Failure error={error} />;
  return (
    <p className="live">
      {event?.ended ? reasons[event.ended] : "Live."}{" "}
      {event && <span className="quiet">Read at {time.format(new Date(event.readAt))}.</span>}
    </p>
  );
}
