import { type FragmentType, graphql, readFragment } from "./__generated__";
import { href } from "./route";
import { Text } from "./text";

const MemberFragment = graphql(`
  fragment MemberLink_member on Member { id cloudflareId email status }
`);

/** A member by the e-mail address, which leads to the person's screen. Costs no call in any list. */
export function MemberLink({ of, account }: { of: FragmentType<typeof MemberFragment>; account: string }) {
  const { cloudflareId, email, status } = readFragment(MemberFragment, of);
  return (
    <>
      <a href={href(["accounts", account, "people", cloudflareId])}>
        <Text of={email ?? cloudflareId} />
      </a>
      {status === "PENDING" && <span className="quiet"> invited, not a member yet</span>}
    </>
  );
}
