import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { MAX_ERRORS, type ObjectCount, type Paced, TooManyErrors, TooManyObjects } from "./answer-limits.ts";
import { writeJson } from "./json.ts";
import { JsonBuffer, TextTooLong } from "./json-buffer.ts";
import { fieldsOf, pace } from "./plain-executor.ts";
import { readableData, serialized, stringify } from "./serialized-data.ts";
import type { Slice } from "./time-slice.ts";

/** Fields of a result that `JSON.stringify` may write in one go. */
const FEW = 20_000;

/** How operations are executed by Yoga's own executor. */
export interface PlainExecution {
  /** The schema that Yoga executes. It is changed: see {@link pace}. */
  schema: GraphQLSchema;
  /** Characters that an answer may have; `Infinity` for any number. */
  characters: number;
  /** When long work lets others have their turn. */
  slice: Slice;
  /** Makes the error for an answer that is larger than the limit. */
  refuse: (why: TooManyObjects | TooManyErrors | TextTooLong, objects: ObjectCount) => GraphQLError;
}

/** Yoga's own executor, within bounds. */
interface PlainExecutor {
  /** Executes with the function that Yoga would execute with. */
  executing(execute: (args: ExecutionArgs) => unknown): (args: ExecutionArgs) => Promise<object>;
  /** Looks at the events of subscriptions. */
  events: Pick<Plugin, "onSubscribe">;
}

/**
 * Makes Yoga's own executor count the objects and the text of an answer, and let others have their turn. A query whose answer is
 * too large is refused whole; a mutation tells what it has done, and an error where objects are missing.
 */
export function plainExecutor({ schema, characters, slice, refuse }: PlainExecution): PlainExecutor {
  pace(schema, slice);

  /** What Yoga's executor gave, with errors of ours in the place of those that only say where there was too much. */
  async function finished(result: ExecutionResult, args: ExecutionArgs, mutates: boolean) {
    const { document, contextValue } = args;
    const { objects } = contextValue as Paced;
    if (Symbol.asyncIterator in result) return result;
    if (objects.refused > 0 && !mutates) return { data: null, errors: [refuse(new TooManyObjects(), objects)] };
    if (objects.failed > MAX_ERRORS && !mutates) {
      // The first error describes all of them.
      return { data: null, errors: [refuse(new TooManyErrors(), objects), ...(result.errors?.slice(0, 1) ?? [])] };
    }
    const errors = result.errors?.map((error) =>
      error.originalError instanceof TooManyObjects
        ? Object.assign(refuse(error.originalError, objects), { path: error.path })
        : error,
    );
    if (!result.data) return { ...result, ...(errors && { errors }) };
    const text = new JsonBuffer(characters);
    try {
      if (objects.made * fieldsIn(document) <= FEW) text.add(JSON.stringify(result.data));
      else await writeJson(result.data, text, slice);
    } catch (error) {
      if (error instanceof TextTooLong) return { data: null, errors: [refuse(error, objects)] };
      throw error;
    }
    return { ...result, ...(errors && { errors }), data: await serialized(text, slice), stringify };
  }

  return {
    executing: (execute) => async (args) => {
      const operation = getOperationAST(args.document, args.operationName)?.operation;
      return finished((await execute(args)) as ExecutionResult, args, operation === "mutation");
    },
    events: {
      // The text of an event is looked at here, and written by the one who sends it.
      onSubscribe: () => ({
        onSubscribeResult: ({ args }) => ({
          onNext: async ({ result, setResult }) => {
            const event = await finished(result, args as ExecutionArgs, false);
            if (Symbol.asyncIterator in event) return;
            const { stringify: _, ...rest } = event as ExecutionResult & { stringify?: unknown };
            setResult(rest.data ? { ...rest, data: readableData(rest.data) } : rest);
          },
        }),
      }),
    },
  };
}

/** Runs all operations so: no code is made from text, which not every runtime allows. */
export function plainExecution(execution: PlainExecution): Plugin {
  const executor = plainExecutor(execution);
  return {
    ...executor.events,
    onExecute: ({ executeFn, setExecuteFn }) => setExecuteFn(executor.executing(executeFn)),
  };
}

const fieldsByDocument = new WeakMap<DocumentNode, number>();

/** Fields of all operations of a document. */
function fieldsIn(document: DocumentNode): number {
  let fields = fieldsByDocument.get(document);
  if (fields === undefined) {
    const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    const named = Object.fromEntries(fragments.map((each) => ("name" in each ? [each.name?.value, each] : [])));
    fields = fieldsOf(
      document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION),
      named,
    );
    fieldsByDocument.set(document, fields);
  }
  return fields;
}
