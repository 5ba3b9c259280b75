import { describe, expect, test } from "vitest";
import { misspelledSettings, readSettings, SettingsError } from "../../src/server/settings.ts";

const defaults = {
  PORT: 4000,
  HOST: "127.0.0.1",
  CLOUDFLARE_API_BASE_URL: "https://api.cloudflare.com/client/v4",
  CLOUDFLARE_API_TOKEN: "",
  CLOUDFLARE_API_TOKEN_FILE: "",
  CALLERS_FILE: "",
  JWT_ISSUER: "",
  JWT_AUDIENCE: "",
  JWT_JWKS_URL: "",
  JWT_ALGORITHMS: ["RS256"],
  JWT_CLOCK_TOLERANCE: 30_000,
  ACCESS_TEAM_DOMAIN: "",
  MAX_CONNECTIONS: 1000,
  HEADERS_TIMEOUT: 10_000,
  REQUEST_TIMEOUT: 30_000,
  KEEP_ALIVE_TIMEOUT: 5_000,
  MAX_HEADER_SIZE: 16 * 1024,
  MAX_BODY_SIZE: 1024 * 1024,
  TRUST_PROXY: 0,
  CORS_ORIGINS: [],
  SUBSCRIPTION_TIMEOUT: 3_600_000,
  MAX_SUBSCRIPTIONS: 10,
  SHUTDOWN_DELAY: 0,
  SHUTDOWN_GRACE: 60_000,
  GRAPHIQL: false,
  INTROSPECTION: true,
  TRUSTED_DOCUMENTS: "",
  TRUSTED_DOCUMENTS_MODE: "required",
  SUGGESTIONS: true,
  FEDERATION: false,
  EXPLAIN: false,
  AUDIT_LOG: "",
  READ_ONLY: false,
  REQUEST_DEDUPLICATION: "on",
  OPERATION_TIMEOUT: 30_000,
  CALL_TIMEOUT: 10_000,
  MAX_CALLS_PER_OPERATION: 600,
  MAX_OBJECTS_PER_OPERATION: 1_000_000,
  MAX_ANSWER_SIZE: 64 * 1024 * 1024,
  UPSTREAM_QUOTA: { units: 1200, seconds: 300 },
  CALLER_QUOTA: false,
  CALLER_RATE: false,
  UPSTREAM_CONCURRENCY: 128,
  MAX_UNKNOWN_CREDENTIALS: 10,
  UPSTREAM_RATE: { units: 200, seconds: 1 },
  REDIS_URL: "",
  REDIS_OPTIONS_FILE: "",
  REDIS_KEY_SECRET: "",
  REDIS_KEY_SECRET_FILE: "",
  UPSTREAM_REPLICAS: 1,
  MAX_RESPONSE_SIZE: 32 * 1024 * 1024,
  MAX_RECEIVE_BUFFER: 256 * 1024 * 1024,
  MAX_TOKENS: 4000,
  MAX_DEPTH: 24,
  MAX_ALIASES: 200,
  MAX_ROOT_FIELDS: 100,
  MAX_DIRECTIVES: 50,
  MAX_VARIABLES_SIZE: 256 * 1024,
  CACHE_MAX_AGE: 0,
  CACHE_DEFAULT_AGE: 0,
  CACHE_STALE_IF_ERROR: 0,
  CACHE_SIZE: 64 * 1024 * 1024,
  DOCUMENT_CACHE_SIZE: 32 * 1024 * 1024,
  HTTPS_PROXY: "",
  HTTP_PROXY: "",
  NO_PROXY: "",
  METRICS_PORT: false,
  TRACING: false,
  LOG_FORMAT: "text",
  LOG_PERSONAL: false,
  LOG_LEVEL: "info",
};

/** The lines that refuse an environment. */
function refusal(environment: Record<string, string>): string[] {
  try {
    return [`accepted: ${JSON.stringify(readSettings(environment))}`];
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message.split("\n");
  }
}

test("nothing has to be set", () => {
  expect(readSettings({}), "add a new setting to `defaults` in test/server/settings.test.ts").toEqual(defaults);
});

