import { createTransport } from "../cloudflare/transport.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { exampleOperations } from "./graphiql/example-operations.ts";
import { type CredentialField, type GraphiQL, graphiql } from "./graphiql.ts";
import { createHttpServer } from "./http-server.ts";
import { createLog } from "./log.ts";
import type { ProcessLog } from "./process-log.ts";
import { failureLine } from "./serve-failure.ts";
import { listen } from "./serve-listen.ts";
import { metricsOf } from "./serve-metrics.ts";
import { budgetOf, cacheOf, redisServer } from "./serve-redis.ts";
import { endOnSignals } from "./serve-signals.ts";
import { misspelledSettings, readSettings, type Settings } from "./settings.ts";
import { logUnreachable } from "./unreachable-log.ts";

/** GraphiQL with the example operations. Beside the sandbox they run as they are; elsewhere the reader fills in IDs and credential. */
async function graphiqlFor(sandbox: Sandbox | undefined, settings: Settings): Promise<GraphiQL> {
  return graphiql({
    examples: await exampleOperations(sandbox && (await import("./examples.ts")).examples(sandbox)),
    credential: credentialField(sandbox, settings),
    ...(sandbox && { sandbox }),
  });
}

/** What a reader of GraphiQL identifies themselves with. Cloudflare Access adds its header on the way here. */
function credentialField(sandbox: Sandbox | undefined, settings: Settings): CredentialField | false {
  if (sandbox) return { name: "token of the sandbox", value: "sandbox-admin" };
  if (settings.ACCESS_TEAM_DOMAIN) return false;
  const name = settings.CLOUDFLARE_API_TOKEN || settings.CLOUDFLARE_API_TOKEN_FILE ? "JWT" : "API token";
  return { name, value: `<${name}>` };
}

/** What a process was started with. */
export interface Started {
  environment: Record<string, string | undefined>;
  /** Whether the sandbox is in the place of Cloudflare's API. */
  sandbox: boolean;
}

/**
 * Serves until a signal ends the process. Each invalid setting is printed in a line, and the exit code is 1. With
 * the sandbox (`npm run dev`) GraphiQL is on and ready to run.
 */
export async function serve(started: Started): Promise<void> {
  await start(started).catch((error) => {
    console.error(failureLine(error, started.environment));
    process.exitCode = 1;
  });
}

/** The log of the process; where nothing is logged, nothing that logs is loaded. */
async function logOf({
  LOG_LEVEL: level,
  LOG_FORMAT: format,
  LOG_PERSONAL: personal,
}: Settings): Promise<Partial<ProcessLog> & Pick<ProcessLog, "end">> {
  if (level === "silent") return { end: async () => {} };
  return (await import("./process-log.ts")).createProcessLog({ level, format, personal });
}

/** Both of two hooks, where there are two. */
function both<Event>(one: Hook<Event>, other: Hook<Event>): Hook<Event> {
  if (!one || !other) return one ?? other;
  return (event) => {
    one(event);
    other(event);
  };
}

type Hook<Event> = ((event: Event) => void) | undefined;

/** People have it exported for other tools, and the sandbox has tokens of its own. */
function withoutToken(environment: Started["environment"]): Started["environment"] {
  return { ...environment, CLOUDFLARE_API_TOKEN: undefined, CLOUDFLARE_API_TOKEN_FILE: undefined };
}

