import type { Budget, QuotaStatus, Reservation } from "../budget.ts";
import type { ClientQuota, ClientQuotas, QuotaUpdate } from "./client-quota.ts";
import { type Limit, leftOf, nextReleaseAt, possibleAt, reserveOf, sumOf } from "./limit.ts";
import { asksAt } from "./quota-probe.ts";
import { isLate } from "./sliding-window.ts";
import type { UsageStore } from "./usage-store.ts";

const day = 86_400_000;

/** The budget over any store: reserves first and checks then, so that no two reservations take the same units. */
export class QuotaTracker implements Budget {
  readonly #store: UsageStore;
  readonly #clients: ClientQuotas;

  constructor(store: UsageStore, clients: ClientQuotas) {
    this.#store = store;
    this.#clients = clients;
  }

  reserve(key: string, units: number, spare: boolean): Promise<Reservation> {
    return this.#reserve(key, units, spare, 3);
  }

  async #reserve(key: string, units: number, spare: boolean, attempts: number): Promise<Reservation> {
    const caller = await this.#informed(key);
    const { policies, windows } = caller;
    let now = this.#store.now();
    if (now >= caller.closedUntil || (units === 1 && now >= caller.probe.from)) {
      caller.undecided += units;
      const { unsure } = caller;
      const { at, limits } = await this.#store.reserve(key, caller, units);
      this.#note(caller, limits, at, unsure);
      // What was counted as taken long ago, as windows go, would be sent too late for them.
      const late = windows.some((seconds) => isLate(seconds, at, this.#store.now()));
      const same = caller.policies === policies && !late;
      const fits = caller.complete(limits, at).every((limit) => leftOf(limit) >= (spare ? reserveOf(limit) : 0));
      const granted = same && fits && at >= caller.closedUntil;
      if (granted || (same && units === 1 && (await this.#asks(key, caller, limits, at)))) {
        caller.undecided -= units;
        caller.granted(units);
        if (granted) caller.probe.granted(at, false);
        return { granted: true, at, ...this.#status(limits, caller, at) };
      }
      const untaken = this.#store.release(key, windows, at, units);
      caller.undecided -= units;
      await untaken;
      if (!same && attempts > 1) return this.#reserve(key, units, spare, attempts - 1);
      now = at;
    }
    const limits = await this.#store.limits(key, caller, now);
    const possible = possibleAt(caller.complete(limits, now), Math.max(now, caller.closedUntil), units, spare);
    const status = this.#status(limits, caller, now);
    return { granted: false, at: now, ...status, resetAt: status.asksAt ?? this.#date(possible) };
  }

  /** Whether a call may pass to ask again, where it may not otherwise. */
  async #asks(key: string, caller: ClientQuota, limits: Limit[], at: number): Promise<boolean> {
    const from = asksAt(limits, caller, at, 0);
    if (from === null || from > at) return false;
    // No other code runs in between.
    caller.probe.granted(at, true);
    if (await this.#store.mayAsk(key)) return true;
    caller.probe.refused(at);
    return false;
  }

  /** Resolves when they can be taken again. */
  async release(key: string, units: number, from = 0): Promise<void> {
    const caller = this.#clients.peek(key);
    if (!caller || units <= 0) return;
    caller.returned(units);
    caller.probe.returned(from);
    caller.releasing += units;
    await this.#store.release(key, caller.windows, from, units).finally(() => {
      caller.releasing -= units;
    });
  }

  async status(key: string): Promise<QuotaStatus> {
    const caller = await this.#informed(key);
    const { policies } = caller;
    const now = this.#store.now();
    const { unsure } = caller;
    const limits = await this.#store.limits(key, caller, now);
    this.#note(caller, limits, now, unsure);
    return caller.policies === policies ? this.#status(limits, caller, now) : this.status(key);
  }

  observe(key: string, headers: Record<string, string | string[] | undefined>): void {
    const policies = textOf(headers["ratelimit-policy"]);
    const remainders = textOf(headers.ratelimit);
    this.#clients.peek(key)?.probe.heard(policies);
    if (!policies && !remainders) return;
    const now = this.#store.now();
    const caller = this.#clients.of(key, now);
    if (policies && this.#announced(key, caller, now, () => caller.announce(policies)))
      this.#store.publish(key, caller, now);
    if (remainders) this.#said(key, caller, remainders, now);
  }

  answered(key: string): void {
    const caller = this.#clients.peek(key);
    const policies = caller?.probe.answered();
    if (!caller || policies === undefined) return;
    const now = this.#store.now();
    this.#announced(key, caller, now, () => caller.reopen(now, policies));
    this.#store.publish(key, caller, now);
  }

  /** What another replica learnt of a caller. */
  onUpdate(key: string, { policies = "", closedUntil, opened, others }: QuotaUpdate): void {
    const now = this.#store.now();
    const caller = this.#clients.of(key, now);
    if (opened < caller.opened) return;
    const news = this.#announced(key, caller, now, () =>
      opened > caller.opened ? caller.reopen(Math.min(opened, now), policies) : caller.announce(policies),
    );
    const until = Math.min(closedUntil, now + day);
    if (news || until > caller.closedUntil) caller.probe.refused(now);
    caller.closedUntil = Math.max(caller.closedUntil, until);
    for (const [name, { units, until }] of others) {
      const policy = caller.policies.find((each) => each.name === name);
      // Nothing counts for longer than its window.
      const latest = now + (policy?.seconds ?? 0) * 1000;
      if (policy && units > (caller.othersOf(name, now)?.units ?? 0)) {
        caller.others.set(name, { units, until: Math.min(until, latest) });
      }
    }
  }

  close(key: string, until: Date): void {
    const now = this.#store.now();
    const caller = this.#clients.of(key, now);
    const moment = Math.min(until.getTime() + this.#store.clockOffset, now + day);
    if (moment > now) caller.probe.refused(now);
    if (!(moment > caller.closedUntil)) return;
    caller.closedUntil = moment;
    this.#store.publish(key, caller, now);
  }

  closedUntil(key: string): Date | null {
    const caller = this.#clients.peek(key);
    if (!caller || caller.probe.open) return null;
    const until = Math.min(caller.closedUntil, caller.probe.from);
    return until > this.#store.now() ? this.#date(until) : null;
  }

  forget(key: string): void {
    const caller = this.#clients.peek(key);
    if (!caller || caller.announced !== undefined || caller.closedUntil > this.#store.now()) return;
    this.#clients.delete(key);
    this.#store.forget(key, caller.windows);
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }

  async #informed(key: string): Promise<ClientQuota> {
    if (this.#store.ready) await this.#store.ready;
    const caller = this.#clients.of(key, this.#store.now());
    while (caller.learning) await caller.learning;
    return caller;
  }

  /** Whether that was new. */
  #announced(key: string, caller: ClientQuota, now: number, announce: () => void): boolean {
    const { policies, windows: before } = caller;
    announce();
    if (caller.policies === policies) return false;
    const opened = caller.windows.filter((seconds) => !before.includes(seconds));
    if (opened.length) this.#observe(caller, () => this.#store.open(key, opened, before, now));
    return true;
  }

  /**
   * Keeps what Cloudflare has counted beyond what we have. Calls under way are counted by us alone, and answers may come
   * late: a remainder that our own count explains says nothing.
   */
  #said(key: string, caller: ClientQuota, text: string, now: number): void {
    let news = false;
    for (const { name, left, seconds } of caller.remainders(text)) {
      const named = caller.policies.filter((policy) => policy.name === name);
      for (const policy of named.length ? named : caller.policies) {
        const used = policy.units - left;
        if (used <= caller.countedOf(policy, now)) continue;
        const until = now + Math.max(1, Math.min(seconds ?? policy.seconds, policy.seconds)) * 1000;
        const said = caller.reported.get(policy.name);
        if (!said || said.used <= used) caller.reported.set(policy.name, { used, until });
        news = true;
      }
    }
    if (news) this.#observe(caller, () => this.#compare(key, caller, now));
  }

  async #compare(key: string, caller: ClientQuota, now: number): Promise<void> {
    const { undecided, unsure } = caller;
    const limits = await this.#store.limits(key, caller, now);
    this.#note(caller, limits, now, unsure);
    const said = caller.reported;
    caller.reported = new Map();
    let found = false;
    for (const { name, seconds, active } of limits) {
      const { used, until } = said.get(name) ?? { used: 0, until: 0 };
      const units = used - (sumOf(active) - undecided);
      if (units <= (caller.othersOf(name, now)?.units ?? 0)) continue;
      // A shorter window may have been announced since.
      caller.others.set(name, { units, until: Math.min(until, now + seconds * 1000) });
      found = true;
    }
    if (found) this.#store.publish(key, caller, now);
  }

  /** Learns one thing after the other. */
  #observe(caller: ClientQuota, what: () => Promise<void>): void {
    const learning = (caller.learning ? caller.learning.then(what) : what()).then(() => {
      if (caller.learning === learning) caller.learning = undefined;
    });
    caller.learning = learning;
  }

  /** By the limit that leaves least. */
  #status(ours: Limit[], caller: ClientQuota, now: number): QuotaStatus {
    const closed = caller.closedUntil > now;
    let [left, quota] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    let back: number | null = null;
    for (const limit of caller.complete(ours, now)) {
      const here = Math.max(0, leftOf(limit));
      if (here < left) [left, quota, back] = [here, limit.quota, nextReleaseAt(limit)];
    }
    const asks = closed || left < 1 ? this.#date(asksAt(ours, caller, now, 1)) : null;
    const resetAt = asks ?? this.#date(closed ? caller.closedUntil : back);
    return { left: closed ? 0 : left, quota, resetAt, ...(asks && { asksAt: asks }) };
  }

  #date(moment: number | null): Date | null {
    return moment === null ? null : new Date(moment - this.#store.clockOffset);
  }

  #note(caller: ClientQuota, limits: Limit[], now: number, unsure: number): void {
    for (const limit of limits) {
      caller.count(limit.seconds, { units: sumOf(limit.active), until: nextReleaseAt(limit) ?? now }, unsure);
    }
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "object" ? header.join(", ") : header;
}
