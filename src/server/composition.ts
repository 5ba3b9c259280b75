import { createYoga, type Plugin } from "graphql-yoga";
import { withCallTimeout } from "../cloudflare/call-timeout.ts";
import type { PlainExecution } from "../execution/plain-execution.ts";
import { readableResults } from "../execution/serialized-data.ts";
import type { Slice } from "../execution/time-slice.ts";
import type { Context } from "../graph/context.ts";
import { subgraphSchema } from "../graph/federation.ts";
import { schema as ownSchema } from "../graph/schema.ts";
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
import type { NodePeer } from "./client-address.ts";
import { answerHeaders, Cors } from "./cors.ts";
import { boundedDocuments } from "./documents.ts";
import { createExecute } from "./execute.ts";
import type { Execute } from "./execute-options.ts";
import { EXPLAIN, type ExplainContext, explainPlugin } from "./explain.ts";
import type { RequestHandlerOptions } from "./fetch-handler.ts";
import { CLOUDFLARE_API, type GatewayOptions } from "./gateway-options.ts";
import type { GatewayStatus } from "./gateway-status.ts";
import { graphiqlPlugin } from "./graphiql-plugin.ts";
import { Lifetime } from "./lifetime.ts";
import { defaultLimits } from "./limits.ts";
import { createLog } from "./log.ts";
import { operationContext } from "./operation-context.ts";
import { operationEvents } from "./operation-events.ts";
import { operationRequests } from "./operation-request.ts";
import { requestIdOf, requestIds } from "./request-id.ts";
import { boundedRequests, refusedVariables } from "./request-limits.ts";
import { sharedOperations } from "./shared-operations.ts";
import { subscriptionPlugin } from "./subscription-plugin.ts";
import { Subscriptions } from "./subscriptions.ts";
import { visibleErrors } from "./visible-errors.ts";

/** What runtimes differ in. */
export interface Runtime {
  /** Executes operations. */
  execution: (options: PlainExecution) => Plugin;
  /** When long work lets others have their turn. */
  slice: Slice;
  /**
   * Whether no request may wait for what is done in another one's, for a free slot as little as for an equal call: some runtimes end
   * a request that does.
   */
  separateRequests: boolean;
  /** The address of a client; `undefined` where it is not known. */
  addressOf: (request: Request, peer: NodePeer | undefined) => string | undefined;
}

/** The parts of a gateway of which each runtime makes its own handler of requests. */
export interface Composition {
  handler: RequestHandlerOptions<Context & ExplainContext>;
  execute: Execute;
  beginShutdown(): void;
  endSubscriptions(): void;
  dispose(): Promise<void>;
  status(): GatewayStatus;
}

/** Puts a gateway together: all layers meet here, and nowhere else. The options were checked. */
export function compose(options: GatewayOptions, runtime: Runtime): Composition {
  const { slice, separateRequests, addressOf } = runtime;
  const { baseUrl = CLOUDFLARE_API, graphiql = false, path = "/graphql" } = options;
  const { logging = "info", requestDeduplication = true, maxBodySize = 1024 * 1024 } = options;
  const { readOnly = false, operationTimeout = 30_000, retry = true, breaker = true, explain = false } = options;
  const { maxCalls = 600, quota = cloudflareQuota, budget = memoryBudget({ quota }), plugins = [] } = options;
  const { callerQuota = false, callerRate = false } = options;
  const callerQuotas = options.callerBudget ?? (callerQuota && memoryBudget({ quota: callerQuota }));
  const { introspection = true, suggestions = true, federation = false, corsOrigins = [] } = options;
  const schema = federation ? subgraphSchema() : ownSchema;
  const cors = new Cors(corsOrigins);
  const limits = { ...defaultLimits, ...options.limits };
  const { documentCacheSize = 32 * 1024 * 1024 } = options;
  const { concurrency = 128, rate = { calls: 200, milliseconds: 1000 }, maxUnknownCredentials = 10 } = options;
  const { maxObjects = 1_000_000, maxAnswerSize = 64 * 1024 * 1024 } = options;
  const [most, mostObjects, characters] = [orUnlimited(maxCalls), orUnlimited(maxObjects), orUnlimited(maxAnswerSize)];
  // Beyond that a timer fires at once.
  const callTimeout = Math.min(options.callTimeout ?? 10_000, 2 ** 31 - 1);
  const transport = withCallTimeout(options.transport, callTimeout);
  const joins = requestDeduplication && !separateRequests;
  const shared = new RequestDeduplication(joins);
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
    separateRequests,
    logger,
  });
  const lifetime = new Lifetime(!separateRequests);
  const subscriptions = new Subscriptions(options.subscriptions, joins);
  const facts = { path, baseUrl, explain, maxAge: Math.floor(cache.maxAge / 1000) };
  const pages = graphiql ? graphiql.servedAt(facts) : false;
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
      subscriptionPlugin({ subscriptions, lifetime, logger }),
      runtime.execution({ schema, characters, slice, refuse: refuseAnswer(characters) }),
      // An empty header value is invalid, so it must not share a result with requests without the header.
      sharedOperations(shared, plugins.length === 0, (request, query) => {
        const { id, email, credential, problem, rights } = authentication.callerOf(request);
        const directive = cacheDirective(request.headers.get("cache-control"), cache);
        // Each asks whether other replicas have written meanwhile.
        if (cache.counters && Math.max(directive.maxAge, directive.staleIfError) > 0) return undefined;
        // What is left of one caller's quota decides about no other's operation.
        const quotaOf = callerQuotas ? id : null;
        // A preview tells whether changes concern the caller's own membership.
        const own = /\bpreviewChanges\b/.test(query) ? (email ?? null) : null;
        const explained = request.headers.get(EXPLAIN);
        return callerKey(credential) + JSON.stringify([explained, problem, rightsKey(rights), quotaOf, own, directive]);
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
      stopping: () => lifetime.stopping,
      callerOf: (request) => authentication.callerOf(request),
    }),
  });
  const none = () => false;
  const { isAsset = none, isReset = none } = pages || {};
  const routes = { path, page: pages !== false, isAsset, isReset };
  const dispose = async () => {
    subscriptions.end();
    await lifetime.end();
    await yoga.dispose();
    await freshness.dispose();
    if (!options.budget) await budget.dispose();
    if (callerQuotas && !options.callerBudget) await callerQuotas.dispose();
  };
  const execute = createExecute({
    yoga,
    logger,
    lifetime,
    needsCaller: options.authenticate !== undefined,
    present: (headers, caller) => authentication.present(headers, caller),
  });
  return {
    handler: { yoga, routes, logger, lifetime, cors },
    execute,
    beginShutdown: () => {
      lifetime.stopping = true;
    },
    endSubscriptions: () => subscriptions.end(),
    dispose,
    status: () => ({
      operations: lifetime.running,
      subscriptions: subscriptions.status,
      ...chain.status(),
      cache: freshness.used,
    }),
  };
}

/** A limit as a number: `false` is none. */
function orUnlimited(limit: number | false): number {
  return limit === false ? Number.POSITIVE_INFINITY : limit;
}
