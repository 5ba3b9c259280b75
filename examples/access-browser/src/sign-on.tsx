import { useMutation, useQuery, useSubscription } from "@apollo/client/react";
import { useState } from "react";
import { type FragmentType, graphql, readFragment } from "./__generated__";
import type { SsoVerificationStatus, SubscriptionEndReason } from "./__generated__/graphql";
import { Answer, Failure, NotRead, Screen } from "./screen";
import { Text } from "./text";

const ConnectorFragment = graphql(`
  fragment Connector_sso on SsoConnector {
    id
    emailDomain
    enabled
    verification { status dnsRecord { type name content } }
  }
`);

const SignOnQuery = graphql(`
  query SignOn($account: String!) {
    account(id: $account) { id ssoConnectors(first: 1000) { totalCount nodes { id ...Connector_sso } pageInfo { ...More_page } } }
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

/** A browser has six connections to an origin, and each that is followed has one. */
const FOLLOWED = 3;

/** Single sign-on of an account: each connector, and while Cloudflare looks for its record, its state as it changes. */
export function SignOn({ account }: { account: string }) {
  const answer = useQuery(SignOnQuery, { variables: { account } });
  return (
    <Screen title="Single sign-on">
      <Answer of={answer}>
        {({ account: found }) => {
          const connectors = found?.ssoConnectors?.nodes;
          const pending = connectors?.filter((each) => each !== null && isPending(each)).slice(0, FOLLOWED);
          return (
            connectors && (
              <>
                {connectors.length === 0 && <p>No domain has single sign-on.</p>}
                <ul className="list">
                  {connectors.map((connector, index) => (
                    <li key={connector?.id ?? index}>
                      {connector ? (
                        <Connector of={connector} live={pending?.includes(connector) ?? false} />
                      ) : (
                        <NotRead />
                      )}
                    </li>
                  ))}
                </ul>
              </>
            )
          );
        }}
      </Answer>
    </Screen>
  );
}

function isPending(of: FragmentType<typeof ConnectorFragment>): boolean {
  return readFragment(ConnectorFragment, of).verification?.status === "PENDING";
}

/** A connector. What a subscription or a mutation answers, the cache gives to this one, too. */
function Connector({ of, live }: { of: FragmentType<typeof ConnectorFragment>; live: boolean }) {
  const { id, emailDomain, enabled, verification } = readFragment(ConnectorFragment, of);
  // Once followed, it stays so: the last event says why there are no more.
  const [followed, follow] = useState(live);
  if (live && !followed) follow(true);
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
      {followed && <Live id={id} />}
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
          onClick={() => void begin({ variables: { input: { ssoConnectorId: id } } })}
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
function Live({ id }: { id: string }) {
  const { data, error } = useSubscription(LiveSubscription, { variables: { id } });
  const event = data?.ssoConnectorVerification;
  if (error) return <Failure error={error} />;
  return (
    <p className="live">
      {event?.ended ? reasons[event.ended] : "Live."}{" "}
      {event && <span className="quiet">Read at {time.format(new Date(event.readAt))}.</span>}
    </p>
  );
}
