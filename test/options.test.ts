import { describe, expect, test } from "vitest";
import { fetchTransport } from "../src/cloudflare/fetch-transport.ts";
import { createTransport } from "../src/cloudflare/transport.ts";
import { OptionsError } from "../src/options.ts";
import { createSandbox } from "../src/sandbox/sandbox.ts";
import { serviceMode } from "../src/server/callers/service-mode.ts";
import { createGateway, type GatewayOptions } from "../src/server/gateway.ts";
import { graphiql } from "../src/server/graphiql.ts";
import { trustedDocuments } from "../src/server/trusted-documents.ts";
import { memoryBudget } from "../src/upstream/budget/memory.ts";
import { redisBudget } from "../src/upstream/budget/redis.ts";
import { redisWriteCounters } from "../src/upstream/freshness/redis-write-counters.ts";

type Make = (options: object) => unknown;

const { handle } = createSandbox();
const quota = { units: 1200, seconds: 300 };
const jwt = { issuer: "https://issuer.example", audience: "iam", jwksUrl: "https://issuer.example/jwks" };
const makers: Record<string, Make> = {
  createGateway: (options) => createGateway({ transport: handle, logging: false, ...options }),
  createTransport: createTransport as Make,
  fetchTransport: fetchTransport as Make,
  createSandbox: createSandbox as Make,
  memoryBudget: (options) => memoryBudget({ quota, ...options }),
  graphiql,
  redisWriteCounters: (options) => redisWriteCounters({ url: "redis://127.0.0.1:1", ...options }),
  redisBudget: (options) => redisBudget({ url: "redis://127.0.0.1:1", quota, replicas: 1, ...options }),
  trustedDocuments: (options) => trustedDocuments({ documents: {}, ...options }),
  serviceMode: (options) => serviceMode({ credential: { token: "t0ken" }, jwt, rules: [], ...options }),
};

/** The lines with which a maker refuses options. */
function refused(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message.split("\n");
  }
  return [];
}

const timeOrNone = "a number of milliseconds, 0 or more";
const time = "a number of milliseconds above 0";
const fromSubpath = "`graphiql(…)` from cloudflare-iam-graphql/graphiql, or false";
const bytes = "a whole number of bytes, 1 or more";