test("an empty variable counts as not set, and other variables are of no concern", () => {
  const empty = Object.fromEntries(Object.keys(defaults).map((name) => [name, ""]));
  expect(readSettings({ ...empty, HOME: "/home/jane", port: "abc" })).toEqual(readSettings({}));
});

test.each([
  ["PORT", "0", 0],
  ["PORT", "65535", 65535],
  ["HOST", "0.0.0.0", "0.0.0.0"],
  ["HOST", "::1", "::1"],
  ["HOST", "localhost", "localhost"],
  ["CLOUDFLARE_API_BASE_URL", "http://127.0.0.1:8787/client/v4", "http://127.0.0.1:8787/client/v4"],
  ["CLOUDFLARE_API_BASE_URL", "https://proxy.example/", "https://proxy.example"],
  ["MAX_CONNECTIONS", "off", Number.POSITIVE_INFINITY],
  ["HEADERS_TIMEOUT", "500ms", 500],
  ["REQUEST_TIMEOUT", "60s", 60_000],
  ["KEEP_ALIVE_TIMEOUT", "65s", 65_000],
  ["MAX_HEADER_SIZE", "32KB", 32 * 1024],
  ["MAX_BODY_SIZE", "512KB", 512 * 1024],
  ["TRUST_PROXY", "0", 0],
  ["TRUST_PROXY", "2", 2],
  ["TRUST_PROXY", "10.0.0.0/8, 192.0.2.1,2001:db8::/32", ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]],
  ["CORS_ORIGINS", "https://app.example.com", ["https://app.example.com"]],
  [
    "CORS_ORIGINS",
    "https://app.example.com:8443, http://localhost:3000",
    ["https://app.example.com:8443", "http://localhost:3000"],
  ],
  ["INTROSPECTION", "false", false],
  ["FEDERATION", "true", true],
  ["SUGGESTIONS", "false", false],
  ["TRUSTED_DOCUMENTS", "manifest.json", "manifest.json"],
  ["SUBSCRIPTION_TIMEOUT", "1ms", 1],
  ["SUBSCRIPTION_TIMEOUT", "90s", 90_000],
  ["SUBSCRIPTION_TIMEOUT", "15m", 900_000],
  ["SUBSCRIPTION_TIMEOUT", "48h", 172_800_000],
  ["MAX_SUBSCRIPTIONS", "3", 3],
  ["MAX_SUBSCRIPTIONS", "off", Number.POSITIVE_INFINITY],
  ["SHUTDOWN_DELAY", "0s", 0],
  ["SHUTDOWN_DELAY", "15s", 15_000],
  ["SHUTDOWN_GRACE", "50s", 50_000],
  ["METRICS_PORT", "9464", 9464],
  ["METRICS_PORT", "off", false],
  ["TRACING", "true", true],
  ["LOG_FORMAT", "json", "json"],
  ["LOG_PERSONAL", "true", true],
  ["REQUEST_DEDUPLICATION", "off", "off"],
  ["UPSTREAM_CONCURRENCY", "off", Number.POSITIVE_INFINITY],
  ["UPSTREAM_CONCURRENCY", "1", 1],
  ["MAX_UNKNOWN_CREDENTIALS", "1", 1],
  ["MAX_UNKNOWN_CREDENTIALS", "off", Number.POSITIVE_INFINITY],
  ["MAX_CALLS_PER_OPERATION", "9999", 9999],
  ["MAX_CALLS_PER_OPERATION", "off", Number.POSITIVE_INFINITY],
  ["AUDIT_LOG", "stdout", "stdout"],
  ["AUDIT_LOG", "/var/log/iam/audit.jsonl", "/var/log/iam/audit.jsonl"],
  ["READ_ONLY", "true", true],
  ["UPSTREAM_QUOTA", "off", false],
  ["UPSTREAM_QUOTA", "9999999/86400s", { units: 9_999_999, seconds: 86_400 }],
  ["UPSTREAM_RATE", "50/2s", { units: 50, seconds: 2 }],
  ["REDIS_URL", "redis://:s3cret@redis:6379/1", "redis://:s3cret@redis:6379/1"],
  ["REDIS_URL", "rediss://redis", "rediss://redis"],
  ["REDIS_OPTIONS_FILE", "/run/secrets/redis.json", "/run/secrets/redis.json"],
  ["UPSTREAM_REPLICAS", "999", 999],
  ["EXPLAIN", "true", true],
  ["MAX_RESPONSE_SIZE", "20MB", 20 * 1024 * 1024],
  ["MAX_TOKENS", "99999", 99_999],
  ["MAX_DEPTH", "1", 1],
  ["MAX_ALIASES", "off", Number.POSITIVE_INFINITY],
  ["MAX_ROOT_FIELDS", "1", 1],
  ["MAX_DIRECTIVES", "off", Number.POSITIVE_INFINITY],
  ["MAX_VARIABLES_SIZE", "1MB", 1024 * 1024],
  ["CACHE_MAX_AGE", "60s", 60_000],
  ["CACHE_DEFAULT_AGE", "10s", 10_000],
  ["CACHE_STALE_IF_ERROR", "600s", 600_000],
  ["CACHE_SIZE", "128MB", 128 * 1024 * 1024],
  ["DOCUMENT_CACHE_SIZE", "64MB", 64 * 1024 * 1024],
  ["MAX_RECEIVE_BUFFER", "64MB", 64 * 1024 * 1024],
  ["HTTPS_PROXY", "http://user:s3cret@proxy.example:3128", "http://user:s3cret@proxy.example:3128"],
  ["HTTP_PROXY", "https://proxy.example", "https://proxy.example"],
  ["NO_PROXY", "internal.example,.corp.example", "internal.example,.corp.example"],
  ["OPERATION_TIMEOUT", "1ms", 1],
  ["OPERATION_TIMEOUT", "40s", 40_000],
  ["CALL_TIMEOUT", "500ms", 500],
  ["CALL_TIMEOUT", "2s", 2_000],
  ["GRAPHIQL", "true", true],
  ["GRAPHIQL", "false", false],
  ["LOG_LEVEL", "silent", "silent"],
])("%s=%s is taken", (name, value, read) => {
  expect(readSettings({ [name]: value })).toEqual({ ...readSettings({}), [name]: read });
});

