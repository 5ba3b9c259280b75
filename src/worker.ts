/** `cloudflare-iam-graphql/worker`: the gateway for Cloudflare Workers, and what its isolates share in Durable Objects. */
export { type FetchTransportOptions, fetchTransport } from "./cloudflare/fetch-transport.ts";
export { OptionsError } from "./options.ts";
export {
  createWorker,
  createWorkerGateway,
  type WorkerContext,
  type WorkerGateway,
  type WorkerOptions,
} from "./server/worker.ts";
export { type DurableObjectBudgetOptions, durableObjectBudget } from "./upstream/budget/durable-object-budget.ts";
export { CredentialQuota } from "./upstream/budget/quota-object.ts";
export type { ObjectNamespace, ObjectState } from "./upstream/durable-object.ts";
export {
  type DurableObjectWriteCountersOptions,
  durableObjectWriteCounters,
} from "./upstream/freshness/durable-object-write-counters.ts";
export { AccountWrites } from "./upstream/freshness/writes-object.ts";
