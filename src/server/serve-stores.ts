import { memoryBudget } from "../upstream/budget/memory.ts";
import type { Budget, Quota } from "../upstream/budget.ts";
import type { CacheOptions } from "./cache-options.ts";
import type { Logger } from "./log.ts";
import type { Settings } from "./settings.ts";

/** Where it is kept what callers spent: here, or in Redis for all replicas. */
export async function budgetOf(settings: Settings, quota: Quota | false, log: Logger): Promise<Budget> {
  const { REDIS_URL: url, UPSTREAM_REPLICAS: replicas } = settings;
  if (url === "") return memoryBudget({ quota });
  const onChange = (away: boolean) => {
    if (away) log.error(`Redis is unreachable: this replica uses 1/${replicas} of the remaining quota.`);
    else log.warn("Redis is reachable again: the replicas share the quota.");
  };
  const onInvalid = (what: string) => {
    log.error(`Invalid data in Redis is ignored: ${what}. Does another program write to it?`);
  };
  const { redisBudget } = await import("../upstream/budget/redis.ts");
  return redisBudget({ url, quota, replicas, onChange, onInvalid });
}

/** What is remembered: beside the sandbox for a minute, where nothing else is set; with Redis, the replicas tell of their writes. */
export async function cacheOf(settings: Settings, aMinute: boolean, log: Logger): Promise<CacheOptions> {
  const { REDIS_URL: url } = settings;
  const maxAge = aMinute ? 60_000 : settings.CACHE_MAX_AGE;
  const cache: CacheOptions = {
    maxAge,
    defaultAge: settings.CACHE_DEFAULT_AGE,
    staleIfError: settings.CACHE_STALE_IF_ERROR,
    size: settings.CACHE_SIZE,
  };
  if (url === "" || maxAge === 0) return cache;
  const onChange = (away: boolean) => {
    if (away) log.error("Redis is unreachable: nothing is answered from memory.");
    else log.warn("Redis is reachable again: requests may be answered from memory.");
  };
  const { redisWriteCounters } = await import("../upstream/freshness/redis-write-counters.ts");
  return { ...cache, counters: redisWriteCounters({ url, onChange }) };
}
