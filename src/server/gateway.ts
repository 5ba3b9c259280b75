import { createYoga, type Plugin } from "graphql-yoga";
import { withCallTimeout } from "../cloudflare/call-timeout.ts";
import type { Paced } from "../execution/answer-limits.ts";
import { compiledExecution, type Execution, readableResults } from "../execution/plugin.ts";
import { TimeSlice } from "../execution/time-slice.ts";
import type { Context } from "../graph/context.ts";
import { compiledResolver, schema } from "../graph/schema.ts";
import { checkOptions } from "../options.ts";
import { costOf } from "../plan/selection.ts";
import { memoryBudget } from "../upstream/budget/memory.ts";
import { cloudflareQuota } from "../upstream/budget.ts";
import { createChain } from "../upstream/chain.ts";
import { callerKey, RequestDeduplication } from "../upstream/deduplication.ts";
import { Freshness } from "../upstream/freshness.ts";
import { rightsKey } from "../upstream/rights.ts";
import { accessLevels } from "./access-level.ts";
import { refuseAnswer } from "./answer-too-large.ts";
import { Authentication } from "./authentication.ts";
import { cacheDirective } from "./cache-control.ts";
import { withCacheDefaults } from "./cache-options.ts";
import { createRequestAddress } from "./client-address.ts";
import { answerHeaders, Cors } from "./cors.ts";
import { boundedDocuments } from "./documents.ts";
import { createExecute } from "./execute.ts";
import type { Execute } from "./execute-options.ts";
import { EXPLAIN, type ExplainContext, explainPlugin } from "./explain.ts";
import { CLOUDFLARE_API, type GatewayOptions, gatewayOptions } from "./gateway-options.ts";
import type { GatewayStatus } from "./gateway-status.ts";
import { graphiqlPlugin } from "./graphiql-plugin.ts";
import { Lifetime } from "./lifetime.ts";
import { defaultLimits } from "./limits.ts";
import { createLog } from "./log.ts";
import type { RequestHandler } from "./node-and-fetch.ts";
import { operationContext } from "./operation-context.ts";
import { operationEvents } from "./operation-events.ts";
import { operationRequests } from "./operation-request.ts";
import { createRequestHandler } from "./request-handler.ts";
import { requestIdOf, requestIds } from "./request-id.ts";
import { boundedRequests, refusedVariables } from "./request-limits.ts";
import { sharedOperations } from "./shared-operations.ts";
import { visibleErrors } from "./visible-errors.ts";

export { CLOUDFLARE_API, type GatewayOptions } from "./gateway-options.ts";

