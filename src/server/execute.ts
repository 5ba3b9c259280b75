import { type DocumentNode, type ExecutionResult, GraphQLError, print } from "graphql";
import type { GraphQLParams, YogaServerInstance } from "graphql-yoga";
import { readableData } from "../execution/serialized-data.ts";
import type { Caller } from "./caller.ts";
import { givenCredential } from "./credential.ts";
import { checkExecuteOptions, type Execute, type ExecuteOptions } from "./execute-options.ts";
import { EXPLAIN } from "./explain.ts";
import { asGraphQLError, HttpError } from "./http-error.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Log } from "./log.ts";
import { requestIdFrom } from "./request-id.ts";
import { visibleResult } from "./visible-errors.ts";

/** What executes, for whom, and until when. */
export interface Executor<Context extends object> {
  yoga: YogaServerInstance<object, Context>;
  logger: Log;
  lifetime: Lifetime;
  /** Whether each operation must say who asks. */
  needsCaller: boolean;
  /** Lets the headers of a request stand for a caller. */
  present: (headers: Headers, caller: Caller) => void;
}

/** Whoever has a credential may do what it may. */
const anybody = { id: null, rights: null };

/** Makes a gateway's {@link Execute}: Yoga's way through an operation, from its parameters to its result, is that of HTTP. */
export function createExecute<Context extends object>(executor: Executor<Context>): Execute {
  const { yoga, logger, lifetime, needsCaller, present } = executor;
  const run = async (document: unknown, options: ExecuteOptions<object>, id: string): Promise<ExecutionResult> => {
    const { credential, caller = anybody, signal, explain, cacheControl } = options;
    try {
      if (lifetime.refusal) throw asGraphQLError(lifetime.refusal);
      const params = paramsOf(document, options);
      // Yoga and our plugins know an operation by its request. Nothing is read from this one but headers and signal.
      const headers = {
        "x-request-id": id,
        // There is one result: a subscription is refused.
        accept: "application/json",
        ...(explain && { [EXPLAIN]: explain }),
        ...(cacheControl !== undefined && { "cache-control": cacheControl }),
      };
      const request = new yoga.fetchAPI.Request("http://localhost/", {
        method: "POST",
        headers,
        signal: signal ?? null,
      });
      // A copy: the operation keeps the rights it began with.
      const rights = caller.rights && new Map(caller.rights);
      // Its documents are the host's own.
      present(request.headers, { id: caller.id, rights, anyDocument: true, ...givenCredential(credential) });
      const result = (await yoga.getResultForParams({ params, request }, {})) as ExecutionResult;
      if (Symbol.asyncIterator in result) throw asGraphQLError(inParts);
      return plainResult(visibleResult(result, id, logger));
    } catch (error) {
      // The host has aborted: its reason is no bug, whatever it is.
      signal?.throwIfAborted();
      const errors = [error instanceof GraphQLError ? error : new GraphQLError("", { originalError: error as Error })];
      return plainResult(visibleResult({ errors }, id, logger));
    }
  };

  return async (document, options) => {
    checkExecuteOptions(options, needsCaller);
    const { signal, requestId } = options;
    signal?.throwIfAborted();
    const result = lifetime.track(run(document, options as ExecuteOptions<object>, requestIdFrom(requestId)));
    return (await (signal ? unlessAborted(result, signal) : result)) as ExecutionResult<never>;
  };
}

/** A plugin can bring `@defer`, `@stream` and subscriptions. */
const inParts = new HttpError(400, "The result comes in parts: ask for it over HTTP.");

/** The parameters as HTTP would bring them: text, and a copy of the variables. */
function paramsOf(document: unknown, { variables, operationName }: ExecuteOptions<object>): GraphQLParams {
  const query = textOf(document);
  return {
    query,
    ...(operationName !== undefined && { operationName }),
    ...(variables && { variables: asJson(variables) }),
  };
}

/** Documents are constants: what was printed once is found again. */
const printed = new WeakMap<DocumentNode, string>();

function textOf(document: unknown): string {
  if (typeof document === "string" || document instanceof String) return String(document);
  const node = document as DocumentNode;
  let text = typeof document === "object" && document !== null ? printed.get(node) : undefined;
  if (text !== undefined) return text;
  try {
    if (node.kind !== "Document") throw new TypeError();
    text = print(node);
  } catch {
    throw asGraphQLError(new HttpError(400, "The document must be a string or a parsed GraphQL document."));
  }
  printed.set(node, text);
  return text;
}

function asJson(variables: object): Record<string, unknown> {
  try {
    return JSON.parse(JSON.stringify(variables));
  } catch {
    throw asGraphQLError(new HttpError(400, "`variables` must be values that JSON has."));
  }
}

/** The result as JSON has it, without what only HTTP is told. Data may be text still, and may be shared with an equal operation. */
function plainResult({ data, errors, extensions }: ExecutionResult): ExecutionResult {
  return {
    ...(data !== undefined && { data: readableData(data) }),
    ...(errors && { errors: errors.map(withoutHttp) }),
    ...(extensions && withoutHttpOf(extensions)),
  };
}

/** What only HTTP is told (headers) is left out. */
function withoutHttpOf({ http: _, ...told }: Record<string, unknown>) {
  return Object.keys(told).length > 0 && { extensions: JSON.parse(JSON.stringify(told)) };
}

function withoutHttp(error: GraphQLError): GraphQLError {
  const { message, nodes = null, source = null, positions = null, path = null, extensions } = error;
  const { http: _, ...told } = extensions;
  return new GraphQLError(message, { nodes, source, positions, path, extensions: JSON.parse(JSON.stringify(told)) });
}

/** Rejects as soon as the signal aborts, also while a write goes on. */
function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
