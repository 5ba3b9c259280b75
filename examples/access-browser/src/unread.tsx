import { type FragmentType, graphql, readFragment } from "./__generated__";
import type { UnreadKind } from "./__generated__/graphql";
import { Text } from "./text";

const UnreadFragment = graphql(`
  fragment Unread_thing on Unread { kind what reason }
`);

const AssumptionFragment = graphql(`
  fragment Unread_assumption on Assumption { kind sentence documentationUrl }
`);

/** How many names a sentence has. */
const NAMED = 3;

/** What was not looked at, as a sentence for pictures and files; false where there is nothing. */
export function unreadSentence(unread: readonly FragmentType<typeof UnreadFragment>[]): string | false {
  if (unread.length === 0) return false;
  const names = unread.slice(0, NAMED).map((each) => {
    const { kind, what } = readFragment(UnreadFragment, each);
    return [kindWords(kind), what].filter(Boolean).join(" ");
  });
  const others = unread.length > NAMED ? ", …" : "";
  const things = unread.length === 1 ? "1 thing was" : `${unread.length} things were`;
  return `${things} not looked at (${names.join(", ")}${others})`;
}

function kindWords(kind: UnreadKind): string {
  return kind.toLowerCase().replaceAll("_", " ");
}

/** What an answer does not rest on, and what it assumes: without these it reads as more certain than it is. */
export function NotLookedAt({
  unread,
  assumptions = [],
}: {
  unread: readonly FragmentType<typeof UnreadFragment>[];
  assumptions?: readonly FragmentType<typeof AssumptionFragment>[];
}) {
  const things = unread.map((each) => readFragment(UnreadFragment, each));
  const assumed = assumptions.map((each) => readFragment(AssumptionFragment, each));
  return (
    <>
      <h3>What was not looked at</h3>
      {things.length === 0 && <p>Everything that the question needs was read.</p>}
      <ul>
        {things.map(({ kind, what, reason }) => (
          <li key={`${kind} ${what}`}>
            {kindWords(kind)}
            {what && (
              <>
                {" "}
                <Text of={what} />
              </>
            )}
            : <Text of={reason} />
          </li>
        ))}
      </ul>
      {assumed.length > 0 && (
        <>
          <h3>What is assumed</h3>
          <ul>
            {assumed.map(({ kind, sentence, documentationUrl }) => (
              <li key={kind}>
                {sentence}{" "}
                <a href={documentationUrl} rel="noreferrer">
                  Documentation
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
