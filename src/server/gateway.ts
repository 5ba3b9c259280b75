import { createLogger, createYoga, type Plugin, type YogaInitialContext, type YogaLogger } from "graphql-yoga";
import { withCallTimeout } from "../cloudflare/call-timeout.ts";
import { ObjectCount, type Paced } from "../execution/limits.ts";
import { compiledExecution, type Execution, readableResults } from "../execution/plugin.ts";
import { TimeSlice } from "../execution/time-slice.ts";
import type { Context } from "../graph/context.ts";
import { compiledResolver, schema } from "../graph/schema.ts";
import { createLoaders } from "../loaders/loaders.ts";
import { checkOptions } from "../options.ts";
import { costOf } from "../plan/selection.ts";
import { memoryBudget } from "../upstream/budget/memory.ts";
import { budgetKey, cloudflareQuota } from "../upstream/budget.ts";
import { createChain } from "../upstream/chain.ts";
import { Deadline } from "../upstream/deadline.ts";
import { callerKey, RequestDeduplication } from "../upstream/deduplication.ts";
import { OperationUsage } from "../upstream/usage.ts";
import { refuseAnswer } from "./answer-limit.ts";
import { createRequestAddress, type NodePeer } from "./client-address.ts";
import { presented } from "./credential.ts";
import { boundedDocuments } from "./documents.ts";
import { createExecute } from "./execute.ts";
import type { Execute } from "./execute-options.ts";
import { EXPLAIN, type ExplainContext, explainPlugin } from "./explain.ts";
import { CLOUDFLARE_API, type GatewayOptions, gatewayOptions } from "./gateway-options.ts";
import type { ServedGraphiQL } from "./graphiql.ts";
import { HttpError, toResponse } from "./http-error.ts";
import { Lifetime } from "./lifetime.ts";
import { defaultLimits } from "./limits.ts";
import type { RequestHandler } from "./node-and-fetch.ts";
import { operationRequests } from "./operation-request.ts";
import { createRequestHandler } from "./request-handler.ts";
import { requestIdOf, requestIds } from "./request-id.ts";
import { boundedRequests, refusedVariables } from "./request-limits.ts";
import { nothingAt } from "./request-target.ts";
import { type SharedOperation, sharedOperations } from "./shared-operations.ts";
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
}

/**
 * The gateway: takes each caller's own credential from the request and answers GraphQL with calls made in their name.
 * It keeps no credential and nothing that was read beyond the request. Throws `OptionsError`.
 */