const port = "a port, 0 to 65535";
const host = "a host name or an address, without scheme and port";
const time = "a whole number of ms or s, 1ms to 3600s";
const quota = "calls and whole seconds such as 1200/300s, up to 9999999/86400s, or off";
const proxies = "how many proxies there are, 0 to 9, or their IP addresses and ranges such as 10.0.0.0/8";
const origins =
  "an origin such as https://app.example.com: scheme, host and port, in lower case and without a path, or several by commas";
const url = "an http or https URL, without user, query and fragment";

test.each([
  ["PORT", "abc", port],
  ["PORT", "70000", port],
  ["PORT", "-1", port],
  ["PORT", "40.5", port],
  ["PORT", "0x10", port],
  ["PORT", " ", port],
  ["HOST", "http://localhost", host],
  ["HOST", "localhost:4000", host],
  ["HOST", "two words", host],
  ["CLOUDFLARE_API_BASE_URL", "ftp://x", url],
  ["CLOUDFLARE_API_BASE_URL", "not a url", url],
  ["CLOUDFLARE_API_BASE_URL", "localhost:4000", url],
  ["GRAPHIQL", "maybe", "one of true, false"],
  ["GRAPHIQL", "TRUE", "one of true, false"],
  ["OPERATION_TIMEOUT", "30", time],
  ["OPERATION_TIMEOUT", "0s", time],
  ["OPERATION_TIMEOUT", "3601s", time],
  ["OPERATION_TIMEOUT", "1m", time],
  ["CALL_TIMEOUT", "1.5s", time],
  ["CALL_TIMEOUT", "-1s", time],
  ["CALL_TIMEOUT", "off", time],
  ["LOG_LEVEL", "loud", "one of debug, info, warn, error, silent"],
  ["MAX_CONNECTIONS", "0", "a whole number, 1 to 9999, or off"],
  ["HEADERS_TIMEOUT", "0s", time],
  ["CORS_ORIGINS", "*", origins],
  ["CORS_ORIGINS", "null", origins],
  ["CORS_ORIGINS", "app.example.com", origins],
  ["CORS_ORIGINS", "https://app.example.com/", origins],
  ["CORS_ORIGINS", "https://APP.example.com", origins],
  ["CORS_ORIGINS", "https://app.example.com:443", origins],
  ["CORS_ORIGINS", "https://*.example.com", origins],
  ["CORS_ORIGINS", "https://a.example, ", origins],
  ["INTROSPECTION", "off", "one of true, false"],
  ["FEDERATION", "on", "one of true, false"],
  ["SUGGESTIONS", "no", "one of true, false"],
  ["SUBSCRIPTION_TIMEOUT", "0s", "a whole number of ms, s, m or h, 1ms to 48h"],
  ["SUBSCRIPTION_TIMEOUT", "49h", "a whole number of ms, s, m or h, 1ms to 48h"],
  ["SUBSCRIPTION_TIMEOUT", "2d", "a whole number of ms, s, m or h, 1ms to 48h"],
  ["MAX_SUBSCRIPTIONS", "0", "a whole number, 1 to 9999, or off"],
  ["SHUTDOWN_DELAY", "15", "a whole number of ms or s, 0s to 3600s"],
  ["SHUTDOWN_GRACE", "0s", "a whole number of ms or s, 1ms to 3600s"],
  ["METRICS_PORT", "65536", "a port, 0 to 65535, or off"],
  ["METRICS_PORT", "none", "a port, 0 to 65535, or off"],
  ["TRACING", "on", "one of true, false"],
  ["LOG_FORMAT", "pretty", "one of text, json"],
  ["LOG_PERSONAL", "yes", "one of true, false"],
  ["MAX_BODY_SIZE", "1", "a whole number of KB or MB, 1KB to 512MB"],
  ["TRUST_PROXY", "10", proxies],
  ["TRUST_PROXY", "true", proxies],
  ["TRUST_PROXY", "10.0.0.0/33", proxies],
  ["TRUST_PROXY", "10.0.0.1,", proxies],
  ["TRUST_PROXY", "10.0.0.1/8/8", proxies],
  ["TRUST_PROXY", "proxy.example", proxies],
  ["REQUEST_DEDUPLICATION", "yes", "one of on, off"],
  ["UPSTREAM_CONCURRENCY", "0", "a whole number, 1 to 9999, or off"],
  ["UPSTREAM_CONCURRENCY", "many", "a whole number, 1 to 9999, or off"],
  ["MAX_CALLS_PER_OPERATION", "0", "a whole number, 1 to 9999, or off"],
  ["READ_ONLY", "yes", "one of true, false"],
  ["UPSTREAM_QUOTA", "1200", quota],
  ["UPSTREAM_QUOTA", "0/300s", quota],
  ["UPSTREAM_QUOTA", "1200/86401s", quota],
  ["UPSTREAM_QUOTA", "1200/5m", quota],
  ["UPSTREAM_RATE", "200/1000ms", quota],
  ["REDIS_URL", "localhost:6379", "a redis or rediss URL"],
  ["REDIS_URL", "http://localhost", "a redis or rediss URL"],
  ["UPSTREAM_REPLICAS", "0", "a whole number, 1 to 999"],
  ["UPSTREAM_REPLICAS", "off", "a whole number, 1 to 999"],
  ["EXPLAIN", "plan", "one of true, false"],
  ["MAX_TOKENS", "off", "a whole number, 1 to 99999"],
  ["MAX_TOKENS", "100000", "a whole number, 1 to 99999"],
  ["MAX_DEPTH", "0", "a whole number, 1 to 99"],
  ["MAX_DEPTH", "2.5", "a whole number, 1 to 99"],
  ["MAX_ALIASES", "0", "a whole number, 1 to 9999, or off"],
  ["MAX_ROOT_FIELDS", "many", "a whole number, 1 to 9999, or off"],
  ["MAX_DIRECTIVES", "-1", "a whole number, 1 to 9999, or off"],
  ["MAX_VARIABLES_SIZE", "off", "a whole number of KB or MB, 1KB to 512MB"],
  ["CACHE_MAX_AGE", "1m", "a whole number of ms or s, 0s to 3600s"],
  ["CACHE_DEFAULT_AGE", "-1s", "a whole number of ms or s, 0s to 3600s"],
  ["CACHE_STALE_IF_ERROR", "3601s", "a whole number of ms or s, 0s to 3600s"],
  ["CACHE_SIZE", "off", "a whole number of KB or MB, 1KB to 512MB"],
  ["DOCUMENT_CACHE_SIZE", "0MB", "a whole number of KB or MB, 1KB to 512MB"],
  ["MAX_RESPONSE_SIZE", "32", "a whole number of KB or MB, 1KB to 512MB"],
  ["MAX_RESPONSE_SIZE", "1024MB", "a whole number of KB or MB, 1KB to 512MB"],
  ["MAX_RECEIVE_BUFFER", "off", "a whole number of KB or MB, 1KB to 512MB"],
  ["HTTPS_PROXY", "proxy.example:3128", "an http or https URL of a proxy"],
  ["HTTP_PROXY", "socks5://proxy.example", "an http or https URL of a proxy"],
])("%s=%s is refused with its name, its value and what is allowed", (name, value, allowed) => {
  expect(refusal({ [name]: value })).toEqual([`${name}="${value}" is not allowed; it must be ${allowed}.`]);
});

