import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTransport } from "../cloudflare/transport.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { memoryBudget } from "../upstream/budget/memory.ts";
import type { Budget, Quota } from "../upstream/budget.ts";
import type { CacheOptions } from "./cache-options.ts";
import { createGateway } from "./gateway.ts";
import { exampleOperations } from "./graphiql/example-operations.ts";
import { type GraphiQL, graphiql } from "./graphiql.ts";
import { createHttpServer } from "./http-server.ts";
import { createLog } from "./log.ts";
import { misspelledSettings, readSettings, type Settings, SettingsError } from "./settings.ts";
import { logUnreachable } from "./unreachable-log.ts";

/** GraphiQL with the example operations. Beside the sandbox they run as they are; elsewhere the reader fills in ids and credential. */
async function graphiqlFor(sandbox: Sandbox | undefined, settings: Settings): Promise<GraphiQL> {
  return graphiql({
    tabs: await exampleOperations(sandbox && (await import("./examples.ts")).examples(sandbox)),
    headers: credentialHeaders(sandbox, settings),
  });
}

/** Where a reader of GraphiQL puts what they identify themselves with. Cloudflare Access adds its header on the way here. */
function credentialHeaders(sandbox: Sandbox | undefined, settings: Settings): Record<string, string> {
  if (sandbox) return { Authorization: "Bearer sandbox-admin" };
  if (settings.ACCESS_TEAM_DOMAIN) return {};
  const service = settings.CLOUDFLARE_API_TOKEN || settings.CLOUDFLARE_API_TOKEN_FILE;
  return { Authorization: service ? "Bearer <JWT>" : "Bearer <API token>" };
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
    console.error(error instanceof SettingsError ? error.message : error);
    process.exitCode = 1;
  });
}

/** People have it exported for other tools, and the sandbox has tokens of its own. */
function withoutToken(environment: Started["environment"]): Started["environment"] {
  return { ...environment, CLOUDFLARE_API_TOKEN: undefined, CLOUDFLARE_API_TOKEN_FILE: undefined };
}

