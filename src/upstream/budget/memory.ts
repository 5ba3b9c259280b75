import { callable, checkOptions, object, orFalse } from "../../options.ts";
import type { Budget } from "../budget.ts";
import { type ClientQuota, ClientQuotas } from "./client-quota.ts";
import type { Limit } from "./limit.ts";
import { ownCounters } from "./memory-counters.ts";
import { cloudflareQuota, type Quota, quotaOption } from "./quota.ts";
import { QuotaTracker } from "./quota-tracker.ts";
import type { Policy } from "./ratelimit-headers.ts";
import { bucketNames, type OwnCounters, WindowBuckets } from "./sliding-window.ts";
import type { UsageStore } from "./usage-store.ts";

/** How a budget in memory is made. */
export interface MemoryBudgetOptions {
  /** What is assumed where answers announce no policy; `false` for no limit. */
  quota: Quota | false;
  /** Milliseconds since the epoch, for tests. @default Date.now */
  now?: () => number;
}

/** The budget of one process. Throws `OptionsError`. */
export function memoryBudget(options: MemoryBudgetOptions): Budget {
  const allowed = object<MemoryBudgetOptions>({ quota: orFalse(quotaOption), now: callable() });
  checkOptions("memoryBudget", allowed, options);
  const { quota = cloudflareQuota, now = Date.now } = options;
  return new QuotaTracker(new InMemoryUsageStore(now), new ClientQuotas(assumed(quota), now));
}

/** The policy that holds until one is announced. */
export function assumed(quota: Quota | false): Policy[] {
  return quota ? [{ name: "", ...quota }] : [];
}

/** What this process alone counts. */
export class InMemoryUsageStore implements UsageStore {
  readonly clockOffset = 0;
  readonly now: () => number;
  readonly publish: UsageStore["publish"];
  readonly #counters: OwnCounters;
  readonly #slots: WindowBuckets;

  /** @param publish told of what answers announce, beside what is counted */
  constructor(now: () => number, counters: OwnCounters = ownCounters(), publish: UsageStore["publish"] = () => {}) {
    this.now = now;
    this.publish = publish;
    this.#counters = counters;
    this.#slots = new WindowBuckets(counters);
  }

  async reserve(key: string, caller: ClientQuota, units: number): Promise<{ at: number; limits: Limit[] }> {
    const at = this.now();
    for (const seconds of caller.windows) void this.#slots.add(key, seconds, at, units);
    return { at, limits: await this.limits(key, caller, at) };
  }

  limits(key: string, caller: ClientQuota, now: number): Promise<Limit[]> {
    return Promise.all(
      caller.policies.map(async ({ name, units, seconds }) => ({
        name,
        seconds,
        quota: units,
        active: await this.#slots.activeUsage(key, seconds, now),
        weight: 1,
      })),
    );
  }

  async release(key: string, windows: number[], from: number, units: number): Promise<void> {
    const now = this.now();
    await Promise.all(windows.map((seconds) => this.#slots.takeAway(key, seconds, from, now, units)));
  }

  async open(key: string, windows: number[], before: number[], now: number): Promise<void> {
    await Promise.all(windows.map((seconds) => this.#slots.open(key, seconds, before, now)));
  }

  forget(key: string, windows: number[]): void {
    for (const seconds of windows) this.#counters.forget(bucketNames(key, seconds, this.now()));
  }

  async mayAsk(): Promise<boolean> {
    return true;
  }

  async dispose(): Promise<void> {}
}