async function start({ environment, sandbox: dev }: Started): Promise<void> {
  const settings = readSettings(dev ? withoutToken(environment) : environment);
  const { logger: lines, onOperation, end: endLog } = await logOf(settings);
  const metrics = await metricsOf(settings, () => gateway.status());
  const { onCall, onRefusal } = metrics?.hooks ?? {};
  const logger = createLog({ logging: settings.LOG_LEVEL, logger: lines, onRefusal });
  for (const { name, setting } of misspelledSettings(environment))
    logger.warn(`${name} is not a setting and has no effect. Did you mean ${setting}?`);
  // What a process does not use it does not load: that is a tenth of the time until it listens.
  const sandbox = dev ? (await import("../sandbox/sandbox.ts")).createSandbox() : undefined;
  const application = dev ? (await import("./access-browser.ts")).accessBrowser() : undefined;
  const rest = await sandbox?.listen();
  const baseUrl = rest?.url ?? settings.CLOUDFLARE_API_BASE_URL;
  const proxy = { https: settings.HTTPS_PROXY, http: settings.HTTP_PROXY, no: settings.NO_PROXY };
  const transport = createTransport({
    callTimeout: settings.CALL_TIMEOUT,
    maxResponseSize: settings.MAX_RESPONSE_SIZE,
    maxReceiveBuffer: settings.MAX_RECEIVE_BUFFER,
    proxy,
  });
  const service = settings.CLOUDFLARE_API_TOKEN || settings.CLOUDFLARE_API_TOKEN_FILE;
  const callers = service
    ? await (await import("./serve-callers.ts")).serveCallers(settings, proxy, logger)
    : undefined;
  const { UPSTREAM_QUOTA: quota, UPSTREAM_RATE: rate, CALLER_QUOTA: callerQuota, CALLER_RATE: callerRate } = settings;
  const documents = settings.TRUSTED_DOCUMENTS
    ? await (await import("./serve-trusted-documents.ts")).serveTrustedDocuments(settings, logger)
    : undefined;
  const audit = settings.AUDIT_LOG ? await (await import("./serve-audit.ts")).serveAudit(settings, logger) : undefined;
  const redis = redisServer(settings);
  const budget = await budgetOf(settings, quota, redis, logger);
  const callerBudget = callerQuota ? await budgetOf(settings, callerQuota, redis, logger) : undefined;
  const gateway: Gateway = createGateway({
    transport: logUnreachable(transport, baseUrl, (line) => logger.error(line)),
    baseUrl,
    ...(callers && { authenticate: callers.authenticate }),
    graphiql: (dev || settings.GRAPHIQL) && (await graphiqlFor(sandbox, settings)),
    requestDeduplication: settings.REQUEST_DEDUPLICATION === "on",
    operationTimeout: settings.OPERATION_TIMEOUT,
    callTimeout: settings.CALL_TIMEOUT,
    maxCalls: settings.MAX_CALLS_PER_OPERATION,
    maxObjects: settings.MAX_OBJECTS_PER_OPERATION,
    maxAnswerSize: settings.MAX_ANSWER_SIZE,
    subscriptions: { timeout: settings.SUBSCRIPTION_TIMEOUT, perCaller: settings.MAX_SUBSCRIPTIONS },
    concurrency: settings.UPSTREAM_CONCURRENCY,
    maxUnknownCredentials: settings.MAX_UNKNOWN_CREDENTIALS,
    rate: rate && { calls: rate.units, milliseconds: rate.seconds * 1000 },
    budget,
    ...(callerBudget && { callerBudget }),
    callerRate: callerRate && { calls: callerRate.units, milliseconds: callerRate.seconds * 1000 },
    readOnly: settings.READ_ONLY,
    ...(audit && { audit }),
    limits: {
      tokens: settings.MAX_TOKENS,
      depth: settings.MAX_DEPTH,
      aliases: settings.MAX_ALIASES,
      rootFields: settings.MAX_ROOT_FIELDS,
      directives: settings.MAX_DIRECTIVES,
      variablesSize: settings.MAX_VARIABLES_SIZE,
    },
    cache: await cacheOf(settings, dev && !environment.CACHE_MAX_AGE, redis, logger),
    documentCacheSize: settings.DOCUMENT_CACHE_SIZE,
    explain: dev || settings.EXPLAIN,
    maxBodySize: settings.MAX_BODY_SIZE,
    trustProxy: settings.TRUST_PROXY,
    corsOrigins: settings.CORS_ORIGINS,
    ...(documents && { trustedDocuments: documents.trustedDocuments }),
    introspection: settings.INTROSPECTION,
    federation: settings.FEDERATION,
    suggestions: settings.SUGGESTIONS,
    logging: settings.LOG_LEVEL,
    ...(lines && { logger: lines }),
    onOperation: both(onOperation, metrics?.hooks.onOperation),
    onCall,
    onRefusal,
    ...(settings.TRACING && { tracing: (await import("./open-telemetry.ts")).openTelemetry() }),
  });

  const httpServer = createHttpServer(
    (request, response) => {
      if (application?.answer(request, response)) return;
      if (request.url === "/") response.writeHead(307, { location: "/graphql", "cache-control": "no-store" }).end();
      else void gateway(request, response);
    },
    {
      maxConnections: settings.MAX_CONNECTIONS,
      headersTimeout: settings.HEADERS_TIMEOUT,
      requestTimeout: settings.REQUEST_TIMEOUT,
      keepAliveTimeout: settings.KEEP_ALIVE_TIMEOUT,
      maxHeaderSize: settings.MAX_HEADER_SIZE,
      logger,
    },
  );
  const release = async () => {
    await gateway.dispose();
    await transport.close();
    await callers?.close();
    documents?.[Symbol.dispose]();
    await audit?.end();
    await budget.dispose();
    await callerBudget?.dispose();
    await rest?.close();
    await metrics?.close();
  };
  const listening = async () => {
    const url = await listen(httpServer.server, settings);
    await metrics?.listen(() => httpServer.draining, logger);
    return url;
  };
  const url = await listening().catch(async (error) => {
    httpServer.server.close();
    await release();
    await endLog();
    throw error;
  });
  // Whoever reads that it listens may end it at once.
  endOnSignals(end, logger);
  if (settings.LOG_FORMAT === "json") logger.info("Listening.", { url: `${url}/graphql`, api: baseUrl });
  else console.log(banner(url, baseUrl, dev, dev || settings.GRAPHIQL, application?.line(url)));

  async function end(signal: string): Promise<void> {
    logger.info(`${signal} received, draining requests …`);
    gateway.beginShutdown();
    const grace = settings.SHUTDOWN_GRACE;
    const over = setTimeout(async () => {
      // Without an operation nothing is lost: something is only slow to let go.
      const { operations } = gateway.status();
      if (operations > 0)
        logger.error(
          `SHUTDOWN_GRACE is over, and ${operations} operations are not: what they write may be done or not.`,
        );
      // Their answers would come too late: the audit log says so.
      await audit?.end();
      await endLog();
      process.exit(operations > 0 ? 1 : 0);
    }, httpServer.closesAfter(settings.SHUTDOWN_DELAY) + grace);
    // Clients that read nothing of their answers are cut off a little before.
    await httpServer.drain(settings.SHUTDOWN_DELAY, grace - Math.min(1_000, grace / 10), () =>
      gateway.endSubscriptions(),
    );
    await release();
    clearTimeout(over);
    logger.info("Stopped.");
    await endLog();
  }
}

/** Where it listens, and beside the sandbox what to try first, in plain lines: a terminal's user copies them, and so does a script. */
function banner(
  url: string,
  baseUrl: string,
  dev: boolean,
  graphiql: boolean,
  application: string | undefined,
): string {
  const query = '{ account(id: "023e105f4ecef8ad9ca31a8372d0c353") { name userGroups(first: 3) { nodes { name } } } }';
  const lines = [
    `GraphQL  ${url}/graphql${graphiql ? "  (GraphiQL in a browser)" : ""}`,
    `REST     ${baseUrl}${dev ? "  (sandbox, in memory)" : ""}`,
  ];
  if (!dev) return lines.join("\n");
  return [
    ...lines,
    ...(application === undefined ? [] : [application]),
    "Token    sandbox-admin  (everything)",
    "Token    sandbox-reader  (no writes)",
    `Query    curl ${url}/graphql -H 'Authorization: Bearer sandbox-admin' -H 'Content-Type: application/json' -d '${JSON.stringify({ query })}'`,
  ].join("\n");
}
