import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type DocumentNode, type GraphQLFormattedError, print } from "graphql";
import { test as base, expect } from "vitest";
import { createTransport, type Transport, type TransportOptions } from "../src/cloudflare/transport.ts";
import { acmeId } from "../src/sandbox/acme.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../src/sandbox/sandbox.ts";
import type { Authenticate } from "../src/server/caller.ts";
import { presented } from "../src/server/credential.ts";
import { createGateway, type Gateway, type GatewayOptions } from "../src/server/gateway.ts";
import type { AccessLevel } from "../src/upstream/rights.ts";
import type { OperationUsage } from "../src/upstream/usage.ts";

/** An answer and what it cost: the routes of the REST calls in the order in which they arrived. */
export interface Run<Data> {
  data: Data | null | undefined;
  errors: readonly GraphQLFormattedError[] | undefined;
  calls: string[];
  status: number;
  /** What the answer tells of its cost, with `explain`. */
  upstream: Upstream | undefined;
  /** Seconds since its oldest read, as the header `Age` has it. */
  age: string | null;
}

/** `extensions.upstream`. */
export interface Upstream
  extends Pick<OperationUsage, "planned" | "calls" | "shared" | "retries" | "analysis" | "cached" | "stale" | "age"> {
  /** Seconds. */
  maxAge: number;
  objects: { planned: number; made: number };
  remaining: number | null;
  resetAt: string | null;
}

/** Runs one operation and counts the calls it made, where they arrive. */
export type RunOperation = <Data, Variables extends object>(
  document: TypedDocumentNode<Data, Variables> | string,
  variables?: Variables,
  headers?: Record<string, string>,
) => Promise<Run<Data>>;

/** A gateway beside a sandbox of its own, ready to be asked. */
export interface Setup {
  sandbox: Sandbox;
  gateway: Gateway;
  run: RunOperation;
}

/** Every test of the graph runs twice: see the projects of vitest.config.ts. */
export const compileAt = process.env.EXECUTOR === "plain" ? (false as const) : 1;

const admin = { authorization: "Bearer sandbox-admin" };

function runOn(sandbox: Sandbox, gateway: Gateway): RunOperation {
  return async (document, variables, headers = admin) => {
    const before = sandbox.calls.length;
    const query = typeof document === "string" ? document : print(document as DocumentNode);
    const response = await gateway.fetch("http://gateway/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors, extensions } = (await response.json()) as Pick<Run<never>, "data" | "errors"> & {
      extensions?: { upstream: Upstream };
    };
    const calls = sandbox.calls.slice(before).map(({ route }) => route);
    const age = response.headers.get("age");
    return { data, errors, calls, status: response.status, upstream: extensions?.upstream, age };
  };
}

/**
 * Who asks in service mode: the credential of the request stands for the gateway's, and the caller has the rights that the
 * header `x-rights` lists, or all.
 */
export const authenticate: Authenticate = async (headers) => {
  const given = JSON.parse(headers.get("x-rights") ?? '[["*", "write"]]') as [string, AccessLevel][];
  return { id: headers.get("x-caller") ?? "anna", ...presented(headers), rights: new Map(given) };
};

/** The graph's tests run in service mode, too: see the projects of vitest.config.ts. */
export const serviceMode = process.env.AUTHENTICATION === "service";
if (serviceMode)
  console.info(
    "Tests of callers' own credentials are skipped in service mode: test/server/rights.test.ts has its own.",
  );

/**
 * Every call counts: a gateway that repeats reads is for the tests of just that. Reads are remembered, so that nothing may
 * change their rows, and asked for again, because no test says that it accepts older ones.
 */
const asTested = {
  logging: false,
  compileAt,
  retry: false,
  quota: false,
  rate: false,
  maxCalls: false,
  cache: { maxAge: 60_000 },
} as const;
const asCalled = serviceMode ? { authenticate } : {};

function gatewayBeside(transport: Transport, options: Partial<GatewayOptions> = {}): Gateway {
  return createGateway({ transport, baseUrl: "http://sandbox/client/v4", ...asTested, ...asCalled, ...options });
}

/** A fixture in process: the sandbox's `handle` is the network. */
export function setup(
  options: SandboxOptions = {},
  transport?: (sandbox: Sandbox) => Transport,
  gatewayOptions: Partial<GatewayOptions> = {},
): Setup {
  const sandbox = createSandbox({ quota: false, ...options });
  const gateway = gatewayBeside(transport?.(sandbox) ?? sandbox.handle, gatewayOptions);
  return { sandbox, gateway, run: runOn(sandbox, gateway) };
}

/** A fixture whose calls cross a real socket, each answered up to 50 ms late, so that no two come back in order. */
export async function setupOverHttp(
  options: SandboxOptions = {},
  wire: TransportOptions = {},
  gatewayOptions: Partial<GatewayOptions> = {},
): Promise<Setup & AsyncDisposable> {
  const sandbox = createSandbox({ quota: false, jitter: [0, 50], ...options });
  const listening = await sandbox.listen();
  const transport = createTransport(wire);
  const gateway = gatewayBeside(transport, { baseUrl: listening.url, ...gatewayOptions });
  return {
    sandbox,
    gateway,
    run: runOn(sandbox, gateway),
    [Symbol.asyncDispose]: async () => {
      await transport.close();
      await listening.close();
    },
  };
}

/** Routes and how often each was called: `{ "GET /accounts/{account_id}": 1 }`. */
export function tally(calls: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const route of calls.toSorted()) counts[route] = (counts[route] ?? 0) + 1;
  return counts;
}

/** The seeded account that most tests speak of. */
export const account = acmeId;

/** A test with a fresh sandbox, in process. */
export const test = base
  .extend("sandbox", () => createSandbox({ quota: false }))
  .extend("gateway", ({ sandbox }) => gatewayBeside(sandbox.handle))
  .extend("run", ({ sandbox, gateway }) => runOn(sandbox, gateway));

export { expect };
