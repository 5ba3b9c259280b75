import { setTimeout as pauseFor } from "node:timers/promises";
import type { CallDeadline } from "../../cloudflare/client.ts";
import { isRead } from "../../cloudflare/endpoint.ts";
import { CloudflareError } from "../../cloudflare/error.ts";
import { afterPromiseJobs } from "../../end-of-turn.ts";
import type { OperationBudget } from "../budget/caller-quota.ts";
import type { QuotaStatus, Reservation } from "../budget.ts";
import { operationTooExpensive, quotaExceeded } from "../limit-errors.ts";
import type { OperationUsage } from "../usage.ts";

/** Reads of one route that were asked for in one turn of the event loop. */
interface FanOut {
  units: number;
  first: PromiseWithResolvers<void>;
  /** All others; there is none while there is one read. */
  rest: PromiseWithResolvers<void> | undefined;
}

/** What the calls of one operation are weighed against. */
export interface AdmissionOptions {
  /** Whose calls they are: a key of the budget. */
  caller: string;
  budget: OperationBudget;
  /** Calls that one operation may make; `Infinity` for any number. */
  maxCalls: number;
  /** How long the operation waits for its reads. */
  deadline: CallDeadline;
  /** Whether reads wait where Cloudflare blocks for a moment. */
  waitForReset: boolean;
  /** Whether every call leaves the last tenth of the quota alone, as fan-outs do: it can be made later as well. @default false */
  spare?: boolean;
}

/**
 * Admission control of one operation: admits or rejects its calls before anything is sent. Reads of one route that are
 * requested in one event-loop tick (the members of a hundred groups) are admitted together or not at all.
 */
export class Admission {
  readonly #limits: AdmissionOptions;
  readonly #usage: OperationUsage;
  #fanOuts = new Map<string, FanOut>();
  #reserved = 0;
  /** Lists that are interrupted, and may ask for more of what was asked for. */
  #interrupted = 0;
  /** When the first units were taken. */
  #since: number | undefined;

  constructor(limits: AdmissionOptions, usage: OperationUsage) {
    this.#limits = limits;
    this.#usage = usage;
  }

