export type { Credential } from "./cloudflare/client.ts";
export { CloudflareError } from "./cloudflare/error.ts";
export { type FetchTransportOptions, fetchTransport } from "./cloudflare/fetch-transport.ts";
export {
  createTransport,
  type ProxyOptions,
  type Transport,
  type TransportOptions,
  type WireRequest,
  type WireResponse,
} from "./cloudflare/transport.ts";
export type { Context } from "./graph/context.ts";
export type { Code } from "./graph/error.ts";
export { globalId } from "./graph/node.ts";
export { OptionsError } from "./options.ts";
export type { Fault } from "./sandbox/faults.ts";
export type { Quirk } from "./sandbox/quirks.ts";
export { createSandbox, type Sandbox, type SandboxOptions } from "./sandbox/sandbox.ts";
export { exampleIds, exampleVariables } from "./server/examples.ts";
export type { Execute } from "./server/execute.ts";
export type { ExecuteOptions, OperationDocument } from "./server/execute-options.ts";
export { CLOUDFLARE_API, createGateway, type Gateway, type GatewayOptions, type GraphiQL } from "./server/gateway.ts";
export type { Limits } from "./server/limits.ts";
export { memoryBudget } from "./upstream/budget/memory.ts";
export { redisBudget } from "./upstream/budget/redis.ts";
export type { Budget, Quota, QuotaStatus } from "./upstream/budget.ts";
