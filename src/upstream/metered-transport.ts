import { CloudflareError } from "../cloudflare/error.ts";
import type { Transport } from "../cloudflare/wire.ts";
import type { Budget } from "./budget.ts";
import { type CallObserver, observed } from "./call-events.ts";
import type { OperationUsage } from "./usage.ts";

/** Where the calls of one operation are counted. */
export interface MeterOptions {
  /** The caller's key in the budget. */
  key: string;
  budget: Budget;
  usage: OperationUsage;
  /** When the process has time for more work. */
  slice: { readonly over: boolean; turn(): Promise<void> };
  /** Who is told of the calls, and the secret of their credential; `undefined` where nobody is. */
  observer?: { told: CallObserver; secret: string } | undefined;
}

/** Characters of a response beyond which reading it waits for a turn of the event loop of its own. */
const LONG = 64 * 1024;

/** A transport that counts sent calls, and passes the rate limit headers of responses to the budget. */
export function meteredTransport(transport: Transport, options: MeterOptions): Transport {
  const { key, budget, usage, slice, observer } = options;
  const send: Transport = observer
    ? (request) => observed(observer.told, observer.secret, request, transport)
    : transport;
  return async (request) => {
    const { trace } = request;
    // The operation may have responded by the time this call completes, so it is counted now.
    usage.sent(trace);
    try {
      const response = await send(request);
      if (trace) trace.status = response.status;
      budget.observe(key, response.headers);
      // Many short responses can come at once, too.
      if (response.text.length > LONG || slice.over) await slice.turn();
      return response;
    } catch (error) {
      // Cloudflare counts no call that did not reach it.
      if (error instanceof CloudflareError && error.kind === "unavailable") usage.unsent(trace);
      throw error;
    }
  };
}
