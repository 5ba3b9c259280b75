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
import { type Budget, isBudget, type Quota, quotaOption } from "../upstream/budget.ts";
import type { Rate } from "../upstream/fair-queue.ts";
import type { Authenticate } from "./caller.ts";
import { isTrustProxy, type TrustProxy } from "./client-address.ts";
import type { GraphiQL } from "./graphiql.ts";
import type { Limits } from "./limits.ts";

/** Where the REST API is when nothing else is said. */
export const CLOUDFLARE_API = "https://api.cloudflare.com/client/v4";

/** What is logged: these lines and those of the levels behind. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** How a gateway is made. */
export interface GatewayOptions {
  /** What reaches the network: `createTransport()`, `fetchTransport()`, one of your own, or a sandbox's `handle`. */
  transport: Transport;
  /** Base URL of the REST API. @default "https://api.cloudflare.com/client/v4" */
  baseUrl?: string;
  /** GraphiQL for browsers at the same path, with its files right below it: `graphiql(…)`. @default false */
  graphiql?: GraphiQL | false;
  /**
   * Finds out who asks, from the headers of a request: `serviceMode(…)`, or a function of your own. What it rejects with is the
   * answer. @default each caller's own Cloudflare credential is forwarded
   */
  authenticate?: Authenticate;
  /** Whether every mutation is refused (`FORBIDDEN`), before anything is sent. @default false */
  readOnly?: boolean;
  /** What is logged; `false` for nothing. Unexpected errors are logged with the request's id. @default "info" */
  logging?: LogLevel | false;
  /**
   * The execution of a query at which it is compiled: 1 for at once, `false` for never. One that plans thousands of objects
   * is compiled at once. @default 2
   */
  compileAt?: number | false;
  /**
   * Whether equal reads of one caller that are under way at the same time are done once. Nothing is shared between
   * callers, and nothing is kept. @default true
   */
  requestDeduplication?: boolean;
  /**
   * Milliseconds that an operation waits for its reads. Fields that are not done by then fail with `TIMEOUT`, and what is
   * done is answered. A write is never ended by it. @default 30000
   */
  operationTimeout?: number;
  /** Whether reads that met passing trouble are repeated, up to three attempts in all. @default true */
  retry?: boolean;
  /**
   * Whether calls fail at once while Cloudflare fails at nearly all of them: those of one credential when these fail, those of
   * all when several fail or Cloudflare cannot be reached. @default true
   */
  breaker?: boolean;
  /**
   * Credentials that Cloudflare has not accepted yet and that one client address may send in a minute. Further ones wait while an
   * earlier one is not answered, and are refused (`RATE_LIMITED`) when none was accepted. `false`: any number, as for
   * requests whose address is not known. @default 10
   */
  maxUnknownCredentials?: number | false;
  /**
   * Calls that one operation may make: what must cost more is refused before its first call, and reads of one kind that
   * do not fit any more are refused together (`TOO_EXPENSIVE`). `false`: any number. @default 600
   */
  maxCalls?: number | false;
  /**
   * What is assumed of Cloudflare's quota until its answers tell: nothing is sent that would exceed it (`RATE_LIMITED`).
   * `false`: nothing is assumed, and what answers tell still holds. @default 1,200 calls in 300 seconds
   */
  quota?: Quota | false;
  /** Where it is kept what callers spent: `redisBudget(…)` for replicas. Takes the place of `quota`. @default in memory */
  budget?: Budget;
  /** Calls of one caller at once; further ones take turns, operation by operation. `false`: any number. @default 128 */
  concurrency?: number | false;
  /** Calls of the whole process in any such interval, for Cloudflare's limit per IP. @default 200 in 1,000 milliseconds */
  rate?: Rate | false;
  /**
   * Milliseconds after which a call is given up, whatever the transport does. A write waits as long for its turn, and as
   * long for other writes to the same thing. @default 10000
   */
  callTimeout?: number;
  /**
   * Objects that the answer of one operation may have. What is planned to have more is refused before its first call, what
   * turns out to have more is refused whole (`TOO_EXPENSIVE`). `false`: any number. @default 1000000
   */
  maxObjects?: number | false;
  /** Bytes that the answer of one operation may have; a longer one is refused whole. `false`: any number. @default 64 MiB */
  maxAnswerSize?: number | false;
  /** What one request may consist of; what has more is refused (`LIMIT_EXCEEDED`). @default see {@link Limits} */
  limits?: Partial<Limits>;
  /** Bytes that documents may take which are kept parsed, validated and compiled. @default 33554432 */
  documentCacheSize?: number;
  /** Whether answers tell their cost in `extensions.upstream`, and `x-upstream-explain` is heeded. @default false */
  explain?: boolean;
  /** Bytes that the body of a request may have, or the query string of a GET. @default 1048576 */
  maxBodySize?: number;
  /**
   * Whose `X-Forwarded-For` is believed: of so many proxies before the gateway, or of those with these addresses and
   * ranges. It decides what counts as the address of a client that has come over `node:http`. @default 0
   */
  trustProxy?: TrustProxy;
  /**
   * The address of a client, where the gateway is not asked over `node:http`: `undefined` for one that nobody knows. It
   * takes the place of `trustProxy`. @default none is known
   */
  clientAddress?: (request: Request) => string | undefined;
  /**
   * Plugins of Yoga's and Envelop's, after the gateway's own. Those hooks that are about an operation run for `execute`, too;
   * those about requests and responses (`onRequest`, `onResultProcess` …) over HTTP alone. With any, equal operations are
   * executed each on its own, because a plugin may tell them apart; their equal reads are still done once. @default none
   */
  plugins?: readonly (object | false | null | undefined)[];
  /** Path of the endpoint, as it stands in the request: no other spelling of it is answered. @default "/graphql" */
  path?: string;
}

