import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  propagation,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { callable, checkOptions, object, value } from "../options.ts";
import type { CallSpan, OperationEvent, OperationSpan, Tracing } from "./hooks.ts";

/** Options of {@link openTelemetry}; every one has a default. */
export interface OpenTelemetryOptions {
  /** Makes the spans. @default that of the SDK which is registered, or none */
  tracer?: Tracer;
  /** Attributes of an operation's span beside ours: of its caller, for example. @default none */
  attributes?: (event: OperationEvent) => Attributes;
}

const options = object<OpenTelemetryOptions>({
  tracer: value("a tracer", (given) => typeof (given as Partial<Tracer> | null)?.startSpan === "function"),
  attributes: callable("a function that gives attributes"),
});

/** The name of an operation's span while its kind is not known. Names that clients give are attributes: there is no end of them. */
const UNKNOWN = "GraphQL Operation";

const getter: TextMapGetter<Headers> = {
  keys: (headers) => [...headers.keys()],
  get: (headers, name) => headers.get(name) ?? undefined,
};

/**
 * Spans for operations and REST calls, after OpenTelemetry's semantic conventions, for the option `tracing`. The parent of an
 * operation is the span that is active, or the `traceparent` of its request. Each REST call is sent with one. Without an SDK
 * that is registered (`@opentelemetry/sdk-node`) nothing is recorded.
 */
export function openTelemetry(given: OpenTelemetryOptions = {}): Tracing {
  checkOptions("openTelemetry", options, given);
  const { tracer = trace.getTracer("cloudflare-iam-graphql"), attributes } = given;
  return {
    operation: (headers) => {
      const active = context.active();
      const parent = trace.getSpan(active) ? active : propagation.extract(active, headers, getter);
      const span = tracer.startSpan(UNKNOWN, { kind: SpanKind.SERVER }, parent);
      // Nobody records it, and there is no trace to pass on: no SDK is loaded.
      if (!isSpanContextValid(span.spanContext())) return undefined;
      const inside = trace.setSpan(parent, span);
      const end: OperationSpan["end"] = (event) => {
        span.updateName(event.kind ?? UNKNOWN);
        span.setAttributes(attributesOf(event));
        if (event.outcome === "failed") span.setStatus({ code: SpanStatusCode.ERROR });
        try {
          span.setAttributes(attributes?.(event) ?? {});
        } finally {
          span.end();
        }
      };
      return { call: (call) => callSpan(tracer, inside, call), end };
    },
  };
}

function attributesOf({ kind, name, codes, ...event }: OperationEvent): Attributes {
  return {
    ...(kind && { "graphql.operation.type": kind }),
    ...(name && { "graphql.operation.name": name }),
    ...(codes[0] && { "error.type": codes[0] }),
    "iam_gateway.request_id": event.requestId,
    "iam_gateway.document_hash": event.documentHash,
    "iam_gateway.outcome": event.outcome,
    "iam_gateway.joined": event.joined,
    "iam_gateway.calls": event.calls,
    "iam_gateway.shared": event.shared,
    "iam_gateway.cached": event.cached,
    "iam_gateway.objects": event.objects,
    "iam_gateway.own_milliseconds": event.ownMilliseconds,
    ...(event.age !== null && { "iam_gateway.age": event.age }),
    ...(event.accessQuestions.length > 0 && { "iam_gateway.access_questions": [...event.accessQuestions] }),
  };
}

/** The span of one attempt. Queries are left out of its URL: they have what people searched for. */
function callSpan(tracer: Tracer, inside: Context, call: Parameters<OperationSpan["call"]>[0]): CallSpan {
  const { route, method, resent } = call;
  const url = new URL(call.url);
  const attributes: Attributes = {
    "http.request.method": method,
    "url.full": url.origin + url.pathname,
    "url.template": route.slice(route.indexOf(" ") + 1),
    "server.address": url.hostname,
    "server.port": Number(url.port) || (url.protocol === "http:" ? 80 : 443),
    ...(resent > 0 && { "http.request.resend_count": resent }),
  };
  const span = tracer.startSpan(route, { kind: SpanKind.CLIENT, attributes }, inside);
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(inside, span), headers);
  return {
    headers,
    end: ({ status, rayId, error }) => {
      if (status !== null) span.setAttribute("http.response.status_code", status);
      if (rayId !== null) span.setAttribute("http.response.header.cf-ray", [rayId]);
      const failure = error ?? (status !== null && status >= 400 ? String(status) : undefined);
      if (failure) span.setAttribute("error.type", failure).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