describe("a value of another kind is refused by name, with what is allowed and its unit", () => {
  test.each<[string, object, string, string]>([
    ["createGateway", { operationTimeout: "30s" }, 'operationTimeout: "30s"', timeOrNone],
    ["createGateway", { operationTimeout: -5 }, "operationTimeout: -5", timeOrNone],
    ["createGateway", { operationTimeout: Number.NaN }, "operationTimeout: NaN", timeOrNone],
    ["createGateway", { operationTimeout: null }, "operationTimeout: null", timeOrNone],
    ["createGateway", { cache: { maxAge: "30s" } }, 'cache.maxAge: "30s"', timeOrNone],
    ["createGateway", { cache: { size: 0 } }, "cache.size: 0", bytes],
    [
      "createGateway",
      { cache: { counters: {} } },
      "cache.counters: an object",
      "counters of writes: `redisWriteCounters(…)`",
    ],
    ["redisWriteCounters", { url: "http://x" }, 'url: "http://x"', "a redis or rediss URL"],
    ["createGateway", { callTimeout: false }, "callTimeout: false", time],
    [
      "createGateway",
      { baseUrl: "api.cloudflare.com" },
      'baseUrl: "api.cloudflare.com"',
      "an http or https URL, without user, query and fragment",
    ],
    [
      "createGateway",
      { baseUrl: "https://a:s3cret@x/?k=s3cret" },
      'baseUrl: "[hidden]@x/?[hidden]"',
      "an http or https URL, without user, query and fragment",
    ],
    [
      "createGateway",
      { audit: "audit.jsonl" },
      'audit: "audit.jsonl"',
      "an audit: `new Audit(…)` from cloudflare-iam-graphql/audit",
    ],
    [
      "createGateway",
      { trustedDocuments: { a: "{ __typename }" } },
      "trustedDocuments: an object",
      "`trustedDocuments(…)` from cloudflare-iam-graphql/trusted-documents",
    ],
    ["trustedDocuments", { mode: "off" }, 'mode: "off"', "audit or required"],
    [
      "trustedDocuments",
      { documents: "manifest.json" },
      'documents: "manifest.json"',
      "an object of documents by their IDs, or a function that gives one",
    ],
    ["createGateway", { graphiql: true }, "graphiql: true", fromSubpath],
    ["createGateway", { graphiql: {} }, "graphiql: an object", fromSubpath],
    ["graphiql", { credential: { name: "JWT", value: 1 } }, "credential.value: 1", "a string"],
    ["graphiql", { sandbox: {} }, "sandbox: an object", "a sandbox: `createSandbox()`"],
    ["createGateway", { logging: true }, "logging: true", "one of debug, info, warn, error, silent, or false"],
    ["createGateway", { logging: "loud" }, 'logging: "loud"', "one of debug, info, warn, error, silent, or false"],
    ["createGateway", { compileAt: 0 }, "compileAt: 0", "a whole number of executions, 1 or more"],
    ["createGateway", { requestDeduplication: "on" }, 'requestDeduplication: "on"', "true or false"],
    ["createGateway", { retry: 3 }, "retry: 3", "true or false"],
    ["createGateway", { breaker: {} }, "breaker: an object", "true or false"],
    ["createGateway", { explain: "true" }, 'explain: "true"', "true or false"],
    [
      "createGateway",
      { maxUnknownCredentials: "off" },
      'maxUnknownCredentials: "off"',
      "a whole number of credentials, 1 or more",
    ],
    ["createGateway", { maxCalls: 1.5 }, "maxCalls: 1.5", "a whole number of calls, 1 or more"],
    ["createGateway", { quota: 1200 }, "quota: 1200", "an object with units, seconds"],
    ["createGateway", { quota: { units: 0, seconds: 1 } }, "quota.units: 0", "a whole number of calls above 0"],
    [
      "createGateway",
      { budget: {} },
      "budget: an object",
      "a budget: `memoryBudget(…)`, `redisBudget(…)` or `durableObjectBudget(…)`",
    ],
    ["createGateway", { concurrency: 0 }, "concurrency: 0", "a whole number of calls, 1 or more"],
    ["createGateway", { callerRate: { calls: 1, milliseconds: "1s" } }, 'callerRate.milliseconds: "1s"', time],
    ["createGateway", { rate: { calls: 1, milliseconds: "1s" } }, 'rate.milliseconds: "1s"', time],
    ["createGateway", { maxObjects: -1 }, "maxObjects: -1", "a whole number of objects, 1 or more"],
    ["createGateway", { maxAnswerSize: "64MB" }, 'maxAnswerSize: "64MB"', bytes],
    ["createGateway", { subscriptions: { timeout: "1h" } }, 'subscriptions.timeout: "1h"', time],
    [
      "createGateway",
      { subscriptions: { perCaller: 0 } },
      "subscriptions.perCaller: 0",
      "a whole number of subscriptions, 1 or more",
    ],
    ["createGateway", { maxBodySize: false }, "maxBodySize: false", bytes],
    ["createGateway", { documentCacheSize: "32MB" }, 'documentCacheSize: "32MB"', "a whole number of bytes, 0 or more"],
    [
      "createGateway",
      { limits: { depth: "24" } },
      'limits.depth: "24"',
      "a whole number of fields within each other, 1 or more",
    ],
    [
      "createGateway",
      { limits: [] },
      "limits: a list",
      "an object with tokens, depth, aliases, rootFields, directives, variablesSize",
    ],
    [
      "createGateway",
      { trustProxy: ["proxy.example"] },
      "trustProxy: a list",
      "how many proxies there are, 0 or more, or a list of their IP addresses and ranges",
    ],
    [
      "createGateway",
      { trustProxy: true },
      "trustProxy: true",
      "how many proxies there are, 0 or more, or a list of their IP addresses and ranges",
    ],
    [
      "createGateway",
      { clientAddress: "x-real-ip" },
      'clientAddress: "x-real-ip"',
      "a function that gives the address for a request",
    ],
    [
      "createGateway",
      { corsOrigins: ["*"] },
      'corsOrigins.0: "*"',
      "an origin such as https://app.example.com: scheme, host and port, in lower case and without a path",
    ],
    [
      "createGateway",
      { corsOrigins: "https://app.example.com" },
      'corsOrigins: "https://app.example.com"',
      "a list of origins",
    ],
    ["createGateway", { introspection: "off" }, 'introspection: "off"', "true or false"],
    ["createGateway", { federation: 2 }, "federation: 2", "true or false"],
    ["createGateway", { suggestions: 0 }, "suggestions: 0", "true or false"],
    ["createGateway", { plugins: {} }, "plugins: an object", "a list of Yoga's plugins"],
    ["createGateway", { plugins: [null] }, "plugins.0: null", "a plugin: an object with its hooks"],
    ["createGateway", { path: "graphql" }, 'path: "graphql"', "a path such as /graphql, without query and fragment"],
    [
      "createGateway",
      { transport: {} },
      "transport: an object",
      "a function: `createTransport()`, `fetchTransport()`, or a sandbox's `handle`",
    ],
    ["createTransport", { callTimeout: "10s" }, 'callTimeout: "10s"', time],
    ["createTransport", { maxResponseSize: 0 }, "maxResponseSize: 0", bytes],
    ["createTransport", { maxReceiveBuffer: "256MB" }, 'maxReceiveBuffer: "256MB"', bytes],
    ["createTransport", { concurrency: -1 }, "concurrency: -1", "a whole number of connections, 1 or more"],
    ["createTransport", { proxy: "http://proxy" }, 'proxy: "http://proxy"', "an object with https, http, no"],
    [
      "createTransport",
      { proxy: { https: "u:s3cret@proxy" } },
      'proxy.https: "[hidden]@proxy"',
      "an http or https URL of a proxy",
    ],
    ["createTransport", { proxy: { no: ["x"] } }, "proxy.no: a list", "a string"],
    ["fetchTransport", { fetch: "node-fetch" }, 'fetch: "node-fetch"', "a function"],
    ["fetchTransport", { callTimeout: "10s" }, 'callTimeout: "10s"', time],
    ["createSandbox", { groups: "9" }, 'groups: "9"', "a whole number of user groups, 0 or more"],
    ["createSandbox", { clock: new Date() }, "clock: an object", "a function that gives a Date"],
    ["createSandbox", { jitter: 50 }, "jitter: 50", "two numbers of milliseconds, the least and the most"],
    ["createSandbox", { scim: "Marketing" }, 'scim: "Marketing"', "a list of names"],
    [
      "memoryBudget",
      { quota: { units: 1, seconds: "5m" } },
      'quota.seconds: "5m"',
      "a whole number of seconds above 0",
    ],
    ["memoryBudget", { now: 5 }, "now: 5", "a function"],
    ["redisBudget", { url: "http://u:s3cret@redis" }, 'url: "[hidden]@redis"', "a redis or rediss URL"],
    ["redisBudget", { replicas: 0 }, "replicas: 0", "a whole number of gateways above 0"],
    ["redisBudget", { commandTimeout: "250ms" }, 'commandTimeout: "250ms"', time],
    ["redisBudget", { onChange: true }, "onChange: true", "a function"],
    ["redisBudget", { onInvalid: "log" }, 'onInvalid: "log"', "a function"],
    ["serviceMode", { rules: "*" }, 'rules: "*"', "a list of rules, or a function that gives one"],
    [
      "serviceMode",
      { rules: [{ claims: { sub: "a" }, accounts: "*", access: "all" }] },
      'rules.0.access: "all"',
      "read or write",
    ],
    [
      "serviceMode",
      { transport: {} },
      "transport: an object",
      "a function: `createTransport()`, `fetchTransport()`, or one of your own",
    ],
    ["serviceMode", { log: console }, "log: an object", "a function"],
    [
      "serviceMode",
      { jwt: { ...jwt, issuer: "" } },
      'jwt.issuer: ""',
      "the issuer of tokens, as it stands in their `iss`",
    ],
    [
      "serviceMode",
      { jwt: { ...jwt, jwksUrl: "http://u:s3cret@issuer.example" } },
      'jwt.jwksUrl: "[hidden]@issuer.example"',
      "an https URL (http for a loopback address), without user and fragment",
    ],
    [
      "serviceMode",
      { jwt: { ...jwt, algorithms: ["RS256", "HS256"] } },
      "jwt.algorithms: a list",
      "a list of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519",
    ],
    ["serviceMode", { jwt: { ...jwt, clockTolerance: "30s" } }, 'jwt.clockTolerance: "30s"', timeOrNone],
    [
      "serviceMode",
      { jwt: { ...jwt, header: "cookie" } },
      'jwt.header: "cookie"',
      "authorization or cf-access-jwt-assertion",
    ],
  ])("%s(%j)", (maker, options, given, allowed) => {
    expect(refused(() => makers[maker]?.(options))).toEqual([
      `${maker}: \`${given}\` is not allowed; it must be ${allowed}.`,
    ]);
  });

  test("an quirk that there is none of, by its place in the list", () => {
    const [line] = refused(() => createSandbox({ quirks: ["scopeAsAray" as never] }));
    expect(line).toMatch(/^createSandbox: `quirks\.0: "scopeAsAray"` is not allowed; it must be one of .*scopeAsArray/);
  });
});

