import { useQuery } from "@apollo/client/react";
import { graphql } from "./__generated__";
import { More, readMore } from "./more";
import { href } from "./route";
import { Answer, NotRead, Screen } from "./screen";
import { Text } from "./text";

const AccountsQuery = graphql(`
  query Accounts($first: Int, $after: String) {
    accounts(first: $first, after: $after) {
      totalCount
      nodes { id cloudflareId name type }
      pageInfo { ...More_page }
    }
  }
`);

/** Accounts that the credential may see. */
export function Accounts() {
  const answer = useQuery(AccountsQuery, { variables: { first: 50 } });
  return (
    <Screen title="Accounts">
      <Answer of={answer}>
        {({ accounts }) =>
          accounts && (
            <>
              <ul className="cards">
                {accounts.nodes.map((account, index) =>
                  account ? (
                    <li key={account.id}>
                      <a href={href(["accounts", account.cloudflareId, "groups"])}>
                        {account.name === null ? <NotRead /> : <Text of={account.name} />}
                      </a>
                      <span className="quiet">{account.type?.toLowerCase()}</span>
                      <code>{account.cloudflareId}</code>
                    </li>
                  ) : (
                    <li key={index}>
                      <NotRead />
                    </li>
                  ),
                )}
              </ul>
              <More
                of={accounts.pageInfo}
                shown={accounts.nodes.length}
                total={accounts.totalCount}
                what={["account", "accounts"]}
                onMore={(after) => readMore(answer, AccountsQuery, after, ({ accounts: page }) => page)}
              />
            </>
          )
        }
      </Answer>
    </Screen>
  );
}
