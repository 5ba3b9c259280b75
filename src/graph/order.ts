/**
 * Rows in the order of a key. Cloudflare's order of policies, groups and roles means nothing and changes from read to
 * read; whoever compares two answers needs one that does not. Mostly rows come in order already: then nothing is made.
 */
export function inOrder<T>(rows: readonly T[], key: (row: T) => string): readonly T[] {
  if (rows.length < 2) return rows;
  let before = "";
  for (const row of rows) {
    const here = key(row);
    if (here < before) return sorted(rows, key);
    before = here;
  }
  return rows;
}

function sorted<T>(rows: readonly T[], key: (row: T) => string): T[] {
  const keyed = rows.map((row) => ({ row, key: key(row) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ row }) => row);
}