export function createGateway(options: GatewayOptions): Gateway {
  checkOptions("createGateway", gatewayOptions, options);
  const { baseUrl = CLOUDFLARE_API, graphiql = false, path = "/graphql" } = options;
  const { logging = "info", compileAt = 2, requestDeduplication = true, maxBodySize = 1024 * 1024 } = options;
  const { operationTimeout = 30_000, retry = true, breaker = true, explain = false } = options;
  const { maxCalls = 600, quota = cloudflareQuota, budget = memoryBudget({ quota }), plugins = [] } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const { documentCacheSize = 32 * 1024 * 1024 } = options;
  const { concurrency = 128, rate = { calls: 200, milliseconds: 1000 }, maxUnknownCredentials = 10 } = options;
  const { trustProxy = 0, clientAddress: addressOf = createRequestAddress(trustProxy) } = options;
  const most = maxCalls === false ? Number.POSITIVE_INFINITY : maxCalls;
  const mostObjects = options.maxObjects === false ? Number.POSITIVE_INFINITY : (options.maxObjects ?? 1_000_000);
  const { maxAnswerSize = 64 * 1024 * 1024 } = options;
  const characters = maxAnswerSize === false ? Number.POSITIVE_INFINITY : maxAnswerSize;
  // Beyond that a timer fires at once.
  const callTimeout = Math.min(options.callTimeout ?? 10_000, 2 ** 31 - 1);
  const transport = withCallTimeout(options.transport, callTimeout);
  const shared = new RequestDeduplication(requestDeduplication);
  const logger = createLogger(logging || "silent");
  const chain = createChain({
    transport,
    baseUrl: baseUrl.replace(/\/+$/, ""),
    budget,
    deduplication: shared,
    maxCalls: most,
    retry,
    concurrency: concurrency === false ? Number.POSITIVE_INFINITY : concurrency,
    rate,
    callTimeout,
    breaker,
    maxUnknownCredentials: maxUnknownCredentials || Number.POSITIVE_INFINITY,
    slice,
    logger,
  });
  const pages = graphiql ? graphiql.servedAt(path) : false;
  const yoga = createYoga<object, Context & ExplainContext>({
    schema,
    graphqlEndpoint: path,
    landingPage: false,
    // Yoga would answer whatever ends in its path. No URL ends in a line break.
    healthCheckEndpoint: "\n",
    // Yoga would reflect any origin with credentials. Whoever serves browsers elsewhere says so in front of us.
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
      pages && graphiqlPages(pages, path, logger),
      operationRequests({ maxBodySize, path, logger }),
      requestIds,
      boundedRequests(limits),
      boundedDocuments(limits, documentCacheSize, slice),
      visibleErrors(logger, requestIdOf),
      explainPlugin({ schema, budget, most, mostObjects, tell: explain }),
      refusedVariables(schema),
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
      // An empty word is a word, and is refused: nobody without one may get that.
      sharedOperations(shared, plugins.length === 0, ({ headers }) => {
        const { credential, problem } = presented(headers);
        return callerKey(credential) + JSON.stringify([headers.get(EXPLAIN), problem]);
      }),
      plugins.length > 0 && readableResults,
      ...plugins.map((plugin) => plugin as Plugin),
    ],
    // Ours is visibleErrors: it knows the request's id.
    maskedErrors: false,
    context: ({
      request,
      signal = request.signal,
      isolated = false,
      req,
    }: YogaInitialContext & Partial<SharedOperation & FromNode>) => {
      const { credential, problem } = presented(request.headers);
      const asked = request.headers.get(EXPLAIN);
      const quotaKey = budgetKey(credential);
      const usage = new OperationUsage(explain && asked === "analyze");
      const deadline = new Deadline(signal, Date.now() + operationTimeout);
      const clientAddress = addressOf(request, req);
      const address = credential ? clientAddress : undefined;
      const operation = { credential, problem, key: quotaKey, address, deadline, isolated, usage };
      const { call, guard, admission, lock } = chain(operation);
      const loaders = createLoaders(call, (batch) => usage.analysis?.batches.push(batch));
      const objects = new ObjectCount(mostObjects);
      const holdReads = () => admission.hold();
      return {
        loaders,
        lock: { run: lock },
        usage,
        quotaKey,
        admission,
        guard,
        explain: asked,
        clientAddress,
        objects,
        holdReads,
      };
    },
  });
  const lifetime = new Lifetime();
  const routes = { path, page: pages !== false, isAsset: pages ? pages.isAsset : () => false };
  const dispose = async () => {
    await lifetime.end();
    await yoga.dispose();
    if (!options.budget) await budget.dispose();
  };
  return Object.assign(createRequestHandler({ yoga, routes, logger, lifetime }), {
    execute: createExecute({ yoga, logger, lifetime }),
    dispose,
    [Symbol.asyncDispose]: dispose,
  });
}

/** What Yoga knows of a request that came over `node:http`. */
interface FromNode {
  req: NodePeer;
}

/** All long work of the process takes turns, whichever gateway it is for. */
const slice = new TimeSlice();

/** Whether a field may ask for reads: see `costOf`. */
const asks: NonNullable<Execution["asks"]> = (field) => costOf(field) !== undefined;

/** GraphiQL, before anything is taken for an operation. A file that is not there is refused as any other path is. */
function graphiqlPages({ serve }: ServedGraphiQL, path: string, logger: YogaLogger): Plugin {
  return {
    onRequest: ({ request, url, endResponse }) => {
      const id = requestIdOf(request);
      const refuse = (error: HttpError) => toResponse(error, id, request.headers.get("accept"));
      // Yoga would answer with the stack.
      const failed = (bug: unknown) => {
        logger.error(`Request ${id} failed unexpectedly:`, bug);
        return refuse(new HttpError(500, "Unexpected error.", { code: "INTERNAL_SERVER_ERROR" }));
      };
      return serve(request, url)
        ?.then((response) => response ?? refuse(nothingAt(path, url.pathname)), failed)
        .then(endResponse);
    },
  };
}
