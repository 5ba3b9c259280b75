import * as z from "zod";
import { BASE_URL, isBaseUrl, notAllowed, withoutSecrets } from "../options.ts";
import { graphiqlProblems, graphiqlSettings } from "./settings/graphiql.ts";
import { type NearMiss, nearMisses } from "./settings/near-misses.ts";
import { observabilitySettings } from "./settings/observability.ts";
import { redisProblems, redisSettings } from "./settings/redis.ts";
import { serviceProblems, serviceSettings } from "./settings/service-mode.ts";
import { graceProblems, leastGrace, shutdownSettings } from "./settings/shutdown.ts";
import { subscriptionSettings } from "./settings/subscriptions.ts";
import { documentProblems, documentSettings } from "./settings/trusted-documents.ts";
import { duration, flag, limit, origins, port, proxies, proxy, quota, size, whole, words } from "./settings/values.ts";

/** Variables that other programs read in lower case, too. */
const eitherCase = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

/** What is other in production unless it is set. */
const inProduction = { INTROSPECTION: "false", SUGGESTIONS: "false", LOG_FORMAT: "json" };

/** Nothing of its value is repeated. */
const SECRETS: readonly unknown[] = ["CLOUDFLARE_API_TOKEN", "REDIS_KEY_SECRET"];

/**
 * Settings: what is allowed in the words of the refusal, defaults as they would be set, and what each is for. The help of
 * the command line is made from them, and README.md has the same table.
 */
