import { useQuery } from "@apollo/client/react";
import { graphql } from "./generated";
import { Paging, usePage } from "./paging";
import { href } from "./route";
import { Answer, NotRead, Screen } from "./screen";
import { Text } from "./text";

const AccountsQuery = graphql(`
  query Accounts($first: Int, $last: Int, $after: String, $before: String) {
    accounts(first: $first, last: $last, after: $after, before: $before) {
      totalCount
      nodes { id cloudflareId name type }
      pageInfo { ...Paging_page }
    }
  }
`);

/** Accounts that the credential may see. */
export function Accounts() {
  const answer = useQuery(AccountsQuery, { variables: usePage(50) });
  return (
    <Screen title="Accounts">
      <Answer of={answer}>
        {({ accounts }) =>
          accounts && (
            <>
              <ul className="cards">
                {accounts.nodes.map(
                  (account) =>
                    account && (
                      <li key={account.id}>
                        <a href={href(["accounts", account.cloudflareId, "groups"])}>
                          {account.name === null ? <NotRead /> : <Text of={account.name} />}
                        </a>
                        <span className="quiet">{account.type?.toLowerCase()}</span>
                        <code>{account.cloudflareId}</code>
                      </li>
                    ),
                )}
              </ul>
              <Paging of={accounts.pageInfo} total={accounts.totalCount} what={["account", "accounts"]} />
            </>
          )
        }
      </Answer>
    </Screen>
  );
}
