import { Kind, type OperationDefinitionNode, parse } from "graphql";
import type { Operation } from "./request.ts";

/**
 * Which operation of a document runs, and whether it writes. GraphiQL looks a tenth of a second after an edit what there is to run:
 * a document with one operation runs that, whatever GraphiQL takes it for.
 */
export function chosenOf({ query, operationName }: Operation) {
  const operations = operationsOf(query);
  const chosen = operations.length === 1 ? operations[0] : operations.find(({ name }) => name?.value === operationName);
  const writes = (chosen ? [chosen] : operations).some(({ operation }) => operation === "mutation");
  return { operationName: chosen ? chosen.name?.value : operationName, writes };
}

/** The operations of a document; none where it is no GraphQL, which the gateway says better. */
function operationsOf(query: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return [];
  }
}
