import {
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  type VariableDefinitionNode,
  versionInfo,
} from "graphql";

/**
 * Coerced variables as `getArgumentValues`, `getDirectiveValues` and a resolver's `info` of the installed graphql have
 * them: values by name in version 16, an object with them under `coerced` from 17 on.
 */
export type VariableValues = Record<string, unknown>;

/** Variables that fit their types, or why they do not. */
type Coerced =
  | { variables: VariableValues; errors?: undefined }
  | { variables?: undefined; errors: readonly GraphQLError[] };

/** Coerces an operation's variables, whichever version of graphql is installed. At most `maxErrors` errors, and one that says so. */
export function coerceVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[] | undefined,
  given: Readonly<Record<string, unknown>> | null | undefined,
  maxErrors?: number,
): Coerced {
  const options = maxErrors === undefined ? {} : { maxErrors };
  const result: { coerced?: VariableValues; variableValues?: VariableValues; errors?: readonly GraphQLError[] } =
    getVariableValues(schema, definitions ?? [], { ...given }, options);
  const variables = result.variableValues ?? result.coerced;
  return variables ? { variables } : { errors: result.errors ?? [] };
}

/** The coerced values by the names of their variables. */
export function valuesByName(variables: VariableValues): Record<string, unknown> {
  return versionInfo.major >= 17 ? (variables.coerced as Record<string, unknown>) : variables;
}
