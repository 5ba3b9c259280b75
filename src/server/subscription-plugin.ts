import { type ExecutionResult, GraphQLError } from "graphql";
import { finalAsyncIterator, isAsyncIterable, mapAsyncIterator, type Plugin } from "graphql-yoga";
import { eventStream } from "./event-stream.ts";
import { asGraphQLError, HttpError } from "./http-error.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Log } from "./log.ts";
import { accepts } from "./operation-request.ts";
import { requestIdOf } from "./request-id.ts";
import type { SubscribedContext } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { visibleResult } from "./visible-errors.ts";

/** What subscriptions need of their gateway. */
export interface SubscriptionPluginOptions {
  subscriptions: Subscriptions;
  lifetime: Lifetime;
  logger: Log;
}

/** Begins subscriptions that come by POST and take events, and answers them as server-sent events. */
export function subscriptionPlugin({ subscriptions, lifetime, logger }: SubscriptionPluginOptions): Plugin {
  return {
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const context = args.contextValue as unknown as SubscribedContext & { request: Request };
      const { request } = context;
      const refused = refusalOf(request);
      if (refused) return setResultAndStopExecution({ errors: [asGraphQLError(refused)] });
      const ended = Promise.withResolvers<void>();
      let subscription: ReturnType<Subscriptions["open"]>;
      try {
        subscription = subscriptions.open(context, request.signal, ended.resolve);
      } catch (error) {
        return setResultAndStopExecution({ errors: [error as never] });
      }
      void lifetime.track(ended.promise);
      context.watch = (thing, eventOf) => subscription.watch(thing, eventOf);
      return {
        onSubscribeResult: ({ result, setResult }) => {
          if (!isAsyncIterable(result)) return subscription.close();
          setResult(finalAsyncIterator(result as AsyncIterableIterator<never>, () => subscription.close()));
        },
      };
    },
    onResultProcess: ({ request, result, setResult, setResultProcessor }) => {
      if (!isAsyncIterable(result)) return;
      const id = requestIdOf(request);
      const visible = (each: ExecutionResult) => visibleResult(each, id, logger);
      const failed = (error: Error) => visible({ errors: [new GraphQLError("", { originalError: error })] });
      setResult(mapAsyncIterator(result as AsyncIterable<ExecutionResult>, visible, failed) as never);
      const stream = (results: never, _: unknown) => eventStream(results, JSON.stringify);
      if (accepts(request.headers.get("accept"), eventTypes)) setResultProcessor(stream as never, "text/event-stream");
    },
  };
}

const eventTypes = ["text/event-stream"];

function refusalOf(request: Request): HttpError | undefined {
  // Any page may open a GET, with what the browser sends of itself.
  if (request.method !== "POST") return onlyByPost;
  return accepts(request.headers.get("accept"), eventTypes) ? undefined : needsEvents;
}

const onlyByPost = new HttpError(405, "A subscription must be sent by POST, with `accept: text/event-stream`.", {
  headers: { allow: "POST" },
});
const needsEvents = new HttpError(
  406,
  "A subscription is answered as a stream of events: send it with `accept: text/event-stream`, over HTTP or to `gateway.fetch`.",
);