async function start({ environment, sandbox: dev }: Started): Promise<void> {
  const settings = readSettings(dev ? withoutToken(environment) : environment);
  if (settings.LOG_LEVEL !== "silent") {
    for (const { name, setting } of misspelledSettings(environment))
      console.error(`${name} is not a setting and has no effect. Did you mean ${setting}?`);
  }
  // What a process does not use it does not load: that is a tenth of the time until it listens.
  const sandbox = dev ? (await import("../sandbox/sandbox.ts")).createSandbox() : undefined;
  const rest = await sandbox?.listen();
  const baseUrl = rest?.url ?? settings.CLOUDFLARE_API_BASE_URL;
  const proxy = { https: settings.HTTPS_PROXY, http: settings.HTTP_PROXY, no: settings.NO_PROXY };
  const transport = createTransport({
    callTimeout: settings.CALL_TIMEOUT,
    maxResponseSize: settings.MAX_RESPONSE_SIZE,
    maxReceiveBuffer: settings.MAX_RECEIVE_BUFFER,
    proxy,
  });
  const logger = createLog({ logging: settings.LOG_LEVEL });
  const service = settings.CLOUDFLARE_API_TOKEN || settings.CLOUDFLARE_API_TOKEN_FILE;
  const callers = service
    ? await (await import("./serve-callers.ts")).serveCallers(settings, proxy, logger)
    : undefined;
  const { UPSTREAM_QUOTA: quota, UPSTREAM_RATE: rate, CALLER_QUOTA: callerQuota, CALLER_RATE: callerRate } = settings;
  const budget = await budgetOf(settings, quota);
  const callerBudget = callerQuota ? await budgetOf(settings, callerQuota) : undefined;
  const gateway = createGateway({
    transport: settings.LOG_LEVEL === "silent" ? transport : logUnreachable(transport, baseUrl),
    baseUrl,
    ...(callers && { authenticate: callers.authenticate }),
    graphiql: (dev || settings.GRAPHIQL) && (await graphiqlFor(sandbox, settings)),
    requestDeduplication: settings.REQUEST_DEDUPLICATION === "on",
    operationTimeout: settings.OPERATION_TIMEOUT,
    callTimeout: settings.CALL_TIMEOUT,
    maxCalls: settings.MAX_CALLS_PER_OPERATION,
    maxObjects: settings.MAX_OBJECTS_PER_OPERATION,
    maxAnswerSize: settings.MAX_ANSWER_SIZE,
    concurrency: settings.UPSTREAM_CONCURRENCY,
    maxUnknownCredentials: settings.MAX_UNKNOWN_CREDENTIALS,
    rate: rate && { calls: rate.units, milliseconds: rate.seconds * 1000 },
    budget,
    ...(callerBudget && { callerBudget }),
    callerRate: callerRate && { calls: callerRate.units, milliseconds: callerRate.seconds * 1000 },
    readOnly: settings.READ_ONLY,
    limits: {
      tokens: settings.MAX_TOKENS,
      depth: settings.MAX_DEPTH,
      aliases: settings.MAX_ALIASES,
      rootFields: settings.MAX_ROOT_FIELDS,
      directives: settings.MAX_DIRECTIVES,
      variablesSize: settings.MAX_VARIABLES_SIZE,
    },
    cache: await cacheOf(settings, dev && !environment.CACHE_MAX_AGE),
    documentCacheSize: settings.DOCUMENT_CACHE_SIZE,
    explain: dev || settings.EXPLAIN,
    maxBodySize: settings.MAX_BODY_SIZE,
    trustProxy: settings.TRUST_PROXY,
    corsOrigins: settings.CORS_ORIGINS,
    introspection: settings.INTROSPECTION,
    suggestions: settings.SUGGESTIONS,
    logging: settings.LOG_LEVEL === "silent" ? false : settings.LOG_LEVEL,
  });

  const { server, drain } = createHttpServer(
    (request, response) => {
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
  const url = await listen(server, settings).catch(async (error) => {
    await callers?.close();
    await gateway.dispose();
    await budget.dispose();
    await callerBudget?.dispose();
    await rest?.close();
    throw error;
  });
  console.log(`GraphQL  ${url}/graphql${dev || settings.GRAPHIQL ? "  (GraphiQL in a browser)" : ""}`);
  console.log(`REST     ${baseUrl}${dev ? "  (sandbox, in memory)" : ""}`);
  if (dev) console.log(quickstart(url));

  async function end(signal: string): Promise<void> {
    console.log(`${signal} received, draining requests …`);
    // A write may begin when the time for reads is up: it has one CALL_TIMEOUT for those before it, one for its turn, one for its answer.
    await drain(settings.SHUTDOWN_DELAY, settings.OPERATION_TIMEOUT + 3 * settings.CALL_TIMEOUT);
    await gateway.dispose();
    await transport.close();
    await callers?.close();
    await budget.dispose();
    await callerBudget?.dispose();
    await rest?.close();
  }
  endOnSignals(end);
}

/** Milliseconds in which one Ctrl-C may arrive twice: from the terminal, and from npm or the watcher of `npm run dev`. */
const DOUBLED = 500;

/** Ends the process in good order at its first signal, and at once when a Ctrl-C comes later than one that is doubled. */
function endOnSignals(end: (signal: string) => Promise<void>): void {
  let impatient = false;
  let first = true;
  const stop = (signal: NodeJS.Signals) => {
    // The code of a process that SIGINT has ended.
    if (impatient && signal === "SIGINT") process.exit(130);
    if (!first) return;
    first = false;
    void end(signal);
    const arm = () => {
      impatient = true;
      if (signal === "SIGINT") console.log("Press Ctrl-C again to exit at once.");
    };
    setTimeout(arm, DOUBLED).unref();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
}

/** Where it is kept what callers spent: here, or in Redis for all replicas. */
async function budgetOf(settings: Settings, quota: Quota | false): Promise<Budget> {
  const { REDIS_URL: url, UPSTREAM_REPLICAS: replicas, LOG_LEVEL } = settings;
  if (url === "") return memoryBudget({ quota });
  const onChange = (away: boolean) => {
    if (LOG_LEVEL === "silent") return;
    if (away) console.error(`Redis is unreachable: this replica uses 1/${replicas} of the remaining quota.`);
    else console.error("Redis is reachable again: the replicas share the quota.");
  };
  const onInvalid = (what: string) => {
    if (LOG_LEVEL !== "silent")
      console.error(`Invalid data in Redis is ignored: ${what}. Does another program write to it?`);
  };
  const { redisBudget } = await import("../upstream/budget/redis.ts");
  return redisBudget({ url, quota, replicas, onChange, onInvalid });
}

/** What is remembered: beside the sandbox for a minute, where nothing else is set; with Redis, the replicas tell of their writes. */
async function cacheOf(settings: Settings, aMinute: boolean): Promise<CacheOptions> {
  const { REDIS_URL: url, LOG_LEVEL } = settings;
  const maxAge = aMinute ? 60_000 : settings.CACHE_MAX_AGE;
  const cache: CacheOptions = {
    maxAge,
    defaultAge: settings.CACHE_DEFAULT_AGE,
    staleIfError: settings.CACHE_STALE_IF_ERROR,
    size: settings.CACHE_SIZE,
  };
  if (url === "" || maxAge === 0) return cache;
  const onChange = (away: boolean) => {
    if (LOG_LEVEL === "silent") return;
    if (away) console.error("Redis is unreachable: nothing is answered from memory.");
    else console.error("Redis is reachable again: requests may be answered from memory.");
  };
  const { redisWriteCounters } = await import("../upstream/freshness/redis-write-counters.ts");
  return { ...cache, counters: redisWriteCounters({ url, onChange }) };
}

/** Listens where the settings say, and answers with the URL; where that cannot be, says which setting to change. */
async function listen(server: Server, { PORT, HOST }: Settings): Promise<string> {
  const nowhere = `There is no host ${HOST}. Set HOST to an address of this machine, such as 127.0.0.1.`;
  const advice: Record<string, string> = {
    EADDRINUSE: `Port ${PORT} is taken. Set PORT to another one, or 0 for any that is free.`,
    EACCES: `Port ${PORT} may not be used by this user. Set PORT to one above 1023.`,
    EADDRNOTAVAIL: `This machine has no address ${HOST}. Set HOST to one it has, such as 127.0.0.1.`,
    ENOTFOUND: nowhere,
    EAI_AGAIN: nowhere,
  };
  try {
    await once(server.listen(PORT, HOST), "listening");
  } catch (error) {
    const said = advice[(error as NodeJS.ErrnoException).code ?? ""];
    throw said ? new SettingsError(said, { cause: error }) : error;
  }
  const { port } = server.address() as AddressInfo;
  return `http://${HOST.includes(":") ? `[${HOST}]` : HOST}:${port}`;
}

/** What to try first, in plain lines: a terminal's user copies them, and so does a script. */
function quickstart(url: string): string {
  const query = '{ account(id: "023e105f4ecef8ad9ca31a8372d0c353") { name userGroups(first: 3) { nodes { name } } } }';
  return `Token    sandbox-admin  (everything)
Token    sandbox-reader  (no writes)
Query    curl ${url}/graphql -H 'Authorization: Bearer sandbox-admin' -H 'Content-Type: application/json' -d '${JSON.stringify({ query })}'`;
}
