import { GraphQLError } from "graphql";
import {
  createLogger,
  createYoga,
  type LogLevel,
  type Plugin,
  type YogaInitialContext,
  type YogaLogger,
  type YogaServerInstance,
} from "graphql-yoga";
import { Admission } from "./admission.ts";
import { type Budget, budgetKey, cloudflareQuota, memoryBudget, type Quota } from "./budget.ts";
import { withBreaker } from "./cloudflare/breaker.ts";
import { withCallTimeout } from "./cloudflare/call-timeout.ts";
import type { Credential } from "./cloudflare/client.ts";
import { createFreshGroups } from "./cloudflare/fresh-groups.ts";
import { withRetry } from "./cloudflare/retry.ts";
import type { Transport } from "./cloudflare/transport.ts";
import { compiledExecution } from "./execution.ts";
import { EXPLAIN, type Explained, explaining } from "./explain.ts";
import type { Context } from "./graph/context.ts";
import { visible } from "./graph/error.ts";
import { leanSchema, schema } from "./graph/schema.ts";
import { createSequence } from "./graph/sequence.ts";
import { createGraphiQL, type GraphiQL, type ServeGraphiQL } from "./graphiql.ts";
import { createLoaders } from "./loaders.ts";
import { Patience } from "./sharing/patience.ts";
import { callerOf, type Operation, Sharing, sharedOperations } from "./sharing.ts";
import { Spending } from "./spending.ts";
import { type Rate, Turns } from "./turns.ts";
import { spendingClient } from "./upstream.ts";

export type { GraphiQL } from "./graphiql.ts";

/** Where the REST API is when nothing else is said. */
export const CLOUDFLARE_API = "https://api.cloudflare.com/client/v4";

/** How a gateway is made. */
export interface GatewayOptions {
  /** What reaches the network: `createTransport()`, `fetchTransport()`, one of your own, or a sandbox's `handle`. */
  transport: Transport;
  /** Base URL of the REST API. @default "https://api.cloudflare.com/client/v4" */
  baseUrl?: string;
  /** GraphiQL for browsers at the same path. @default false */
  graphiql?: GraphiQL | false;
  /** What is logged; `false` for nothing. Unexpected errors are logged with the request's id. @default "info" */
  logging?: LogLevel | false;
  /** The execution of a query at which it is compiled: 1 for at once, `false` for never. @default 2 */
  compileAt?: number | false;
  /**
   * Whether equal reads of one caller that are under way at the same time are done once. Nothing is shared between
   * callers, and nothing is kept. @default true
   */
  sharing?: boolean;
  /**
   * Milliseconds that an operation waits for its reads. Fields that are not done by then fail with `TIMEOUT`, and what is
   * done is answered. A write is never ended by it. @default 30000
   */
  operationTimeout?: number;
  /** Whether reads that met passing trouble are repeated, up to three attempts in all. @default true */
  retry?: boolean;
  /** Whether calls fail at once while Cloudflare fails at nearly all of them. @default true */
  breaker?: boolean;
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
  /** Milliseconds after which a call is given up, whatever the transport does, and that a write waits for its turn. @default 10000 */
  callTimeout?: number;
  /** Whether answers tell their cost in `extensions.upstream`, and `x-upstream-explain` is heeded. @default false */
  explain?: boolean;
  /** Path of the endpoint. @default "/graphql" */
  path?: string;
}

/** A Fetch handler (`gateway.fetch(request)`) that is a `node:http` listener, too. */
export type Gateway = YogaServerInstance<object, Context & Explained>;