test("a mode of trusted documents is taken with a manifest, and refused without one", () => {
  const set = { TRUSTED_DOCUMENTS: "manifest.json", TRUSTED_DOCUMENTS_MODE: "audit" };
  expect(readSettings(set)).toEqual({ ...defaults, ...set });
  expect(refusal({ ...set, TRUSTED_DOCUMENTS: "" })).toEqual([
    "TRUSTED_DOCUMENTS_MODE has no effect without TRUSTED_DOCUMENTS: set it, too.",
  ]);
  expect(refusal({ ...set, TRUSTED_DOCUMENTS_MODE: "off" })).toEqual([
    'TRUSTED_DOCUMENTS_MODE="off" is not allowed; it must be one of audit, required.',
  ]);
});

test("in production introspection and suggestions are off unless they are set", () => {
  const production = { NODE_ENV: "production" };
  expect(readSettings(production)).toEqual({
    ...defaults,
    INTROSPECTION: false,
    SUGGESTIONS: false,
    LOG_FORMAT: "json",
  });
  expect(readSettings({ ...production, INTROSPECTION: "true" })).toMatchObject({
    INTROSPECTION: true,
    SUGGESTIONS: false,
    LOG_FORMAT: "json",
  });
  expect(readSettings({ NODE_ENV: "development" })).toEqual(defaults);
});

