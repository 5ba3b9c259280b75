import { propagation, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Transport } from "../../src/cloudflare/wire.ts";
import { openTelemetry } from "../../src/server/open-telemetry.ts";
import { account, setup, test } from "../gateway.ts";

beforeAll(() => void propagation.setGlobalPropagator(new W3CTraceContextPropagator()));
afterAll(() => propagation.disable());

/** A gateway whose spans and sent headers are kept. */
function traced(gatewayOptions: Parameters<typeof setup>[2] = {}) {
  const exporter = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer("test");
  const parents: (string | undefined)[] = [];
  const recording =
    ({ handle }: { handle: Transport }): Transport =>
    (request) => {
      parents.push(request.headers.traceparent);
      return handle(request);
    };
  const made = setup({}, recording, { tracing: openTelemetry({ tracer }), ...gatewayOptions });
  const spans = () => {
    const all = exporter.getFinishedSpans();
    return {
      operations: all.filter(({ kind }) => kind === SpanKind.SERVER),
      calls: all.filter(({ kind }) => kind === SpanKind.CLIENT).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    };
  };
  return { ...made, parents, spans };
}

const query = `query Groups { account(id: "${account}") { name userGroups(first: 2) { nodes { name } } } }`;
const trace = "0af7651916cd43dd8448eb211c80319c";
const headers = { authorization: "Bearer sandbox-admin", traceparent: `00-${trace}-b7ad6b7169203331-01` };

describe("spans", () => {
  test("have attributes of the embedder's, and end also where these throw", async () => {
    const exporter = new InMemorySpanExporter();
    const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer("test");
    const attributes = ({ name }: { name: string | null }) => {
      if (name === "Broken") throw new Error("not mine");
      return { "team.name": "dns" };
    };
    const { run } = setup({}, undefined, { tracing: openTelemetry({ tracer, attributes }) });
    await run("query Fine { __typename }");
    await run("query Broken { __typename }");
    const shown = exporter.getFinishedSpans().map(({ attributes }) => attributes);
    expect(shown).toMatchObject([
      { "graphql.operation.name": "Fine", "team.name": "dns" },
      { "graphql.operation.name": "Broken", "iam_gateway.outcome": "ok" },
    ]);
  });

  test("of an operation and its REST calls, in the trace of the request, after the semantic conventions", async () => {
    const { run, spans, parents } = traced();
    await run(query, {}, headers);
    const { operations, calls } = spans();
    const [operation] = operations;
    expect(operations).toHaveLength(1);
    expect(operation).toMatchObject({
      name: "query",
      parentSpanContext: { spanId: "b7ad6b7169203331", isRemote: true },
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Groups",
        "iam_gateway.outcome": "ok",
        "iam_gateway.calls": 2,
      },
    });
    expect(calls.map(({ name }) => name)).toEqual([
      "GET /accounts/{account_id}",
      "GET /accounts/{account_id}/iam/user_groups",
    ]);
    expect(calls[0]?.attributes).toMatchObject({
      "http.request.method": "GET",
      "url.template": "/accounts/{account_id}",
      "url.full": `http://sandbox/client/v4/accounts/${account}`,
      "server.address": "sandbox",
      "server.port": 80,
      "http.response.status_code": 200,
    });
    for (const each of [...operations, ...calls]) expect(each.spanContext().traceId).toBe(trace);
    for (const { parentSpanContext } of calls) expect(parentSpanContext?.spanId).toBe(operation?.spanContext().spanId);
    const sent = calls.map((call) => `00-${trace}-${call.spanContext().spanId}-01`);
    expect(parents.toSorted()).toEqual(sent.toSorted());
  });

  test("of each attempt, and of what failed", async () => {
    const { run, spans, sandbox } = traced({ retry: true });
    let times = 0;
    sandbox.stub("GET /accounts", () => (times++ === 0 ? { status: 503, headers: {}, text: "" } : undefined));
    await run("{ accounts { totalCount } }", {}, headers);
    const [first, second] = spans().calls.toSorted((a, b) => Number(b.status.code) - Number(a.status.code));
    expect(first).toMatchObject({ attributes: { "error.type": "503" }, status: { code: SpanStatusCode.ERROR } });
    expect(second).toMatchObject({ attributes: { "http.request.resend_count": 1, "http.response.status_code": 200 } });
    expect(spans().operations[0]?.status.code).toBe(SpanStatusCode.UNSET);
  });

  test("of what no call was made for, and of a document that is none, have names of ours", async () => {
    const { run, spans } = traced();
    await run("query Mine { nothing }");
    await run("{ nothing(");
    await run("mutation Own { __typename }");
    expect(spans().operations.map(({ name }) => name)).toEqual(["query", "GraphQL Operation", "mutation"]);
    expect(spans().operations[0]?.attributes).toMatchObject({ "error.type": "BAD_USER_INPUT" });
    expect(spans().calls).toEqual([]);
  });

  test("have no credential, no row and no query of a URL in them", async () => {
    const { run, spans } = traced();
    const { data } = await run(`{ account(id: "${account}") { members(first: 1) { nodes { email } } } }`, {}, headers);
    const [{ email }] = (data as unknown as { account: { members: { nodes: [{ email: string }] } } }).account.members
      .nodes;
    const told = JSON.stringify(
      [...spans().operations, ...spans().calls].map(({ name, attributes, status }) => [name, attributes, status]),
    );
    for (const secret of ["sandbox-admin", email, "?", "per_page"]) expect(told).not.toContain(secret);
  });
});

test("tracing that throws disturbs no answer, and is logged", async () => {
  const errors: string[] = [];
  const silent = () => {};
  const logger = { debug: silent, info: silent, warn: silent, error: (message: string) => void errors.push(message) };
  const fails = () => {
    throw new Error("of the tracer's own");
  };
  for (const tracing of [
    { operation: fails },
    { operation: () => ({ call: fails, end: fails }) },
    { operation: () => ({ call: () => ({ headers: {}, end: fails }), end: fails }) },
  ]) {
    const { run } = setup({}, undefined, { tracing, logging: "error", logger });
    expect((await run(query, {}, headers)).data).toMatchObject({ account: { name: "Acme" } });
    expect(errors.splice(0).length).toBeGreaterThan(0);
  }
});

test("without an SDK nothing is recorded, and nothing is sent", async () => {
  const sent: Record<string, string>[] = [];
  const { run } = setup(
    {},
    ({ handle }) =>
      (request) => {
        sent.push(request.headers);
        return handle(request);
      },
    {
      tracing: openTelemetry(),
    },
  );
  await run(query);
  expect(sent).toHaveLength(2);
  for (const names of sent) expect(names).not.toHaveProperty("traceparent");
});

test("options that are none are refused", () => {
  expect(() => openTelemetry({ tracer: {} as never })).toThrow("openTelemetry: `tracer: an object` is not allowed");
});
