import { useQuery } from "@apollo/client/react";
import { graphql } from "./__generated__";
import type { MissingPart, PermissionInput, ResourceInput, Verdict } from "./__generated__/graphql";
import { AccessView } from "./access-view";
import type { Picked } from "./member-picker";
import { pathsOfGrant } from "./paths";
import { Answer, NotRead } from "./screen";
import { Text } from "./text";
import { NotLookedAt, unreadSentence } from "./unread";

/** A verdict in words. */
export const verdicts: Record<Verdict, string> = {
  ALLOWED: "allowed",
  CONDITIONAL: "allowed under a condition",
  DENIED: "denied",
  NOT_GRANTED: "not granted",
  UNKNOWN: "not known",
};

const missing: Record<MissingPart, string> = {
  PERMISSION: "a smaller permission",
  SCOPE: "other resources",
  STATUS: "the invitation is pending",
  TWO_FACTOR: "no two-factor authentication",
};

const WhyQuery = graphql(`
  query WhyNot($account: String!, $member: ID!, $permission: PermissionInput!, $on: ResourceInput!) {
    account(id: $account) {
      id
      access(memberId: $member, permission: $permission, on: $on) {
        verdict
        sentence
        nearMisses { missing sentence grant { ...Paths_grant } }
        nearMissCount
        unread { ...Unread_thing }
        assumptions { ...Unread_assumption }
      }
    }
  }
`);

/** Whether one person can, and what nearly grants it. */
export function WhyNot({
  account,
  member,
  permission,
  on,
}: {
  account: string;
  member: Picked;
  permission: PermissionInput;
  on: ResourceInput;
}) {
  const answer = useQuery(WhyQuery, { variables: { account, member: member.id, permission, on } });
  return (
    <Answer of={answer}>
      {({ account: found }) => {
        const access = found?.access;
        if (!access) return null;
        const { nearMisses } = access;
        const person = { key: member.id, name: member.name };
        return (
          <>
            <p>
              <strong>{verdicts[access.verdict]}</strong>: <Text of={access.sentence} />
            </p>
            <h3>Near misses</h3>
            {nearMisses === null && <NotRead />}
            {nearMisses?.length === 0 && <p>Nothing nearly grants it.</p>}
            <ul>
              {nearMisses?.map((miss) => (
                <li key={miss.sentence}>
                  <Text of={miss.sentence} /> <span className="quiet">({missing[miss.missing]})</span>
                </li>
              ))}
            </ul>
            {(access.nearMissCount ?? 0) > (nearMisses?.length ?? 0) && <p>{access.nearMissCount} in all.</p>}
            {nearMisses && nearMisses.length > 0 && (
              <AccessView
                name={`near-misses-${member.cloudflareId}`}
                missing={[
                  (access.nearMissCount ?? 0) > nearMisses.length && "there are more near misses",
                  unreadSentence(access.unread),
                ]}
                paths={nearMisses.flatMap(({ grant }) => pathsOfGrant(account, person, grant))}
              />
            )}
            <NotLookedAt unread={access.unread} assumptions={access.assumptions} />
          </>
        );
      }}
    </Answer>
  );
}