describe("what is missing is told", () => {
  test.each<[string, () => unknown, string]>([
    [
      "transport",
      () => createGateway({} as GatewayOptions),
      "createGateway: `transport` is missing; it must be a function",
    ],
    ["seconds", () => memoryBudget({ quota: { units: 1 } as never }), "memoryBudget: `quota.seconds` is missing;"],
    [
      "query",
      () => graphiql({ examples: [{ group: "Reads", title: "", shows: "", costs: "" } as never] }),
      "graphiql: `examples.0.query` is missing;",
    ],
    [
      "requests",
      () => createSandbox({ quota: { seconds: 1 } as never }),
      "createSandbox: `quota.requests` is missing;",
    ],
    [
      "audience",
      () => makers.serviceMode?.({ jwt: { ...jwt, audience: undefined } }),
      "serviceMode: `jwt.audience` is missing;",
    ],
    [
      "keySecret",
      () => makers.redisBudget?.({ keySecret: "too short" }),
      "redisBudget: `keySecret` must be a text of at least 32 characters.",
    ],
    ["url", () => redisBudget({ quota, replicas: 1 }), "redisBudget: give either `url` or `client`."],
    [
      "options",
      () => createGateway(undefined as never),
      "createGateway: undefined is not allowed; it must be an object with transport, ",
    ],
  ])("%s", (_, make, beginning) => {
    const [line, ...more] = refused(make);
    expect(line?.slice(0, beginning.length)).toBe(beginning);
    expect(more).toEqual([]);
  });
});

