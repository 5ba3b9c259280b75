import type { ApiRecord } from "./page.ts";
import { type Window, windowOf } from "./window.ts";

/** A record that a cursor stands for, as it was when the cursor was given. */
export interface Anchor {
  position: number;
  /** Its ID; `null` where it has none that a cursor can hold. */
  id: string | null;
  /** The upstream's count at that time. */
  count: number | null;
}

/** The `first` or the `last` records of a list, between two of its records. */
export interface Range {
  after?: Anchor | undefined;
  before?: Anchor | undefined;
  first?: number | undefined;
  last?: number | undefined;
}

/** A list of which parts are read. */
export interface Source<R> {
  /** The records `[offset, offset + limit)`. */
  window(offset: number, limit: number): Promise<Window<R>>;
  /** Records read so far, in the order of arrival. */
  readonly spans: readonly { start: number; records: R[] }[];
  /** Length of the whole list, and what the upstream counts, as far as they are known. */
  readonly total: number | null;
  readonly count: number | null;
  /** Records of the largest page; 0 where everything is at hand. */
  readonly largest: number;
  /** Shows as many as one page can of the records `[from, to)`, those at one end first. */
  reach(from: number, to: number, nearest: "start" | "end"): Promise<void>;
}

/** The records that stand between two positions, exclusive, cut to the first or the last. The end may be unknown. */
export function cut(after: number, before: number, { first, last }: Range): { start: number; end: number } {
  const start = after + 1;
  if (last === undefined) return { start, end: Math.max(start, Math.min(before, start + (first ?? 0))) };
  return { start: Math.max(start, before - last), end: Math.max(start, before) };
}

/**
 * A range of a list. A cursor holds a position, and records that were added or deleted since move all those behind them. So
 * the cursor's record is looked for: in what is read anyway, and with one call more where another record stands in its place or
 * the upstream counts other than it did. From where it is now the range goes on. Where it is not found, the records are told as
 * shifted; so they are not where as many records were added as deleted, and no record beside the range was read.
 */
export async function readRange<R extends ApiRecord>(list: Source<R>, range: Range): Promise<Window<R>> {
  const { after, before, last } = range;
  const reader = new RangeReader(list);
  let end = before?.position;
  if (end === undefined && last !== undefined) {
    end = (await list.window(0, last || 1)).total ?? (await list.window(0, Number.POSITIVE_INFINITY)).records.length;
  }
  const at = { after: after?.position ?? -1, before: end ?? Number.POSITIVE_INFINITY };
  const planned = cut(at.after, at.before, range);
  const window = await list.window(planned.start, planned.end - planned.start);
  if (planned.end === planned.start || (!after && !before)) return window;

  const anchors = { after, before };
  for (const side of ["after", "before"] as const) {
    const anchor = anchors[side];
    if (anchor) at[side] = await reader.find(anchor, planned, side);
  }
  const now = cut(at.after, at.before, range);
  if (now.start === planned.start && now.end === planned.end) return reader.watched(window);
  const shifted = window.shifted || reader.lost;
  const found = await reader.goOn(now, last === undefined ? "start" : "end");
  // If the record was not found, perhaps no page has shown the records from its possible position on.
  return { ...(reader.lost && found.records.length === 0 ? window : found), shifted };
}

/** A range of records that are all at hand. */
export function rangeOf<R extends ApiRecord>(records: R[], range: Range): Promise<Window<R>> {
  return readRange(
    {
      window: async (offset, limit) => windowOf(records, offset, limit),
      spans: [{ start: 0, records }],
      total: records.length,
      count: records.length,
      largest: 0,
      reach: async () => {},
    },
    range,
  );
}

/** Finds records in what was read of a list, and reads one page more of it at most. */
class RangeReader<R extends ApiRecord> {
  /** A cursor's record is not where it was, and was not found. */
  lost = false;
  readonly #list: Source<R>;
  /** Cursors whose records were taken to stand where they were, because nothing that was read shows that position. */
  readonly #assumed: Anchor[] = [];
  #spent = false;

  constructor(list: Source<R>) {
    this.#list = list;
  }

