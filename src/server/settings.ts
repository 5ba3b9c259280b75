import * as z from "zod";
import { BASE_URL, isBaseUrl, notAllowed, withoutSecrets } from "../options.ts";
import { type NearMiss, nearMisses } from "./settings/near-misses.ts";
import { duration, flag, limit, port, proxies, proxy, quota, size, whole, words } from "./settings/values.ts";

/** Variables that other programs read in lower case, too. */
const eitherCase = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

/**
 * Settings: what is allowed in the words of the refusal, defaults as they would be set, and what each is for. The help of
 * the command line is made from them, and README.md has the same table.
 */
const Settings = z.object({
  PORT: port().prefault("4000").describe("Where to listen."),
  HOST: z
    .union([z.hostname(), z.ipv4(), z.ipv6()], "a host name or an address, without scheme and port")
    .prefault("127.0.0.1")
    .describe("Where to listen; `0.0.0.0` is reachable from elsewhere."),
  CLOUDFLARE_API_BASE_URL: z
    .string()
    .refine(isBaseUrl, BASE_URL)
    .transform((url) => new URL(url).href.replace(/\/+$/, ""))
    .prefault("https://api.cloudflare.com/client/v4")
    .describe("Where the REST API is."),
  MAX_CONNECTIONS: limit()
    .prefault("1000")
    .describe("Connections of clients at once. Further ones are closed as they come."),
  HEADERS_TIMEOUT: duration()
    .prefault("10s")
    .describe("How long the headers of a request may take; a connection on which nothing comes is closed after that."),
  REQUEST_TIMEOUT: duration()
    .prefault("30s")
    .describe(
      "How long a whole request may take to come, its body included. A client that takes nothing of its answer for as long is cut off, too.",
    ),
  KEEP_ALIVE_TIMEOUT: duration()
    .prefault("5s")
    .describe("How long a connection may wait for its next request. Behind a proxy give it more than the proxy's own."),
  MAX_HEADER_SIZE: size().prefault("16KB").describe("What request line and headers may have together."),
  MAX_BODY_SIZE: size().prefault("1MB").describe("What the body of a request may have, or the query string of a GET."),
  TRUST_PROXY: proxies()
    .prefault("0")
    .describe("Whose `X-Forwarded-For` is believed when the address of a client counts."),
  SHUTDOWN_DELAY: duration(0)
    .prefault("0s")
    .describe("How long connections are still accepted after SIGTERM or SIGINT."),
  GRAPHIQL: flag()
    .prefault("false")
    .describe("GraphiQL for browsers at `/graphql`. Without it they get a page that says how to ask."),
  EXPLAIN: flag()
    .prefault("false")
    .describe(
      "Whether answers tell their cost in `extensions.upstream`, and the header `x-upstream-explain` is heeded.",
    ),
  REQUEST_DEDUPLICATION: words("on", "off")
    .prefault("on")
    .describe(
      "Whether equal reads of one credential that are under way at the same moment are done once. Nothing is shared between credentials, and nothing is kept.",
    ),
  OPERATION_TIMEOUT: duration()
    .prefault("30s")
    .describe(
      "How long an operation waits for its reads. Fields that are not done by then fail with `TIMEOUT`; what is done is answered. Writes are not ended by it.",
    ),
  CALL_TIMEOUT: duration()
    .prefault("10s")
    .describe(
      "How long one REST call may take, from sending it to its last byte; a read that is repeated has it for each attempt. A write waits as long for its turn, and as long for other writes to the same thing; after that it is not sent.",
    ),
  MAX_CALLS_PER_OPERATION: limit()
    .prefault("600")
    .describe(
      "Calls that one operation may make. What must cost more is refused before its first call, and reads of one kind that do not fit any more are refused together: `TOO_EXPENSIVE`.",
    ),
  MAX_OBJECTS_PER_OPERATION: limit(9)
    .prefault("1000000")
    .describe(
      "Objects that one answer may have. An operation that is planned to have more is rejected before its first call, one that turns out to have more is rejected whole: `TOO_EXPENSIVE`. So is a query of which more than 1,000 fields fail.",
    ),
  MAX_ANSWER_SIZE: size()
    .prefault("64MB")
    .describe("How long one answer may be. A longer one is rejected whole: `TOO_EXPENSIVE`."),
  UPSTREAM_QUOTA: quota()
    .prefault("1200/300s")
    .describe(
      "What is assumed of Cloudflare's quota for a credential until its answers tell. Nothing is sent beyond it: `RATE_LIMITED`. With `off` only what the answers tell holds.",
    ),
  UPSTREAM_CONCURRENCY: limit()
    .prefault("128")
    .describe(
      "Calls to the REST API at once for one credential. Further ones wait, within their deadlines, and operations take turns.",
    ),
  MAX_UNKNOWN_CREDENTIALS: limit()
    .prefault("10")
    .describe(
      "Credentials that Cloudflare has not accepted yet and that one client address (of IPv6 a /64) may send in a minute. Further ones wait while an earlier one is not answered, and are refused with `RATE_LIMITED` when none was accepted. One that works counts no longer.",
    ),
  UPSTREAM_RATE: quota()
    .prefault("200/1s")
    .describe(
      "Calls that the process sends in any such time, whoever asked: Cloudflare's limit for one IP address. Further ones wait, those of credentials that have worked go first, and the others have a quarter of it at most.",
    ),
  /** Empty for none. */
  REDIS_URL: z
    .string()
    .refine((text) => /^rediss?:$/.test(URL.parse(text)?.protocol ?? ""), "a redis or rediss URL")
    .default("")
    .describe(
      "Where replicas count together what a credential has spent. Its key there is an HMAC. Without Redis each process counts on its own.",
    ),
  UPSTREAM_REPLICAS: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, "a whole number, 1 to 999")
    .transform(Number)
    .prefault("1")
    .describe("By how many the rest of the quota is divided while Redis cannot be reached."),
  MAX_RESPONSE_SIZE: size()
    .prefault("32MB")
    .describe(
      "What one answer of the REST API may have, decoded (gzip, deflate, br); a larger one is an `UPSTREAM_ERROR`.",
    ),
  MAX_RECEIVE_BUFFER: size()
    .prefault("256MB")
    .describe(
      "What the answers that are being received may have together. Beyond it the network waits; the oldest answer comes first. At least `MAX_RESPONSE_SIZE`.",
    ),
  MAX_TOKENS: whole(1, 99_999)
    .prefault("4000")
    .describe(
      "Tokens of a document, comments included, and its lines. For this and the next four, fragments count wherever they are spread, and all operations of a document together. What has more is refused before anything is worked out: `LIMIT_EXCEEDED`.",
    ),
  MAX_DEPTH: whole(1, 99).prefault("24").describe("Fields within each other."),
  MAX_ALIASES: limit().prefault("200").describe("Fields with an alias."),
  MAX_ROOT_FIELDS: limit().prefault("100").describe("Fields that one operation asks of `Query` or `Mutation` itself."),
  MAX_DIRECTIVES: limit().prefault("50").describe("Directives."),
  MAX_VARIABLES_SIZE: size().prefault("256KB").describe("What the variables of a request may have, written as JSON."),
  DOCUMENT_CACHE_SIZE: size()
    .prefault("32MB")
    .describe(
      "Memory for documents that are kept parsed, validated and compiled; the one used longest ago goes first.",
    ),
  /** Empty for none. */
  HTTPS_PROXY: proxy()
    .default("")
    .describe(
      "The proxy on the way to an https `CLOUDFLARE_API_BASE_URL`; never to a loopback address or the sandbox. Also in lower case.",
    ),
  HTTP_PROXY: proxy().default("").describe("The same for an http one."),
  /** Hosts that are reached without a proxy, by commas. */
  NO_PROXY: z.string().default("").describe("What is reached without a proxy. Also in lower case."),
  LOG_LEVEL: words("debug", "info", "warn", "error", "silent")
    .prefault("info")
    .describe(
      "What is logged: bugs and refused requests with the id of the request, an API that cannot be reached or fails at nearly all calls. Never a credential.",
    ),
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
  const settings = Settings.safeParse(given);
  if (settings.success) return settings.data;
  const lines = settings.error.issues.map(({ path: [name], message }) => {
    const value = JSON.stringify(withoutSecrets(given[String(name)] ?? ""));
    return notAllowed(`${String(name)}=${value}`, message);
  });
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
  description: string;
}

/** All settings, in the order of the table. */
export function describeSettings(): SettingHelp[] {
  return Object.entries(Settings.shape).map(([name, { def, description = "" }]) => ({
    name,
    default: String(def.defaultValue),
    description,
  }));
}