test("the time in which a process ends has room for what is under way, and by default as much as that needs", () => {
  const times = { OPERATION_TIMEOUT: "20s", CALL_TIMEOUT: "5s" };
  expect(readSettings({ ...times, SHUTDOWN_GRACE: "30s" }).SHUTDOWN_GRACE).toBe(30_000);
  expect(refusal({ ...times, SHUTDOWN_GRACE: "29s" })).toEqual([
    "SHUTDOWN_GRACE is too short: OPERATION_TIMEOUT + 2 × CALL_TIMEOUT are 30000ms, and writes would be cut off.",
  ]);
  expect(readSettings({ OPERATION_TIMEOUT: "3600s", CALL_TIMEOUT: "5s" }).SHUTDOWN_GRACE).toBe(3_610_000);
});

test("GraphiQL needs introspection, also where production has turned that off", () => {
  const sentence = ["GRAPHIQL=true needs INTROSPECTION=true: its page begins with the schema."];
  expect(refusal({ GRAPHIQL: "true", INTROSPECTION: "false" })).toEqual(sentence);
  expect(refusal({ GRAPHIQL: "true", NODE_ENV: "production" })).toEqual(sentence);
  const both = { GRAPHIQL: "true", INTROSPECTION: "true", NODE_ENV: "production" };
  expect(readSettings(both)).toMatchObject({ GRAPHIQL: true, INTROSPECTION: true });
});

test("every wrong setting is named, each in its line", () => {
  expect(refusal({ PORT: "abc", HOST: "localhost", LOG_LEVEL: "loud" })).toEqual([
    'PORT="abc" is not allowed; it must be a port, 0 to 65535.',
    'LOG_LEVEL="loud" is not allowed; it must be one of debug, info, warn, error, silent.',
  ]);
});

