import { type DocumentNode, type ExecutionArgs, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import { ObjectCount, type Paced } from "./answer-limits.ts";
import { type Compiled, type CompileOptions, compile } from "./compile.ts";
import { JsonBuffer } from "./json-buffer.ts";
import { type PlainExecution, plainExecutor } from "./plain-execution.ts";
import { serialized, stringify } from "./serialized-data.ts";
import { createStartQueue } from "./start-queue.ts";

/** Objects that may be in an answer beyond which compiling saves more than it costs, even where a query comes once. */
const MANY_OBJECTS = 5000;

/** How queries are executed. */
export interface Execution extends Omit<CompileOptions, "characters" | "schema">, Omit<PlainExecution, "slice"> {
  /** The execution of a query at which it is compiled: 1 for at once, `false` for never. */
  compileAt: number | false;
  /** Objects that the answer may have, by the plan; left out for none. */
  plannedObjects?: (context: Paced) => number;
}

/**
 * Runs queries as compiled code from their `compileAt`-th execution on: compiling costs more than one execution saves. One
 * whose answer may have thousands of objects is compiled at once: compiled code makes them faster, and stops more often.
 * Yoga's own executor runs documents that do not compile, mutations (writes have one path), and queries that the compiled
 * code has bailed out of: it then starts over, and finds every read in the loaders' memory. So errors, and
 * fields that are not at hand, are only ever told by one executor. What is compiled is kept as long as its document.
 *
 * Either way objects and text of the answer are counted, and long work lets others have their turn. A query whose answer
 * is too large is refused whole. A mutation tells what it has done, and an error where objects are missing.
 */
export function compiledExecution(execution: Execution): Plugin {
  const { compileAt, plannedObjects = () => 0, slice, refuse } = execution;
  const executor = plainExecutor(execution);
  const enter = createStartQueue();
  const seen = new WeakMap<DocumentNode, Map<string, { uses: number; query?: Compiled | null }>>();

  function compiled({ document, operationName: name, contextValue }: ExecutionArgs): Compiled | null {
    if (compileAt === false) return null;
    const operations = seen.get(document) ?? new Map();
    seen.set(document, operations);
    const operation = operations.get(name ?? "") ?? { uses: 0 };
    operations.set(name ?? "", operation);
    if (++operation.uses >= compileAt) {
      if (operation.query === undefined) operation.query = compile(execution, document, name);
      return operation.query;
    }
    // What asks for the schema has thousands of objects that are at hand. Kept is only what comes again.
    const many = plannedObjects(contextValue as Paced) > MANY_OBJECTS || asksForSchema(document);
    return many ? compile(execution, document, name) : null;
  }

  return {
    ...executor.events,
    onExecute: ({ args: { document, operationName }, executeFn, setExecuteFn }) => {
      const operation = getOperationAST(document, operationName)?.operation;
      const plain = executor.executing(executeFn);
      setExecuteFn(async (args) => {
        const query = operation === "query" ? compiled(args) : null;
        if (!query) return plain(args);
        await enter();
        const context = args.contextValue as Paced;
        const answer = await query(args.rootValue, context, args.variableValues ?? {});
        if (answer instanceof JsonBuffer) return { data: await serialized(answer, slice), stringify };
        if (answer) return { data: null, errors: [refuse(answer, context.objects)] };
        context.objects = new ObjectCount(context.objects.most);
        return plain(args);
      });
    },
  };
}

/** Whether something at the top of an operation or fragment asks for the schema. */
function asksForSchema({ definitions }: DocumentNode): boolean {
  return definitions.some(
    (each) =>
      "selectionSet" in each &&
      each.selectionSet.selections.some(
        ({ kind, ...selection }) =>
          "name" in selection && selection.name.value.startsWith("__") && selection.name.value !== "__typename",
      ),
  );
}
