export type { Credential } from "./cloudflare/client.ts";
export { CloudflareError } from "./cloudflare/error.ts";
export { type FetchTransportOptions, fetchTransport } from "./cloudflare/fetch-transport.ts";
export type { Transport, WireRequest, WireResponse } from "./cloudflare/wire.ts";
export type { Context } from "./graph/context.ts";
export type { Code } from "./graph/error.ts";
export { globalId } from "./graph/node.ts";
export { OptionsError } from "./options.ts";
export type { Authenticate, Caller } from "./server/caller.ts";
export type { Execute, ExecuteOptions, OperationDocument } from "./server/execute-options.ts";
export { CLOUDFLARE_API, createGateway, type Gateway, type GatewayOptions } from "./server/gateway.ts";
export type { GatewayStatus } from "./server/gateway-status.ts";
export type {
  CallEvent,
  CallSpan,
  OperationEvent,
  OperationSpan,
  Outcome,
  RefusalEvent,
  Tracing,
} from "./server/hooks.ts";
export type { Limits } from "./server/limits.ts";
export type { LogDetails, Logger, LogLevel } from "./server/log.ts";
export { memoryBudget } from "./upstream/budget/memory.ts";
export type { Budget, Quota, QuotaStatus } from "./upstream/budget.ts";
export type { AccessLevel, Rights } from "./upstream/rights.ts";
