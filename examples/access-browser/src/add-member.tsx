import { useLazyQuery, useMutation } from "@apollo/client/react";
import { useState } from "react";
import { graphql } from "./__generated__";
import type { AccessChangeKind } from "./__generated__/graphql";
import { AccessView } from "./access-view";
import { MemberPicker, type Picked } from "./member-picker";
import { pathsOfGrant, personStep } from "./paths";
import { grantWords } from "./policy";
import { readAnew } from "./read-anew";
import { Answer, Failure } from "./screen";
import { Text } from "./text";
import { NotLookedAt, unreadSentence } from "./unread";

const PreviewQuery = graphql(`
  query PreviewAddition($account: ID!, $changes: [ChangeInput!]!) {
    previewChanges(accountId: $account, changes: $changes) {
      accessChanges { kind member { id ...Paths_member } grant { ...Paths_grant ...GrantWords_grant } }
      refusals { error { message } }
      warnings { code message }
      unread { ...Unread_thing }
    }
  }
`);

const AddMutation = graphql(`
  mutation AddMember($input: AddUserGroupMembersInput!) {
    addUserGroupMembers(input: $input) {
      __typename
      ... on AddUserGroupMembersPayload { userGroup { id } }
      ... on MutationError { message }
    }
  }
`);

const verbs: Record<AccessChangeKind, string> = { GAINED: "gains", LOST: "loses", MAYBE: "may gain or lose" };

/** Who gains what if somebody is added to a group, before they are. */
export function AddMember({ account, group }: { account: string; group: string }) {
  const [member, pick] = useState<Picked>();
  const [preview, answer] = useLazyQuery(PreviewQuery, { fetchPolicy: "no-cache" });
  const [add, added] = useMutation(AddMutation);
  const result = added.data?.addUserGroupMembers;
  const ask = (picked: Picked) => {
    pick(picked);
    added.reset();
    void preview({
      variables: { account, changes: [{ addUserGroupMembers: { userGroupId: group, memberIds: [picked.id] } }] },
    });
  };
  const run = async ({ id }: Picked) => {
    await add({ variables: { input: { accountId: account, userGroupId: group, memberIds: [id] } } });
    readAnew(added.client);
  };
  return (
    <section aria-labelledby="add">
      <h2 id="add">Who gains what if one is added</h2>
      {/* While somebody is being added nobody else can be chosen: the outcome would be told of them. */}
      <MemberPicker account={account} label="Person" disabled={added.loading} onPick={ask} />
      {member && answer.called && !result && (
        <Answer of={answer}>
          {({ previewChanges: changes }) =>
            changes && (
              <>
                {changes.accessChanges.length === 0 && (
                  <p>
                    <Text of={member.name} /> gains nothing.
                  </p>
                )}
                <ul>
                  {changes.accessChanges.map(({ kind, member: each, grant }) => (
                    <li key={`${each.id} ${grantWords(grant)}`}>
                      <Text of={personStep(account, each).name} /> {verbs[kind]} <Text of={grantWords(grant)} />
                    </li>
                  ))}
                </ul>
                {changes.accessChanges.length > 0 && (
                  <AccessView
                    name="preview"
                    missing={[unreadSentence(changes.unread)]}
                    paths={changes.accessChanges.flatMap(({ member: each, grant }) =>
                      pathsOfGrant(account, personStep(account, each), grant),
                    )}
                  />
                )}
                <ul>
                  {changes.refusals.map(({ error }) => (
                    <li key={error.message}>
                      It would be refused: <Text of={error.message} />
                    </li>
                  ))}
                  {changes.warnings.map(({ code, message }) => (
                    <li key={code}>
                      Warning: <Text of={message} />
                    </li>
                  ))}
                </ul>
                <NotLookedAt unread={changes.unread} />
                <button
                  type="button"
                  disabled={added.loading || changes.refusals.length > 0}
                  onClick={() => void run(member)}
                >
                  Add <Text of={member.name} /> to the group
                </button>
              </>
            )
          }
        </Answer>
      )}
      {added.error && <Failure error={added.error} />}
      <p role="status">
        {result?.__typename === "AddUserGroupMembersPayload" && member && (
          <>
            <Text of={member.name} /> is in the group.
          </>
        )}
        {result && "message" in result && <Text of={result.message} />}
      </p>
    </section>
  );
}
