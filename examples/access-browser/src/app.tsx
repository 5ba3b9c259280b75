import { useQuery } from "@apollo/client/react";
import { graphql } from "./__generated__";
import { AccountAccess } from "./account-access";
import { Accounts } from "./accounts";
import { client } from "./client";
import { CostBar } from "./cost-bar";
import { credential, setCredential } from "./credential";
import { Group } from "./group";
import { Groups } from "./groups";
import { People } from "./people";
import { Person } from "./person";
import { href, useRoute } from "./route";
import { Screen } from "./screen";
import { SignOn } from "./sign-on";
import { Text } from "./text";
import { WhoCan } from "./who-can";

/** The page: where the reader is, the screen that the address names, and what it cost. */
export function App() {
  const { path } = useRoute();
  const [first, account, section] = path;
  const inAccount = first === "accounts" && account !== undefined;
  return (
    <>
      <header>
        <button type="button" className="skip" onClick={() => document.getElementById("content")?.focus()}>
          Skip to content
        </button>
        <nav aria-label="Sections">
          <a href={href([])} className="home" aria-current={path.length === 0 ? "page" : undefined}>
            Accounts
          </a>
          {inAccount && (
            <>
              <AccountName account={account} />
              {Object.entries(sections).map(([name, title]) => (
                <a
                  key={name}
                  href={href(["accounts", account, name])}
                  aria-current={section === name ? (path.length === 3 ? "page" : "true") : undefined}
                >
                  {title}
                </a>
              ))}
            </>
          )}
        </nav>
        <Credential />
      </header>
      <main id="content" tabIndex={-1}>
        {screenOf(path)}
      </main>
      <CostBar />
    </>
  );
}

const sections = {
  groups: "Groups",
  people: "People",
  "who-can": "Who can",
  access: "Access",
  "sign-on": "Single sign-on",
};

function screenOf([first, account, section, id]: readonly string[]) {
  if (first === undefined) return <Accounts />;
  if (first === "accounts" && account !== undefined) {
    if (section === "groups" && id !== undefined) return <Group key={id} account={account} id={id} />;
    if (section === "people" && id !== undefined) return <Person key={id} account={account} id={id} />;
    if (section === "groups") return <Groups account={account} />;
    if (section === "people") return <People account={account} />;
    if (section === "who-can") return <WhoCan account={account} />;
    if (section === "access") return <AccountAccess account={account} />;
    if (section === "sign-on") return <SignOn account={account} />;
  }
  return (
    <Screen title="Nothing here">
      <p>
        This address names no screen. <a href={href([])}>Accounts</a>
      </p>
    </Screen>
  );
}

const AccountNameQuery = graphql(`
  query AccountName($account: String!) { account(id: $account) { id name } }
`);

/** Read once: the cache has it for every other screen. */
function AccountName({ account }: { account: string }) {
  const name = useQuery(AccountNameQuery, { variables: { account } }).data?.account?.name;
  return <span className="account">{name ? <Text of={name} /> : account}</span>;
}

/** Where the reader says who they are. */
function Credential() {
  return (
    <details className="credential">
      <summary>Credential</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setCredential(String(new FormData(event.currentTarget).get("credential") ?? ""));
          void client.resetStore();
        }}
      >
        <label>
          API token or JWT, kept until this tab is closed
          <input name="credential" type="password" autoComplete="off" defaultValue={credential()} />
        </label>
        <button type="submit">Use it</button>
      </form>
    </details>
  );
}
