import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { endpoints } from "../../src/cloudflare/index.ts";
import type { GatewayStatus } from "../../src/server/gateway-status.ts";
import type { CallEvent, OperationEvent } from "../../src/server/hooks.ts";
import { LeastOfMinute } from "../../src/server/least-of-minute.ts";
import { createMetrics } from "../../src/server/metrics.ts";
import { account, setup } from "../gateway.ts";
import { runs } from "../property.ts";

const idle: GatewayStatus = {
  operations: 0,
  subscriptions: { active: 0, polls: 0 },
  calls: { running: 0, waiting: 0 },
  breaker: { open: false, credentials: 0 },
  cache: { bytes: 0, reads: 0, evictions: 0 },
};

/** A gateway whose metrics are read as numbers by their names with labels. */
function measured(...[options, transport, gatewayOptions]: Parameters<typeof setup>) {
  const metrics = createMetrics(() => made.gateway.status());
  const made = setup(options, transport, { ...metrics.hooks, ...gatewayOptions });
  const read = async () => numbers((await metrics.read()).text);
  return { ...made, read };
}

function numbers(text: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

const query = `query Groups { account(id: "${account}") { name userGroups(first: 2) { nodes { name } } } }`;

describe("metrics", () => {
  test("count operations, REST calls by route and status, reads from memory, failures and refused requests", async () => {
    const { run, read, gateway } = measured();
    const aged = { authorization: "Bearer sandbox-admin", "cache-control": "max-age=60" };
    await run(query, {}, aged);
    await run(query, {}, aged);
    await run("{ nothing }");
    await run("{ accounts { totalCount } }", {}, { authorization: "Bearer wrong-token-0123456789" });
    await gateway.fetch("http://gateway/graphql", { method: "POST", body: "{" });
    expect(await read()).toMatchObject({
      'iam_gateway_operations_total{kind="query",outcome="ok"}': 2,
      'iam_gateway_operations_total{kind="query",outcome="rejected"}': 1,
      'iam_gateway_operations_total{kind="query",outcome="partial"}': 1,
      'iam_gateway_operation_errors_total{code="BAD_USER_INPUT"}': 1,
      'iam_gateway_operation_errors_total{code="UNAUTHENTICATED"}': 1,
      'iam_gateway_rest_calls_total{route="GET /accounts/{account_id}",status="200"}': 1,
      'iam_gateway_rest_calls_total{route="GET /accounts",status="403"}': 1,
      'iam_gateway_rest_failures_total{kind="unauthenticated"}': 1,
      iam_gateway_cache_hits_total: 2,
      iam_gateway_cache_reads: 2,
      iam_gateway_cache_evictions_total: 0,
      'iam_gateway_refused_requests_total{status="415",code="BAD_USER_INPUT"}': 1,
      iam_gateway_refused_logins_total: 1,
      iam_gateway_own_seconds_count: 4,
      iam_gateway_operations_in_flight: 0,
      iam_gateway_rest_calls_in_flight: 0,
      iam_gateway_breaker_open: 0,
      nodejs_eventloop_lag_p99_seconds: expect.any(Number),
      process_resident_memory_bytes: expect.any(Number),
    });
  });

  test("tell what is under way, and what is left of the quota", async () => {
    const { run, read, sandbox } = measured({ quota: { requests: 100, seconds: 60 } });
    const seen = Promise.withResolvers<Record<string, number>>();
    const go = Promise.withResolvers<undefined>();
    sandbox.stub("GET /accounts/{account_id}", () => {
      read().then(seen.resolve, seen.reject);
      return go.promise;
    });
    const answer = run(query);
    expect(await seen.promise).toMatchObject({
      iam_gateway_operations_in_flight: 1,
      iam_gateway_rest_calls_in_flight: expect.toSatisfy((calls: number) => calls >= 1),
    });
    go.resolve(undefined);
    await answer;
    const { iam_gateway_quota_remaining: left } = await read();
    expect(left).toBeLessThan(100);
    expect(left).toBeGreaterThan(90);
  });

  test("the breaker, and reads that memory had no room for", async () => {
    const failing = measured({}, undefined, { breaker: true });
    failing.sandbox.stub("GET /accounts", () => ({ status: 500, headers: {}, text: "" }));
    for (let n = 0; n < 30; n++) await failing.run("{ accounts { totalCount } }");
    expect(await failing.read()).toMatchObject({
      iam_gateway_breaker_open_credentials: 1,
      iam_gateway_breaker_open: 0,
    });
    // What the breaker stopped is a failure, and no call.
    const stopped = await failing.read();
    const sent = failing.sandbox.calls.length;
    expect(stopped['iam_gateway_rest_calls_total{route="GET /accounts",status="500"}']).toBe(sent);
    expect(stopped['iam_gateway_rest_seconds_count{method="GET"}']).toBe(sent);
    expect(stopped['iam_gateway_rest_failures_total{kind="unavailable"}']).toBe(30 - sent);
    expect(Object.keys(stopped).filter((name) => name.includes('status="none"'))).toEqual([]);
    const full = measured({}, undefined, { cache: { maxAge: 60_000, size: 20_000 } });
    for (let first = 1; first <= 40; first++)
      await full.run(
        `{ account(id: "${account}") { members(first: ${first}) { nodes { email } } } }`,
        {},
        {
          authorization: `Bearer sandbox-admin`,
          "cache-control": "max-age=60",
        },
      );
    const { iam_gateway_cache_evictions_total: evictions, iam_gateway_cache_bytes: bytes } = await full.read();
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(20_000);
    expect(evictions).toBeGreaterThan(0);
  });

  test("calls that are repeated, wait for their turn, and are under way; operations that are joined", async () => {
    const gate = Promise.withResolvers<void>();
    const limits = { retry: true, concurrency: 1, requestDeduplication: true };
    const { run, read, sandbox } = measured({}, undefined, limits);
    let times = 0;
    sandbox.stub("GET /accounts/{account_id}", () =>
      times++ === 0 ? { status: 503, headers: {}, text: "" } : undefined,
    );
    await run(`{ account(id: "${account}") { name } }`);
    expect(await read()).toMatchObject({
      'iam_gateway_rest_retries_total{route="GET /accounts/{account_id}"}': 1,
      iam_gateway_rest_wait_seconds_count: 1,
    });
    sandbox.stub("GET /accounts", () => gate.promise.then(() => undefined));
    const joined = [run("{ accounts { totalCount } }"), run("{ accounts { totalCount } }")];
    const behind = run(`{ account(id: "${account}") { userGroups(first: 1) { totalCount } } }`);
    await vi.waitFor(async () =>
      expect(await read()).toMatchObject({
        iam_gateway_rest_calls_in_flight: 1,
        iam_gateway_rest_calls_waiting: 1,
        iam_gateway_operations_in_flight: 3,
      }),
    );
    gate.resolve();
    await Promise.all([...joined, behind]);
    expect(await read()).toMatchObject({
      iam_gateway_operations_joined_total: 1,
      iam_gateway_rest_calls_in_flight: 0,
      iam_gateway_rest_calls_waiting: 0,
    });
  });
});

test("no label has more values than there are words for it, whatever clients and upstreams send", async () => {
  const routes = endpoints.map(({ route }) => route);
  expect(routes.length).toBeGreaterThan(10);
  const metrics = createMetrics(() => idle);
  const text = fc.string({ minLength: 1 });
  const operation = fc.record({ requestId: text, name: text, documentHash: text, caller: text });
  const call = fc.record({ requestId: text, rayId: text, status: fc.integer(), route: fc.constantFrom(...routes) });
  const zero = { calls: 0, shared: 0, cached: 0, stale: 0, codes: [], milliseconds: 1, ownMilliseconds: 1 };
  const sent = { method: "GET", sent: true, milliseconds: 1, waited: 0, retries: 1, error: null, remaining: null };
  const property = fc.property(operation, call, (one, other) => {
    metrics.hooks.onOperation({
      ...zero,
      kind: null,
      outcome: "ok",
      joined: false,
      ...one,
    } as unknown as OperationEvent);
    metrics.hooks.onCall({ ...sent, ...other } as CallEvent);
    metrics.hooks.onRefusal({ requestId: one.requestId, status: 400, code: "BAD_USER_INPUT", message: one.name });
  });
  fc.assert(property, runs(500));
  const labels = new Map<string, Set<string>>();
  for (const name of Object.keys(numbers((await metrics.read()).text)))
    for (const [, label = "", value = ""] of name.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g))
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
  const own = ["kind", "outcome", "code", "route", "status", "method", "le"];
  // Those of prom-client's own metrics of the process.
  expect([...labels.keys()].toSorted()).toEqual(
    expect.arrayContaining(own.filter((label) => label !== "code").toSorted()),
  );
  const known = [...own, "type", "space", "version", "major", "minor", "patch"];
  for (const label of labels.keys()) expect(known).toContain(label);
  for (const route of labels.get("route") ?? []) expect(routes).toContain(route);
  for (const status of labels.get("status") ?? []) expect(status).toMatch(/^([1-5]\d\d|none|other)$/);
});

