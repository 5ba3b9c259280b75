import type { ApolloClient, OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useState } from "react";
import { type FragmentType, graphql, readFragment } from "./__generated__";
import { Failure } from "./screen";

/** Select it in every list: the cache needs its cursors to put pages together. */
const PageFragment = graphql(`
  fragment More_page on PageInfo { hasNextPage hasPreviousPage startCursor endCursor shifted }
`);

/** Whether more of a list follows than is shown. */
export function hasMore(of: FragmentType<typeof PageFragment> | null | undefined): boolean {
  return readFragment(PageFragment, of)?.hasNextPage === true;
}

/**
 * Reads the page after a cursor into the cache, which adds it to those before it, and gives what failed. What could be read of the page
 * is kept. Without its list nothing is: a null above the list would take the pages before with it.
 */
export async function readMore<Data, Variables extends OperationVariables>(
  { client, variables }: { client: ApolloClient; variables: Variables },
  query: TypedDocumentNode<Data, Variables>,
  after: string,
  listOf: (data: Data) => unknown,
): Promise<Error | undefined> {
  const page = { query, variables: { ...variables, after } };
  const { data, error } = await client.query({ ...page, fetchPolicy: "no-cache" });
  if (data && listOf(data)) client.writeQuery({ ...page, data });
  return error;
}

/** How much of a list is shown, and the way to more of it. The package's cache options add a page to those before it. */
export function More({
  of,
  shown,
  total,
  what: [one, many],
  onMore,
}: {
  of: FragmentType<typeof PageFragment> | null | undefined;
  shown: number;
  total: number | null | undefined;
  /** One of the list, and several. */
  what: [string, string];
  /** Reads the page after a cursor, and gives what failed. */
  onMore: (after: string) => Promise<Error | undefined>;
}) {
  const [reading, setReading] = useState(false);
  const [failed, setFailed] = useState<{ after: string; error: Error }>();
  const read = async (from: string) => {
    if (reading) return;
    setReading(true);
    const error = await onMore(from).catch((thrown: Error) => thrown);
    setFailed(error && { after: from, error });
    setReading(false);
  };
  const page = readFragment(PageFragment, of);
  const after = page?.hasNextPage ? page.endCursor : null;
  const all = total ?? (after === null ? shown : null);
  return (
    <>
      <div className="tools" aria-busy={reading}>
        <span role="status">
          {all === shown ? shown : `${shown} of ${all ?? "more"}`} {all === 1 ? one : many}
          {reading && ". Reading …"}
        </span>
        {failed && failed.after !== after && (
          <button type="button" onClick={() => void read(failed.after)}>
            Read the last of them again
          </button>
        )}
        {after != null && (
          <button type="button" onClick={() => void read(after)}>
            Show more {many}
          </button>
        )}
        {page?.shifted && <span>The list has changed while it was read: reload the page.</span>}
      </div>
      {failed && <Failure error={failed.error} />}
    </>
  );
}
