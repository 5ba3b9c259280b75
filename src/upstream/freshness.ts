import type { Call, CallOptions } from "../cloudflare/client.ts";
import { accountOf, type Endpoint, isRead } from "../cloudflare/endpoint.ts";
import { KnownWrites } from "./freshness/known-writes.ts";
import { type FreshOperation, notCached, OperationReads, type RememberedPage } from "./freshness/operation-reads.ts";
import { ReadCache } from "./freshness/read-cache.ts";
import type { WriteCounters } from "./freshness/write-counters.ts";
import type { Link } from "./link.ts";
import type { OperationUsage } from "./usage.ts";

/** What limits the memory of a gateway. Times in milliseconds. */
export interface FreshnessOptions {
  /** The greatest age at which a read is shown; 0 keeps nothing. */
  maxAge: number;
  /** The same where Cloudflare cannot answer. */
  staleIfError: number;
  /** Bytes that all reads may take together. */
  size: number;
  /** What replicas tell each other; `undefined` for one alone. */
  counters: WriteCounters | undefined;
}

/** What one operation has of the memory. */
export interface FreshReads {
  /** `undefined` where there is nothing to do. */
  link: Link | undefined;
  /** The pages of a list that are remembered, and young enough; `undefined` for an operation that uses none. */
  pages: ((endpoint: Endpoint, params: object) => Promise<RememberedPage[]>) | undefined;
}

/** Answers reads from what was read before, as far as each operation accepts it. One memory serves a gateway. */
export class Freshness {
  /** Whether anything is remembered. */
  readonly on: boolean;
  readonly #cache: ReadCache;
  readonly #known: KnownWrites | undefined;
  readonly #counters: WriteCounters | undefined;

  constructor({ maxAge, staleIfError, size, counters }: FreshnessOptions) {
    this.on = maxAge > 0;
    this.#cache = new ReadCache({ size, longest: Math.max(maxAge, staleIfError) });
    this.#counters = counters;
    this.#known = counters && new KnownWrites(counters, this.#cache.invalidations);
  }

  /** Bytes that the memory takes by estimate, reads in it, and reads that were dropped because it was full. */
  get used(): { bytes: number; reads: number; evictions: number } {
    return this.#cache.used;
  }

  /**
   * Link: a read that was answered before, and is not older than the operation accepts, is answered from memory. It stands
   * before everything that weighs calls, so that such a read costs nothing.
   */
  reads(operation: FreshOperation): FreshReads {
    const { directive, isolated, usage } = operation;
    if (!this.on) return { link: directive.onlyIfCached ? nothingCached(usage) : undefined, pages: undefined };
    const reads = new OperationReads(this.#cache, this.#known, operation);
    const link: Link =
      (next): Call =>
      (endpoint, params, body, options) => {
        const send = (more?: CallOptions) => next(endpoint, params, body, more ? { ...options, ...more } : options);
        return isRead(endpoint.route)
          ? reads.read(endpoint, params as object, send, options?.fresh)
          : reads.write(endpoint, send);
      };
    const accepts = directive.maxAge > 0 && !isolated;
    return { link, pages: accepts ? (endpoint, params) => reads.pages(endpoint, params) : undefined };
  }

  /**
   * Link, the last one before the client: notes when each read is sent, and forgets what was read of an account when a write
   * to it is sent and when it ends. `undefined` where nobody needs to know.
   */
  sending({ directive, usage }: FreshOperation): Link | undefined {
    return this.on || this.#counters || directive.stated || usage.analysis ? this.#sending : undefined;
  }

  /** Forgets everything, and lets go of timers and connections. */
  async dispose(): Promise<void> {
    this.#cache.dispose();
    await this.#counters?.dispose();
  }

  readonly #sending: Link =
    (next): Call =>
    async (endpoint, params, body, options) => {
      const { invalidations } = this.#cache;
      if (isRead(endpoint.route)) {
        const sent = invalidations.next();
        const answer = await next(endpoint, params, body, options);
        answer.sent = sent;
        return answer;
      }
      const account = accountOf(endpoint, params as object);
      const tell = async (ended: boolean) => {
        this.#known?.forget(account);
        await this.#counters?.raise(account ?? "*", ended);
      };
      invalidations.writeBegins(account);
      try {
        await tell(false);
        return await next(endpoint, params, body, options);
      } finally {
        await tell(true);
        invalidations.writeEnds(account);
      }
    };
}

/** Link: nothing is remembered, and no call is made. */
function nothingCached(usage: OperationUsage): Link {
  return (): Call =>
    async ({ route }) => {
      usage.missing++;
      throw notCached(route);
    };
}
