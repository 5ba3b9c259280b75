import type { Plugin } from "graphql-yoga";
import { Deadline } from "../upstream/deadline.ts";
import type { RequestDeduplication } from "../upstream/deduplication.ts";

/** Properties that the plugin adds to the context of an operation. */
export interface SharedOperation {
  /** Ends when no client waits for the answer any more. */
  signal: AbortSignal;
  /** It mutates, so that its reads are its own. */
  isolated: boolean;
}

/**
 * Runs equal queries of one caller that are under way at the same time once, and serialises their answer once.
 *
 * @param whole `false` runs each on its own: something may tell them apart that `callerOfRequest` does not know
 */
export function sharedOperations(
  requestDeduplication: RequestDeduplication,
  whole: boolean,
  callerOfRequest: (request: Request) => string,
): Plugin {
  return {
    onParams: ({ paramsHandler, setParamsHandler }) => {
      setParamsHandler((payload) => {
        const { request, params } = payload;
        const { query = "", variables, operationName } = params;
        // The word alone decides: a query that has it elsewhere is answered, too.
        const isolated = /\b(mutation|subscription)\b/.test(query);
        const run = async (signal: AbortSignal) =>
          serialisedOnce(
            await paramsHandler({ ...payload, context: { ...payload.context, signal, isolated } as never }),
          );
        if (isolated || !whole) return run(request.signal);
        const key = requestDeduplication.key(callerOfRequest(request), query, variables, operationName);
        return requestDeduplication.operations.run(
          key,
          new Deadline(request.signal, Number.POSITIVE_INFINITY),
          (given) => run(given.signal),
          // Whatever the host gave for a reason: it would be taken for a bug.
          () => new DOMException("The client has left.", "AbortError"),
        );
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
