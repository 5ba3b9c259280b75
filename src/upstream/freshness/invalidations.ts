/** Milliseconds after a write for which reads may not show it yet. Assumed: Cloudflare promises nothing. */
export const READ_AFTER_WRITE = 10_000;

/** Milliseconds that a write may take: one whose end is not told, because its process has died, is over then. */
export const LONGEST_WRITE = 60_000;

/** Moments that are noted at most; beyond that everything is forgotten at once. */
const MOST = 100_000;

/** A moment among the calls of this process. */
export interface Moment {
  /** Rises with each. */
  readonly order: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds on a clock that nobody sets. */
  readonly ticks: number;
}

/** Whose read it is, and of which account: `"*"` is a read about all accounts. */
export interface Scope {
  /** HMAC of the credential. */
  readonly credential: string;
  readonly account: string;
}

/**
 * Since when what was read of an account, or for a credential, may be shown again. Reads carry the moment at which they were
 * sent; those that were sent before are not shown any more, so that forgetting takes constant time.
 */
export class Invalidations {
  readonly #longest: number;
  readonly #now: () => number;
  /** By account, credential, both, or list. */
  readonly #since = new Map<string | symbol, Moment>();
  /** When the last write to an account has ended; its reads are not kept for a while. */
  readonly #written = new Map<string | symbol, number>();
  /** Writes under way, by account; `"*"` counts all. */
  readonly #writing = new Map<string | symbol, number>();
  #everything = 0;
  #order = 0;

  /** @param longest milliseconds after which nothing is shown any more, whether it was forgotten or not */
  constructor(longest: number, now: () => number = () => Date.now()) {
    this.#longest = longest;
    this.#now = now;
  }

  /** The next moment. */
  next(): Moment {
    return { order: ++this.#order, at: this.#now(), ticks: performance.now() };
  }

  /** How much is noted. */
  get size(): number {
    return this.#since.size + this.#written.size + this.#writing.size;
  }

  /** A write to an account is about to be sent; without an account it may be to any. */
  writeBegins(account: string | undefined): void {
    for (const name of written(account)) this.#writing.set(name, (this.#writing.get(name) ?? 0) + 1);
    this.#forget(account);
  }

  /** It has ended, well or badly. */
  writeEnds(account: string | undefined): void {
    for (const name of written(account)) {
      const under = (this.#writing.get(name) ?? 1) - 1;
      if (under === 0) this.#writing.delete(name);
      else this.#writing.set(name, under);
    }
    this.#forget(account);
    this.quiet(account, this.#now() + READ_AFTER_WRITE);
  }

  /** Reads of an account that are sent until then are not kept. */
  quiet(account: string | undefined, until: number): void {
    for (const name of written(account)) this.#written.set(name, Math.max(until, this.#written.get(name) ?? 0));
    this.#bound();
  }

  /** Everything that was read with a credential is forgotten, or all of one account. */
  forget(credential: string, account?: string): void {
    this.#note(account === undefined ? credential : `${credential} ${account}`);
  }

  /** One list is forgotten, by its name in the memory. */
  forgetList(list: string): void {
    this.#note(`list ${list}`);
  }

  /** Everything is forgotten. */
  forgetAll(): void {
    this.#everything = ++this.#order;
    this.#since.clear();
  }

  /** Whether what was sent at that moment may be shown. */
  holds({ credential, account }: Scope, list: string, { order }: Moment): boolean {
    if (order <= this.#everything || this.#writing.has(account) || this.#writing.has(EVERY)) return false;
    const names = [`account ${account}`, EVERY, credential, `${credential} ${account}`, `list ${list}`];
    return names.every((name) => order > (this.#since.get(name)?.order ?? 0));
  }

  /** Whether what was sent at that moment may be kept. */
  keeps({ account }: Scope, { at }: Moment): boolean {
    const until = (name: string | symbol) => this.#written.get(name) ?? Number.NEGATIVE_INFINITY;
    return at > until(account) && at > until(EVERY);
  }

  /** Lets go of what can decide about nothing any more. */
  sweep(): void {
    const now = this.#now();
    for (const [name, { at }] of this.#since) if (at + this.#longest < now) this.#since.delete(name);
    for (const [name, until] of this.#written) if (until + this.#longest < now) this.#written.delete(name);
  }

  #forget(account: string | undefined): void {
    for (const name of written(account)) this.#note(typeof name === "symbol" ? name : `account ${name}`);
  }

  #note(name: string | symbol): void {
    this.#since.set(name, this.next());
    this.#bound();
  }

  #bound(): void {
    if (this.#since.size + this.#written.size <= MOST) return;
    this.#everything = ++this.#order;
    this.#since.clear();
    this.#written.clear();
    this.#written.set(EVERY, this.#now() + READ_AFTER_WRITE);
  }
}

/** Stands for every account, where it is not known which one is written to. A text could be what a caller calls an account. */
const EVERY = Symbol("every account");

/** What a write touches: its account, and the list of accounts. */
function written(account: string | undefined): (string | symbol)[] {
  return account === undefined ? [EVERY, "*"] : [account, "*"];
}
