import { useQuery } from "@apollo/client/react";
import { useLayoutEffect, useState } from "react";
import { graphql } from "./__generated__";
import { Connector, isPending } from "./connector";
import { Answer, NotRead, Screen } from "./screen";

const SignOnQuery = graphql(`
  query SignOn($account: String!) {
    account(id: $account) { id ssoConnectors(first: 1000) { totalCount nodes { id ...Connector_sso } pageInfo { ...More_page } } }
  }
`);

/** A browser has six connections to an origin, and each that is followed has one. */
const FOLLOWED = 3;

/** Single sign-on of an account: each connector, and while Cloudflare looks for its record, its state as it changes. */
export function SignOn({ account }: { account: string }) {
  const answer = useQuery(SignOnQuery, { variables: { account } });
  const nodes = answer.data?.account?.ssoConnectors?.nodes ?? [];
  const { isFollowed, end, forget } = useFollowed(nodes.flatMap((each) => (each && isPending(each) ? each.id : [])));
  return (
    <Screen title="Single sign-on">
      <Answer of={answer}>
        {({ account: found }) => {
          const connectors = found?.ssoConnectors?.nodes;
          return (
            connectors && (
              <>
                {connectors.length === 0 && <p>No domain has single sign-on.</p>}
                <ul className="list">
                  {connectors.map((connector, index) => (
                    <li key={connector?.id ?? index}>
                      {connector ? (
                        <Connector
                          of={connector}
                          followed={isFollowed(connector.id)}
                          onBegin={() => forget(connector.id)}
                          onEnd={() => end(connector.id)}
                          onRead={() => void answer.refetch()}
                        />
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

/** Which connectors are followed: those that are pending, as many at a time as there may be. Those that have ended stay among them. */
function useFollowed(pending: readonly string[]) {
  const [followed, setFollowed] = useState<ReadonlyMap<string, "live" | "ended">>(new Map());
  const live = [...followed.values()].filter((each) => each === "live").length;
  const next = pending.filter((id) => !followed.has(id)).slice(0, Math.max(0, FOLLOWED - live));
  useLayoutEffect(() => {
    if (next.length > 0) setFollowed(new Map([...followed, ...next.map((id) => [id, "live"] as const)]));
  });
  return {
    isFollowed: (id: string) => followed.has(id),
    end: (id: string) => setFollowed((before) => new Map(before).set(id, "ended")),
    /** Lets it be followed anew, if it was before. */
    forget: (id: string) => setFollowed((before) => new Map([...before].filter(([each]) => each !== id))),
  };
}
