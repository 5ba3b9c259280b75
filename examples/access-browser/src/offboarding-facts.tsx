import type { ReactNode } from "react";
import { type FragmentType, graphql, readFragment } from "./__generated__";
import { MemberLink } from "./member";
import { grantWords } from "./policy";
import { NotRead } from "./screen";
import { Text } from "./text";
import { NotLookedAt } from "./unread";

const FactsFragment = graphql(`
  fragment OffboardingFacts_preview on OffboardingPreview {
    userGroups { id name }
    rights {
      lastHolder
      grant { ...GrantWords_grant }
    }
    apiTokens { id name status lastUsedAt }
    ssoConnectors { id emailDomain enabled }
    remainingSuperAdministrators { id ...MemberLink_member }
    limitations { kind sentence documentationUrl }
    unread { ...Unread_thing }
  }
`);

/** What would become of somebody's access: what ends, what nobody else has, and what stays. */
export function OffboardingFacts({ of, account }: { of: FragmentType<typeof FactsFragment>; account: string }) {
  const { userGroups, rights, apiTokens, ssoConnectors, remainingSuperAdministrators, limitations, unread } =
    readFragment(FactsFragment, of);
  return (
    <>
      <Fact title="Groups that they leave" of={userGroups}>
        {({ id, name }) => <Text of={name ?? id} />}
      </Fact>
      <Fact title="Rights that end" of={rights}>
        {({ grant, lastHolder }) => (
          <>
            <Text of={grantWords(grant)} />
            {lastHolder && <strong> — nobody else has it</strong>}
            {lastHolder === null && " — whether somebody else has it is not known"}
          </>
        )}
      </Fact>
      <Fact title="API tokens that they made, and that go on working" of={apiTokens}>
        {({ name, status, lastUsedAt }) => (
          <>
            <Text of={name ?? "without a name"} /> {status?.toLowerCase()},{" "}
            {lastUsedAt ? `last used ${lastUsedAt}` : "never used"}
          </>
        )}
      </Fact>
      <Fact title="Super Administrators who are left" of={remainingSuperAdministrators}>
        {(member) => <MemberLink of={member} account={account} />}
      </Fact>
      <Fact title="Single sign-on of their domain" of={ssoConnectors}>
        {({ emailDomain, enabled }) => (
          <>
            <Text of={emailDomain ?? "a domain"} /> {enabledWords(enabled)}
          </>
        )}
      </Fact>
      <h3>What no preview can see</h3>
      <ul>
        {limitations.map(({ kind, sentence, documentationUrl }) => (
          <li key={kind}>
            {sentence}{" "}
            <a href={documentationUrl} rel="noreferrer">
              Documentation
            </a>
          </li>
        ))}
      </ul>
      <NotLookedAt unread={unread} />
    </>
  );
}

function enabledWords(enabled: boolean | null): string {
  if (enabled === null) return "may be mandatory: that could not be read";
  return enabled ? "is mandatory" : "is not enabled";
}

/** One list of the preview. A list that is null could not be read, which is not “none”. */
function Fact<Item>({
  title,
  of,
  children,
}: {
  title: string;
  of: readonly Item[] | null;
  children: (item: Item) => ReactNode;
}) {
  return (
    <>
      <h3>{title}</h3>
      {of === null && <NotRead />}
      {of?.length === 0 && <p>None.</p>}
      <ul>
        {of?.map((item, index) => (
          <li key={index}>{children(item)}</li>
        ))}
      </ul>
    </>
  );
}
