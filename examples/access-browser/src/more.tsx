import { type FragmentType, graphql, readFragment } from "./__generated__";

/** Select it in every list: the cache needs its cursors to put pages together. */
const PageFragment = graphql(`
  fragment More_page on PageInfo { hasNextPage hasPreviousPage startCursor endCursor shifted }
`);

/** Whether more of a list follows than is shown. */
export function hasMore(of: FragmentType<typeof PageFragment> | null | undefined): boolean {
  return readFragment(PageFragment, of)?.hasNextPage === true;
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
  /** Reads the page after a cursor. */
  onMore: (after: string) => Promise<unknown>;
}) {
  const page = readFragment(PageFragment, of);
  const after = page?.hasNextPage ? page.endCursor : null;
  const all = total ?? (after === null ? shown : null);
  return (
    <div className="tools">
      <span role="status">
        {all === shown ? shown : `${shown} of ${all ?? "more"}`} {all === 1 ? one : many}
      </span>
      {after != null && (
        <button type="button" onClick={() => void onMore(after)}>
          Show more {many}
        </button>
      )}
      {page?.shifted && <span>The list has changed while it was read: reload the page.</span>}
    </div>
  );
}
