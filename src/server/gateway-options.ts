import * as z from "zod";
import type { Transport } from "../cloudflare/wire.ts";
import {
  BASE_URL,
  callable,
  count,
  flag,
  isBaseUrl,
  milliseconds,
  millisecondsOrNone,
  object,
  orFalse,
  value,
} from "../options.ts";
import type { Audit } from "../upstream/audit.ts";
import { type Budget, isBudget, type Quota, quotaOption } from "../upstream/budget.ts";
import type { Rate } from "../upstream/fair-queue.ts";
import { type CacheOptions, cacheOptions } from "./cache-options.ts";
import type { Authenticate } from "./caller.ts";
import type { TrustProxy } from "./client-address.ts";
import type { GraphiQL } from "./graphiql.ts";
import type { Hooks, Tracing } from "./hooks.ts";
import { type Limits, limitOptions } from "./limits.ts";
import { type Logger, type LogLevel, logLevels } from "./log.ts";
import { isOrigin, ORIGIN } from "./origin.ts";
import { type SubscriptionOptions, subscriptionOptions } from "./subscription-options.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";

/** Base URL of Cloudflare's REST API. */
export const CLOUDFLARE_API = "https://api.cloudflare.com/client/v4";

/** Options of `createGateway`. */
export interface GatewayOptions extends Hooks {
  /** Sends REST calls: `createTransport()`, `fetchTransport()`, one of your own, or a sandbox's `handle`. */
  transport: Transport;
  /** Base URL of the REST API. @default "https://api.cloudflare.com/client/v4" */
  baseUrl?: string;
  /** GraphiQL for browsers at `path`, with its files below it: `graphiql(…)`. @default false */
  graphiql?: GraphiQL | false;
  /**
   * Finds out who asks, from the headers of a request: `serviceMode(…)`, or a function of your own. What it rejects with is the
   * answer. @default each caller's own Cloudflare credential is forwarded
   */
  authenticate?: Authenticate;
  /** Whether every mutation is refused (`FORBIDDEN`), before anything is sent. @default false */
  readOnly?: boolean;
  /** Keeps a record before and after each REST write (`new Audit(…)`); a write whose record fails is not sent. @default none */
  audit?: Audit;
  /** Lowest level that is logged; `false` for nothing. Unexpected errors are logged with the request ID. @default "info" */
  logging?: LogLevel | false;
  /** Where lines of the log go: an object with `debug`, `info`, `warn` and `error`, such as `console`. @default the console */
  logger?: Logger;
  /**
   * The execution of a query at which it is compiled: 1 for the first, `false` for never. A query that plans thousands of
   * objects is compiled at its first. @default 2
   */
  compileAt?: number | false;
  /**
   * Deduplicate identical in-flight reads of the same credential. Nothing is shared between credentials, and nothing is kept.
   * @default true
   */
  requestDeduplication?: boolean;
  /**
   * Milliseconds that an operation waits for its reads. Unresolved fields then fail with `TIMEOUT`; resolved ones are
   * returned. Writes are never cancelled. @default 30000
   */
  operationTimeout?: number;
  /** Repeat reads after transient failures, up to three attempts in all. @default true */
  retry?: boolean;
  /**
   * Circuit breaker: calls fail at once while nearly all of them fail. It opens for one credential when the calls of that one
   * fail, and for all when those of several fail or Cloudflare cannot be reached. @default true
   */
  breaker?: boolean;
  /**
   * Credentials that Cloudflare has not accepted yet, per client address and minute. Further ones wait until an earlier one is
   * answered, and are rejected with `RATE_LIMITED` if none was accepted. `false`: no limit. Requests of unknown address
   * have no limit, either. @default 10
   */
  maxUnknownCredentials?: number | false;
  /**
   * REST calls per operation. Operations that need more are rejected up front; a batch of reads that exceeds the remainder
   * is rejected as a whole (`TOO_EXPENSIVE`). `false`: no limit. @default 600
   */
  maxCalls?: number | false;
  /**
   * Rate limit assumed per credential until Cloudflare's response headers report the real one. Calls beyond it are not
   * sent (`RATE_LIMITED`). `false`: only the reported limit applies. @default 1,200 calls in 300 seconds
   */
  quota?: Quota | false;
  /** Counts the calls of each credential; `redisBudget(…)` for replicas. It replaces `quota`. @default in memory */
  budget?: Budget;
  /**
   * REST calls that each caller of `authenticate` may cause, counted in memory. Further ones are not sent (`RATE_LIMITED`). A
   * shared call counts for the caller whose operation sent it. `false`: no limit. @default false
   */
  callerQuota?: Quota | false;
  /** Counts the calls of each caller; `redisBudget(…)` for replicas. It replaces `callerQuota`. @default in memory */
  callerBudget?: Budget;
  /** Requests over HTTP that each caller of `authenticate` may send. Further ones are answered with 429. @default false */
  callerRate?: Rate | false;
  /**
   * Concurrent REST calls per caller. Further calls wait; scheduling between operations is fair. `false`: no limit.
   * @default 128
   */
  concurrency?: number | false;
  /**
   * REST calls of the whole process per interval: Cloudflare's limit for one IP address. Further calls wait. `false`: no limit.
   * @default 200 in 1,000 milliseconds
   */
  rate?: Rate | false;
  /**
   * Milliseconds for one REST call, whatever the transport does. A write waits as long for its turn, and as long for other
   * writes to the same object; after that it is not sent. @default 10000
   */
  callTimeout?: number;
  /**
   * Objects in one response. An operation planned to have more is rejected before its first call; one that turns out to have
   * more is rejected as a whole (`TOO_EXPENSIVE`). `false`: no limit. @default 1000000
   */
  maxObjects?: number | false;
  /** Bytes of one response. A longer one is rejected as a whole (`TOO_EXPENSIVE`). `false`: no limit. @default 64 MiB */
  maxAnswerSize?: number | false;
  /** Reads that are remembered for callers who accept older ones. @default none */
  cache?: CacheOptions;
  /** How long subscriptions last, and how many there may be. @default an hour, and 10 of each caller */
  subscriptions?: SubscriptionOptions;
  /** Limits on one request. A request beyond one is rejected (`LIMIT_EXCEEDED`). @default see {@link Limits} */
  limits?: Partial<Limits>;
  /** Bytes of memory for parsed, validated and compiled documents. @default 33554432 */
  documentCacheSize?: number;
  /** Add the cost to each response (`extensions.upstream`); honour the header `x-upstream-explain`. @default false */
  explain?: boolean;
  /** Bytes of the body of a request, or of the query string of a GET. @default 1048576 */
  maxBodySize?: number;
  /**
   * Proxies whose `X-Forwarded-For` decides the address of a client: their number, or their addresses and ranges. It applies
   * to requests over `node:http`. @default 0
   */
  trustProxy?: TrustProxy;
  /**
   * Gives the address of a client for requests that do not come over `node:http`; `undefined` if it is unknown. It replaces
   * `trustProxy`. @default every address is unknown
   */
  clientAddress?: (request: Request) => string | undefined;
  /**
   * Origins whose pages may ask from a browser, with credentials, such as `https://app.example.com`. Preflights are answered
   * for these; an answer to any other page carries nothing that lets it read it. @default none
   */
  corsOrigins?: readonly string[];
  /**
   * Documents that clients may send over HTTP: `trustedDocuments(…)` of `cloudflare-iam-graphql/trusted-documents`. Those of `execute` are
   * the host's own, and need not be listed. @default any document
   */
  trustedDocuments?: TrustedDocuments;
  /** Whether an operation may ask for the schema (`__schema`, `__type`); GraphiQL does. @default true */
  introspection?: boolean;
  /** Be a subgraph of Apollo Federation: answer `_entities`, and `_service` with `introspection`. @default false */
  federation?: boolean;
  /** Whether errors of a document name what may have been meant, out of the schema. @default true */
  suggestions?: boolean;
  /**
   * Plugins of Yoga and Envelop, after the gateway's own. Hooks on operations run for `execute`, too; hooks on requests and
   * responses (`onRequest`, `onResultProcess` …) run over HTTP alone. With any plugin, identical concurrent operations are
   * executed separately, because a plugin may distinguish them; their identical reads are still deduplicated. @default none
   */
  plugins?: readonly (object | false | null | undefined)[];
  /** Path of the endpoint, exactly as it is in the request. @default "/graphql" */
  path?: string;
}

