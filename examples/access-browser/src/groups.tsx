import { useQuery } from "@apollo/client/react";
import { graphql } from "./generated";
import { Paging, usePage } from "./paging";
import { PolicyWords } from "./policy";
import { href, useRoute } from "./route";
import { Answer, NotRead, Screen } from "./screen";
import { SearchBox } from "./search-box";
import { Text } from "./text";

const GroupsQuery = graphql(`
  query Groups($account: String!, $search: String, $first: Int, $last: Int, $after: String, $before: String) {
    account(id: $account) {
      id
      userGroups(search: $search, first: $first, last: $last, after: $after, before: $before) {
        totalCount
        nodes { id cloudflareId name policies { id ...PolicyWords_policy } }
        pageInfo { ...Paging_page }
      }
    }
  }
`);

/** User groups of an account, with their policies in words. Who is in them costs a call for each, so it is told on their own screens. */
export function Groups({ account }: { account: string }) {
  const { search } = useRoute().query;
  const page = usePage(10);
  const answer = useQuery(GroupsQuery, { variables: { account, ...(search && { search }), ...page } });
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
                  {groups.nodes.map(
                    (group) =>
                      group && (
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
                      ),
                  )}
                </ul>
                <Paging of={groups.pageInfo} total={groups.totalCount} what={["group", "groups"]} />
              </>
            )
          );
        }}
      </Answer>
    </Screen>
  );
}
