/** Rows up to which insertion beats the engine's sort, which makes several arrays whatever the size. */
const FEW = 32;

/**
 * The rows in the order of a key. Cloudflare's order of policies, groups and roles means nothing and changes from read to
 * read; whoever compares two answers needs one that does not.
 */
export function inOrder<T>(rows: readonly T[], key: (row: T) => string): T[] {
  const sorted = rows.slice();
  if (rows.length > FEW) {
    const keys = new Map(rows.map((row) => [row, key(row)]));
    return sorted.sort((a, b) => compare(keys.get(a) as string, keys.get(b) as string));
  }
  for (let i = 1; i < sorted.length; i++) {
    const row = sorted[i] as T;
    const here = key(row);
    let to = i;
    for (; to > 0 && key(sorted[to - 1] as T) > here; to--) sorted[to] = sorted[to - 1] as T;
    sorted[to] = row;
  }
  return sorted;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