test("proxies are read in lower case, too, as other programs read them; capitals come first", () => {
  const lower = { https_proxy: "http://a.example", http_proxy: "http://b.example", no_proxy: "c.example" };
  expect(readSettings(lower)).toMatchObject({
    HTTPS_PROXY: "http://a.example",
    HTTP_PROXY: "http://b.example",
    NO_PROXY: "c.example",
  });
  expect(readSettings({ ...lower, HTTPS_PROXY: "http://d.example" })).toMatchObject({
    HTTPS_PROXY: "http://d.example",
  });
  expect(refusal({ https_proxy: "socks5://user:s3cret@x" })).toEqual([
    'HTTPS_PROXY="[hidden]@x" is not allowed; it must be an http or https URL of a proxy.',
  ]);
});

test("a Redis URL with a password in it is refused without repeating it", () => {
  expect(refusal({ REDIS_URL: "http://:s3cret@redis:6379" })).toEqual([
    'REDIS_URL="[hidden]@redis:6379" is not allowed; it must be a redis or rediss URL.',
  ]);
});

test("a secret for keys in Redis is long, goes with a Redis, is set once, and is never repeated", () => {
  const secret = "s3cret-".repeat(5);
  const redis = { REDIS_URL: "redis://redis" };
  expect(readSettings({ ...redis, REDIS_KEY_SECRET: secret }).REDIS_KEY_SECRET).toBe(secret);
  expect(refusal({ ...redis, REDIS_KEY_SECRET: secret.slice(0, 31) })).toEqual([
    "REDIS_KEY_SECRET=[hidden] is not allowed; it must be a text of at least 32 characters.",
  ]);
  expect(refusal({ REDIS_KEY_SECRET: secret })).toEqual([
    "REDIS_KEY_SECRET has no effect without REDIS_URL or REDIS_OPTIONS_FILE: set one of them.",
  ]);
  expect(refusal({ ...redis, REDIS_KEY_SECRET: secret, REDIS_KEY_SECRET_FILE: "secret" })).toEqual([
    "REDIS_KEY_SECRET and REDIS_KEY_SECRET_FILE are both set: unset one of them.",
  ]);
});

test("Redis is set once", () => {
  expect(refusal({ REDIS_URL: "redis://redis", REDIS_OPTIONS_FILE: "redis.json" })).toEqual([
    "REDIS_URL and REDIS_OPTIONS_FILE are both set: unset one of them.",
  ]);
});

describe("a base URL with something secret in it is refused without repeating it", () => {
  test.each([
    ["https://admin:s3cret@proxy.example/v4", "[hidden]@proxy.example/v4"],
    ["https:admin:s3cret@proxy.example", "[hidden]@proxy.example"],
    ["https://proxy.example/v4?key=s3cret", "https://proxy.example/v4?[hidden]"],
    ["https://proxy.example/v4#s3cret", "https://proxy.example/v4?[hidden]"],
  ])("%s", (value, shown) => {
    expect(refusal({ CLOUDFLARE_API_BASE_URL: value })).toEqual([
      `CLOUDFLARE_API_BASE_URL="${shown}" is not allowed; it must be ${url}.`,
    ]);
  });
});

