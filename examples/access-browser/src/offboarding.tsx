import { useLazyQuery, useMutation } from "@apollo/client/react";
import { graphql } from "./__generated__";
import type { Confirmation } from "./__generated__/graphql";
import { OffboardingFacts } from "./offboarding-facts";
import { readAnew } from "./read-anew";
import { Answer, Failure } from "./screen";
import { Text } from "./text";

const PreviewQuery = graphql(`
  query OffboardingPreview($account: String!, $member: String!) {
    account(id: $account) {
      id
      member(id: $member) {
        id
        revision
        offboarding { ...OffboardingFacts_preview }
      }
    }
  }
`);

const OffboardMutation = graphql(`
  mutation Offboard($input: OffboardMemberInput!) {
    offboardMember(input: $input) {
      __typename
      ... on OffboardMemberPayload {
        complete
        offboardedMemberId
        steps { userGroup { id name } error { message } }
        warnings { code message }
      }
      ... on MutationError { message }
      ... on ConfirmationRequiredError { required }
    }
  }
`);

const meaning: Record<Confirmation, string> = {
  LAST_SUPER_ADMINISTRATOR: "Nobody would be left who certainly is a Super Administrator",
  OWN_MEMBERSHIP: "It is your own membership",
};

/** What becomes of a member's access if they leave, and the way to let them. Nothing is read before it is asked for. */
export function Offboarding({ account, member: id }: { account: string; member: string }) {
  const [preview, answer] = useLazyQuery(PreviewQuery, { fetchPolicy: "no-cache" });
  const [offboard, done] = useMutation(OffboardMutation);
  const member = answer.data?.account?.member;
  const result = done.data?.offboardMember;
  const run = async (confirm: Confirmation[]) => {
    const { data } = await offboard({
      variables: {
        input: {
          accountId: account,
          memberId: id,
          ...(member?.revision && { expectedRevision: member.revision }),
          ...(confirm.length > 0 && { confirm }),
        },
      },
    });
    // Before a confirmation nothing is sent.
    if (data?.offboardMember?.__typename !== "ConfirmationRequiredError") readAnew(done.client);
  };
  return (
    <section aria-labelledby="offboarding">
      <h2 id="offboarding">Off-boarding</h2>
      {!answer.called && (
        <button type="button" onClick={() => void preview({ variables: { account, member: id } })}>
          Show what it would do
        </button>
      )}
      {answer.called && !result && (
        <Answer of={answer}>
          {() =>
            member?.offboarding && (
              <>
                <OffboardingFacts of={member.offboarding} account={account} />
                <button type="button" className="danger" disabled={done.loading} onClick={() => void run([])}>
                  Remove from all groups and the account
                </button>
              </>
            )
          }
        </Answer>
      )}
      {done.error && <Failure error={done.error} />}
      <div role="status">
        {result?.__typename === "OffboardMemberPayload" && (
          <>
            <p>{result.complete ? "Done:" : "Not everything was done. Look again once the cause is gone."}</p>
            {result.warnings.map(({ code, message }) => (
              <p key={code}>
                Warning: <Text of={message} />
              </p>
            ))}
            <ul>
              {result.steps.map(({ userGroup, error }) => (
                <li key={userGroup?.id ?? "account"}>
                  {userGroup ? <Text of={userGroup.name ?? userGroup.id} /> : "The account"}:{" "}
                  <Text of={error?.message ?? "left"} />
                </li>
              ))}
            </ul>
          </>
        )}
        {result && result.__typename !== "OffboardMemberPayload" && "message" in result && (
          <p>
            <Text of={result.message} />
          </p>
        )}
      </div>
      {result && !(result.__typename === "OffboardMemberPayload" && result.complete) && (
        <button
          type="button"
          onClick={() => {
            done.reset();
            void preview({ variables: { account, member: id } });
          }}
        >
          Look again
        </button>
      )}
      {result?.__typename === "ConfirmationRequiredError" && (
        <button type="button" className="danger" onClick={() => void run([...result.required])}>
          {result.required.map((each) => meaning[each]).join(". ")}: do it nevertheless
        </button>
      )}
    </section>
  );
}
