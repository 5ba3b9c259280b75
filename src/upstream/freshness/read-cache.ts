import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { ApiResponse } from "../../cloudflare/client.ts";
import type { Endpoint } from "../../cloudflare/endpoint.ts";
import { CloudflareError, UnreadableRecord } from "../../cloudflare/error.ts";
import { Sweep } from "../sweep.ts";
import { Invalidations, type Moment, type Scope } from "./invalidations.ts";
import { freezeAndMeasure } from "./memory-size.ts";

/** Which read it is: whose, of which account, and of which page of which list. */
export interface ReadKey extends Scope {
  /** Credential, route and parameters but for the page: the same for all pages of one list. */
  readonly list: string;
  /** From 1; a read without pages is its own first page. */
  readonly page: number;
  /** Records that a page was asked to have; 0 where that is not asked for. */
  readonly size: number;
}

/** A read as it was answered. */
export interface RememberedRead {
  readonly key: ReadKey;
  /** `undefined` where it is known only that it was answered. */
  readonly answer: ApiResponse<unknown> | undefined;
  readonly sent: Moment;
  /** What the replicas' counter of writes to its account was before it was sent. */
  readonly writes: string | undefined;
}

/** Bytes of an entry beside its answer: the places of the cache, the entry and its key. */
const ENTRY = 640;

/** Milliseconds beyond which a timer of Node's fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What limits a memory of reads. */
export interface ReadCacheOptions {
  /** Bytes. */
  size: number;
  /** Milliseconds after which a read is not needed any more. */
  longest: number;
  now?: () => number;
}

/** Whole reads, of all credentials of the process: the one used longest ago goes first. Nobody can change their records. */
export class ReadCache {
  readonly invalidations: Invalidations;
  readonly #reads: LRUCache<string, RememberedRead>;
  /** Names of the pages of each list. */
  readonly #pages = new Map<string, Set<string>>();
  #evictions = 0;
  readonly #now: () => number;
  readonly #sweep: Sweep;