describe("service mode", () => {
  const jwt = {
    JWT_ISSUER: "https://issuer.example",
    JWT_AUDIENCE: "iam",
    JWT_JWKS_URL: "https://issuer.example/jwks",
  };
  const token = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";
  const service = { CLOUDFLARE_API_TOKEN: token, ...jwt };
  const access = { ACCESS_TEAM_DOMAIN: "acme.cloudflareaccess.com", JWT_AUDIENCE: "aud-tag" };

  test("a token and who may use it", () => {
    expect(readSettings(service)).toEqual({ ...defaults, ...service });
    const file = { CLOUDFLARE_API_TOKEN_FILE: "/run/secrets/token", CALLERS_FILE: "callers.json", ...jwt };
    expect(readSettings(file)).toEqual({ ...defaults, ...file });
    expect(readSettings({ CLOUDFLARE_API_TOKEN: token, ...access })).toMatchObject(access);
  });

  test.each(["CALLER_QUOTA", "CALLER_RATE"])("%s is a share of each caller, and needs callers", (name) => {
    expect(readSettings({ ...service, [name]: "120/300s" })).toMatchObject({ [name]: { units: 120, seconds: 300 } });
    expect(refusal({ ...service, [name]: "120" })).toEqual([`${name}="120" is not allowed; it must be ${quota}.`]);
    expect(refusal({ [name]: "120/300s" })).toEqual([
      `${name} has no effect without CLOUDFLARE_API_TOKEN or CLOUDFLARE_API_TOKEN_FILE: set one of them.`,
    ]);
  });

  test.each([
    ["JWT_ALGORITHMS", "ES256, PS512,EdDSA", ["ES256", "PS512", "EdDSA"]],
    ["JWT_CLOCK_TOLERANCE", "0s", 0],
    ["JWT_JWKS_URL", "http://127.0.0.1:8080/jwks?p=1", "http://127.0.0.1:8080/jwks?p=1"],
    ["JWT_JWKS_URL", "http://localhost/jwks", "http://localhost/jwks"],
    ["JWT_JWKS_URL", "http://[::1]/jwks", "http://[::1]/jwks"],
  ])("%s=%s is taken", (name, value, read) => {
    expect(readSettings({ ...service, [name]: value })).toEqual({ ...defaults, ...service, [name]: read });
  });

  const jwks = "an https URL (http for a loopback address), without user and fragment";
  const algorithms = "some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, by commas";
  test.each([
    ["JWT_ALGORITHMS", "HS256", algorithms],
    ["JWT_ALGORITHMS", "RS256,HS512", algorithms],
    ["JWT_ALGORITHMS", "none", algorithms],
    ["JWT_ALGORITHMS", "rs256", algorithms],
    ["JWT_ALGORITHMS", "RS256,", algorithms],
    ["JWT_JWKS_URL", "http://issuer.example/jwks", jwks],
    ["JWT_JWKS_URL", "http://127.0.0.1.example/jwks", jwks],
    ["JWT_JWKS_URL", "file:///jwks.json", jwks],
    ["JWT_CLOCK_TOLERANCE", "60", "a whole number of ms or s, 0s to 3600s"],
  ])("%s=%s is refused", (name, value, allowed) => {
    expect(refusal({ ...service, [name]: value })).toEqual([
      `${name}="${value}" is not allowed; it must be ${allowed}.`,
    ]);
  });

  test("a team domain that is none is refused", () => {
    expect(refusal({ CLOUDFLARE_API_TOKEN: token, ...access, ACCESS_TEAM_DOMAIN: "acme.example.com" })).toEqual([
      'ACCESS_TEAM_DOMAIN="acme.example.com" is not allowed; it must be the team domain of Cloudflare Access, such as acme.cloudflareaccess.com.',
    ]);
  });

  test.each(["<token>", "YOUR_API_TOKEN", "undefined", "two words", " s3cret "])(
    "the token “%s” is refused",
    (value) => {
      const lines = refusal({ ...service, CLOUDFLARE_API_TOKEN: value });
      expect(lines).toEqual([
        "CLOUDFLARE_API_TOKEN=[hidden] is not allowed; it must be an API token of Cloudflare's, without spaces, and no placeholder.",
      ]);
    },
  );

  test("a token without a way to know callers is refused, and told how to go on", () => {
    for (const name of ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_TOKEN_FILE"])
      expect(refusal({ [name]: "/run/token", CALLERS_FILE: "callers.json" })).toEqual([
        `${name} is set, but nothing says who may use it. Unset it for passthrough, where each caller sends a credential of their own, or set JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL, or ACCESS_TEAM_DOMAIN and JWT_AUDIENCE.`,
      ]);
  });

  test.each<[string, Record<string, string>, string[]]>([
    [
      "both tokens",
      { ...service, CLOUDFLARE_API_TOKEN_FILE: "/run/token" },
      ["CLOUDFLARE_API_TOKEN and CLOUDFLARE_API_TOKEN_FILE are both set: unset one of them."],
    ],
    [
      "no audience",
      { ...service, JWT_AUDIENCE: "" },
      ["JWT_AUDIENCE is missing: without it tokens for any other application would get in."],
    ],
    [
      "no audience behind Access",
      { CLOUDFLARE_API_TOKEN: token, ...access, JWT_AUDIENCE: "" },
      [
        "JWT_AUDIENCE is missing: without it tokens for any other application would get in. It is the AUD tag of your own application in Cloudflare Access.",
      ],
    ],
    [
      "only an audience",
      { CLOUDFLARE_API_TOKEN: token, JWT_AUDIENCE: "iam" },
      [
        "JWT_ISSUER is missing: set it, or ACCESS_TEAM_DOMAIN.",
        "JWT_JWKS_URL is missing: set it, or ACCESS_TEAM_DOMAIN.",
      ],
    ],
    [
      "an issuer beside Access",
      { ...service, ...access },
      [
        "JWT_ISSUER is what ACCESS_TEAM_DOMAIN sets: unset one of them.",
        "JWT_JWKS_URL is what ACCESS_TEAM_DOMAIN sets: unset one of them.",
      ],
    ],
    [
      "callers without a token",
      { ...jwt, JWT_ALGORITHMS: "RS256", CALLERS_FILE: "callers.json" },
      ["JWT_ISSUER", "JWT_AUDIENCE", "JWT_JWKS_URL", "JWT_ALGORITHMS", "CALLERS_FILE"].map(
        (name) => `${name} has no effect without CLOUDFLARE_API_TOKEN or CLOUDFLARE_API_TOKEN_FILE: set one of them.`,
      ),
    ],
  ])("%s: refused", (_, environment, lines) => {
    expect(refusal(environment)).toEqual(lines);
  });

  test("no refusal repeats the token", () => {
    for (const environment of [
      { CLOUDFLARE_API_TOKEN: token },
      { ...service, CLOUDFLARE_API_TOKEN_FILE: token, PORT: "x" },
      { ...service, CLOUDFLARE_API_TOKEN: `${token} ` },
    ])
      expect(refusal(environment).join()).not.toContain(token);
  });
});

describe("a variable that is a letter or two away from a setting", () => {
  test.each([
    ["GRAPIHQL", "GRAPHIQL"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["log_level", "LOG_LEVEL"],
    ["HTTP_PROXI", "HTTP_PROXY"],
    ["REDISURL", "REDIS_URL"],
    ["UPSTREAM_QUOTAS", "UPSTREAM_QUOTA"],
    ["MAX_ALIASE", "MAX_ALIASES"],
  ])("%s is taken for %s", (name, setting) => {
    expect(misspelledSettings({ [name]: "1" })).toEqual([{ name, setting }]);
  });

  test("no setting is taken for another, in either case where both count, and nor is one that is empty", () => {
    const settings = Object.fromEntries(Object.keys(defaults).map((name) => [name, "1"]));
    const lower = { http_proxy: "1", https_proxy: "1", no_proxy: "1" };
    expect(misspelledSettings({ ...settings, ...lower, GRAPIHQL: "" })).toEqual([]);
  });

  test.each([
    ...["HOME", "HOSTNAME", "HOSTTYPE", "LOGNAME", "PATH", "PORTS", "SHELL", "SHLVL", "USER", "TERM", "LANG", "EDITOR"],
    ...["PGHOST", "PGPORT", "DBHOST", "DBPORT", "DB_HOST", "DB_PORT", "REDIS_HOST", "REDIS_PORT", "DATABASE_URL"],
    ...["GOPROXY", "FTP_PROXY", "ftp_proxy", "ALL_PROXY", "RSYNC_PROXY", "KUBERNETES_PORT", "KUBERNETES_SERVICE_HOST"],
    ...[
      "NODE_ENV",
      "NODE_OPTIONS",
      "npm_config_noproxy",
      "npm_lifecycle_event",
      "PORT0",
      "PORT_8080",
      "CLOUDFLARE_API_TOKEN",
    ],
  ])("%s is a usual variable", (name) => {
    expect(misspelledSettings({ [name]: "1" })).toEqual([]);
  });
});