  /** A read may go, with all others of its route that are asked for now; rejects where they do not fit. */
  read(route: string): Promise<void> {
    // What follows from one answer is asked for in microtasks after it: this runs when all of them are done.
    if (this.#fanOuts.size === 0) afterPromiseJobs(() => this.#admitAll());
    const fanOut = this.#fanOuts.get(route);
    if (fanOut) {
      fanOut.units++;
      fanOut.rest ??= Promise.withResolvers();
      return fanOut.rest.promise;
    }
    const first = Promise.withResolvers<void>();
    this.#fanOuts.set(route, { units: 1, first, rest: undefined });
    return first.promise;
  }

  /** A write may go. */
  write(route: string): Promise<void> {
    return this.#admit(route, 1);
  }

  /** Why so many calls more would be rejected now, in all; `undefined` where they fit. Nothing is reserved. */
  async refusalOf(units: number): Promise<CloudflareError | undefined> {
    const { budget, caller, maxCalls } = this.#limits;
    const left = maxCalls - this.#reserved;
    if (units > left) return operationTooExpensive("", { needed: units, left, limit: maxCalls, first: null });
    const status = await budget.status(caller);
    // Some of them are made together, and may not take the last tenth.
    const available = units > 1 ? availableToFanOuts(status) : status.left;
    if (units <= available) return undefined;
    return quotaExceeded("", { needed: units, left: available, limit: status.quota, first: null }, status);
  }

  /** Whether a call may be tried once more. It is among those that an operation may make already. */
  async acquireRetry(): Promise<boolean> {
    const { budget, caller, spare = false } = this.#limits;
    const { granted, at } = await budget.reserve(caller, 1, spare);
    if (granted) this.#since ??= at;
    return granted;
  }

  /** Whether Cloudflare blocks now, and so briefly that reads wait for the end of it. */
  get waitsForReset(): boolean {
    const { budget, caller, deadline, waitForReset } = this.#limits;
    const opens = budget.closedUntil(caller);
    return waitForReset && opens !== null && opens.getTime() < deadline.until;
  }

  /**
   * A unit reserved now in the place of one that was reserved long ago: it counts from its reservation, Cloudflare from the
   * call. Rejects where there is none.
   */
  async reacquire(route: string): Promise<void> {
    const { caller, budget, spare = false } = this.#limits;
    const reservation = await budget.reserve(caller, 1, spare);
    if (!reservation.granted)
      throw quotaExceeded(
        route,
        { needed: 1, left: reservation.left, limit: reservation.quota, first: null },
        reservation,
      );
    budget.release(caller, 1, this.#since);
  }

  /** An admitted call is not needed: another operation makes it, or it was given up. */
  releaseCall(): void {
    this.#reserved--;
    this.releaseUnit();
  }

  /** An admitted call was not sent. Its unit returns to the budget; its place among the calls of the operation stays taken. */
  releaseUnit(): void {
    this.#limits.budget.release(this.#limits.caller, 1, this.#since);
  }

  /** Waits with what is asked for until the function that it gives is called: more of the same is about to be asked for. */
  hold(): () => void {
    this.#interrupted++;
    return () => {
      if (--this.#interrupted === 0 && this.#fanOuts.size > 0) afterPromiseJobs(() => this.#admitAll());
    };
  }

  #admitAll(): void {
    if (this.#interrupted > 0) return;
    // The small ones first: what is left may be enough for them.
    const fanOuts = [...this.#fanOuts].sort(([, a], [, b]) => a.units - b.units);
    this.#fanOuts = new Map();
    for (const [route, fanOut] of fanOuts) void this.#settle(route, fanOut);
  }

  async #settle(route: string, { units, first, rest }: FanOut): Promise<void> {
    try {
      await this.#admit(route, units);
      first.resolve();
      rest?.resolve();
    } catch (error) {
      // One call may go at once to ask whether what closes the credential still holds.
      const { resetAt } = error as CloudflareError;
      if (rest && resetAt && resetAt.getTime() <= Date.now()) first.resolve(this.#admit(route, 1));
      else first.reject(error);
      rest?.reject(error);
    }
  }

  async #admit(route: string, units: number): Promise<void> {
    const { maxCalls } = this.#limits;
    const left = maxCalls - this.#reserved;
    const { maxAffordableFirst } = this.#usage;
    if (units > left)
      throw operationTooExpensive(route, { needed: units, left, limit: maxCalls, first: maxAffordableFirst(maxCalls) });
    this.#reserved += units;
    const status = await this.#reserve(route, units);
    this.#since ??= status.at;
    if (status.granted) return;
    this.#reserved -= units;
    const first = maxAffordableFirst(Math.min(maxCalls, availableToFanOuts(status)));
    throw quotaExceeded(route, { needed: units, left: status.left, limit: status.quota, first }, status);
  }

  async #reserve(route: string, units: number): Promise<Reservation> {
    const { caller, budget, deadline, spare = false } = this.#limits;
    for (;;) {
      // The last tenth of a quota belongs to writes and to single reads.
      const reservation = await this.#inTime(route, units, budget.reserve(caller, units, spare || units > 1));
      if (reservation.granted || !isRead(route) || !this.waitsForReset) return reservation;
      // Not all at the same moment.
      const opens = budget.closedUntil(caller)?.getTime() ?? 0;
      const pause = Math.max(0, opens - Date.now()) + Math.random() * 200;
      await pauseFor(pause, undefined, { signal: deadline.signal }).catch(() => {});
      if (deadline.signal.aborted) return reservation;
    }
  }

  /** What is granted after the operation's time is up goes back. Writes are not bound by it. */
  async #inTime(route: string, units: number, asked: Promise<Reservation>): Promise<Reservation> {
    const remaining = this.#limits.deadline.until - Date.now();
    if (!isRead(route) || remaining > longestTimer) return asked;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `${route} was not sent before the operation's time was up`;
      timer = setTimeout(
        () => reject(new CloudflareError(route, message, { kind: "timeout" })),
        Math.max(0, remaining),
      );
    });
    try {
      return await Promise.race([asked, late]);
    } catch (error) {
      this.#reserved -= units;
      const { budget, caller } = this.#limits;
      void asked.then(({ granted, at }) => granted && budget.release(caller, units, at));
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Milliseconds beyond which a timer of Node's fires at once. */
const longestTimer = 2 ** 31 - 1;

/** Units that a fan-out may reserve: the last tenth of the quota is kept for writes and single reads. */
export function availableToFanOuts({ left, quota }: QuotaStatus): number {
  return Number.isFinite(quota) ? Math.max(0, left - Math.ceil(quota / 10)) : left;
}
