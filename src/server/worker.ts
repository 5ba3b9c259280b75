import { fetchTransport } from "../cloudflare/fetch-transport.ts";
import { plainExecution } from "../execution/plain-execution.ts";
import { endlessSlice } from "../execution/time-slice.ts";
import { checkOptions, OptionsError } from "../options.ts";
import { compose } from "./composition.ts";
import type { Execute } from "./execute-options.ts";
import { createFetchHandler } from "./fetch-handler.ts";
import { type GatewayOptions, gatewayOptions } from "./gateway-options.ts";

/** Options of `createGateway` that a Worker does not have, and why. */
const leftOut = [
  ["graphiql", "its page would be most of the Worker"],
  ["compileAt", "no code may be made from text"],
  ["requestDeduplication", "no request may wait for another one"],
  ["concurrency", "the platform has six connections for each request"],
  ["rate", "no request may wait for another one"],
  ["trustProxy", "the address of a client is in `CF-Connecting-IP`; `clientAddress` gives another one"],
] as const satisfies [keyof GatewayOptions, string][];

/** Options of a gateway in a Worker: those of `createGateway` that a Worker can have. `transport` is `fetchTransport()` if it is left out. */
export type WorkerOptions = Omit<GatewayOptions, (typeof leftOut)[number][0] | "transport"> &
  Partial<Pick<GatewayOptions, "transport">>;

/** What a Worker gets with each request, as far as it is needed. */
export interface WorkerContext {
  waitUntil(promise: Promise<unknown>): void;
}

/** A gateway in a Worker. One serves all requests of an isolate. */
export interface WorkerGateway {
  /**
   * Answers a request. The context lets writes end, and what was learnt of the quota be told, when the answer was sent or the client
   * has left.
   */
  fetch(request: Request, context: WorkerContext): Promise<Response>;
  /** Executes an operation without HTTP. */
  readonly execute: Execute;
}

/** Connections that one request may have open. [D] https://developers.cloudflare.com/workers/platform/limits/ */
const CONNECTIONS = 6;

/**
 * The gateway for Cloudflare Workers: queries run without code made from text, and no request waits for what is done in another one.
 * Everything else is as with `createGateway`. It may be made at the first request, and not before. Throws `OptionsError`.
 */
export function createWorkerGateway(options: WorkerOptions): WorkerGateway {
  for (const [name, why] of leftOut) {
    if (options[name as keyof WorkerOptions] !== undefined)
      throw new OptionsError(`createWorkerGateway: there is no option \`${name}\` in a Worker: ${why}.`);
  }
  const { transport = fetchTransport(), budget, callerBudget } = options;
  const given = { ...options, transport };
  checkOptions("createWorkerGateway", allowed, given);
  const { handler, execute } = compose(
    { ...given, concurrency: CONNECTIONS, rate: false },
    {
      execution: plainExecution,
      slice: endlessSlice,
      separateRequests: true,
      addressOf: options.clientAddress ?? ((request) => request.headers.get("cf-connecting-ip") ?? undefined),
    },
  );
  const answer = createFetchHandler(handler);
  const flush = async () => void (await Promise.all([budget?.flush?.(), callerBudget?.flush?.()]));
  return {
    fetch: async (request, context) => {
      const answered = answer(request);
      // The operation goes on when its client has left: a write must come to its end.
      context.waitUntil(answered.then(flush, flush));
      const response = await answered;
      return isStream(response) ? followed(response, flush, context) : response;
    },
    execute: (async (document, options) => {
      const result = await execute(document as string, options as never);
      await flush();
      return result;
    }) as Execute,
  };
}

const allowed = gatewayOptions(() => false);

/** A Worker that is nothing but a gateway; `optionsOf` is asked at the first request of each isolate. */
export function createWorker<Env>(optionsOf: (env: Env) => WorkerOptions) {
  let gateway: WorkerGateway | undefined;
  return {
    fetch: (request: Request, env: Env, context: WorkerContext): Promise<Response> => {
      gateway ??= createWorkerGateway(optionsOf(env));
      return gateway.fetch(request, context);
    },
  };
}

function isStream(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

/** The same response; calls `ended` when it is over: the runtime ends the request when its client leaves, unless something is waited for. */
function followed(response: Response, ended: () => Promise<void>, context: WorkerContext): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  context.waitUntil((response.body ?? new ReadableStream()).pipeTo(writable).then(ended, ended));
  return new Response(readable, response);
}
