import { z } from "zod";
import { BASE_URL, isBaseUrl, notAllowed, withoutSecrets } from "../options.ts";
import { isAddressRange, type TrustProxy } from "./client-address.ts";

const port = "a port, 0 to 65535";

/** One of these words. */
function words<const Word extends string>(...allowed: Word[]) {
  return z.enum(allowed, `one of ${allowed.join(", ")}`);
}

/** A time in milliseconds, from words such as `500ms` and `30s`; `0s` only where none is a choice. */
function duration(least: 0 | 1 = 1) {
  const allowed = `a whole number of ms or s, ${least === 0 ? "0s" : "1ms"} to 3600s`;
  return z
    .string()
    .regex(/^\d{1,7}m?s$/, allowed)
    .transform((text) => Number.parseInt(text, 10) * (text.endsWith("ms") ? 1 : 1000))
    .refine((milliseconds) => milliseconds >= least && milliseconds <= 3_600_000, allowed);
}

/** How many, of so many digits at most; `off` for any number. */
function limit(digits = 4) {
  const allowed = `a whole number, 1 to ${"9".repeat(digits)}, or off`;
  return z
    .string()
    .regex(new RegExp(`^([1-9]\\d{0,${digits - 1}}|off)$`), allowed)
    .transform((text) => (text === "off" ? Number.POSITIVE_INFINITY : Number(text)));
}

/** A whole number within bounds. */
function whole(least: number, most: number) {
  const allowed = `a whole number, ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, allowed)
    .transform(Number)
    .refine((number) => number >= least && number <= most, allowed);
}

/** So many calls in so many seconds, from words such as `1200/300s`; `off` for none. */
function quota() {
  const allowed = "calls and whole seconds such as 1200/300s, up to 9999999/86400s, or off";
  return z
    .string()
    .regex(/^([1-9]\d{0,6}\/[1-9]\d{0,4}s|off)$/, allowed)
    .transform((text) => {
      const [units = 0, seconds = 0] = text.split("/").map((part) => Number.parseInt(part, 10));
      return text === "off" ? (false as const) : { units, seconds };
    })
    .refine((given) => given === false || given.seconds <= 86_400, allowed);
}

/** A size in bytes, from words such as `512KB` and `32MB`. */
function size() {
  const allowed = "a whole number of KB or MB, 1KB to 512MB";
  return z
    .string()
    .regex(/^\d{1,6}[KM]B$/, allowed)
    .transform((text) => Number.parseInt(text, 10) * (text.endsWith("KB") ? 1024 : 1024 * 1024))
    .refine((bytes) => bytes >= 1024 && bytes <= 512 * 1024 * 1024, allowed);
}

/** Proxies before the gateway: how many, or which, from words such as `1` and `10.0.0.0/8, 192.0.2.1`. */
function proxies() {
  const allowed = "how many proxies there are, 0 to 9, or their IP addresses and ranges such as 10.0.0.0/8";
  const listed = (text: string) => text.split(",").map((part) => part.trim());
  return z
    .string()
    .refine((text) => /^\d$/.test(text) || listed(text).every(isAddressRange), allowed)
    .transform((text): TrustProxy => (/^\d$/.test(text) ? Number(text) : listed(text)));
}

/** Where a proxy is. */
function proxy() {
  return z
    .string()
    .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""), "an http or https URL of a proxy")
    .default("");
}

/** Variables that other programs read in lower case, too. */
const eitherCase = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

/** Settings, their defaults, and what is allowed in the words of the refusal. */
const Settings = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, port)
    .transform(Number)
    .refine((number) => number <= 65535, port)
    .default(4000),
  HOST: z
    .union([z.hostname(), z.ipv4(), z.ipv6()], "a host name or an address, without scheme and port")
    .default("127.0.0.1"),
  CLOUDFLARE_API_BASE_URL: z
    .string()
    .refine(isBaseUrl, BASE_URL)
    .transform((url) => new URL(url).href.replace(/\/+$/, ""))
    .default("https://api.cloudflare.com/client/v4"),
  MAX_CONNECTIONS: limit().default(1000),
  HEADERS_TIMEOUT: duration().default(10_000),
  REQUEST_TIMEOUT: duration().default(30_000),
  KEEP_ALIVE_TIMEOUT: duration().default(5_000),
  MAX_HEADER_SIZE: size().default(16 * 1024),
  MAX_BODY_SIZE: size().default(1024 * 1024),
  TRUST_PROXY: proxies().default(0),
  SHUTDOWN_DELAY: duration(0).default(0),
  GRAPHIQL: words("true", "false")
    .transform((word) => word === "true")
    .default(false),
  EXPLAIN: words("true", "false")
    .transform((word) => word === "true")
    .default(false),
  REQUEST_DEDUPLICATION: words("on", "off").default("on"),
  OPERATION_TIMEOUT: duration().default(30_000),
  CALL_TIMEOUT: duration().default(10_000),
  MAX_CALLS_PER_OPERATION: limit().default(600),
  MAX_OBJECTS_PER_OPERATION: limit(9).default(1_000_000),
  MAX_ANSWER_SIZE: size().default(64 * 1024 * 1024),
  UPSTREAM_QUOTA: quota().default({ units: 1200, seconds: 300 }),
  UPSTREAM_CONCURRENCY: limit().default(128),
  MAX_UNKNOWN_CREDENTIALS: limit().default(10),
  UPSTREAM_RATE: quota().default({ units: 200, seconds: 1 }),
  /** Empty for none. */
  REDIS_URL: z
    .string()
    .refine((text) => /^rediss?:$/.test(URL.parse(text)?.protocol ?? ""), "a redis or rediss URL")
    .default(""),
  UPSTREAM_REPLICAS: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, "a whole number, 1 to 999")
    .transform(Number)
    .default(1),
  MAX_RESPONSE_SIZE: size().default(32 * 1024 * 1024),
  MAX_RECEIVE_BUFFER: size().default(256 * 1024 * 1024),
  MAX_TOKENS: whole(1, 99_999).default(4000),
  MAX_DEPTH: whole(1, 99).default(24),
  MAX_ALIASES: limit().default(200),
  MAX_ROOT_FIELDS: limit().default(100),
  MAX_DIRECTIVES: limit().default(50),
  MAX_VARIABLES_SIZE: size().default(256 * 1024),
  DOCUMENT_CACHE_SIZE: size().default(32 * 1024 * 1024),
  /** Empty for none. */
  HTTPS_PROXY: proxy(),
  HTTP_PROXY: proxy(),
  /** Hosts that are reached without a proxy, by commas. */
  NO_PROXY: z.string().default(""),
  LOG_LEVEL: words("debug", "info", "warn", "error", "silent").default("info"),
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
