/** Records up to which insertion beats the engine's sort, which makes several arrays for any size. */
const FEW = 32;

/**
 * The records in the order of a key, and those of an equal key in the order of their IDs. Cloudflare's order of policies,
 * groups, roles and attributes means nothing and changes from read to read; comparing two answers needs one that does not.
 */
export function inOrder<T>(records: readonly T[], key: (record: T) => string, id: (record: T) => string = none): T[] {
  const sorted = records.slice();
  if (records.length > FEW) {
    const keys = new Map(records.map((record) => [record, key(record)]));
    return sorted.sort((a, b) => compare(keys.get(a) as string, keys.get(b) as string) || compare(id(a), id(b)));
  }
  for (let i = 1; i < sorted.length; i++) {
    const record = sorted[i] as T;
    const here = key(record);
    let to = i;
    for (; to > 0; to--) {
      const before = sorted[to - 1] as T;
      const there = key(before);
      if (there < here || (there === here && id(before) <= id(record))) break;
      sorted[to] = before;
    }
    sorted[to] = record;
  }
  return sorted;
}

/** Characters of a text that decide its place: Cloudflare's names end at 120, and a hostile one may have millions. */
const MAX_COMPARED = 256;

/** How a list is described as sorted. */
export interface SortedBy<T> {
  /** The text to sort by, ignoring case. */
  text: (record: T) => string | null | undefined;
  direction: "asc" | "desc" | undefined;
}

/**
 * Index among the given records of each record of the sorted list: equal texts are ordered by ID. `undefined` where they are
 * sorted already, or cannot be, because one has no text.
 */
export function orderOf<T extends { id?: string | null | undefined }>(
  records: readonly T[],
  { text, direction }: SortedBy<T>,
): number[] | undefined {
  const sign = direction === "desc" ? -1 : 1;
  const texts: string[] = [];
  let sorted = true;
  for (const record of records) {
    const here = text(record)?.slice(0, MAX_COMPARED).toLowerCase();
    if (here == null) return undefined;
    const before = texts.at(-1);
    if (before !== undefined && sign * compare(before, here) > 0) sorted = false;
    texts.push(here);
  }
  if (sorted) return undefined;
  return Array.from(records.keys()).sort(
    (a, b) =>
      sign * compare(texts[a] as string, texts[b] as string) || compare(records[a]?.id ?? "", records[b]?.id ?? ""),
  );
}

const none = () => "";

/** Order of two texts by their code units. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
