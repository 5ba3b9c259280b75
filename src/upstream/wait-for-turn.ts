import type { Call } from "../cloudflare/client.ts";
import { isRead } from "../cloudflare/endpoint.ts";
import { CloudflareError } from "../cloudflare/error.ts";
import type { Admission } from "./admit/admission.ts";
import type { Probes } from "./credential-guard/probes.ts";
import type { CredentialGuard } from "./credential-guard.ts";
import type { FairQueue } from "./fair-queue.ts";
import type { Link } from "./link.ts";
import type { OperationUsage } from "./usage.ts";
import type { Lease } from "./write-lock.ts";

/** The queue of the process, and the operation whose calls wait in it. */
export interface TurnOptions {
  fairQueue: FairQueue;
  probes: Probes;
  /** Milliseconds that a write waits for its turn; reads wait as long as their operation. */
  callTimeout: number;
  /** Whose queue the call waits in. */
  caller: string;
  /** HMAC of the credential. */
  key: string;
  guard: CredentialGuard;
  usage: OperationUsage;
  admission: Admission;
  /** The lock that its writes hold, if any, and whether a known credential waits for it: its calls go first then. */
  writer: { readonly hurried: boolean; readonly lease: Lease | undefined };
  /** Why no call of the credential may be sent at this moment, if that is so. */
  stop: (route: string) => CloudflareError | undefined;
}

/** Rejects a waiting call because no call of its credential may be sent. */
const calledOff = Symbol("called off");

/**
 * Milliseconds of waiting after which a unit is reserved anew. The budget counts units a twentieth of a window longer than
 * it lasts: 15 seconds of Cloudflare's five minutes.
 */
const longWait = 5_000;

/**
 * Link: an attempt waits for its turn in the fair queue, an unknown credential's until an earlier one shows that it works.
 * What stops calls is looked at again when the turn has come. An attempt that was never sent releases its unit.
 */
export function waitForTurn(options: TurnOptions): Link {
  const { fairQueue, probes, callTimeout, caller, key, guard, usage, admission, writer, stop } = options;

  return (next): Call =>
    async (endpoint, params, body, callOptions) => {
      const { route } = endpoint;
      const { trace, signal } = callOptions ?? {};
      const before = trace?.attempts ?? 0;
      const asked = Date.now();
      let hasTurn = false;
      const write = !isRead(route);
      const { lease } = writer;
      const attempt = async () => {
        hasTurn = true;
        if (trace?.waited !== undefined) trace.waited += Date.now() - asked;
        if (Date.now() - asked > longWait && !stop(route)) await admission.reacquire(route);
        const stopped = stop(route);
        if (stopped) throw stopped;
        if (write && lease?.over) throw notSent(route, "it was not ready when others had waited for long");
        try {
          lease?.sends();
          return await next(endpoint, params, body, callOptions);
        } catch (error) {
          // Calls behind it would take turns from others for nothing.
          if (stop(route)) fairQueue.reject(caller, calledOff);
          throw error;
        } finally {
          lease?.ended();
        }
      };
      const deadline = signal ?? AbortSignal.timeout(callTimeout);
      try {
        return await probes.run(key, deadline, () => {
          const stopped = stop(route);
          if (stopped) return Promise.reject(stopped);
          return fairQueue.run(caller, usage, deadline, attempt, write, trace, guard.known || writer.hurried);
        });
      } catch (error) {
        if (!hasTurn && trace?.waited !== undefined) trace.waited += Date.now() - asked;
        if (trace?.attempts === before) admission.releaseUnit();
        if (error === calledOff) throw stop(route) ?? notSent(route, "the call before it failed");
        // A write that found no turn in time certainly never left.
        if (!signal && error instanceof DOMException)
          throw new CloudflareError(route, `${route} found no turn within ${callTimeout} ms`, { kind: "unavailable" });
        throw error;
      }
    };
}

function notSent(route: string, why: string): CloudflareError {
  return new CloudflareError(route, `${route} was not sent: ${why}`, { kind: "unavailable" });
}
