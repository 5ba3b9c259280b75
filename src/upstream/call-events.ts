import type { Call } from "../cloudflare/client.ts";
import type { CloudflareError, Kind } from "../cloudflare/error.ts";
import { header, rayIdOf } from "../cloudflare/error-response.ts";
import type { Trace, WireRequest, WireResponse } from "../cloudflare/wire.ts";
import { remaindersOf } from "./budget/ratelimit-headers.ts";
import type { Link } from "./link.ts";

/** One REST call that an operation made, when it has ended. Nothing of it names an account, an object or a person. */
export interface CallEvent {
  /** Of the request whose operation made it. */
  requestId: string;
  /** The route as a template: `GET /accounts/{account_id}/iam/user_groups`. */
  route: string;
  method: string;
  /** Whether it was sent, once at least; `false` where the gateway refused it by itself: no quota, no time, the circuit breaker. */
  sent: boolean;
  /** HTTP status of its last answer; `null` where none has come. */
  status: number | null;
  /** From asking for it to its end, with turns, pauses and repetitions. */
  milliseconds: number;
  /** How often it was sent again. */
  retries: number;
  /** Milliseconds that it waited for its turns, before it was sent. */
  waited: number;
  /** Cloudflare's ID of its last answer (`cf-ray`), for its support. */
  rayId: string | null;
  /** Kind of its failure; `null` where it has succeeded. */
  error: Kind | null;
  /** Calls that the credential has left, as its last answer says; `null` where none has said. */
  remaining: number | null;
}

/** A REST call on its way, as a tracer follows it. */
export interface CallSpan {
  /** What is sent beside the call's own headers: `traceparent`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called once when it is answered, or has failed. */
  end(outcome: { status: number | null; rayId: string | null; error: Kind | null }): void;
}

/** The time in which an operation waits for at least one call, or for its turn to write. */
export class WaitingTime {
  #waits = 0;
  #since = 0;
  #before = 0;

  /** Milliseconds so far. */
  get milliseconds(): number {
    return this.#before + (this.#waits > 0 ? performance.now() - this.#since : 0);
  }

  /** Begins to wait for one thing more. What it returns ends that; a second time it does nothing. */
  begin(): () => void {
    if (this.#waits++ === 0) this.#since = performance.now();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      if (--this.#waits === 0) this.#before += performance.now() - this.#since;
    };
  }
}

/** Who is told of the calls of one operation. */
export interface CallObserver {
  requestId: string;
  waiting: WaitingTime;
  /** Called when a call has ended. */
  onCall: ((event: CallEvent) => void) | undefined;
  /** Called each time one is sent; `resent` counts from 0. */
  startCall: ((call: { route: string; method: string; url: string; resent: number }) => CallSpan) | undefined;
}

/** Link: reports each call that is made, whether it was sent or not. Reads that join one in flight, or are remembered, are none. */
export function callEvents({ requestId, onCall }: CallObserver): Link | undefined {
  if (!onCall) return undefined;
  return (next): Call =>
    async (endpoint, params, body, options) => {
      const { route } = endpoint;
      const began = performance.now();
      const trace: Trace = options?.trace ?? { route, attempts: 0, status: null };
      trace.waited = 0;
      const report = (error: Kind | null) => {
        const { attempts, status, waited = 0, rayId = null, remaining = null } = trace;
        const milliseconds = performance.now() - began;
        const retries = Math.max(0, attempts - 1);
        const method = route.slice(0, route.indexOf(" "));
        const sent = attempts > 0;
        onCall({ requestId, route, method, sent, status, milliseconds, retries, waited, rayId, error, remaining });
      };
      try {
        const answer = await next(endpoint, params, body, options);
        report(null);
        return answer;
      } catch (error) {
        report((error as CloudflareError).kind ?? null);
        throw error;
      }
    };
}

/** Link, the outermost: measures how long the operation waits. */
export function waits({ waiting }: CallObserver): Link {
  return (next): Call =>
    async (endpoint, params, body, options) => {
      const ended = waiting.begin();
      try {
        return await next(endpoint, params, body, options);
      } finally {
        ended();
      }
    };
}

/** Sends one attempt, and notes what its answer says beside its content. `secret` never gets into what is noted. */
export async function observed(
  { startCall }: CallObserver,
  secret: string,
  request: WireRequest,
  send: (request: WireRequest) => Promise<WireResponse>,
): Promise<WireResponse> {
  const { trace, route, method, url } = request;
  const resent = Math.max(0, (trace?.attempts ?? 1) - 1);
  const span = startCall?.({ route, method, url, resent });
  try {
    const response = await send(span ? { ...request, headers: { ...request.headers, ...span.headers } } : request);
    const rayId = rayIdOf(response, secret);
    if (trace) {
      trace.rayId = rayId;
      const told = header(response, "ratelimit");
      const left = told === null ? [] : remaindersOf(told).map((each) => each.left);
      if (left.length > 0) trace.remaining = Math.min(...left);
    }
    span?.end({ status: response.status, rayId, error: null });
    return response;
  } catch (error) {
    span?.end({ status: null, rayId: null, error: (error as CloudflareError).kind ?? null });
    throw error;
  }
}
