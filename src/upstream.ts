import { type Admission, notNow } from "./admission.ts";
import type { Budget } from "./budget.ts";
import { type Call, type Credential, createClient } from "./cloudflare/client.ts";
import { CloudflareError } from "./cloudflare/error.ts";
import type { Transport } from "./cloudflare/transport.ts";
import type { Spending } from "./spending.ts";
import type { Turns } from "./turns.ts";

/** What all operations have in common on their way to the vendor. */
export interface Upstream {
  transport: Transport;
  baseUrl: string;
  turns: Turns;
  budget: Budget;
  /** Milliseconds that a write waits for its turn; reads wait as long as their operation. */
  callTimeout: number;
  /** Resolves when the process has time for more work. */
  slice: { readonly over: boolean; turn(): Promise<void> };
}

/** Characters of an answer beyond which reading it waits for a turn of the event loop of its own. */
const LONG = 64 * 1024;

/** One operation, as far as its calls go. */
export interface Spender {
  credential: Credential | null;
  /** The caller's key in the budget. */
  key: string;
  spending: Spending;
  admission: Admission;
}

/**
 * The client of one operation. An attempt takes its turn, is counted when it was sent, and tells the budget what the vendor
 * says of the quota; one that was never sent gives its unit back.
 */
export function spendingClient(upstream: Upstream, spender: Spender): Call {
  const { transport, baseUrl, turns, budget, callTimeout, slice } = upstream;
  const { credential, key, spending, admission } = spender;

  const wire: Transport = async (request) => {
    const { trace } = request;
    // Whoever waits no longer has answered before the call ends.
    spending.sends(trace);
    try {
      const response = await transport(request);
      if (trace) trace.status = response.status;
      budget.learn(key, response.headers);
      if (response.text.length > LONG || slice.over) await slice.turn();
      return response;
    } catch (error) {
      // Whoever could not be reached has counted nothing.
      if (error instanceof CloudflareError && error.kind === "unavailable") spending.sentNot(trace);
      throw error;
    }
  };

  const client = createClient({ transport: wire, baseUrl, credential });
  return async (endpoint, params, body, sending) => {
    const { route } = endpoint;
    const { trace, signal } = sending ?? {};
    const before = trace?.attempts ?? 0;
    const asked = Date.now();
    // The gate closes within the turn: whoever has the next one finds it closed.
    const attempt = async () => {
      const closed = budget.closedUntil(key);
      if (closed) throw notNow(route, closed);
      if (Date.now() - asked > longTurn) await admission.renew(route);
      try {
        return await client(endpoint, params, body, sending);
      } catch (error) {
        const { kind, status, resetAt } = error as CloudflareError;
        if (kind === "rate_limited" && status !== null && resetAt) budget.close(key, resetAt);
        throw error;
      }
    };
    try {
      // Refused before the wire: nobody's turn is spent on it.
      if (credential === null) return await client(endpoint, params, body, sending);
      const patience = signal ?? AbortSignal.timeout(callTimeout);
      return await turns.run(key, spending, patience, attempt, !route.startsWith("GET "), trace);
    } catch (error) {
      if (trace?.attempts === before) admission.notYetSent();
      throw signal ? error : waited(route, error, callTimeout);
    }
  };
}

/**
 * Milliseconds of waiting for a turn after which a unit is taken anew. The budget counts units a twentieth of a window
 * longer than it lasts: 15 seconds of Cloudflare's five minutes.
 */
const longTurn = 5_000;

/** A write that found no turn in time: it certainly never left. */
function waited(route: string, error: unknown, callTimeout: number): unknown {
  if (!(error instanceof DOMException)) return error;
  return new CloudflareError(route, `${route} found no turn within ${callTimeout} ms`, { kind: "unavailable" });
}
