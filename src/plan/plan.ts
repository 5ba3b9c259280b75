import { type DocumentNode, type GraphQLSchema, getOperationAST } from "graphql";
import { MAX_PAGE } from "../graph/connection.ts";
import { coerceVariables } from "../variable-values.ts";
import { AnswerSize, type LengthOf } from "./answer-size.ts";
import type { Plan } from "./cost-accumulator.ts";
import { CostVisitor } from "./cost-visitor.ts";

export { MAX_PAGE } from "../graph/connection.ts";
export { type AnswerSize, MAX_SCHEMA_OBJECTS } from "./answer-size.ts";
export type { Plan } from "./cost-accumulator.ts";
export { MAX_PLAN_STEPS } from "./cost-visitor.ts";

/**
 * The plan of one validated operation with its raw variables. `most` caps every `first` and `last`. Not in it:
 * repetitions of failed calls, and what follows where Cloudflare cuts pages, leaves out totals, counts more than it shows,
 * or leaves out of a record what its reference puts there (fields that “cost nothing, unless …”). With failing calls `max` holds, and `min` may
 * not. Variables that cannot be coerced cost nothing: the execution refuses them. Of an operation with more fields than
 * {@link MAX_PLAN_STEPS}, each counted once for each set of objects, `max` is null, and `min` is what was found so far.
 *
 * @param accounts IDs of the accounts that the caller has a right to, each of which is read alone
 */
export function planOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Record<string, unknown> | null | undefined,
  most: number = MAX_PAGE,
  accounts: readonly string[] | "*" = "*",
): Plan {
  const operation = getOperationAST(document, operationName);
  const type = operation && schema.getRootType(operation.operation);
  if (!operation || !type) return { min: 0, max: 0 };
  const { variables: coerced } = coerceVariables(schema, operation.variableDefinitions, variables, 1);
  if (!coerced) return { min: 0, max: 0 };
  const walk = new CostVisitor(schema, document, coerced, most, accounts);
  return operation.operation === "mutation"
    ? walk.writes(operation.selectionSet, type)
    : walk.reads(operation.selectionSet, type);
}

/**
 * The size of one validated operation's answer, before it runs; `undefined` where its variables cannot be coerced: the
 * execution refuses them.
 */
export function answerSizeOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Record<string, unknown> | null | undefined,
  lengthOf?: LengthOf,
): AnswerSize | undefined {
  const operation = getOperationAST(document, operationName);
  const type = operation && schema.getRootType(operation.operation);
  if (!operation || !type) return undefined;
  const { variables: coerced } = coerceVariables(schema, operation.variableDefinitions, variables, 1);
  if (!coerced) return undefined;
  return new AnswerSize(schema, document, { selectionSet: operation.selectionSet, type }, coerced, lengthOf);
}

/** The greatest `first` (1 to 1000) that fits, where every smaller one fits, too; `null` where none does. */
export function greatestFirst(fits: (first: number) => boolean): number | null {
  if (!fits(1)) return null;
  let [low, high] = [1, MAX_PAGE + 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The greatest `first` (1 to 1000) at which, capped everywhere by it, the whole operation's max is within so many calls;
 * `null` where none helps.
 */
export function maxAffordableFirst(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Record<string, unknown> | null | undefined,
  calls: number,
  accounts: readonly string[] | "*" = "*",
): number | null {
  const costs = (first: number) => planOf(schema, document, operationName, variables, first, accounts).max ?? Infinity;
  return greatestFirst((first) => costs(first) <= calls);
}
