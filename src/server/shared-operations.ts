import type { Plugin } from "graphql-yoga";
import { Deadline } from "../upstream/deadline.ts";
import type { RequestDeduplication } from "../upstream/deduplication.ts";
import type { ObservedOperation } from "./operation-events.ts";

/** Properties that the plugin adds to the context of an operation. */
export interface SharedOperation {
  /** Ends when no client waits for the answer any more. */
  signal: AbortSignal;
  /** It mutates, so that its reads are its own. */
  isolated: boolean;
  /** Where its context leaves what it used: reads from memory may be too old for those who join it later. */
  accepted: { usage?: { readonly acceptedUntil: number } };
}

/**
 * Runs equal queries of one caller that are under way at the same time once, and serialises their answer once.
 *
 * @param whole `false` runs each on its own: something may tell them apart that `callerOf` does not know
 * @param callerOf everything else that may tell them apart; `undefined` for a request that is not to be joined
 */
export function sharedOperations(
  requestDeduplication: RequestDeduplication,
  whole: boolean,
  callerOf: (request: Request, query: string) => string | undefined,
): Plugin {
  return {
    onParams: ({ paramsHandler, setParamsHandler }) => {
      setParamsHandler(async (payload) => {
        const { request, params } = payload;
        const { query = "", variables, operationName } = params;
        // The word alone decides: a query that has it elsewhere is answered, too.
        const isolated = /\b(mutation|subscription)\b/.test(query);
        const { record } = payload.context as Partial<ObservedOperation>;
        const run = async (signal: AbortSignal) => {
          const accepted: SharedOperation["accepted"] = {};
          const context = { ...payload.context, signal, isolated, accepted } as never;
          const result = serialisedOnce(await paramsHandler({ ...payload, context }));
          return { result, record, acceptedUntil: accepted.usage?.acceptedUntil ?? Number.POSITIVE_INFINITY };
        };
        const caller = callerOf(request, query);
        if (isolated || !whole || caller === undefined) return (await run(request.signal)).result;
        const key = requestDeduplication.key(caller, query, variables, operationName);
        const began = Date.now();
        const {
          result,
          acceptedUntil,
          record: other,
        } = await requestDeduplication.operations.run(
          key,
          new Deadline(request.signal, Number.POSITIVE_INFINITY),
          (given) => run(given.signal),
          // Whatever the host gave for a reason: it would be taken for a bug.
          () => new DOMException("The client has left.", "AbortError"),
        );
        if (began > acceptedUntil) return (await run(request.signal)).result;
        if (record && record !== other) record.joined = other;
        return result;
      });
    },
  };
}

function serialisedOnce<R extends object>(result: R): R {
  if (Symbol.asyncIterator in result || "errors" in result) return result;
  let text: string | undefined;
  const write = "stringify" in result ? (result.stringify as typeof JSON.stringify) : JSON.stringify;
  const stringify = (value: unknown) => {
    if (text !== undefined) return text;
    const written = write(value);
    // A stream can be read once, and costs nothing to make again.
    if (!((written as unknown) instanceof ReadableStream)) text = written;
    return written;
  };
  return { ...result, stringify };
}
