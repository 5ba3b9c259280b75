import { useQuery } from "@apollo/client/react";
import { graphql } from "./__generated__";
import { More, readMore } from "./more";
import { PolicyWords } from "./policy";
import { href, useRoute } from "./route";
import { Answer, NotRead, Screen } from "./screen";
import { SearchBox } from "./search-box";
import { Text } from "./text";

const GroupsQuery = graphql(`
  query Groups($account: String!, $search: String, $first: Int, $after: String) {
    account(id: $account) {
      id
      userGroups(search: $search, first: $first, after: $after) {
        totalCount
        nodes { id cloudflareId name policies { id ...PolicyWords_policy } }
        pageInfo { ...More_page }
      }
    }
  }
`);

/** User groups of an account, with their policies in words. Who is in them costs a call for each, so it is told on their own screens. */
export function Groups({ account }: { account: string }) {
  const { search } = useRoute().query;
  const answer = useQuery(GroupsQuery, { variables: { account, ...(search && { search }), first: 10 } });
  return (
    <Screen title="Groups">
      <SearchBox label="Name contains" />
      <Answer of={answer}>
        {({ account: found }) => {
          const groups = found?.userGroups;
          return (
            groups && (
              <>
                {groups.nodes.length === 0 && <p>No group{search && " has a name like this"}.</p>}
                <ul className="list">
                  {groups.nodes.map((group, index) =>
                    group ? (
                      <li key={group.id}>
                        <a href={href(["accounts", account, "groups", group.cloudflareId])}>
                          {group.name === null ? group.cloudflareId : <Text of={group.name} />}
                        </a>
                        {group.policies === null && <NotRead />}
                        {group.policies?.length === 0 && <p className="quiet">No policies.</p>}
                        {group.policies?.map((policy) => (
                          <p key={policy.id}>
                            <PolicyWords of={policy} />
                          </p>
                        ))}
                      </li>
                    ) : (
                      <li key={index}>
                        <NotRead />
                      </li>
                    ),
                  )}
                </ul>
                <More
                  key={search}
                  of={groups.pageInfo}
                  shown={groups.nodes.length}
                  total={groups.totalCount}
                  what={["group", "groups"]}
                  onMore={(after) => readMore(answer, GroupsQuery, after, ({ account: page }) => page?.userGroups)}
                />
              </>
            )
          );
        }}
      </Answer>
    </Screen>
  );
}
