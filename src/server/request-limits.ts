import { type ExecutionArgs, type GraphQLSchema, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import { coerceVariables } from "../variable-values.ts";
import { type Limits, limitExceeded, MAX_NAME_LENGTH, MAX_VARIABLES_DEPTH, MAX_VARIABLES_ITEMS } from "./limits.ts";
import { withoutSuggestions } from "./suggestions.ts";

/**
 * Bounds what comes beside the document before anybody walks it by recursion, writes it out or coerces it: variables and
 * `extensions` in size, number and depth, and the operation's name in length.
 */
export function boundedRequests({ variablesSize }: Pick<Limits, "variablesSize">): Plugin {
  return {
    onParams: ({ params }) => {
      const { variables, extensions, operationName } = { ...(params as object) } as Record<string, unknown>;
      checkJson("variables", variables, variablesSize);
      checkJson("extensions", extensions, variablesSize);
      if (typeof operationName === "string" && operationName.length > MAX_NAME_LENGTH) {
        const { length } = operationName;
        throw limitExceeded(`The operation name has ${length} characters`, "MAX_NAME_LENGTH", MAX_NAME_LENGTH, length);
      }
    },
  };
}

/** Errors of invalid variables that are returned: each repeats its value. */
const MAX_COERCION_ERRORS = 5;

/** Refuses variables that do not fit their types, before an executor does with up to 50 errors. */
export function refusedVariables(schema: GraphQLSchema, suggestions = true): Plugin {
  const errorsOf = ({ document, operationName, variableValues }: ExecutionArgs) => {
    const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
    if (definitions.length === 0) return undefined;
    const { errors } = coerceVariables(schema, definitions, variableValues, MAX_COERCION_ERRORS);
    return errors && (suggestions ? errors : withoutSuggestions(errors));
  };
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      const errors = errorsOf(args as unknown as ExecutionArgs);
      if (errors) setResultAndStopExecution({ errors });
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const errors = errorsOf(args as unknown as ExecutionArgs);
      if (errors) setResultAndStopExecution({ errors: [...errors] });
    },
  };
}

/** Throws a {@link limitExceeded} where a JSON value is too large. Walks it without recursion, and only until it is. */
function checkJson(what: "variables" | "extensions", whole: unknown, size: number): void {
  let [bytes, items] = [0, 0];
  const add = (more: number) => {
    bytes += more;
    if (bytes > size)
      throw limitExceeded(`The ${what} have more than ${size} bytes`, "MAX_VARIABLES_SIZE", size, bytes);
  };
  let level: unknown[] = [whole];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_VARIABLES_DEPTH) {
      const has = `The ${what} have more than ${MAX_VARIABLES_DEPTH} values within each other`;
      throw limitExceeded(has, "MAX_VARIABLES_DEPTH", MAX_VARIABLES_DEPTH, depth);
    }
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) {
        // Quotes or a comma are worth two bytes.
        add(2 + Buffer.byteLength(String(value)));
        continue;
      }
      const inside: unknown[] = Array.isArray(value) ? value : Object.values(value);
      items += inside.length;
      if (items > MAX_VARIABLES_ITEMS) {
        const has = `The ${what} have more than ${MAX_VARIABLES_ITEMS} keys and items`;
        throw limitExceeded(has, "MAX_VARIABLES_ITEMS", MAX_VARIABLES_ITEMS, items);
      }
      if (!Array.isArray(value)) for (const key of Object.keys(value)) add(4 + Buffer.byteLength(key));
      for (const each of inside) below.push(each);
    }
    level = below;
  }
}
