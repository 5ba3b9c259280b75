import { useQuery } from "@apollo/client/react";
import { graphql } from "./__generated__";
import { MemberLink } from "./member";
import { More, readMore } from "./more";
import { useRoute } from "./route";
import { Answer, NotRead, Screen } from "./screen";
import { SearchBox } from "./search-box";
import { Text } from "./text";

const PeopleQuery = graphql(`
  query People($account: String!, $search: String, $first: Int, $after: String) {
    account(id: $account) {
      id
      members(search: $search, first: $first, after: $after) {
        totalCount
        nodes { id user { firstName lastName } ...MemberLink_member }
        pageInfo { ...More_page }
      }
    }
  }
`);

/** Members of an account. */
export function People({ account }: { account: string }) {
  const { search } = useRoute().query;
  const answer = useQuery(PeopleQuery, { variables: { account, ...(search && { search }), first: 20 } });
  return (
    <Screen title="People">
      <SearchBox label="Name or e-mail address contains" />
      <Answer of={answer}>
        {({ account: found }) => {
          const members = found?.members;
          return (
            members && (
              <>
                {members.nodes.length === 0 && <p>Nobody{search && " is called like this"}.</p>}
                <ul className="list">
                  {members.nodes.map((member, index) =>
                    member ? (
                      <li key={member.id}>
                        <MemberLink of={member} account={account} />{" "}
                        <Text of={[member.user?.firstName, member.user?.lastName].filter(Boolean).join(" ")} />
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
                  of={members.pageInfo}
                  shown={members.nodes.length}
                  total={members.totalCount}
                  what={["person", "people"]}
                  onMore={(after) => readMore(answer, PeopleQuery, after, ({ account: page }) => page?.members)}
                />
              </>
            )
          );
        }}
      </Answer>
    </Screen>
  );
}
