import { useQuery } from "@apollo/client/react";
import { graphql } from "./__generated__";
import { AccessView } from "./access-view";
import { AddMember } from "./add-member";
import { MemberLink } from "./member";
import { hasMore, More, readMore } from "./more";
import { groupStep, pathsOfPolicies, personStep } from "./paths";
import { PolicyWords } from "./policy";
import { useEver } from "./read-anew";
import { Answer, NotRead, Screen } from "./screen";

const GroupQuery = graphql(`
  query Group($account: String!, $group: String!, $first: Int, $after: String) {
    account(id: $account) {
      id
      userGroup(id: $group) {
        id
        name
        ...Paths_group
        policies { id ...PolicyWords_policy ...Paths_policy }
        members(first: $first, after: $after) {
          totalCount
          nodes { id ...MemberLink_member ...Paths_member }
          pageInfo { ...More_page }
        }
      }
    }
  }
`);

/** A user group: its policies in words, who is in it, and what somebody would gain in it. */
export function Group({ account, id }: { account: string; id: string }) {
  const answer = useQuery(GroupQuery, { variables: { account, group: id, first: 20 } });
  const group = answer.data?.account?.userGroup;
  const found = useEver(group != null);
  return (
    <Screen title={group?.name ?? "Group"}>
      <Answer of={answer}>
        {({ account: read }) =>
          read?.userGroup === null && !answer.error ? (
            <p>There is no such group in this account.</p>
          ) : (
            group && (
              <>
                <h2>Policies</h2>
                {group.policies === null && <NotRead />}
                {group.policies?.length === 0 && <p>None: its members gain nothing by it.</p>}
                <ul>
                  {group.policies?.map((policy) => (
                    <li key={policy.id}>
                      <PolicyWords of={policy} />
                    </li>
                  ))}
                </ul>
                <h2>Members</h2>
                {group.members === null && <NotRead />}
                {group.members?.nodes.length === 0 && <p>Nobody.</p>}
                <ul className="columns">
                  {group.members?.nodes.map((member, index) =>
                    member ? (
                      <li key={member.id}>
                        <MemberLink of={member} account={account} />
                      </li>
                    ) : (
                      <li key={index}>
                        <NotRead />
                      </li>
                    ),
                  )}
                </ul>
                {group.members && (
                  <More
                    of={group.members.pageInfo}
                    shown={group.members.nodes.length}
                    total={group.members.totalCount}
                    what={["member", "members"]}
                    onMore={(after) =>
                      readMore(answer, GroupQuery, after, ({ account: page }) => page?.userGroup?.members)
                    }
                  />
                )}
                {group.policies && group.members && (
                  <>
                    <h2>Access</h2>
                    <AccessView
                      name={`group-${id}`}
                      missing={[
                        hasMore(group.members.pageInfo) && "there are more members",
                        group.members.nodes.includes(null) && "not all members could be read",
                      ]}
                      paths={pathsOfPolicies(
                        group.members.nodes.flatMap((member) => (member ? [personStep(account, member)] : [])),
                        groupStep(account, group),
                        group.policies,
                      )}
                    />
                  </>
                )}
              </>
            )
          )
        }
      </Answer>
      {found && <AddMember account={account} group={id} />}
    </Screen>
  );
}