describe("an unknown name is refused with the nearest one", () => {
  test.each<[string, object, string]>([
    ["createGateway", { operationTimout: 1 }, "there is no option `operationTimout`: `operationTimeout` perhaps?"],
    ["createGateway", { maxcalls: 1 }, "there is no option `maxcalls`: `maxCalls` perhaps?"],
    ["createGateway", { limits: { alias: 1 } }, "limits: there is no option `alias`: `aliases` perhaps?"],
    ["createGateway", { quota: { ...quota, second: 1 } }, "quota: there is no option `second`: `seconds` perhaps?"],
    ["createTransport", { callTimeOut: 1 }, "there is no option `callTimeOut`: `callTimeout` perhaps?"],
    ["createTransport", { proxy: { HTTPS: "" } }, "proxy: there is no option `HTTPS`, only https, http, no."],
    ["fetchTransport", { fetcher: fetch }, "there is no option `fetcher`: `fetch` perhaps?"],
    ["createSandbox", { group: 1 }, "there is no option `group`: `groups` perhaps?"],
    ["memoryBudget", { clock: Date.now }, "there is no option `clock`, only quota, now."],
    ["redisBudget", { replica: 2 }, "there is no option `replica`: `replicas` perhaps?"],
  ])("%s(%j)", (maker, options, told) => {
    expect(refused(() => makers[maker]?.(options))).toEqual([`${maker}: ${told}`]);
  });

  test("a credential that is none is refused without being shown", () => {
    const shape = "serviceMode: `credential` must be { token } or { email, key }, each a string.";
    for (const credential of [null, "s3cret", { apiToken: "s3cret" }, { token: 5 }])
      expect(refused(() => makers.serviceMode?.({ credential }))).toEqual([shape]);
    expect(refused(() => makers.serviceMode?.({ credential: { token: "s3cret\n" } }))).toEqual([
      "serviceMode: `credential.token` has characters that none has, such as a space.",
    ]);
  });

  test("all that is wrong is told at once", () => {
    expect(refused(() => makers.createGateway?.({ explain: 1, callTimeout: "1s", nonsense: true }))).toHaveLength(3);
  });
});

test("what is left out, undefined, switched off or without a bound is taken", async () => {
  const all = Object.fromEntries(
    "baseUrl graphiql logging compileAt requestDeduplication operationTimeout retry breaker maxCalls quota budget limits path"
      .split(" ")
      .map((name) => [name, undefined]),
  );
  const off = { maxUnknownCredentials: false, maxCalls: false, quota: false, concurrency: false, rate: false };
  const boundless = {
    operationTimeout: Infinity,
    callTimeout: Infinity,
    maxCalls: Infinity,
    limits: { aliases: Infinity },
  };
  for (const options of [all, off, boundless, { maxObjects: false, maxAnswerSize: false, compileAt: false }]) {
    expect(refused(() => makers.createGateway?.(options))).toEqual([]);
  }
  expect(refused(() => createSandbox({ quota: false }))).toEqual([]);
  await createTransport({ proxy: { https: undefined, http: "", no: "" } }).close();
});

test("a slash at the end of `baseUrl` is not sent twice", async () => {
  const urls: string[] = [];
  const gateway = createGateway({
    baseUrl: "http://x/client/v4/",
    logging: false,
    transport: (request) => {
      urls.push(request.url);
      return handle(request);
    },
  });
  await gateway.fetch("http://gateway/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sandbox-admin" },
    body: JSON.stringify({ query: "{ accounts { nodes { name } } }" }),
  });
  expect(urls).toEqual([expect.stringMatching(/^http:\/\/x\/client\/v4\/accounts\?/)]);
});
