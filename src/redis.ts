/** `cloudflare-iam-graphql/redis`: a budget that replicas share. */
export { redisBudget } from "./upstream/budget/redis.ts";
