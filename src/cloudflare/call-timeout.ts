import { abandoned, Ended, late, transportFailure } from "./transport-failure.ts";
import type { Transport, WireResponse } from "./wire.ts";

/** Milliseconds after which a transport gives up by itself. Another copy of this module knows nothing of them. */
const bounds = new WeakMap<Transport, number>();

/** Notes that a transport throws `CloudflareError` alone, and gives up by itself after so many milliseconds. */
export function bounded<T extends Transport>(transport: T, callTimeout: number): T {
  bounds.set(transport, callTimeout);
  return transport;
}

/** Notes that a transport keeps what another one keeps that it hands its calls to. */
export function boundedBy<T extends Transport>(transport: T, inner: Transport): T {
  const callTimeout = bounds.get(inner);
  return callTimeout === undefined ? transport : bounded(transport, callTimeout);
}

/**
 * Any transport, with the guarantees of ours: every exception becomes a `CloudflareError`, the call is given up after so many
 * milliseconds (also if it does not heed the signal), and what it answers is an answer. A transport that keeps this by
 * itself, within that time, stays as it is.
 */
export function withCallTimeout(transport: Transport, callTimeout: number): Transport {
  if ((bounds.get(transport) ?? Number.POSITIVE_INFINITY) <= callTimeout) return transport;
  const send: Transport = (request) =>
    new Promise((resolve, reject) => {
      const { route, signal } = request;
      const ends = new AbortController();
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", leave);
      };
      const fail = (error: unknown) => {
        settle();
        reject(transportFailure(route, error));
      };
      const end = (why: Ended) => {
        fail(why);
        ends.abort(why);
      };
      const leave = () => end(abandoned());
      const timer = setTimeout(() => end(late(callTimeout)), callTimeout);
      if (signal?.aborted) return leave();
      signal?.addEventListener("abort", leave, { once: true });
      const answer = async () => checked(await transport({ ...request, signal: ends.signal }));
      answer().then((response) => {
        settle();
        resolve(response);
      }, fail);
    });
  return bounded(send, callTimeout);
}

/** A value that is no response is a failure: the request may have been sent. */
function checked(response: unknown): WireResponse {
  const { status, headers, text } = (response ?? {}) as Partial<WireResponse>;
  if (typeof status === "number" && typeof text === "string" && typeof headers === "object" && headers !== null) {
    return response as WireResponse;
  }
  throw new Ended(
    "upstream_failure",
    "was answered by the transport with something that has no status, headers and text",
  );
}
