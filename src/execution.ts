import { type DocumentNode, type ExecutionResult, type GraphQLSchema, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import { type Compiled, compile } from "./execution/compile.ts";
import { createEntrance } from "./execution/entrance.ts";
import type { Text } from "./execution/text.ts";

/** The `data` of an answer that is JSON already. Whoever writes the answer without knowing that gets the same. */
class Written {
  readonly text: Text;

  constructor(text: Text) {
    this.text = text;
  }

  toJSON(): unknown {
    return JSON.parse(this.text.bytes("", "").toString());
  }
}

/**
 * Writes an answer, with its `data` as it is. It is given as bytes, which Yoga passes on as they are: a string of this
 * length would be copied several times on its way to the socket.
 */
function stringify({ data, ...rest }: ExecutionResult): string {
  if (!(data instanceof Written)) return JSON.stringify({ data, ...rest });
  const others = JSON.stringify(rest).slice(1, -1);
  return data.text.bytes('{"data":', others ? `,${others}}` : "}") as unknown as string;
}

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
  const enter = createEntrance();
  const seen = new WeakMap<DocumentNode, Map<string, { uses: number; query?: Compiled | null }>>();

  function compiled(document: DocumentNode, name: string | null | undefined): Compiled | null {
    const operations = seen.get(document) ?? new Map();
    seen.set(document, operations);
    const operation = operations.get(name ?? "") ?? { uses: 0 };
    operations.set(name ?? "", operation);
    if (++operation.uses < compileAt) return null;
    if (operation.query === undefined) operation.query = compile(lean, document, name);
    return operation.query;
  }

  return {
    onExecute: ({ args: { document, operationName }, executeFn, setExecuteFn }) => {
      if (getOperationAST(document, operationName)?.operation !== "query") return;
      const query = compiled(document, operationName);
      if (!query) return;
      setExecuteFn(async (args) => {
        await enter();
        const text = await query(args.rootValue, args.contextValue, args.variableValues ?? {});
        return text === undefined ? executeFn(args) : { data: new Written(text), stringify };
      });
    },
  };
}
