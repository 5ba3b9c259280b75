import { checkOptions } from "../options.ts";
import { acme } from "./acme.ts";
import {
  ApiError,
  edgeHeaders,
  errorResponse,
  noRoute,
  type SandboxRequest,
  type SandboxResponse,
  serviceError,
  successResponse,
} from "./answer.ts";
import { identify, type SandboxIdentity } from "./credentials.ts";
import {
  applyFault,
  createFaults,
  type Fault,
  type FaultTarget,
  immediateResponse,
  shifted,
  type When,
} from "./fault-injection.ts";
import { createIdGenerator } from "./id-generator.ts";
import { type SandboxOptions, sandboxOptions } from "./options.ts";

export type { SandboxOptions } from "./options.ts";

import { invalidParameter, type Page, pageOf } from "./page.ts";
import { applyQuirks, combine } from "./quirks.ts";
import { cloudflareQuota, createQuota } from "./quota.ts";
import { match, routes, type ServedRoute } from "./router.ts";
import { type Listening, listen } from "./server.ts";
import type { SandboxState, SsoConnector } from "./state.ts";

/** One request that arrived. */
export interface SandboxCall {
  /** The endpoint's route, or method and path when no endpoint matches. */
  route: string;
  method: string;
  /** Without the base path. */
  path: string;
  query: Record<string, string>;
  /** 0 until it is answered. */
  status: number;
  /** Name of the credential, never the credential itself; `null` if it was unknown. */
  token: SandboxIdentity["name"] | null;
}

/** Answers in place of the mock, or lets the call through with `undefined`. A promise may take its time. */
export type Stub = (call: FaultTarget) => SandboxResponse | undefined | Promise<SandboxResponse | undefined>;

/** Cloudflare's IAM API, played from memory. */
export interface Sandbox {
  /** Answers one request in process: it fits where the gateway takes its transport. */
  handle(request: SandboxRequest): Promise<SandboxResponse>;
  /** Every request that arrived, in order. */
  readonly calls: SandboxCall[];
  /** State of the mock upstream; a test may read and change it. */
  readonly state: SandboxState;
  /** Gives the calls of one route to `answer` first; earlier plants are asked before later ones. */
  stub(route: string, answer: Stub): void;
  /** Spoils every call of one route, or some. Faults of the connection need `listen`. */
  injectFault(route: string, fault: Fault, when?: When): void;
  /** Plays the end of the polling for an SSO connector's TXT record. */
  verifySso(connectorId: string, status?: "verified" | "failed"): void;
  /** Makes the accounts what they were at the start. Quotas, stubs, faults and `calls` stay. */
  reset(): void;
  /** Serves the same over HTTP. @default port 0 (any free one), host 127.0.0.1 */
  listen(port?: number, host?: string): Promise<Listening>;
}

const base = "/client/v4";

