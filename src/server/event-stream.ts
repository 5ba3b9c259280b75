import type { ExecutionResult } from "graphql";

/** Milliseconds between two comments: proxies close a connection on which nothing comes. */
export const COMMENT_EVERY = 15_000;

type Stringify = (value: unknown) => string;

/**
 * The response of a subscription as server-sent events, one for each result (“distinct connections mode” of GraphQL over SSE), with a
 * comment at its beginning and every 15 s. A client that leaves ends the results.
 */
export function eventStream(results: AsyncIterable<ExecutionResult>, write: Stringify): Response {
  const iterator = results[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let timer: NodeJS.Timeout | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const comment = () => {
        // Whoever takes nothing needs no sign of life.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(":\n\n"));
      };
      comment();
      timer = setInterval(comment, COMMENT_EVERY);
    },
    pull: async (controller) => {
      // A stream that fails would be an exception of the server that sends it.
      const { done, value } = await iterator.next().catch(() => ({ done: true, value: undefined }));
      if (value) return controller.enqueue(encoder.encode(`event: next\ndata: ${write(value)}\n\n`));
      if (!done) return;
      clearInterval(timer);
      controller.enqueue(encoder.encode("event: complete\ndata:\n\n"));
      controller.close();
    },
    cancel: async () => {
      clearInterval(timer);
      await iterator.return?.();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream", "x-accel-buffering": "no" } });
}
