import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from "graphql";
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

/** What GraphiQL notes of a document a tenth of a second after an edit: its operations, and which of them would run. */
export function operationFactsOf({ query, operationName }: Operation) {
  const documentAST = documentOf(query);
  const operations = documentAST && operationsIn(documentAST);
  const chosen = operations?.find(({ name }) => name?.value === operationName) ?? operations?.[0];
  return { documentAST, operations, operationName: chosen?.name?.value };
}

/** The operations of a document; none where it is no GraphQL, which the gateway says better. */
function operationsOf(query: string): OperationDefinitionNode[] {
  const document = documentOf(query);
  return document ? operationsIn(document) : [];
}

function operationsIn({ definitions }: DocumentNode): OperationDefinitionNode[] {
  return definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}

function documentOf(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined;
  }
}