const Settings = z.object({
  PORT: port().prefault("4000").describe("TCP port to listen on; 0 takes any that is free."),
  HOST: z
    .union([z.hostname(), z.ipv4(), z.ipv6()], "a host name or an address, without scheme and port")
    .prefault("127.0.0.1")
    .describe("Address to listen on. With `0.0.0.0` other machines can connect."),
  CLOUDFLARE_API_BASE_URL: z
    .string()
    .refine(isBaseUrl, BASE_URL)
    .transform((url) => new URL(url).href.replace(/\/+$/, ""))
    .prefault("https://api.cloudflare.com/client/v4")
    .describe("Base URL of the REST API."),
  ...serviceSettings,
  MAX_CONNECTIONS: limit()
    .prefault("1000")
    .describe("Concurrent client connections. Further ones are closed when they open."),
  HEADERS_TIMEOUT: duration()
    .prefault("10s")
    .describe("Time for the headers of a request. A connection that sends nothing is closed after it."),
  REQUEST_TIMEOUT: duration()
    .prefault("30s")
    .describe(
      "Time for a whole request, its body included. A client that reads nothing of its response for this long is disconnected, too.",
    ),
  KEEP_ALIVE_TIMEOUT: duration()
    .prefault("5s")
    .describe(
      "Time that an idle connection stays open for its next request. Behind a proxy, set it longer than the proxy's own.",
    ),
  MAX_HEADER_SIZE: size().prefault("16KB").describe("Size of the request line and the headers together."),
  MAX_BODY_SIZE: size().prefault("1MB").describe("Size of the body of a request, or of the query string of a GET."),
  TRUST_PROXY: proxies().prefault("0").describe("Proxies whose `X-Forwarded-For` decides the address of a client."),
  CORS_ORIGINS: origins()
    .default([])
    .describe("Origins whose pages may ask from a browser, by commas. Without it no page of another origin may."),
  ...shutdownSettings,
  ...graphiqlSettings,
  ...documentSettings,
  SUGGESTIONS: flag()
    .prefault("true")
    .describe(
      "Let errors of a document name fields that may have been meant. `false` by default with `NODE_ENV=production`.",
    ),
  FEDERATION: flag()
    .prefault("false")
    .describe("Be a subgraph of Apollo Federation: answer `_entities`, and `_service` while `INTROSPECTION` is on."),
  EXPLAIN: flag()
    .prefault("false")
    .describe("Add the cost to each response (`extensions.upstream`) and honour the `x-upstream-explain` header."),
  READ_ONLY: flag().prefault("false").describe("Reject every mutation (`FORBIDDEN`) before anything is sent."),
  REQUEST_DEDUPLICATION: words("on", "off")
    .prefault("on")
    .describe(
      "Deduplicate identical in-flight reads of the same credential. Nothing is shared between credentials, and nothing is kept.",
    ),
  OPERATION_TIMEOUT: duration()
    .prefault("30s")
    .describe(
      "Time that an operation waits for its reads. Unresolved fields then fail with `TIMEOUT`; resolved ones are returned. Writes are never cancelled.",
    ),
  CALL_TIMEOUT: duration()
    .prefault("10s")
    .describe(
      "Time for one REST call, from sending it to its last byte; each attempt of a repeated read has it. A write waits as long for its turn, and as long for other writes to the same object; after that it is not sent.",
    ),
  MAX_CALLS_PER_OPERATION: limit()
    .prefault("600")
    .describe(
      "REST calls per operation. Operations that need more are rejected up front; a batch of reads that exceeds the remainder is rejected as a whole: `TOO_EXPENSIVE`.",
    ),
  MAX_OBJECTS_PER_OPERATION: limit(9)
    .prefault("1000000")
    .describe(
      "Objects in one response. An operation planned to have more is rejected before its first call; one that turns out to have more is rejected as a whole: `TOO_EXPENSIVE`. The same holds for a query of which more than 1,000 fields fail.",
    ),
  MAX_ANSWER_SIZE: size()
    .prefault("64MB")
    .describe("Size of one response. A longer one is rejected as a whole: `TOO_EXPENSIVE`."),
  ...subscriptionSettings,
  UPSTREAM_QUOTA: quota()
    .prefault("1200/300s")
    .describe(
      "Rate limit assumed per credential until Cloudflare's response headers report the real one. Calls beyond it are not sent: `RATE_LIMITED`. With `off` only the reported limit applies.",
    ),
  CALLER_QUOTA: quota()
    .prefault("off")
    .describe(
      "REST calls of each caller in service mode per interval, with Redis counted for all replicas. Further calls are not sent: `RATE_LIMITED`, with the caller's own remainder. A shared call counts for the caller whose operation sent it.",
    ),
  CALLER_RATE: quota()
    .prefault("off")
    .describe(
      "Requests of each caller in service mode per interval and process. Further requests are answered with 429.",
    ),
  UPSTREAM_CONCURRENCY: limit()
    .prefault("128")
    .describe(
      "Concurrent REST calls per caller: a credential, or in service mode one of its callers. Further calls wait, within their deadlines; scheduling between operations is fair.",
    ),
  MAX_UNKNOWN_CREDENTIALS: limit()
    .prefault("10")
    .describe(
      "Credentials that Cloudflare has not accepted yet, per client address (for IPv6, per /64) and minute. Further ones wait until an earlier one is answered, and are rejected with `RATE_LIMITED` if none was accepted. A credential that works no longer counts.",
    ),
  UPSTREAM_RATE: quota()
    .prefault("200/1s")
    .describe(
      "REST calls of the whole process per interval: Cloudflare's limit for one IP address. Further calls wait. Calls of credentials that have worked go first; the others get at most a quarter.",
    ),
  ...redisSettings,
  MAX_RESPONSE_SIZE: size()
    .prefault("32MB")
    .describe("Size of one answer of the REST API, decoded (gzip, deflate, br). A larger one is an `UPSTREAM_ERROR`."),
  MAX_RECEIVE_BUFFER: size()
    .prefault("256MB")
    .describe(
      "Size of all answers being received together. Beyond it the network waits, and the oldest answer comes first. At least `MAX_RESPONSE_SIZE`.",
    ),
  MAX_TOKENS: whole(1, 99_999)
    .prefault("4000")
    .describe(
      "Tokens of a document, comments included, and its lines. For this and the next four, a fragment counts wherever it is spread, and all operations of a document count together. A document with more is rejected before it is parsed or planned: `LIMIT_EXCEEDED`.",
    ),
  MAX_DEPTH: whole(1, 99).prefault("24").describe("Nesting depth of fields."),
  MAX_ALIASES: limit().prefault("200").describe("Fields with an alias."),
  MAX_ROOT_FIELDS: limit().prefault("100").describe("Fields of `Query` or `Mutation` in one operation."),
  MAX_DIRECTIVES: limit().prefault("50").describe("Directives."),
  MAX_VARIABLES_SIZE: size().prefault("256KB").describe("Size of the variables of a request as JSON."),
  CACHE_MAX_AGE: duration(0)
    .prefault("0s")
    .describe(
      "Greatest age of a read that a request may accept (`Cache-Control: max-age`). Reads are remembered for as long, per credential. With `0s` nothing is.",
    ),
  CACHE_DEFAULT_AGE: duration(0)
    .prefault("0s")
    .describe("Age of reads that a request without the header accepts, up to `CACHE_MAX_AGE`."),
  CACHE_STALE_IF_ERROR: duration(0)
    .prefault("0s")
    .describe("Greatest age of a read that a request may accept while Cloudflare cannot answer (`stale-if-error`)."),
  CACHE_SIZE: size()
    .prefault("64MB")
    .describe("Memory for all remembered reads. The least recently used one is dropped first."),
  DOCUMENT_CACHE_SIZE: size()
    .prefault("32MB")
    .describe("Memory for parsed, validated and compiled documents. The least recently used one is dropped first."),
  /** Empty for none. */
  HTTPS_PROXY: proxy()
    .default("")
    .describe(
      "Proxy for an https `CLOUDFLARE_API_BASE_URL`; never used for a loopback address or the sandbox. Also read in lower case.",
    ),
  HTTP_PROXY: proxy().default("").describe("The same for an http `CLOUDFLARE_API_BASE_URL`."),
  /** Hosts that are reached without a proxy, by commas. */
  NO_PROXY: z
    .string("hosts by commas, such as .corp.example, 10.0.0.1:8080 or *")
    .default("")
    .describe("Hosts that are reached without a proxy. Also read in lower case."),
  ...observabilitySettings,
});

