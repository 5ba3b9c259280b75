import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST } from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import type { Plugin } from "graphql-yoga";

/**
 * Runs queries as compiled code from their `compileAt`-th execution on: compiling costs more than one execution saves. Yoga's own executor answers a document's first use, whatever does not
 * compile, and mutations, where speed matters less than one well-trodden path. Documents are held by Yoga's bounded
 * cache; what is compiled goes with them.
 */
export function compiledExecution(compileAt: number): Plugin {
  const seen = new WeakMap<DocumentNode, Map<string, { uses: number; query?: CompiledQuery | null }>>();

  function compiled(
    schema: GraphQLSchema,
    document: DocumentNode,
    name: string | null | undefined,
  ): CompiledQuery | null {
    const operations = seen.get(document) ?? new Map();
    seen.set(document, operations);
    const operation = operations.get(name ?? "") ?? { uses: 0 };
    operations.set(name ?? "", operation);
    if (++operation.uses < compileAt) return null;
    operation.query ??= compile(schema, document, name);
    return operation.query;
  }

  return {
    onExecute: ({ args: { schema, document, operationName }, setExecuteFn }) => {
      if (getOperationAST(document, operationName)?.operation !== "query") return;
      const query = compiled(schema, document, operationName);
      if (!query) return;
      setExecuteFn(async ({ rootValue, contextValue, variableValues }) => {
        const result = await query.query(rootValue, contextValue, variableValues ?? {});
        return result.errors
          ? { ...result, errors: result.errors.map((error) => asGraphQLError(error, document)) }
          : result;
      });
    },
  };
}

function compile(schema: GraphQLSchema, document: DocumentNode, name: string | null | undefined): CompiledQuery | null {
  // Where the stack of a field's error was made is of no use to whoever reads it.
  const query = compileQuery(schema, document, name ?? undefined, { disablingCapturingStackErrors: true });
  return isCompiledQuery(query) ? query : null;
}

/** The compiler has an error class of its own, and gives places in the document as lines and columns only. */
function asGraphQLError(
  { message, path, locations, originalError }: GraphQLError,
  document: DocumentNode,
): GraphQLError {
  const source = document.loc?.source ?? null;
  const lines = source?.body.split(/(?<=\r\n|\n|\r(?!\n))/) ?? [];
  const positions = locations?.map(({ line, column }) => {
    const before = lines.slice(0, line - 1).reduce((length, text) => length + text.length, 0);
    return before + column - 1;
  });
  return new GraphQLError(message, {
    source,
    positions: source && positions ? positions : null,
    path: path ?? null,
    // What fails at a field without a reason is a bug of ours (null where the schema forbids it), not of the document.
    originalError: originalError ?? (path ? new Error(message) : null),
  });
}
