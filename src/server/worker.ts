import { plainExecution } from "../execution/plain-execution.ts";
import { endlessSlice } from "../execution/time-slice.ts";
import { compose } from "./composition.ts";
import { createFetchHandler } from "./fetch-handler.ts";
import type { GatewayOptions } from "./gateway-options.ts";

export function createWorker(options: GatewayOptions) {
  const { handler } = compose(
    { ...options, concurrency: 6, rate: false },
    {
      execution: plainExecution,
      slice: endlessSlice,
      separateRequests: true,
      addressOf: (request) => request.headers.get("cf-connecting-ip") ?? undefined,
    },
  );
  const fetch = createFetchHandler(handler);
  return { fetch: (request: Request) => fetch(request) };
}
