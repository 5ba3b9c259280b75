import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { graphql } from "./__generated__";
import type { PermissionInput, ResourceInput } from "./__generated__/graphql";
import { AccessView } from "./access-view";
import { AddressInput } from "./address-input";
import { MemberLink } from "./member";
import { MemberPicker, type Picked } from "./member-picker";
import { hasMore, More, readMore } from "./more";
import { pathsOfGrant, personStep } from "./paths";
import { permissionOf, resourceOf, wholeAccount } from "./question";
import { go, useRoute } from "./route";
import { Answer, NotRead, Screen } from "./screen";
import { Text } from "./text";
import { NotLookedAt, unreadSentence } from "./unread";
import { verdicts, WhyNot } from "./why-not";

const CatalogueQuery = graphql(`
  query Catalogue($account: String!) {
    account(id: $account) {
      id
      permissionGroups(first: 1000) { nodes { id cloudflareId name label } pageInfo { ...More_page } }
      resourceGroups(first: 1000) {
        nodes { id scopes { objects { key zone { id name } } } }
        pageInfo { ...More_page }
      }
    }
  }
`);

/** Who can do what, and where: two boxes, whose lists are what the account has. */
export function WhoCan({ account }: { account: string }) {
  const { path, query } = useRoute();
  const answer = useQuery(CatalogueQuery, { variables: { account } });
  const found = answer.data?.account;
  const permissions = found?.permissionGroups?.nodes.flatMap((each) => each ?? []) ?? [];
  const zones = new Set(
    found?.resourceGroups?.nodes
      .flatMap((group) => group?.scopes ?? [])
      .flatMap(({ objects }) => objects.flatMap(({ zone }) => zone?.name ?? [])),
  );
  return (
    <Screen title="Who can">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget);
          const [what, where] = ["what", "where"].map((name) => String(given.get(name) ?? "").trim());
          go(path, { what, where });
        }}
      >
        <AddressInput
          label="What"
          name="what"
          list="permissions"
          required
          value={query.what ?? ""}
          placeholder="dns_admin"
        />
        <AddressInput label="Where" name="where" list="zones" required value={query.where ?? wholeAccount} />
        <button type="submit">Who can?</button>
        <datalist id="permissions">
          {permissions.map(({ id, label, name, cloudflareId }) => (
            <option key={id} value={label ?? cloudflareId}>
              {name}
            </option>
          ))}
        </datalist>
        <datalist id="zones">
          {[wholeAccount, ...zones].map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </form>
      <Answer of={answer}>
        {() =>
          query.what && (
            <Grantees
              account={account}
              permission={permissionOf(query.what, permissions)}
              on={resourceOf(query.where ?? "")}
            />
          )
        }
      </Answer>
    </Screen>
  );
}

const WhoCanQuery = graphql(`
  query WhoCan(
    $account: String!
    $permission: PermissionInput!
    $on: ResourceInput!
    $first: Int
    $after: String
  ) {
    account(id: $account) {
      id
      whoCan(permission: $permission, on: $on, first: $first, after: $after) {
        totalCount
        edges {
          verdict
          node { id ...MemberLink_member ...Paths_member }
          grants { ...Paths_grant }
        }
        pageInfo { ...More_page }
        apiTokens { verdict apiToken { id name creatorEmail lastUsedAt } }
        unread { ...Unread_thing }
        assumptions { ...Unread_assumption }
      }
    }
  }
`);

interface Question {
  account: string;
  permission: PermissionInput;
  on: ResourceInput;
}

/** Everybody whom the question concerns, by every path, and what the answer does not rest on. */
function Grantees({ account, permission, on }: Question) {
  const answer = useQuery(WhoCanQuery, { variables: { account, permission, on, first: 50 } });
  const [asked, ask] = useState<Picked>();
  return (
    <Answer of={answer}>
      {({ account: found }) => {
        const who = found?.whoCan;
        if (!who) return null;
        return (
          <>
            <h2>People</h2>
            {who.edges.length === 0 && <p>Nobody of whom it is known.</p>}
            <ul className="columns">
              {who.edges.map(({ node, verdict }) => (
                <li key={node.id}>
                  <MemberLink of={node} account={account} /> <span className="quiet">{verdicts[verdict]}</span>
                </li>
              ))}
            </ul>
            <More
              key={JSON.stringify([permission, on])}
              of={who.pageInfo}
              shown={who.edges.length}
              total={who.totalCount}
              what={["person", "people"]}
              onMore={(after) => readMore(answer, WhoCanQuery, after, ({ account: page }) => page?.whoCan)}
            />
            <h2>Every path</h2>
            <AccessView
              name="who-can"
              missing={[hasMore(who.pageInfo) && "there are more people", unreadSentence(who.unread)]}
              paths={who.edges.flatMap(({ node, grants }) =>
                grants.flatMap((grant) => pathsOfGrant(account, personStep(account, node), grant)),
              )}
            />
            <h2>API tokens of the account</h2>
            {who.apiTokens === null && <NotRead />}
            {who.apiTokens?.length === 0 && <p>None.</p>}
            <ul>
              {who.apiTokens?.map(({ apiToken, verdict }) => (
                <li key={apiToken.id}>
                  <Text of={apiToken.name ?? "without a name"} /> <span className="quiet">{verdicts[verdict]}</span>
                  {apiToken.creatorEmail && (
                    <>
                      , made by <Text of={apiToken.creatorEmail} />
                    </>
                  )}
                </li>
              ))}
            </ul>
            <NotLookedAt unread={who.unread} assumptions={who.assumptions} />
            <h2>Why not somebody else?</h2>
            <MemberPicker account={account} label="Person" onPick={ask} />
            {asked && <WhyNot key={asked.id} account={account} member={asked} permission={permission} on={on} />}
          </>
        );
      }}
    </Answer>
  );
}
