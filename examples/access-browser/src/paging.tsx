import { type FragmentType, graphql, readFragment } from "./generated";
import { href, useRoute } from "./route";

const PageFragment = graphql(`
  fragment Paging_page on PageInfo { hasNextPage hasPreviousPage startCursor endCursor shifted }
`);

/** Variables of a page that the address names. */
export interface PageVariables {
  first?: number;
  last?: number;
  after?: string;
  before?: string;
}

/** The page of a list that the address names, with that many items. */
export function usePage(size: number): PageVariables {
  const { after, before } = useRoute().query;
  if (before) return { last: size, before };
  return { first: size, ...(after && { after }) };
}

/** Ways to the pages before and after, which the address names: they can be sent to somebody, and the browser's “back” works. */
export function Paging({
  of,
  total,
  what,
}: {
  of: FragmentType<typeof PageFragment> | null | undefined;
  total: number | null | undefined;
  /** One of the list, and several. */
  what: [string, string];
}) {
  const { path, query } = useRoute();
  const page = readFragment(PageFragment, of);
  const to = (cursor: { after?: string; before?: string }) =>
    href(path, { ...query, after: undefined, before: undefined, ...cursor });
  return (
    <nav aria-label={`Pages of ${what[1]}`} className="paging">
      <span>{total == null ? "" : `${total} ${what[total === 1 ? 0 : 1]}`}</span>
      {page?.hasPreviousPage && page.startCursor && <a href={to({ before: page.startCursor })}>Previous page</a>}
      {page?.hasNextPage && page.endCursor && <a href={to({ after: page.endCursor })}>Next page</a>}
      {page?.shifted && <span>The list has changed while it was read: start again from its first page.</span>}
    </nav>
  );
}
