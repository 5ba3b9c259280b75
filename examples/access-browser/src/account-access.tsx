import { useQuery } from "@apollo/client/react";
import { graphql } from "./__generated__";
import { AccessView } from "./access-view";
import { hasMore, More, readMore } from "./more";
import { groupStep, pathsOfPolicies, personStep } from "./paths";
import { Answer, NotRead, Screen } from "./screen";

const AccessQuery = graphql(`
  query AccountAccess($account: String!, $first: Int, $after: String) {
    account(id: $account) {
      id
      userGroups(first: $first, after: $after) {
        totalCount
        nodes {
          id
          name
          ...Paths_group
          policies { id ...Paths_policy }
          members(first: 1000) { totalCount nodes { id ...Paths_member } pageInfo { ...More_page } }
        }
        pageInfo { ...More_page }
      }
    }
  }
`);

/** The picture of the whole account, by its groups. Costs a call for each of them. */
export function AccountAccess({ account }: { account: string }) {
  const answer = useQuery(AccessQuery, { variables: { account, first: 50 } });
  return (
    <Screen title="Access by groups">
      <Answer of={answer}>
        {({ account: found }) => {
          const groups = found?.userGroups;
          if (!groups) return <NotRead />;
          const unread = groups.nodes.filter(
            (group) => !group?.policies || group.members?.nodes.includes(null) !== false,
          );
          const cut = groups.nodes.filter((group) => hasMore(group?.members?.pageInfo));
          const paths = groups.nodes.flatMap((group) => {
            if (!group?.policies || !group.members) return [];
            const people = group.members.nodes.flatMap((member) => (member ? [personStep(account, member)] : []));
            return pathsOfPolicies(people, groupStep(account, group), group.policies);
          });
          return (
            <>
              <AccessView
                paths={paths}
                name="access"
                missing={[
                  hasMore(groups.pageInfo) && "there are more groups",
                  unread.length > 0 && `${counted(unread.length)} could not be read in full`,
                  cut.length > 0 && `only the first members of ${counted(cut.length)} are here`,
                ]}
              />
              <More
                of={groups.pageInfo}
                shown={groups.nodes.length}
                total={groups.totalCount}
                what={["group", "groups"]}
                onMore={(after) => readMore(answer, AccessQuery, after, ({ account: page }) => page?.userGroups)}
              />
            </>
          );
        }}
      </Answer>
    </Screen>
  );
}

function counted(groups: number): string {
  return `${groups} ${groups === 1 ? "group" : "groups"}`;
}