  /** Current position of a cursor's record. If it is not found, no record after it is skipped, provided records were only deleted. */
  async find({ position, id, count }: Anchor, { start }: { start: number }, side: keyof Range): Promise<number> {
    const list = this.#list;
    const seen = id === null ? undefined : this.#positionOf(id);
    const grown = count === null || list.count === null ? 0 : list.count - count;
    if (seen !== undefined) return seen;
    // A record without an ID cannot be told from another: only the count tells.
    if (grown === 0 && (id === null || !this.#shows(position))) {
      this.#assumed.push({ position, id, count });
      return position;
    }

    if (id !== null) await this.#look(start, grown > 0 || (grown === 0 && side === "before"));
    const found = id === null ? undefined : this.#positionOf(id);
    this.lost ||= found === undefined;
    return found ?? Math.max(side === "after" ? -1 : 0, position + Math.min(0, grown));
  }

  /** The range as planned. Whether a record follows is read later, and may show that a cursor's record was not where it was. */
  watched(window: Window<R>): Window<R> {
    const isShifted = () => window.shifted || this.lost || this.#assumed.some((anchor) => this.#contradicts(anchor));
    return {
      ...window,
      get shifted() {
        return isShifted();
      },
    };
  }

  /** The records from one end of `[start, end)` on, as far as they were read, or are on one page more. */
  async goOn(
    { start, end }: { start: number; end: number },
    nearest: "start" | "end",
  ): Promise<Omit<Window<R>, "shifted">> {
    const list = this.#list;
    const to = Math.max(start, Math.min(end, list.total ?? end));
    let records = this.#known(start, to, nearest);
    if (records.length < to - start) {
      if (nearest === "start") await this.#reach(start + records.length, to, nearest);
      else await this.#reach(start, to - records.length, nearest);
      records = this.#known(start, to, nearest);
    }
    const first = nearest === "start" ? start : to - records.length;
    const next = first + records.length;
    return {
      records,
      start: first,
      total: list.total,
      count: list.count,
      hasNext: async () => {
        if (this.#spanAt(next)) return true;
        return list.total === null ? (await list.window(next, 1)).records.length > 0 : next < list.total;
      },
    };
  }

  /** Reads the page before or behind what was read around a position. */
  async #look(position: number, forward: boolean): Promise<void> {
    const { largest, total } = this.#list;
    // A cursor may stand behind the end, as that of a new record does: then the end is looked at.
    const behind = total !== null && position > total;
    let [low, high] = behind ? [total, total] : [position, position];
    for (let span = this.#spanAt(low - 1); span; span = this.#spanAt(low - 1)) low = span.start;
    for (let span = this.#spanAt(high); span; span = this.#spanAt(high)) high = span.start + span.records.length;
    if (forward && !behind)
      await this.#reach(high, Math.min(high + largest, total ?? Number.POSITIVE_INFINITY), "start");
    else await this.#reach(Math.max(0, low - largest), low, "end");
  }

  async #reach(from: number, to: number, nearest: "start" | "end"): Promise<void> {
    if (this.#spent || to <= from || this.#list.largest === 0) return;
    this.#spent = true;
    // The requested page is there. A failure of the additional check must not fail it.
    await this.#list.reach(from, to, nearest).catch(() => {});
  }

  #spanAt(position: number): { start: number; records: R[] } | undefined {
    return this.#list.spans.findLast(({ start, records }) => position >= start && position < start + records.length);
  }

  #positionOf(id: string): number | undefined {
    for (const { start, records } of this.#list.spans.toReversed()) {
      const at = records.findIndex((record) => record.id === id);
      if (at >= 0) return start + at;
    }
    return undefined;
  }

  /** Whether it was read what stands at a position: a record, or nothing. */
  #shows(position: number): boolean {
    const { spans, total } = this.#list;
    if (this.#spanAt(position) || (total !== null && position >= total)) return true;
    // Behind the end there are empty pages, which do not tell where the end is.
    return spans.some(({ start, records }) => records.length === 0 && position >= start);
  }

  /** Whether what was read by now shows another record, or none, where a cursor's record was. */
  #contradicts({ position, id }: Anchor): boolean {
    const span = this.#spanAt(position);
    return id !== null && this.#shows(position) && span?.records[position - span.start]?.id !== id;
  }

  /** Records that follow one another from one end of `[start, end)` on, none twice. */
  #known(start: number, end: number, nearest: "start" | "end"): R[] {
    const records = new Map<unknown, R>();
    for (let step = 0; step < end - start; step++) {
      const position = nearest === "start" ? start + step : end - 1 - step;
      const span = this.#spanAt(position);
      if (!span) break;
      const record = span.records[position - span.start] as R;
      if (!records.has(record.id ?? record)) records.set(record.id ?? record, record);
    }
    const found = [...records.values()];
    return nearest === "start" ? found : found.reverse();
  }
}
