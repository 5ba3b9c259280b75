import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { GatewayStatus } from "./gateway-status.ts";
import type { Hooks } from "./hooks.ts";
import { LeastOfMinute } from "./least-of-minute.ts";

/** Metrics of a gateway and its process, as Prometheus reads them. */
export interface Metrics {
  /** What they are counted from. */
  hooks: { [Name in "onOperation" | "onCall" | "onRefusal"]: NonNullable<Hooks[Name]> };
  /** Their text, and its media type. */
  read(): Promise<{ type: string; text: string }>;
}

/** Seconds of operations and calls, and of the gateway's own work. */
const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const OWN_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/**
 * Makes the metrics of a gateway. No label has a value that a client or an account decides: routes are templates, statuses
 * those of HTTP, and all other labels words of ours.
 */
export function createMetrics(status: () => GatewayStatus): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `iam_gateway_${name}`, help, labelNames, registers });
  const histogram = <Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    ...labelNames: Label[]
  ) => new Histogram({ name: `iam_gateway_${name}`, help, buckets, labelNames, registers });
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `iam_gateway_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });

  const operations = counter("operations_total", "Operations.", "kind", "outcome");
  const errors = counter("operation_errors_total", "Operations with an error of that code.", "code");
  const joined = counter("operations_joined_total", "Operations that had the answer of an equal one under way.");
  const seconds = histogram("operation_seconds", "Time of an operation, without subscriptions.", SECONDS, "kind");
  const own = histogram("own_seconds", "Time of an operation that the gateway itself took.", OWN_SECONDS);
  const hits = counter("cache_hits_total", "Reads that were answered from memory.");
  const stale = counter("cache_stale_total", "Reads from memory that were shown because Cloudflare could not answer.");
  const shared = counter("shared_reads_total", "Reads that joined a REST call under way.");
  const calls = counter(
    "rest_calls_total",
    "REST calls that were sent, by the status of their last answer.",
    "route",
    "status",
  );
  const failures = counter("rest_failures_total", "REST calls that failed, or were not sent.", "kind");
  const retries = counter("rest_retries_total", "Repetitions of REST calls.", "route");
  const callSeconds = histogram(
    "rest_seconds",
    "Time of a REST call that was sent, with turns and repetitions.",
    SECONDS,
    "method",
  );
  const waits = histogram("rest_wait_seconds", "Time that a REST call waited for its turn.", SECONDS);
  const refused = counter("refused_requests_total", "Requests refused before they were operations.", "status", "code");
  const logins = counter("refused_logins_total", "Requests and operations whose credential was refused.");

  const remaining = new LeastOfMinute();
  gauge(
    "quota_remaining",
    "Least rest of a quota that an answer of the last minute has told; NaN for none.",
    () => remaining.value,
  );
  gauge("operations_in_flight", "Operations under way.", () => status().operations);
  gauge("subscriptions_active", "Subscriptions under way.", () => status().subscriptions.active);
  gauge(
    "subscription_polls",
    "Things that are read again and again for subscriptions.",
    () => status().subscriptions.polls,
  );
  gauge("rest_calls_in_flight", "REST calls under way.", () => status().calls.running);
  gauge("rest_calls_waiting", "REST calls that wait for their turn.", () => status().calls.waiting);
  gauge("breaker_open", "1 while the circuit breaker stops the calls of all credentials.", () =>
    status().breaker.open ? 1 : 0,
  );
  gauge("breaker_open_credentials", "Credentials whose calls are stopped.", () => status().breaker.credentials);
  gauge("cache_bytes", "Memory of all remembered reads, by estimate.", () => status().cache.bytes);
  gauge("cache_reads", "Remembered reads.", () => status().cache.reads);
  new Counter({
    name: "iam_gateway_cache_evictions_total",
    help: "Remembered reads that were dropped for want of memory.",
    registers,
    collect() {
      this.reset();
      this.inc(status().cache.evictions);
    },
  });

  return {
    hooks: {
      onOperation: (event) => {
        const kind = event.kind ?? "none";
        operations.inc({ kind, outcome: event.outcome });
        for (const code of event.codes) errors.inc({ code });
        if (event.codes.includes("UNAUTHENTICATED")) logins.inc();
        if (event.joined) joined.inc();
        else {
          if (event.cached > 0) hits.inc(event.cached);
          if (event.stale > 0) stale.inc(event.stale);
          if (event.shared > 0) shared.inc(event.shared);
        }
        // A subscription lasts as long as its caller likes.
        if (kind !== "subscription") seconds.observe({ kind }, event.milliseconds / 1000);
        own.observe(event.ownMilliseconds / 1000);
      },
      onCall: ({ route, method, sent, status: code, retries: times, error, milliseconds, waited, remaining: left }) => {
        if (sent) calls.inc({ route, status: statusLabel(code) });
        if (error) failures.inc({ kind: error });
        if (times > 0) retries.inc({ route }, times);
        if (sent) callSeconds.observe({ method }, milliseconds / 1000);
        if (sent || waited > 0) waits.observe(waited / 1000);
        if (left !== null) remaining.add(left);
      },
      onRefusal: ({ status: code, code: word }) => {
        refused.inc({ status: String(code), code: word });
        if (code === 401) logins.inc();
      },
    },
    read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

/** A status that HTTP has; an upstream can send any number. */
function statusLabel(status: number | null): string {
  if (status === null) return "none";
  return status >= 100 && status <= 599 ? String(status) : "other";
}
