import { type ExecutionResult, GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import { toClientError } from "../graph/error.ts";
import type { Log } from "./log.ts";

/**
 * Shows the caller every error of an operation, whether of parsing, validating or executing it, as far as it may be seen.
 * `requestIdOf` gives the ID under which unexpected errors are logged.
 */
export function visibleErrors(logger: Log, requestIdOf: (request: Request) => string): Plugin {
  return {
    onResultProcess: ({ request, result, setResult }) => {
      if ("errors" in result && result.errors) setResult(visibleResult(result, requestIdOf(request), logger));
    },
  };
}

/** A result with its errors as the caller may see them; unexpected ones are logged under the request's ID. */
export function visibleResult(result: ExecutionResult, id: string, logger: Log): ExecutionResult {
  if (!result.errors) return result;
  const onBug = (bug: unknown) => logger.error(`Request ${id} failed unexpectedly:`, { requestId: id, error: bug });
  return { ...result, errors: withoutRepetition(result.errors.map((error) => toClientError(error, id, onBug))) };
}

/**
 * The errors, each in full once: a refusal of the members of 700 groups is 700 equal errors. The first is whole; a
 * further one keeps its path and its code, and names the first by its position in `errors`.
 */
export function withoutRepetition(errors: readonly GraphQLError[]): GraphQLError[] {
  const positions = new Map<string, number>();
  return errors.map((error, i) => {
    const { message, path, extensions } = error;
    // An error without a path is about the whole operation.
    if (!path) return error;
    const key = JSON.stringify([message, extensions]);
    const sameAs = positions.get(key);
    if (sameAs === undefined) {
      positions.set(key, i);
      return error;
    }
    return new GraphQLError(`as errors[${sameAs}]`, { path, extensions: { code: extensions.code, sameAs } });
  });
}