/** Checked settings, by the names of their environment variables. */
export type Settings = z.output<typeof Settings>;

/** Settings that cannot be used; the message has a line for each: its name, its value, what is allowed. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Reads the settings from the environment. An empty variable counts as not set. */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  for (const name of eitherCase) given[name] ??= environment[name.toLowerCase()] || undefined;
  const settings = Settings.safeParse(environment.NODE_ENV === "production" ? { ...inProduction, ...given } : given);
  const refused = settings.error?.issues.map(({ path: [name], message }) => {
    const value = SECRETS.includes(name) ? "[hidden]" : JSON.stringify(withoutSecrets(given[String(name)] ?? ""));
    return notAllowed(`${String(name)}=${value}`, message);
  });
  const tooShort = settings.success && given.SHUTDOWN_GRACE !== undefined ? graceProblems(settings.data) : [];
  const lines = [
    ...(refused ?? []),
    ...serviceProblems(given),
    ...documentProblems(given),
    ...redisProblems(given),
    ...tooShort,
    ...(settings.success ? graphiqlProblems(settings.data) : []),
  ];
  if (settings.success && lines.length === 0)
    return { ...settings.data, SHUTDOWN_GRACE: Math.max(settings.data.SHUTDOWN_GRACE, leastGrace(settings.data)) };
  throw new SettingsError(lines.join("\n"));
}

/** Variables of an environment that are no setting, but a letter or two away from one. */
export function misspelledSettings(environment: Record<string, string | undefined>): NearMiss[] {
  return nearMisses(environment, Object.keys(Settings.shape), eitherCase);
}

/** A setting as the help of the command line shows it. */
export interface SettingHelp {
  name: string;
  /** In the words that may be set; empty for none. */
  default: string;
  /** What may be set, in the words of the refusal. */
  allowed: string;
  description: string;
}

/** The words of a refusal: of a text that no setting takes, or where any is taken, of what is no text. */
function allowedBy(setting: z.ZodType): string {
  const refused = setting.safeParse("\0");
  return (refused.success ? setting.safeParse(0) : refused).error?.issues[0]?.message ?? "";
}

/** All settings, in the order of the table. */
export function describeSettings(): SettingHelp[] {
  return Object.entries(Settings.shape).map(([name, setting]) => ({
    name,
    default: String(setting.def.defaultValue),
    allowed: allowedBy(setting),
    description: setting.description ?? "",
  }));
}
