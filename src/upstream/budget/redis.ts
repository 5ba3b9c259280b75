import { callable, checkOptions, milliseconds, object, orFalse, whole } from "../../options.ts";
import type { Budget } from "../budget.ts";
import { ClientQuotas } from "./client-quota.ts";
import { assumed } from "./memory.ts";
import { cloudflareQuota, quotaOption } from "./quota.ts";
import { QuotaTracker } from "./quota-tracker.ts";
import {
  checkServer,
  keySecretOption,
  type RedisBudgetOptions,
  redisClientOptions,
  redisUrl,
} from "./redis-options.ts";
import { RedisUsageStore } from "./redis-store.ts";

export type { RedisBudgetOptions } from "./redis-options.ts";

const allowed = object<RedisBudgetOptions>(
  {
    url: redisUrl,
    client: redisClientOptions,
    keySecret: keySecretOption,
    quota: orFalse(quotaOption),
    replicas: whole("gateways"),
    onChange: callable(),
    onInvalid: callable(),
    commandTimeout: milliseconds,
  },
  "replicas",
);

/**
 * The budget of several replicas. Slots are named by the clock of Redis, so that the replicas' own need not agree. A
 * replica that loses Redis goes on in memory, comes back by itself, and brings what it took meanwhile.
 * Throws `OptionsError`.
 */
export function redisBudget(options: RedisBudgetOptions): Budget {
  checkOptions("redisBudget", allowed, options);
  checkServer("redisBudget", options);
  const clients = new ClientQuotas(assumed(options.quota ?? cloudflareQuota));
  const store = new RedisUsageStore(options, clients, (key, update) => tracker.onUpdate(key, update));
  const tracker = new QuotaTracker(store, clients);
  return tracker;
}
