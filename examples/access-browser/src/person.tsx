import { useQuery } from "@apollo/client/react";
import { graphql } from "./__generated__";
import { AccessView } from "./access-view";
import { hasMore } from "./more";
import { Offboarding } from "./offboarding";
import { pathsOfGrant, personStep } from "./paths";
import { useEver } from "./read-anew";
import { href } from "./route";
import { Answer, NotRead, Screen } from "./screen";
import { Text } from "./text";

const PersonQuery = graphql(`
  query Person($account: String!, $member: String!) {
    account(id: $account) {
      id
      member(id: $member) {
        id
        email
        status
        user { firstName lastName twoFactorAuthenticationEnabled }
        userGroups(first: 1000) { totalCount nodes { id cloudflareId name } pageInfo { ...More_page } }
        effectiveAccess { ...Paths_grant }
        ...Paths_member
      }
    }
  }
`);

/** A member: the groups, everything that they may do with the paths that grant it, and what would become of it if they left. */
export function Person({ account, id }: { account: string; id: string }) {
  const answer = useQuery(PersonQuery, { variables: { account, member: id } });
  const member = answer.data?.account?.member;
  const found = useEver(member != null);
  const name = [member?.user?.firstName, member?.user?.lastName].filter(Boolean).join(" ");
  return (
    <Screen title={name || (member?.email ?? "Person")}>
      <Answer of={answer}>
        {({ account: read }) =>
          read?.member === null && !answer.error ? (
            <p>There is no such member in this account (any more).</p>
          ) : (
            member && (
              <>
                <dl>
                  <dt>E-mail</dt>
                  <dd>{member.email === null ? <NotRead /> : <Text of={member.email} />}</dd>
                  <dt>Status</dt>
                  <dd>{member.status === null ? <NotRead /> : member.status.toLowerCase()}</dd>
                  <dt>Two-factor authentication</dt>
                  <dd>{onOrOff(member.user?.twoFactorAuthenticationEnabled)}</dd>
                </dl>
                <h2>Groups</h2>
                {member.userGroups === null && <NotRead />}
                {member.userGroups?.nodes.length === 0 && <p>In no group.</p>}
                <ul className="columns">
                  {member.userGroups?.nodes.map(
                    (group) =>
                      group && (
                        <li key={group.id}>
                          <a href={href(["accounts", account, "groups", group.cloudflareId])}>
                            <Text of={group.name ?? group.cloudflareId} />
                          </a>
                        </li>
                      ),
                  )}
                </ul>
                {member.userGroups?.nodes.includes(null) && <p>Not all groups could be read.</p>}
                {hasMore(member.userGroups?.pageInfo) && <p>There are more groups.</p>}
                <h2>Effective access</h2>
                {member.effectiveAccess === null ? (
                  <NotRead />
                ) : (
                  <AccessView
                    name={`access-${id}`}
                    paths={member.effectiveAccess.flatMap((grant) =>
                      pathsOfGrant(account, personStep(account, member), grant),
                    )}
                  />
                )}
              </>
            )
          )
        }
      </Answer>
      {found && <Offboarding account={account} member={id} />}
    </Screen>
  );
}

function onOrOff(enabled: boolean | null | undefined): string {
  if (enabled == null) return "not known";
  return enabled ? "on" : "off";
}
