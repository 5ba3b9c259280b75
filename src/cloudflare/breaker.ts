import { BrokenCircuitError, CircuitState, CountBreaker, circuitBreaker, handleWhen } from "cockatiel";
import { CloudflareError } from "./error.ts";
import type { Transport, WireResponse } from "./transport.ts";

/** What may be told; every field has a default. */
export interface BreakerOptions {
  /** The last calls that are looked at. @default 50 */
  last?: number;
  /** Calls below which nothing is judged. @default 20 */
  least?: number;
  /** The part of them, in `(0, 1)`, beyond whose failure nothing is sent any more. @default 0.8 */
  share?: number;
  /** Milliseconds for which nothing is sent, before one call may probe. @default 5000 */
  pause?: number;
  /** Told when calls are stopped (`true`) and when they flow again (`false`). */
  onChange?: (stopped: boolean) => void;
}

/** A probe that brought no answer, for whatever reason: it proves nothing. */
class Unanswered extends Error {}

/**
 * Stops calls to an upstream that is down: once nearly all of the last calls ended with 5xx or found nobody, the next ones
 * fail at once (`unavailable`: nothing was sent). After a pause one call goes through; if it is answered below 500, so do
 * all. 4xx and 429 are answers. One breaker stands for one upstream: all callers share it.
 */
export function withBreaker(transport: Transport, options: BreakerOptions = {}): Transport {
  const { last = 50, least = 20, share = 0.8, pause = 5_000, onChange } = options;
  const isDown = handleWhen((error) => error instanceof Unanswered || isUnreachable(error)).orWhenResult(
    (response) => (response as WireResponse).status >= 500,
  );
  const circuit = circuitBreaker(isDown, {
    halfOpenAfter: pause,
    breaker: new CountBreaker({ threshold: share, size: last, minimumNumberOfCalls: least }),
  });
  let stopped = false;
  const change = (now: boolean) => {
    // A probe that fails stops nothing that was not stopped.
    if (stopped !== now) onChange?.(now);
    stopped = now;
  };
  circuit.onBreak(() => change(true));
  circuit.onReset(() => change(false));

  const probe: Transport = async (request) => {
    try {
      return await transport(request);
    } catch (cause) {
      throw new Unanswered("", { cause });
    }
  };

  return async (request) => {
    // The library would let everybody wait for the probe.
    if (circuit.state === CircuitState.HalfOpen) throw notSent(request.route);
    const probes = circuit.state === CircuitState.Open;
    try {
      return await circuit.execute(() => (probes ? probe(request) : transport(request)));
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw notSent(request.route);
      throw error instanceof Unanswered ? error.cause : error;
    }
  };
}

function isUnreachable(error: unknown): boolean {
  return error instanceof CloudflareError && error.kind === "unavailable";
}

function notSent(route: string): CloudflareError {
  const message = `${route} was not sent: Cloudflare failed at nearly all of the last calls, and is given a few seconds.`;
  return new CloudflareError(route, message, { kind: "unavailable" });
}
