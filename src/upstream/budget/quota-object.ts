import type { ObjectState } from "../durable-object.ts";
import { ClientQuotas, type QuotaUpdate } from "./client-quota.ts";
import { assumed, InMemoryUsageStore } from "./memory.ts";
import { MemoryCounters } from "./memory-counters.ts";
import type { Quota } from "./quota.ts";
import { type QuotaAnswer, type QuotaMessage, type QuotaNews, written } from "./quota-message.ts";
import { QuotaTracker } from "./quota-tracker.ts";

/** The key of the one credential that an object counts. */
const KEY = "";

/** Milliseconds after which what is stored is looked at: what counts for nothing any more is deleted. */
const KEPT = 3_600_000;

/** What an object keeps. */
interface Stored {
  counters: [name: string, units: number, until: number][];
  update: QuotaUpdate | undefined;
}

/**
 * A class of Durable Objects for `durableObjectBudget`: each object counts the calls of one credential, for all isolates of a Worker.
 * It keeps numbers, and is deleted by itself when they count for nothing any more.
 */
export class CredentialQuota {
  readonly #state: ObjectState;
  readonly #counters = new MemoryCounters();
  #update: QuotaUpdate | undefined;
  #tracker: { quota: string; budget: QuotaTracker } | undefined;
  #alarm = false;

  constructor(state: ObjectState) {
    this.#state = state;
    void state.blockConcurrencyWhile(async () => {
      const stored = (await state.storage.get("usage")) as Stored | undefined;
      this.#counters.restore(stored?.counters ?? []);
      this.#update = stored?.update;
    });
  }

  /** Answers one message. */
  async fetch(request: Request): Promise<Response> {
    const { quota, news, reserve, status } = (await request.json()) as QuotaMessage;
    const budget = this.#budget(quota);
    await this.#learn(budget, news);
    const found = reserve
      ? await budget.reserve(KEY, reserve.units, reserve.spare)
      : status && (await budget.status(KEY));
    await this.#keep();
    const closedUntil = budget.closedUntil(KEY)?.getTime() ?? null;
    return Response.json({ ...(found && { status: written(found) }), closedUntil } satisfies QuotaAnswer);
  }

  /** Deletes what is stored, unless something of it still counts. */
  async alarm(): Promise<void> {
    this.#alarm = false;
    const now = Date.now();
    if (this.#counters.entries().length > 0 || (this.#update?.closedUntil ?? 0) > now) return this.#keep();
    this.#update = undefined;
    this.#tracker = undefined;
    await this.#state.storage.deleteAll();
  }

  /** The budget, which begins anew where the Worker was deployed with another quota. */
  #budget(quota: Quota | false): QuotaTracker {
    const text = JSON.stringify(quota);
    if (this.#tracker?.quota === text) return this.#tracker.budget;
    const store = new InMemoryUsageStore(Date.now, this.#counters, (_, caller, now) => {
      this.#update = caller.update(now);
    });
    const budget = new QuotaTracker(store, new ClientQuotas(assumed(quota)));
    if (this.#update) budget.onUpdate(KEY, this.#update);
    this.#tracker = { quota: text, budget };
    return budget;
  }

  async #learn(budget: QuotaTracker, { taken, released, headers, outcomes, forget }: QuotaNews): Promise<void> {
    for (const [, units] of taken) for (let left = units; left > 0; left--) await budget.reserve(KEY, 1, false);
    for (const [from, units] of released) await budget.release(KEY, units, from);
    for (const [policies, remainders] of headers)
      budget.observe(KEY, {
        ...(policies && { "ratelimit-policy": policies }),
        ...(remainders && { ratelimit: remainders }),
      });
    for (const outcome of outcomes) outcome === true ? budget.answered(KEY) : budget.close(KEY, new Date(outcome));
    if (forget) budget.forget(KEY);
  }

  async #keep(): Promise<void> {
    const stored: Stored = { counters: this.#counters.entries(), update: this.#update };
    await this.#state.storage.put("usage", stored);
    if (this.#alarm) return;
    this.#alarm = true;
    await this.#state.storage.setAlarm(Date.now() + KEPT);
  }
}
