import { type Call, type Credential, createClient } from "../cloudflare/client.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import type { Transport } from "../cloudflare/transport.ts";
import { type Admission, rateLimited } from "./admission.ts";
import type { Budget } from "./budget.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import type { Probes } from "./credential-guard/probes.ts";
import type { CredentialGuard } from "./credential-guard.ts";
import type { FairQueue } from "./fair-queue.ts";
import type { OperationUsage } from "./usage.ts";
import type { Lease } from "./write-lock.ts";

/** What all operations have in common on their way to the vendor. */
export interface Upstream {
  transport: Transport;
  baseUrl: string;
  fairQueue: FairQueue;
  budget: Budget;
  probes: Probes;
  /** Without one, calls to an upstream that fails are sent like any others. */
  breaker: CircuitBreaker | undefined;
  /** Milliseconds that a write waits for its turn; reads wait as long as their operation. */
  callTimeout: number;
  /** Whether the process has time for more work, and when it does. */
  slice: { readonly over: boolean; turn(): Promise<void> };
}

/** Characters of an answer beyond which reading it waits for a turn of the event loop of its own. */
const LONG = 64 * 1024;

/** One operation, as far as its calls go. */
export interface CallerContext {
  credential: Credential | null;
  /** Why there is none. */
  problem: string;
  /** The caller's key in the budget. */
  key: string;
  guard: CredentialGuard;
  /**
   * What its writes hold, if they hold anything, and whether somebody known waits for that, so that its calls must not wait behind
   * those of others.
   */
  writer: { readonly hurried: boolean; readonly lease: Lease | undefined };
  usage: OperationUsage;
  admission: Admission;
}

/** Tells a call that waits that none of its caller's calls may be sent. */
const calledOff = Symbol("called off");

/**
 * The client of one operation. An attempt waits until its credential may be sent, takes its turn, is counted when it was sent, and
 * tells what the answer shows of the quota, of the credential and of Cloudflare. One that was never sent gives its unit back.
 */
export function meteredClient(upstream: Upstream, quotaKey: CallerContext): Call {
  const { transport, baseUrl, fairQueue, budget, probes, breaker, callTimeout, slice } = upstream;
  const { credential, problem, key, guard, writer, usage, admission } = quotaKey;

  const counted: Transport = async (request) => {
    const { trace } = request;
    // Whoever waits no longer has answered before the call ends.
    usage.sent(trace);
    try {
      const response = await transport(request);
      if (trace) trace.status = response.status;
      budget.observe(key, response.headers);
      // Many short ones come at once, too.
      if (response.text.length > LONG || slice.over) await slice.turn();
      return response;
    } catch (error) {
      // Whoever could not be reached has counted nothing.
      if (error instanceof CloudflareError && error.kind === "unavailable") usage.unsent(trace);
      throw error;
    }
  };
  const wire: Transport = breaker ? (request) => breaker.run(key, request.route, () => counted(request)) : counted;

  const stop = (route: string): CloudflareError | undefined => {
    const closed = budget.closedUntil(key);
    return closed ? rateLimited(route, closed) : (guard.refusal(route) ?? breaker?.refusal(key, route));
  };

  const client = createClient({ transport: wire, baseUrl, credential, problem, slice });
  return async (endpoint, params, body, sending) => {
    const { route } = endpoint;
    const { trace, signal } = sending ?? {};
    const before = trace?.attempts ?? 0;
    const asked = Date.now();
    const write = !route.startsWith("GET ");
    const { lease } = writer;
    // What stops calls may have come up within the turn: whoever has the next one finds out.
    const attempt = async () => {
      if (Date.now() - asked > longWait && !stop(route)) await admission.reacquire(route);
      const stopped = stop(route);
      if (stopped) throw stopped;
      if (write && lease?.lost)
        throw unsent(route, `${route} was not sent: it was not ready when others had waited for long`);
      try {
        lease?.sends();
        const answer = await client(endpoint, params, body, sending);
        budget.answered(key);
        guard.succeeded((params as { account_id?: string }).account_id);
        return answer;
      } catch (error) {
        const { kind, status, resetAt } = error as CloudflareError;
        if (kind === "rate_limited" && status !== null && resetAt) budget.close(key, resetAt);
        else if (status !== null && status < 500) budget.answered(key);
        if (guard.failed(error)) {
          breaker?.forget(key);
          // Those that wait give their units back first.
          setImmediate(() => budget.forget(key));
        }
        // Those behind it would take turns of others for nothing.
        if (stop(route)) fairQueue.reject(key, calledOff);
        const opens = kind === "rate_limited" ? budget.closedUntil(key) : null;
        throw opens && resetAt && opens < resetAt ? told(error as CloudflareError, opens) : error;
      } finally {
        lease?.ended();
      }
    };
    try {
      // Refused before the wire: nobody's turn is spent on it.
      if (credential === null) return await client(endpoint, params, body, sending);
      const deadline = signal ?? AbortSignal.timeout(callTimeout);
      return await probes.run(key, deadline, () => {
        const stopped = stop(route);
        if (stopped) return Promise.reject(stopped);
        const known = guard.known || writer.hurried;
        return fairQueue.run(key, usage, deadline, attempt, write, trace, known);
      });
    } catch (error) {
      if (trace?.attempts === before) admission.releaseUnit();
      if (error === calledOff) throw stop(route) ?? unsent(route, `${route} was not sent: the call before it failed`);
      throw signal ? error : waited(route, error, callTimeout);
    }
  };
}

/**
 * Milliseconds of waiting for a turn after which a unit is taken anew. The budget counts units a twentieth of a window
 * longer than it lasts: 15 seconds of Cloudflare's five minutes.
 */
const longWait = 5_000;

/** A write that found no turn in time: it certainly never left. */
function waited(route: string, error: unknown, callTimeout: number): unknown {
  return error instanceof DOMException ? unsent(route, `${route} found no turn within ${callTimeout} ms`) : error;
}

/** The same refusal with an earlier end: what it says itself is not believed for so long. */
function told(error: CloudflareError, resetAt: Date): CloudflareError {
  return new CloudflareError(error.route, error.message, { ...error, cause: error.cause, resetAt });
}

function unsent(route: string, message: string): CloudflareError {
  return new CloudflareError(route, message, { kind: "unavailable" });
}