/** A fresh state, its own quotas, its own record of calls: sandboxes share nothing. Throws `OptionsError`. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  checkOptions("createSandbox", sandboxOptions, options);
  const { clock = () => new Date(), lag = 0 } = options;
  const state = startOf(options);
  const spend = createQuota(options.quota ?? cloudflareQuota, clock);
  let ids = createIdGenerator(clock);
  const calls: SandboxCall[] = [];
  const plants = new Map<string, Stub[]>();
  const faults = createFaults();
  const odd = combine(options.quirks ?? []);

  async function handle(request: SandboxRequest): Promise<SandboxResponse> {
    const url = new URL(request.url);
    const path = url.pathname.startsWith(`${base}/`) ? url.pathname.slice(base.length) : url.pathname;
    const { method } = request;
    const asked = Object.fromEntries(url.searchParams);
    const caller = identify(request.headers);
    const found = path === url.pathname ? noRoute() : match(method, path);
    const call: SandboxCall = {
      route: found instanceof ApiError ? `${method} ${path}` : found.served.endpoint.route,
      method,
      path,
      query: asked,
      status: 0,
      token: caller instanceof ApiError ? null : caller.name,
    };
    const edge = edgeHeaders(calls.push(call));

    const params = found instanceof ApiError ? {} : found.params;
    const { authorization, "x-auth-key": key } = request.headers;
    const asking: FaultTarget = { params, query: asked, credential: authorization?.replace(/^Bearer /i, "") ?? key };
    const struck = faults.next(call.route, asking);
    let response = immediateResponse(struck);
    for (const plant of plants.get(call.route) ?? []) response ??= await plant(asking);
    if (!response) {
      const query = odd?.query(asked, call.route) ?? asked;
      const turn = (page: Page) => shifted(struck, odd?.page(page, call.route) ?? page);
      response = answer(caller, found, query, request.body, turn);
      if (odd) response = applyQuirks(response, odd, call.route);
    }
    response = applyFault(struck, response);
    call.status = response.status;
    return { ...response, headers: { ...edge, ...response.headers } };
  }

  /** Cloudflare's order of refusing, as far as it is known: who, how often, where, with what right, with what words. */
  function answer(
    caller: SandboxIdentity | ApiError,
    found: ReturnType<typeof match>,
    query: Record<string, string>,
    body: string | undefined,
    turn: (page: Page) => Page,
  ): SandboxResponse {
    let headers = {};
    try {
      if (caller instanceof ApiError) throw caller;
      headers = spend(caller.user);
      if (found instanceof ApiError) throw found;
      if (!caller.writes && found.served.method !== "GET") {
        throw new ApiError(403, 9109, "Unauthorized to access requested resource");
      }
      const response = successResponse(play(caller, found.served, found.params, query, body, turn));
      return { ...response, headers: { ...headers, ...response.headers } };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const response = errorResponse(error);
      return { ...response, headers: { ...headers, ...response.headers } };
    }
  }

  function play(
    caller: SandboxIdentity,
    { endpoint, handler }: ServedRoute,
    params: Record<string, string>,
    query: Record<string, string>,
    body: string | undefined,
    turn: (page: Page) => Page,
  ) {
    for (const [name, id] of Object.entries(params)) {
      // A member's ID is not looked at before the member is looked for [S].
      if (name !== "member_id" && !/^[0-9a-f]{32}$/.test(id)) throw noRoute();
    }
    const account = state.accounts.get(params.account_id ?? "");
    if (params.account_id !== undefined && !account) throw noRoute();
    const filters = endpoint.query?.safeParse(query);
    if (filters?.error) throw invalidParameter(inWords(filters.error.issues));
    const raw = endpoint.body && parse(body);
    const sent = endpoint.body?.safeParse(raw);
    if (sent?.error) {
      const about = sent.error.issues[0]?.path.includes("policies") ? "Policy validation failed" : "Bad request";
      throw serviceError(400, `${about}: ${inWords(sent.error.issues)}`);
    }
    const page = turn(pageOf(query, endpoint.perPage));
    // The table's endpoints lose their types when they are looked up by route; handler.ts has them.
    const call = { params, query: filters?.data ?? {}, page, body: sent?.data, raw, account, state, caller };
    return handler({ ...call, ids, clock, lag } as Parameters<typeof handler>[0]);
  }

  return {
    handle: async (request) => {
      const response = await handle(request);
      if (response.delivery) throw new Error("A fault of the wire needs a wire: ask over HTTP what `listen` serves.");
      return response;
    },
    calls,
    state,
    stub(route, plant) {
      if (!routes.has(route)) throw new Error(`There is no route ${route} to plant an answer on.`);
      plants.set(route, [...(plants.get(route) ?? []), plant]);
    },
    injectFault(route, fault, when) {
      if (!routes.has(route)) throw new Error(`There is no route ${route} to spoil.`);
      faults.inject(route, fault, when);
    },
    verifySso(connectorId, status = "verified") {
      const connector = findConnector(state, connectorId);
      connector.verification.status = status;
    },
    reset() {
      const { accounts, inheritedPolicies } = startOf(options);
      state.accounts.clear();
      for (const [id, account] of accounts) state.accounts.set(id, account);
      state.inheritedPolicies = inheritedPolicies;
      ids = createIdGenerator(clock);
    },
    listen: (port = 0, host = "127.0.0.1") => listen(handle, { port, host, jitter: options.jitter, base }),
  };
}

function startOf(options: SandboxOptions): SandboxState {
  const state = acme(options);
  state.inheritedPolicies = options.inheritedPolicies ?? false;
  for (const account of state.accounts.values()) {
    for (const group of account.userGroups.values()) group.scim = options.scim?.includes(group.name) ?? false;
  }
  return state;
}

function parse(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? "");
  } catch {
    throw serviceError(400, "Request body is not valid JSON");
  }
}

function inWords(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  const [issue] = issues;
  return [issue?.path.join("."), issue?.message].filter(Boolean).join(" ");
}

function findConnector(state: SandboxState, id: string): SsoConnector {
  for (const { ssoConnectors } of state.accounts.values()) {
    const connector = ssoConnectors.get(id);
    if (connector) return connector;
  }
  throw new Error(`There is no SSO connector ${id}.`);
}
