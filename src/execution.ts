import { type ASTNode, BREAK, type DocumentNode, type GraphQLSchema, getOperationAST, Kind, visit } from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import type { Plugin } from "graphql-yoga";

/**
 * Runs queries as compiled code from their `compileAt`-th execution on: compiling costs more than one execution saves.
 * Yoga's own executor answers what does not compile, mutations (one well-trodden path for writes), and whatever the
 * compiled query had any trouble with: it then starts over, and finds every read in the loaders' memory. So errors, and
 * fields that are not at hand, are only ever told by one executor. Documents are held by Yoga's bounded cache; what is
 * compiled goes with them.
 *
 * @param lean the schema as compiled queries see it: fields that are properties of their object have no resolver
 */
export function compiledExecution(compileAt: number, lean: GraphQLSchema): Plugin {
  const seen = new WeakMap<DocumentNode, Map<string, { uses: number; query?: CompiledQuery | null }>>();

  function compiled(document: DocumentNode, name: string | null | undefined): CompiledQuery | null {
    const operations = seen.get(document) ?? new Map();
    seen.set(document, operations);
    const operation = operations.get(name ?? "") ?? { uses: 0 };
    operations.set(name ?? "", operation);
    if (++operation.uses < compileAt) return null;
    operation.query ??= compile(lean, document, name);
    return operation.query;
  }

  return {
    onExecute: ({ args: { document, operationName }, executeFn, setExecuteFn }) => {
      if (getOperationAST(document, operationName)?.operation !== "query") return;
      const query = compiled(document, operationName);
      if (!query) return;
      setExecuteFn(async (args) => {
        const result = await query.query(args.rootValue, args.contextValue, args.variableValues ?? {});
        return result.errors ? executeFn(args) : result;
      });
    },
  };
}

function compile(lean: GraphQLSchema, document: DocumentNode, name: string | null | undefined): CompiledQuery | null {
  if (hasConditionalFragment(document)) return null;
  const query = compileQuery(lean, document, name ?? undefined, { disablingCapturingStackErrors: true });
  return isCompiledQuery(query) ? query : null;
}

/**
 * Whether a fragment stands under `@include` or `@skip`. graphql-jit 0.8.9 answers those wrongly: `...P @skip(if: true) ...P`
 * gives nothing of `P`, and of a field that is skipped in one place and not in another it gives the skipped fragments.
 */
function hasConditionalFragment(document: DocumentNode): boolean {
  let [conditions, found] = [0, false];
  visit(document, {
    enter(node) {
      if (isConditional(node)) conditions++;
      const fragment = node.kind === Kind.FRAGMENT_SPREAD || node.kind === Kind.INLINE_FRAGMENT;
      found ||= fragment && conditions > 0;
      return found ? BREAK : undefined;
    },
    leave(node) {
      if (isConditional(node)) conditions--;
    },
  });
  return found;
}

function isConditional(node: ASTNode): boolean {
  return "directives" in node && (node.directives ?? []).some(({ name }) => /^(include|skip)$/.test(name.value));
}
