/**
 * Rows in the order of a key. Cloudflare's order of policies, groups and roles means nothing and changes from read to
 * read; whoever compares two answers needs one that does not. Rows that are in order already are not sorted again:
 * sorting makes several arrays, and a page of groups has hundreds of such lists.
 */
export function inOrder<T>(rows: readonly T[], key: (row: T) => string): readonly T[] {
  if (rows.length < 2) return rows;
  const keys = rows.map(key);
  if (keys.every((here, i) => i === 0 || (keys[i - 1] as string) <= here)) return rows;
  return rows
    .map((row, i) => ({ row, key: keys[i] as string }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}