  constructor({ size, longest, now = () => Date.now() }: ReadCacheOptions) {
    this.invalidations = new Invalidations(longest, now);
    // Ages are looked at here: the cache only lets go of what is too old for anybody. 0 is never.
    const ttl = Number.isFinite(longest) ? Math.ceil(longest) : 0;
    const timed = { ttl, ttlResolution: 0, perf: { now } };
    this.#reads = new LRUCache({
      maxSize: size,
      ...timed,
      dispose: ({ key }, name, reason) => {
        if (reason === "evict") this.#evictions++;
        if (reason !== "set") this.#unlist(key.list, name);
      },
    });
    this.#now = now;
    this.#sweep = new Sweep(Math.min(longest, LONGEST_TIMER), () => {
      this.#reads.purgeStale();
      this.invalidations.sweep();
      return this.#reads.size + this.invalidations.size > 0;
    });
  }

  /** Bytes that it takes by estimate, how many reads it has, and how many were dropped because it was full. */
  get used(): { bytes: number; reads: number; evictions: number } {
    return { bytes: this.#reads.calculatedSize, reads: this.#reads.size, evictions: this.#evictions };
  }

  /** A read that was sent at that moment (milliseconds since the epoch) or later, with this counter of writes. */
  find(key: ReadKey, since: number, writes: string | undefined): RememberedRead | undefined {
    const read = this.#reads.get(nameOf(key));
    if (read?.answer === undefined || read.writes !== writes || read.sent.at < since) return undefined;
    // The clock was set back: it is older than the clock says.
    const now = this.#now();
    if (read.sent.at > now || performance.now() - read.sent.ticks > now - since) return undefined;
    return this.invalidations.holds(key, key.list, read.sent) ? read : undefined;
  }

  /** All reads of one list, as {@link find} finds them. */
  findAll(list: Pick<ReadKey, "list">, since: number, writes: string | undefined): RememberedRead[] {
    const names = [...(this.#pages.get(list.list) ?? [])];
    const keys = names.flatMap((name) => this.#reads.peek(name)?.key ?? []);
    return keys.flatMap((key) => this.find(key, since, writes) ?? []);
  }

  /** Whether such a read was answered lately, and can be shown or not. */
  wasAnswered(key: ReadKey): boolean {
    return this.#reads.peek(nameOf(key)) !== undefined;
  }

  /** Keeps an answer, unless an error is in it, a write may have changed it, or its list has changed between two pages. */
  keep(key: ReadKey, answer: ApiResponse<unknown>, sent: Moment, writes: string | undefined): void {
    const name = nameOf(key);
    const older = this.#reads.peek(name);
    // Of two that were in flight at once the later one counts.
    if (older?.answer && older.sent.order >= sent.order) return;
    const bytes = this.#isKept(key, answer, sent) ? bytesOf(answer) : undefined;
    const kept = bytes === undefined ? undefined : answer;
    const size = ENTRY + 2 * name.length + (bytes ?? 0);
    this.#reads.set(name, { key, answer: kept, sent, writes }, { size, start: sent.at });
    if (Array.isArray(kept?.result) && this.#reads.has(name)) {
      const names = this.#pages.get(key.list);
      if (names) names.add(name);
      else this.#pages.set(key.list, new Set([name]));
    }
    this.#sweep.watch();
  }

  /** A read that was answered before was refused, or is not there any more. */
  refused(key: ReadKey): void {
    this.#reads.delete(nameOf(key));
    if (key.account === "*") this.invalidations.forget(key.credential);
    this.invalidations.forget(key.credential, key.account);
    this.invalidations.forget(key.credential, "*");
  }

  /** Forgets everything and lets go of its timer. */
  dispose(): void {
    this.#sweep.end();
    this.#reads.clear();
  }

  #isKept(key: ReadKey, { result, info }: ApiResponse<unknown>, sent: Moment): boolean {
    const { invalidations } = this;
    if (!invalidations.keeps(key, sent) || !invalidations.holds(key, key.list, sent)) return false;
    if (Array.isArray(result) && result.some((record) => record instanceof UnreadableRecord)) return false;
    if (!Array.isArray(result) || key.size === 0) return true;
    const count = info?.total_count;
    const others = [1, key.page - 1, key.page + 1].flatMap((page) => this.#ofSameWalk(key, page, sent) ?? []);
    const changed = others.some((other) => other.info?.total_count !== count || sharesRecords(other.result, result));
    if (changed) invalidations.forgetList(key.list);
    return !changed;
  }

  /** Another page of the same list, if both may be of one walk through it: the later page was sent later. */
  #ofSameWalk(key: ReadKey, page: number, { order }: Moment): ApiResponse<unknown> | undefined {
    if (page === key.page) return undefined;
    const read = this.#reads.peek(nameOf({ ...key, page }));
    if (!read || read.sent.order < order !== page < key.page) return undefined;
    return this.invalidations.holds(key, key.list, read.sent) ? read.answer : undefined;
  }

  #unlist(list: string, name: string): void {
    const names = this.#pages.get(list);
    if (names?.delete(name) && names.size === 0) this.#pages.delete(list);
  }
}

/** The read of an endpoint with these parameters. */
export function readKey(scope: Scope, { route }: Endpoint, params: object): ReadKey {
  const { page = 1, per_page: size = 0, ...rest } = params as { page?: number; per_page?: number };
  return { ...scope, list: `${scope.credential} ${route} ${short(JSON.stringify(rest))}`, page, size };
}

function nameOf({ list, page, size }: ReadKey): string {
  return `${list} ${page}/${size}`;
}

/** V8 hashes long strings by their length alone, and would compare those of one length one by one. */
function short(text: string): string {
  return text.length < 1024 ? text : createHash("sha256").update(text).digest("base64url");
}

/** Bytes of an answer that nobody can change any more; `undefined` where a part of it could not be read. */
function bytesOf(answer: ApiResponse<unknown>): number | undefined {
  try {
    return freezeAndMeasure(answer);
  } catch (error) {
    if (error instanceof CloudflareError) return undefined;
    throw error;
  }
}

function sharesRecords(one: unknown, other: unknown): boolean {
  const ids = (records: unknown) => (records as { id?: string | null }[]).flatMap(({ id }) => id ?? []);
  const known = new Set(ids(one));
  return ids(other).some((id) => known.has(id));
}