test("the least of a minute is that of its numbers that are up to a minute old, within ten seconds", () => {
  const numbers = fc.array(fc.record({ after: fc.integer({ min: 0, max: 40_000 }), value: fc.nat() }), {
    maxLength: 20,
  });
  const property = fc.property(numbers, fc.integer({ min: 0, max: 90_000 }), (given, later) => {
    let now = 5_000;
    const least = new LeastOfMinute(() => now);
    const added: { at: number; value: number }[] = [];
    for (const { after, value } of given) {
      now += after;
      least.add(value);
      added.push({ at: now, value });
    }
    now += later;
    const part = (at: number) => Math.floor(at / 10_000);
    const recent = added.filter(({ at }) => part(now) - part(at) < 6).map(({ value }) => value);
    expect(least.value).toBe(recent.length > 0 ? Math.min(...recent) : Number.NaN);
  });
  fc.assert(property, runs(300));
});

describe("docs/grafana.json", () => {
  test("asks for metrics and labels that exist, and for each of ours", async () => {
    const dashboard = JSON.parse(readFileSync("docs/grafana.json", "utf8")) as {
      panels: { title: string; description?: string; targets?: { expr: string }[] }[];
    };
    const text = (await createMetrics(() => idle).read()).text;
    const known = new Map(
      Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name = "", type = ""]) => [name, type]),
    );
    const source = readFileSync("src/server/metrics.ts", "utf8");
    const asked = new Set<string>();
    for (const { title, targets = [] } of dashboard.panels)
      for (const { expr } of targets) {
        const names = expr.match(/\b(iam_gateway|process|nodejs)_\w+/g) ?? [];
        expect(names.length, title).toBeGreaterThan(0);
        for (const name of names) {
          const metric = known.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "");
          expect(known.has(metric), `${title}: ${name}`).toBe(true);
          if (metric !== name) expect(known.get(metric), `${title}: ${name}`).toBe("histogram");
          if (known.get(metric) === "counter")
            expect(expr, `${title}: a counter is read by its rate`).toMatch(/rate\(|increase\(/);
          asked.add(metric);
        }
        for (const [, labels = ""] of expr.matchAll(/by \(([^)]*)\)/g))
          for (const label of labels.split(",").map((each) => each.trim()))
            if (label !== "le" && label !== "instance") expect(source, `${title}: ${label}`).toContain(`"${label}"`);
      }
    const ours = [...known.keys()].filter((name) => name.startsWith("iam_gateway_"));
    expect(ours.filter((name) => !asked.has(name))).toEqual([]);
  });

  test("and docs/observability.md names each of ours", async () => {
    const page = readFileSync("docs/observability.md", "utf8");
    const text = (await createMetrics(() => idle).read()).text;
    const told = Array.from(page.matchAll(/^\| `(iam_gateway_\w+)` \| (\w+) \|([^|]*)\| (.*) \|$/gm), (row) =>
      row.slice(1),
    );
    const types = Array.from(
      text.matchAll(/^# HELP (iam_gateway_\w+) (.*)\n# TYPE \S+ (\S+)$/gm),
      ([, name, help, type]) => [name, type, help],
    );
    expect(told.map(([name, type, , help]) => [name, type, help])).toEqual(types);
  });
});