const isPath = (given: unknown) => typeof given === "string" && /^\/[^\s?#]*$/.test(given);
const levels: LogLevel[] = ["debug", "info", "warn", "error", "silent"];

/** What {@link GatewayOptions} may be, in JavaScript, too. */
export const gatewayOptions = object<GatewayOptions>(
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
    logging: orFalse(value(`one of ${levels.join(", ")}, or false`, (given) => levels.includes(given as LogLevel))),
    compileAt: orFalse(count("executions")),
    requestDeduplication: flag,
    operationTimeout: millisecondsOrNone,
    retry: flag,
    breaker: flag,
    maxUnknownCredentials: orFalse(count("credentials")),
    maxCalls: orFalse(count("calls")),
    quota: orFalse(quotaOption),
    budget: value("a budget: `memoryBudget(…)` or `redisBudget(…)`", isBudget),
    concurrency: orFalse(count("calls")),
    rate: orFalse(object<Rate>({ calls: count("calls"), milliseconds }, "calls", "milliseconds")),
    callTimeout: milliseconds,
    maxObjects: orFalse(count("objects")),
    maxAnswerSize: orFalse(count("bytes")),
    limits: object<Limits>({
      tokens: count("tokens"),
      depth: count("fields within each other"),
      aliases: count("aliases"),
      rootFields: count("fields"),
      directives: count("directives"),
      variablesSize: count("bytes"),
    }),
    documentCacheSize: count("bytes", 0),
    explain: flag,
    maxBodySize: count("bytes"),
    trustProxy: value(
      "how many proxies there are, 0 or more, or a list of their IP addresses and ranges",
      isTrustProxy,
    ),
    clientAddress: callable("a function that gives the address for a request"),
    plugins: z.array(
      value("a plugin: an object with its hooks", (given) => typeof given === "object" && given !== null),
      "a list of Yoga's plugins",
    ),
    path: value("a path such as /graphql, without query and fragment", isPath),
  },
  "transport",
);
