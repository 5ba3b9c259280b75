/** `cloudflare-iam-graphql/redis`: what replicas share: a budget, and counters of writes for what they remember. */
export { redisBudget } from "./upstream/budget/redis.ts";
export { redisWriteCounters } from "./upstream/freshness/redis-write-counters.ts";
