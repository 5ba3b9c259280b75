/**
 * Rows in the order of a key, which is made once for each of them. Cloudflare's order of policies, groups and roles
 * means nothing and changes from read to read; whoever compares two answers needs one that does not.
 */
export function inOrder<T>(rows: readonly T[], key: (row: T) => string): readonly T[] {
  if (rows.length < 2) return rows;
  const keyed = rows.map((row) => ({ row, key: key(row) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ row }) => row);
}
