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
import { MAX_ERRORS, ObjectCount, type Paced, TooManyErrors, TooManyObjects } from "./answer-limits.ts";
import { type Compiled, type CompileOptions, compile } from "./compile.ts";
import { writeJson } from "./json.ts";
import { JsonBuffer, TextTooLong } from "./json-buffer.ts";
import { fieldsOf, pace } from "./plain-executor.ts";
import { createStartQueue } from "./start-queue.ts";

/** The `data` of an answer that is JSON already. `JSON.stringify` of it gives the same text. */
class SerializedData {
  readonly text: JsonBuffer;
  /** A long text, as bytes. */
  readonly parts: readonly Buffer[] | undefined;

  constructor(text: JsonBuffer, parts?: Buffer[]) {
    this.text = text;
    this.parts = parts;
  }

  toJSON(): unknown {
    return JSON.parse((this.parts ? Buffer.concat(this.parts) : this.text.bytes("", "")).toString());
  }
}

/**
 * Writes an answer, with its `data` as it is. It is given as bytes, which Yoga passes on as they are: a string of this
 * length would be copied several times on its way to the socket. A long one is given as a stream of its parts, so that it is
 * never copied as a whole.
 */
function stringify({ data, ...rest }: ExecutionResult): string {
  if (!(data instanceof SerializedData)) return JSON.stringify({ data, ...rest });
  const others = JSON.stringify(rest).slice(1, -1);
  const [start, end] = ['{"data":', others ? `,${others}}` : "}"];
  const { text, parts } = data;
  const body = parts ? streamOf([Buffer.from(start), ...parts, Buffer.from(end)]) : text.bytes(start, end);
  return body as unknown as string;
}

function streamOf(parts: Buffer[]): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      const part = parts[at++];
      if (part) controller.enqueue(part);
      else controller.close();
    },
  });
}

/** `data` as an object of its own each time, whether it is one or text. */
export function readableData(data: ExecutionResult["data"]): Record<string, unknown> | null {
  return data instanceof SerializedData ? (data.toJSON() as Record<string, unknown>) : JSON.parse(JSON.stringify(data));
}

/** Gives the plugins after it results whose `data` can be read, at the price of parsing it and writing it again. */
export const readableResults: Plugin = {
  onExecute: () => ({
    onExecuteDone: ({ result, setResult }) => {
      if (Symbol.asyncIterator in result || !result.data) return;
      const { stringify: _, ...rest } = result as ExecutionResult & { stringify?: unknown };
      setResult({ ...rest, data: readableData(result.data) });
    },
  }),
};

/** Objects that may be in an answer beyond which compiling saves more than it costs, even where a query comes once. */
const MANY_OBJECTS = 5000;

/** Characters of an answer that become bytes in one go. */
const AT_ONCE = 1024 * 1024;

/** Fields of a result that `JSON.stringify` may write in one go. */
const FEW = 20_000;

/** How queries are executed. */
export interface Execution extends Omit<CompileOptions, "characters"> {
  /** The schema that Yoga executes. It is changed: see {@link pace}. */
  schema: GraphQLSchema;
  /** The execution of a query at which it is compiled: 1 for at once, `false` for never. */
  compileAt: number | false;
  /** Objects that the answer may have, by the plan; left out for none. */
  plannedObjects?: (context: Paced) => number;
  /** Characters that an answer may have; `Infinity` for any number. */
  characters: number;
  /** Makes the error for an answer that is larger than the limit. */
  refuse: (why: TooManyObjects | TooManyErrors | TextTooLong, objects: ObjectCount) => GraphQLError;
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
  const { schema, compileAt, plannedObjects = () => 0, characters, slice, refuse } = execution;
  const enter = createStartQueue();
  const seen = new WeakMap<DocumentNode, Map<string, { uses: number; query?: Compiled | null }>>();
  pace(schema, slice);

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

  /** What Yoga's executor gave, with errors of ours in the place of those that only say where there was too much. */
  async function finished(result: ExecutionResult, { document }: ExecutionArgs, { objects }: Paced, mutates: boolean) {
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
    return { ...result, ...(errors && { errors }), data: await written(text), stringify };
  }

  async function written(text: JsonBuffer): Promise<SerializedData> {
    return new SerializedData(text, text.characters > AT_ONCE ? await text.encoded(slice) : undefined);
  }

  return {
    // The text of an event is looked at here, and written by the one who sends it.
    onSubscribe: () => ({
      onSubscribeResult: ({ args }) => ({
        onNext: async ({ result, setResult }) => {
          const event = await finished(result, args as ExecutionArgs, args.contextValue as unknown as Paced, false);
          if (Symbol.asyncIterator in event) return;
          const { stringify: _, ...rest } = event as ExecutionResult & { stringify?: unknown };
          setResult(rest.data ? { ...rest, data: readableData(rest.data) } : rest);
        },
      }),
    }),
    onExecute: ({ args: { document, operationName }, executeFn, setExecuteFn }) => {
      const operation = getOperationAST(document, operationName)?.operation;
      const plain = async (args: ExecutionArgs) => {
        const context = args.contextValue as Paced;
        const result = (await executeFn(args)) as ExecutionResult;
        return finished(result, args, context, operation === "mutation");
      };
      setExecuteFn(async (args) => {
        const query = operation === "query" ? compiled(args) : null;
        if (!query) return plain(args);
        await enter();
        const context = args.contextValue as Paced;
        const answer = await query(args.rootValue, context, args.variableValues ?? {});
        if (answer instanceof JsonBuffer) return { data: await written(answer), stringify };
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