const budgetOption = value("a budget: `memoryBudget(…)`, `redisBudget(…)` or `durableObjectBudget(…)`", isBudget);
const rate = object<Rate>({ calls: count("calls"), milliseconds }, "calls", "milliseconds");
const isPath = (given: unknown) => typeof given === "string" && /^\/[^\s?#]*$/.test(given);
const levels: LogLevel[] = [...logLevels, "silent"];

/** Checks {@link GatewayOptions} at run time, for callers in JavaScript: `isProxies` is what `trustProxy` has to be. */
export const gatewayOptions = (isProxies: (given: unknown) => boolean) =>
  object<GatewayOptions>(
    {
      transport: callable("a function: `createTransport()`, `fetchTransport()`, or a sandbox's `handle`"),
      baseUrl: value(BASE_URL, isBaseUrl),
      graphiql: orFalse(
        value(
          "`graphiql(…)` from cloudflare-iam-graphql/graphiql, or false",
          (given) => typeof (given as GraphiQL | null)?.servedAt === "function",
        ),
      ),
      authenticate: callable("a function that finds the caller from the headers of a request"),
      readOnly: flag,
      audit: value(
        "an audit: `new Audit(…)` from cloudflare-iam-graphql/audit",
        (given) => typeof (given as Audit | null)?.end === "function",
      ),
      logging: orFalse(value(`one of ${levels.join(", ")}, or false`, (given) => levels.includes(given as LogLevel))),
      logger: value(`an object with the functions ${logLevels.join(", ")}`, (given) =>
        logLevels.every((level) => typeof (given as Partial<Logger> | null)?.[level] === "function"),
      ),
      onOperation: callable("a function that is told of each operation"),
      onCall: callable("a function that is told of each REST call"),
      onRefusal: callable("a function that is told of each refused request"),
      tracing: value(
        "what follows operations: `openTelemetry()`",
        (given) => typeof (given as Partial<Tracing> | null)?.operation === "function",
      ),
      compileAt: orFalse(count("executions")),
      requestDeduplication: flag,
      operationTimeout: millisecondsOrNone,
      retry: flag,
      breaker: flag,
      maxUnknownCredentials: orFalse(count("credentials")),
      maxCalls: orFalse(count("calls")),
      quota: orFalse(quotaOption),
      budget: budgetOption,
      callerQuota: orFalse(quotaOption),
      callerBudget: budgetOption,
      callerRate: orFalse(rate),
      concurrency: orFalse(count("calls")),
      rate: orFalse(rate),
      callTimeout: milliseconds,
      maxObjects: orFalse(count("objects")),
      maxAnswerSize: orFalse(count("bytes")),
      cache: cacheOptions,
      subscriptions: subscriptionOptions,
      limits: limitOptions,
      documentCacheSize: count("bytes", 0),
      explain: flag,
      maxBodySize: count("bytes"),
      trustProxy: value("how many proxies there are, 0 or more, or a list of their IP addresses and ranges", isProxies),
      clientAddress: callable("a function that gives the address for a request"),
      corsOrigins: z.array(value(ORIGIN, isOrigin), "a list of origins"),
      trustedDocuments: value(
        "`trustedDocuments(…)` from cloudflare-iam-graphql/trusted-documents",
        (given) => typeof (given as TrustedDocuments | null)?.admit === "function",
      ),
      introspection: flag,
      federation: flag,
      suggestions: flag,
      plugins: z.array(
        value("a plugin: an object with its hooks", (given) => typeof given === "object" && given !== null),
        "a list of Yoga's plugins",
      ),
      path: value("a path such as /graphql, without query and fragment", isPath),
    },
    "transport",
  );
