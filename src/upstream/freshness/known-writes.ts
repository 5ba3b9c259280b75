import { LRUCache } from "lru-cache";
import { afterPromiseJobs } from "../../end-of-turn.ts";
import type { Invalidations, Moment } from "./invalidations.ts";
import type { WriteCount, WriteCounters } from "./write-counters.ts";

/** Accounts whose counter is known at most. */
const MOST = 10_000;

/** What this process knows of the replicas' counters of writes. */
export class KnownWrites {
  readonly #counters: WriteCounters;
  readonly #invalidations: Invalidations;
  /** Counters, and from which moment on they are known to be so. */
  readonly #known = new LRUCache<string, { version: string; since: Moment }>({ max: MOST });

  constructor(counters: WriteCounters, invalidations: Invalidations) {
    this.#counters = counters;
    this.#invalidations = invalidations;
  }

  /** What one operation learns. */
  forOperation(): OperationWrites {
    return new OperationWrites((accounts) => this.#ask(accounts));
  }

  /** What was counted of an account before a read was sent; `undefined` where that is not known. */
  before(account: string, sent: Moment): string | undefined {
    const known = this.#known.get(account);
    return known && known.since.order < sent.order ? known.version : undefined;
  }

  /** This process writes to an account. */
  forget(account: string | undefined): void {
    if (account === undefined) this.#known.clear();
    else for (const name of [account, "*"]) this.#known.delete(name);
  }

  async #ask(accounts: readonly string[]): Promise<WriteCount[] | null> {
    const writes = await this.#counters.read(accounts);
    const since = this.#invalidations.next();
    for (const [i, { version, quietUntil }] of writes?.entries() ?? []) {
      const account = accounts[i] as string;
      if (quietUntil > 0) this.#invalidations.quiet(account, quietUntil);
      if (this.#known.get(account)?.version !== version) this.#known.set(account, { version, since });
    }
    return writes;
  }
}

/** The counters that one operation has asked for, each once: its accounts of one turn of the event loop together. */
export class OperationWrites {
  readonly #ask: (accounts: readonly string[]) => Promise<WriteCount[] | null>;
  readonly #asked = new Map<string, Promise<unknown>>();
  readonly #versions = new Map<string, string>();
  #next: { accounts: string[]; answer: Promise<unknown> } | undefined;

  constructor(ask: (accounts: readonly string[]) => Promise<WriteCount[] | null>) {
    this.#ask = ask;
  }

  /** The counter of an account as it was learnt; `undefined` without an answer. */
  of(account: string): string | undefined {
    return this.#versions.get(account);
  }

  /** Asks for the counter of an account, if that has not been done. */
  learn(account: string): Promise<unknown> {
    const asked = this.#asked.get(account);
    if (asked) return asked;
    this.#next ??= this.#later();
    this.#next.accounts.push(account);
    this.#asked.set(account, this.#next.answer);
    return this.#next.answer;
  }

  #later(): { accounts: string[]; answer: Promise<unknown> } {
    const accounts: string[] = [];
    // As for admission: what follows from one answer is asked for in microtasks after it.
    const turn = new Promise<void>(afterPromiseJobs);
    const answer = turn.then(async () => {
      this.#next = undefined;
      const writes = await this.#ask(accounts);
      for (const [i, { version }] of writes?.entries() ?? []) this.#versions.set(accounts[i] as string, version);
    });
    return { accounts, answer };
  }
}
