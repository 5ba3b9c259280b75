import type { ApiResponse, CallOptions } from "../../cloudflare/client.ts";
import { accountOf, type Endpoint } from "../../cloudflare/endpoint.ts";
import { CloudflareError, type Kind } from "../../cloudflare/error.ts";
import type { OperationUsage } from "../usage.ts";
import type { CacheDirective } from "./directive.ts";
import type { KnownWrites, OperationWrites } from "./known-writes.ts";
import { ListPages } from "./list-pages.ts";
import { type ReadCache, type ReadKey, readKey } from "./read-cache.ts";

/** One operation, as far as it decides what is taken from memory. */
export interface FreshOperation {
  /** HMAC of the credential. */
  key: string;
  /** It mutates: it uses nothing that was read before, and leaves nothing behind. */
  isolated: boolean;
  directive: CacheDirective;
  usage: OperationUsage;
}

/** A page that was read before. */
export interface RememberedPage {
  records: readonly { id?: string | null }[];
  /** Notes that the answer uses it. */
  use(): void;
}

/** Failures after which an older read is better than none: Cloudflare cannot answer, or must not be asked. */
const cannotAnswer = new Set<Kind>(["unavailable", "upstream_failure", "timeout", "rate_limited"]);

/** The reads of one operation, from memory where it accepts that. */
export class OperationReads {
  readonly #cache: ReadCache;
  readonly #known: KnownWrites | undefined;
  readonly #writes: OperationWrites | undefined;
  readonly #operation: FreshOperation;
  readonly #began = Date.now();
  readonly #pages = new ListPages();
  /** Pages of which records were taken. */
  readonly #used = new Set<object>();

  constructor(cache: ReadCache, known: KnownWrites | undefined, operation: FreshOperation) {
    this.#cache = cache;
    this.#known = known;
    this.#writes = known?.forOperation();
    this.#operation = operation;
  }

  /** The pages of a list that are remembered, and young enough. */
  async pages(endpoint: Endpoint, params: object): Promise<RememberedPage[]> {
    const { directive, usage } = this.#operation;
    const key = this.#keyOf(endpoint, params);
    if (!key || directive.maxAge === 0) return [];
    await this.#writes?.learn(key.account);
    const writes = this.#writes?.of(key.account);
    if (this.#writes && writes === undefined) return [];
    return this.#cache.findAll(key, this.#began - directive.maxAge, writes).map(({ answer, sent }) => ({
      records: answer?.result as { id?: string | null }[],
      use: () => {
        if (this.#used.has(sent)) return;
        this.#used.add(sent);
        usage.remembered({ route: endpoint.route, sentAt: sent.at, accepted: directive.maxAge }, "of a call");
      },
    }));
  }

  /** A read, from memory or sent; a `fresh` one is sent, and leaves nothing behind. */
  async read<T>(
    endpoint: Endpoint,
    params: object,
    send: (options?: CallOptions) => Promise<ApiResponse<T>>,
    fresh = false,
  ): Promise<ApiResponse<T>> {
    const { directive, isolated, usage } = this.#operation;
    const { route } = endpoint;
    const key = this.#keyOf(endpoint, params);
    const uses = isolated || fresh ? undefined : key;
    if (uses && this.#writes && Math.max(directive.maxAge, directive.staleIfError) > 0) {
      await this.#writes.learn(uses.account);
    }
    const found = uses && this.#find(uses, directive.maxAge);
    if (found) {
      usage.remembered({ route, sentAt: found.sent.at, accepted: directive.maxAge }, "of a call");
      return found.answer as ApiResponse<T>;
    }
    if (directive.onlyIfCached) {
      usage.missing++;
      throw notCached(route);
    }
    if (uses) this.#pages.note(uses);
    let counts = () => false;
    const onTrace: CallOptions["onTrace"] = (trace, shared) => {
      counts = () => shared || trace.attempts > 0;
    };
    try {
      const answer = await send(directive.staleIfError > 0 ? { onTrace } : undefined);
      if (answer.sent) {
        usage.read(answer.sent.at);
        if (uses) this.#keep(uses, answer);
      }
      return answer;
    } catch (error) {
      if (key) this.#failed(key, error);
      if (!(error instanceof CloudflareError && cannotAnswer.has(error.kind))) throw error;
      const stale = uses && this.#find(uses, directive.staleIfError);
      if (!stale) throw error;
      const read = { route, sentAt: stale.sent.at, accepted: directive.staleIfError };
      usage.remembered(read, counts() ? "of a failure" : "of a refusal");
      return stale.answer as ApiResponse<T>;
    }
  }

  /** A write, which is never sent where the operation makes no call. */
  async write<T>({ route }: Endpoint, send: () => Promise<T>): Promise<T> {
    if (this.#operation.directive.onlyIfCached) throw notCached(route);
    try {
      return await send();
    } catch (error) {
      this.#refused(error);
      throw error;
    }
  }

  #keyOf(endpoint: Endpoint, params: object): ReadKey | undefined {
    const account = accountOf(endpoint, params);
    return account === undefined ? undefined : readKey({ credential: this.#operation.key, account }, endpoint, params);
  }

  #find(key: ReadKey, age: number) {
    if (age === 0) return undefined;
    const writes = this.#writes?.of(key.account);
    if (this.#writes && writes === undefined) return undefined;
    const read = this.#cache.find(key, this.#began - age, writes);
    if (!read || (key.page > 1 && read.sent.order < this.#pages.firstOf(key))) return undefined;
    this.#pages.note(key, read.sent.order);
    return read;
  }

  #keep(key: ReadKey, answer: ApiResponse<unknown>): void {
    const { sent } = answer;
    if (!sent) return;
    this.#pages.note(key, sent.order);
    const writes = this.#known?.before(key.account, sent);
    if (this.#operation.directive.noStore || (this.#known && writes === undefined)) return;
    this.#cache.keep(key, answer, sent, writes);
  }

  /** What a failure of a read says of what was read before. */
  #failed(key: ReadKey, error: unknown): void {
    this.#refused(error);
    const { kind, status } = error as CloudflareError;
    const denied = kind === "forbidden" || kind === "not_found";
    if (denied && status !== null && this.#cache.wasAnswered(key)) this.#cache.refused(key);
  }

  #refused(error: unknown): void {
    const { kind } = error as CloudflareError;
    if (kind === "unauthenticated") this.#cache.invalidations.forget(this.#operation.key);
  }
}

/** Refuses a call of an operation that makes none. */
export function notCached(route: string): CloudflareError {
  const message = `${route} was not sent: the request says \`only-if-cached\`, and there is no answer of the age that it accepts.`;
  return new CloudflareError(route, message, { kind: "not_cached" });
}
