import type { Paced } from "../execution/answer-limits.ts";
import { compiledExecution, type Execution } from "../execution/plugin.ts";
import { TimeSlice } from "../execution/time-slice.ts";
import { compiledResolver } from "../graph/schema.ts";
import { checkOptions } from "../options.ts";
import { costOf } from "../plan/selection.ts";
import { createRequestAddress, isTrustProxy } from "./client-address.ts";
import { compose } from "./composition.ts";
import type { Execute } from "./execute-options.ts";
import type { ExplainContext } from "./explain.ts";
import { type GatewayOptions, gatewayOptions } from "./gateway-options.ts";
import type { GatewayStatus } from "./gateway-status.ts";
import type { RequestHandler } from "./node-and-fetch.ts";
import { createRequestHandler } from "./request-handler.ts";

export { CLOUDFLARE_API, type GatewayOptions } from "./gateway-options.ts";

/** A Fetch handler (`gateway.fetch(request)`) that is a `node:http` listener, and executes operations without HTTP. */
export interface Gateway extends RequestHandler, AsyncDisposable {
  readonly execute: Execute;
  /**
   * Tells it that the process is about to end, while requests are still taken: what consists of several writes stops before its next
   * one, and says what was done. Everything else goes on until `dispose`, which begins with this.
   */
  beginShutdown(): void;
  /** Ends all subscriptions, each with a last event that says so, and begins no other: the first step of a shutdown. */
  endSubscriptions(): void;
  /**
   * Ends the gateway: nothing new is answered, what is under way is, and subscriptions end. Resolves once that is done, the gateway's plugins are disposed
   * and its own budget is let go. What was given to `createGateway` (`transport`, `budget`) is for its owner to close, afterwards.
   */
  dispose(): Promise<void>;
  /** What it does at this moment, for metrics and health checks. */
  status(): GatewayStatus;
}

/**
 * The gateway: answers GraphQL with calls made in each caller's name, with their own credential, or with one for all callers
 * and the rights that `authenticate` gives each. Nothing that was read is kept beyond the request, unless `cache` says so.
 * Throws `OptionsError`.
 */
export function createGateway(options: GatewayOptions): Gateway {
  checkOptions("createGateway", allowed, options);
  const { compileAt = 2, trustProxy = 0, clientAddress: addressOf = createRequestAddress(trustProxy) } = options;
  const plannedObjects = (context: Paced) => (context as Paced & ExplainContext).usage.plannedObjects;
  const { handler, ...rest } = compose(options, {
    execution: (plain) =>
      compiledExecution({ ...plain, slice, resolverOf: compiledResolver, compileAt, plannedObjects, asks }),
    slice,
    separateRequests: false,
    addressOf,
  });
  return Object.assign(createRequestHandler(handler), { ...rest, [Symbol.asyncDispose]: rest.dispose });
}

const allowed = gatewayOptions(isTrustProxy);

/** All long work of the process takes turns, whichever gateway it is for. */
const slice = new TimeSlice();

/** Whether a field may ask for reads: see `costOf`. */
const asks: NonNullable<Execution["asks"]> = (field) => costOf(field) !== undefined;
