import { useLazyQuery } from "@apollo/client/react";
import { type FragmentType, graphql, readFragment } from "./__generated__";
import { Answer } from "./screen";
import { Text } from "./text";

const PickQuery = graphql(`
  query FindMembers($account: String!, $search: String!) {
    account(id: $account) {
      id
      members(search: $search, first: 10) { totalCount nodes { id ...MemberPicker_member } pageInfo { ...More_page } }
    }
  }
`);

const MemberFragment = graphql(`
  fragment MemberPicker_member on Member { id cloudflareId email }
`);

/** A member whom the reader has chosen. */
export interface Picked {
  id: string;
  cloudflareId: string;
  name: string;
}

/** Finds a member by a part of the name or the e-mail address, and hands over the one that is chosen. */
export function MemberPicker({
  account,
  label,
  disabled = false,
  onPick,
}: {
  account: string;
  label: string;
  /** Whether nobody can be chosen at the moment. */
  disabled?: boolean;
  onPick: (member: Picked) => void;
}) {
  const [search, answer] = useLazyQuery(PickQuery);
  const pick = (of: FragmentType<typeof MemberFragment>) => {
    const { id, cloudflareId, email } = readFragment(MemberFragment, of);
    return { id, cloudflareId, name: email ?? cloudflareId };
  };
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const text = String(new FormData(event.currentTarget).get("person") ?? "").trim();
          if (text) void search({ variables: { account, search: text } });
        }}
      >
        <label>
          {label} <input name="person" type="search" required />
        </label>
        <button type="submit">Find</button>
      </form>
      {answer.called && (
        <Answer of={answer}>
          {({ account: found }) => {
            const members = found?.members;
            if (!members) return null;
            return (
              <>
                <ul className="tools plain">
                  {members.nodes.map((member) => {
                    if (!member) return null;
                    const picked = pick(member);
                    return (
                      <li key={picked.id}>
                        <button type="button" disabled={disabled} onClick={() => onPick(picked)}>
                          <Text of={picked.name} />
                        </button>
                      </li>
                    );
                  })}
                </ul>
                <p>
                  {members.totalCount ?? "Some"} found{(members.totalCount ?? 0) > 10 && ", the first ten shown"}.
                </p>
              </>
            );
          }}
        </Answer>
      )}
    </>
  );
}