/**
 * The gateway: takes each caller's own credential from the request and answers GraphQL with calls made in their name.
 * It keeps no credential and nothing that was read beyond the request.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { baseUrl = CLOUDFLARE_API, graphiql = false, path = "/graphql" } = options;
  const { logging = "info", compileAt = 2, sharing = true } = options;
  const { operationTimeout = 30_000, callTimeout = 10_000, retry = true, breaker = true, explain = false } = options;
  const { maxCalls = 600, quota = cloudflareQuota, budget = memoryBudget({ quota }) } = options;
  const { concurrency = 128, rate = { calls: 200, milliseconds: 1000 } } = options;
  const most = maxCalls === false ? Number.POSITIVE_INFINITY : maxCalls;
  const transport = withCallTimeout(options.transport, callTimeout);
  const awaitingNew = createFreshGroups();
  const shared = new Sharing(sharing);
  const sequence = createSequence();
  const logger = createLogger(logging || "silent");
  const onChange = (stopped: boolean) =>
    stopped
      ? logger.warn(`${baseUrl} fails at nearly all calls: they are stopped, but for a probe every few seconds.`)
      : logger.warn(`${baseUrl} answers again.`);
  const upstream = {
    transport: breaker ? withBreaker(transport, { onChange }) : transport,
    baseUrl,
    turns: new Turns({ concurrency: concurrency === false ? Number.POSITIVE_INFINITY : concurrency, rate }),
    budget,
    callTimeout,
  };
  return createYoga<object, Context & Explained>({
    schema,
    graphqlEndpoint: path,
    landingPage: false,
    // Yoga would reflect any origin with credentials. Whoever serves browsers elsewhere says so in front of us.
    cors: false,
    multipart: false,
    logging: logger,
    // Yoga's own would load its scripts from elsewhere.
    graphiql: false,
    plugins: [
      graphiql && graphiqlPages(createGraphiQL(graphiql, path)),
      jsonOnly,
      requestIds,
      visibleErrors(logger),
      explaining({ schema, budget, most, tell: explain }),
      compileAt !== false && compiledExecution(compileAt, leanSchema),
      // An empty word is a word, and is refused: nobody without one may get that.
      sharedOperations(shared, ({ headers }) => callerOf(credentialOf(headers)) + JSON.stringify(headers.get(EXPLAIN))),
    ],
    // Ours is visibleErrors: it knows the request's id.
    maskedErrors: false,
    context: ({ request, signal = request.signal, alone }: YogaInitialContext & Partial<Operation>) => {
      const credential = credentialOf(request.headers);
      const asked = request.headers.get(EXPLAIN);
      const spender = budgetKey(credential);
      const spending = new Spending(explain && asked === "analyze");
      const patience = new Patience(signal, Date.now() + operationTimeout);
      const admission = new Admission({ caller: spender, budget, most, waiting: patience, patient: retry }, spending);
      const once = spendingClient(upstream, { credential, key: spender, spending, admission });
      const again = () => admission.again();
      const joins = (shared: object) => upstream.turns.join(shared, spending);
      const joining = { caller: callerOf(credential), patience, alone, admission, spending, joins };
      const call = shared.wrap(retry ? withRetry(once, { again }) : once, joining);
      const loaders = createLoaders(awaitingNew(call, patience), (batch) => spending.analysis?.batches.push(batch));
      return { loaders, sequence, spending, spender, admission, explain: asked };
    },
  });
}

/** The caller's credential, in one of the two forms that Cloudflare takes. Whatever else is sent stays here. */
export function credentialOf(headers: Headers): Credential | null {
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (token) return { token };
  const [email, key] = ["x-auth-email", "x-auth-key"].map((name) => headers.get(name)?.match(/^[\x21-\x7e]+$/)?.[0]);
  return email && key ? { email, key } : null;
}

const ids = new WeakMap<Request, string>();

/** The id under which a request is logged: the caller's `x-request-id` if it is a plain one, else a new one. */
function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id") ?? "";
  const id = ids.get(request) ?? (/^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID());
  ids.set(request, id);
  return id;
}

const requestIds: Plugin = {
  onResponse: ({ request, response }) => response.headers.set("x-request-id", requestIdOf(request)),
};

/** Only JSON may be posted: a form needs no permission from the browser to be sent by any other site. */
const jsonOnly: Plugin = {
  onRequestParse: ({ request }) => {
    if (
      request.method === "POST" &&
      !/^application\/(graphql\+)?json\b/i.test(request.headers.get("content-type") ?? "")
    ) {
      throw new GraphQLError("Send the operation as `content-type: application/json`.", {
        extensions: { code: "BAD_USER_INPUT", http: { status: 415 } },
      });
    }
  },
};

/** GraphiQL, before anything is taken for an operation. */
function graphiqlPages(serve: ServeGraphiQL): Plugin {
  return {
    onRequest: ({ request, url, endResponse }) =>
      serve(request, url)?.then((response) => response && endResponse(response)),
  };
}

/** Every error on its way out, whether of parsing, validating or executing. */
function visibleErrors(logger: YogaLogger): Plugin {
  return {
    onResultProcess: ({ request, result, setResult }) => {
      if (!("errors" in result) || !result.errors) return;
      const id = requestIdOf(request);
      const onBug = (bug: unknown) => logger.error(`Request ${id} failed unexpectedly:`, bug);
      setResult({ ...result, errors: result.errors.map((error) => visible(error, id, onBug)) });
    },
  };
}
