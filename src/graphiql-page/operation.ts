import { useGraphiQL } from "@graphiql/react";
import type { OperationDefinitionNode } from "graphql";
import { useRef } from "react";

/** The operation that would run. While a document is no GraphQL, as in the middle of a word, it is the one from before. */
export function useOperation(): OperationDefinitionNode | undefined {
  const { operations, operationName } = useGraphiQL((state) => ({
    operations: state.operations,
    operationName: state.operationName,
  }));
  const last = useRef<OperationDefinitionNode>(undefined);
  if (operations) last.current = operations.find(({ name }) => name?.value === operationName) ?? operations[0];
  return last.current;
}