/** A Fetch handler (`gateway.fetch(request)`) that is a `node:http` listener, and executes operations without HTTP. */
export interface Gateway extends RequestHandler, AsyncDisposable {
  readonly execute: Execute;
  /**
   * Ends the gateway: nothing new is answered, what is under way is. Resolves once that is done, the gateway's plugins are disposed
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
  checkOptions("createGateway", gatewayOptions, options);
  const { baseUrl = CLOUDFLARE_API, graphiql = false, path = "/graphql" } = options;
  const { logging = "info", compileAt = 2, requestDeduplication = true, maxBodySize = 1024 * 1024 } = options;
  const { readOnly = false, operationTimeout = 30_000, retry = true, breaker = true, explain = false } = options;
  const { maxCalls = 600, quota = cloudflareQuota, budget = memoryBudget({ quota }), plugins = [] } = options;
  const { callerQuota = false, callerRate = false } = options;
  const callerQuotas = options.callerBudget ?? (callerQuota && memoryBudget({ quota: callerQuota }));
  const { introspection = true, suggestions = true, corsOrigins = [] } = options;
  const cors = new Cors(corsOrigins);
  const limits = { ...defaultLimits, ...options.limits };
  const { documentCacheSize = 32 * 1024 * 1024 } = options;
  const { concurrency = 128, rate = { calls: 200, milliseconds: 1000 }, maxUnknownCredentials = 10 } = options;
  const { trustProxy = 0, clientAddress: addressOf = createRequestAddress(trustProxy) } = options;
  const { maxObjects = 1_000_000, maxAnswerSize = 64 * 1024 * 1024 } = options;
  const [most, mostObjects, characters] = [orUnlimited(maxCalls), orUnlimited(maxObjects), orUnlimited(maxAnswerSize)];
  // Beyond that a timer fires at once.
  const callTimeout = Math.min(options.callTimeout ?? 10_000, 2 ** 31 - 1);
  const transport = withCallTimeout(options.transport, callTimeout);
  const shared = new RequestDeduplication(requestDeduplication);
  const cache = withCacheDefaults(options.cache);
  const freshness = new Freshness(cache);
  const { logger: ownLogger, onOperation, onCall, onRefusal, tracing } = options;
  const logger = createLog({ logging, logger: ownLogger, onRefusal });
  const observes = onOperation !== undefined || onCall !== undefined || tracing !== undefined;
  const authentication = new Authentication(options.authenticate, callerRate);
  const chain = createChain({
    transport,
    baseUrl: baseUrl.replace(/\/+$/, ""),
    budget,
    callerQuotas,
    deduplication: shared,
    freshness,
    maxCalls: most,
    retry,
    concurrency: orUnlimited(concurrency),
    rate,
    callTimeout,
    breaker,
    audit: options.audit,
    maxUnknownCredentials: orUnlimited(maxUnknownCredentials),
    slice,
    logger,
  });
  const lifetime = new Lifetime();
  const pages = graphiql
    ? graphiql.servedAt({ path, baseUrl, explain, maxAge: Math.floor(cache.maxAge / 1000) })
    : false;
  const yoga = createYoga<object, Context & ExplainContext>({
    schema,
    graphqlEndpoint: path,
    landingPage: false,
    // Yoga would answer whatever ends in its path. No URL ends in a line break.
    healthCheckEndpoint: "\n",
    // Ours is Cors: Yoga's would let unknown origins in as `null`.
    cors: false,
    multipart: false,
    // operationRequests has a bound of its own.
    maxRequestBodySize: false,
    logging: logger,
    // Ours is boundedDocuments: it counts bytes.
    parserAndValidationCache: false,
    // Yoga's own would load its scripts from elsewhere.
    graphiql: false,
    plugins: [
      pages && graphiqlPlugin(pages, path, logger),
      operationRequests({
        maxBodySize,
        path,
        logger,
        trusted: options.trustedDocuments,
        anyDocument: (request) => authentication.callerOf(request).anyDocument === true,
      }),
      authentication.plugin(logger),
      requestIds,
      answerHeaders(cors),
      boundedRequests(limits),
      boundedDocuments({ limits, cacheSize: documentCacheSize, slice, introspection, suggestions }),
      visibleErrors(logger, requestIdOf),
      accessLevels(readOnly),
      explainPlugin({ schema, most, mostObjects, tell: explain, remembers: freshness.on }),
      refusedVariables(schema, suggestions),
      compiledExecution({
        schema,
        resolverOf: compiledResolver,
        compileAt,
        plannedObjects: (context) => (context as Paced & ExplainContext).usage.plannedObjects,
        asks,
        characters,
        slice,
        refuse: refuseAnswer(characters),
      }),
      // An empty header value is invalid, so it must not share a result with requests without the header.
      sharedOperations(shared, plugins.length === 0, (request) => {
        const { id, credential, problem, rights } = authentication.callerOf(request);
        const directive = cacheDirective(request.headers.get("cache-control"), cache);
        // Each asks whether other replicas have written meanwhile.
        if (cache.counters && Math.max(directive.maxAge, directive.staleIfError) > 0) return undefined;
        // What is left of one caller's quota decides about no other's operation.
        const quotaOf = callerQuotas ? id : null;
        const explained = request.headers.get(EXPLAIN);
        return callerKey(credential) + JSON.stringify([explained, problem, rightsKey(rights), quotaOf, directive]);
      }),
      observes &&
        operationEvents({ onOperation, onCall, tracing }, (request) => authentication.callerOf(request), logger),
      lifetime.operations,
      plugins.length > 0 && readableResults,
      ...plugins.map((plugin) => plugin as Plugin),
    ],
    // Ours is visibleErrors: it knows the request's ID.
    maskedErrors: false,
    context: operationContext({
      chain,
      operationTimeout,
      explain,
      maxObjects: mostObjects,
      cache,
      slice,
      addressOf,
      callerOf: (request) => authentication.callerOf(request),
    }),
  });
  const none = () => false;
  const { isAsset = none, isReset = none } = pages || {};
  const routes = { path, page: pages !== false, isAsset, isReset };
  const dispose = async () => {
    await lifetime.end();
    await yoga.dispose();
    await freshness.dispose();
    if (!options.budget) await budget.dispose();
    if (callerQuotas && !options.callerBudget) await callerQuotas.dispose();
  };
  return Object.assign(createRequestHandler({ yoga, routes, logger, lifetime, cors }), {
    execute: createExecute({
      yoga,
      logger,
      lifetime,
      needsCaller: options.authenticate !== undefined,
      present: (headers, caller) => authentication.present(headers, caller),
    }),
    dispose,
    status: () => ({ operations: lifetime.running, ...chain.status(), cache: freshness.used }),
    [Symbol.asyncDispose]: dispose,
  });
}

/** All long work of the process takes turns, whichever gateway it is for. */
const slice = new TimeSlice();

/** Whether a field may ask for reads: see `costOf`. */
const asks: NonNullable<Execution["asks"]> = (field) => costOf(field) !== undefined;

/** A limit as a number: `false` is none. */
function orUnlimited(limit: number | false): number {
  return limit === false ? Number.POSITIVE_INFINITY : limit;
}
