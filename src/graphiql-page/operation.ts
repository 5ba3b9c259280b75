import { useGraphiQL } from "@graphiql/react";
import type { OperationDefinitionNode } from "graphql";
import { useRef } from "react";

/** The operation that would run. While a document is no GraphQL, as in the middle of a word, it is the tab's from before. */
export function useOperation(): OperationDefinitionNode | undefined {
  const { operations, operationName, tab, isEmpty } = useGraphiQL((state) => ({
    operations: state.operations,
    operationName: state.operationName,
    tab: state.tabs[state.activeTabIndex]?.id,
    isEmpty: !state.tabs[state.activeTabIndex]?.query?.trim(),
  }));
  const last = useRef<{ tab: string | undefined; operation: OperationDefinitionNode | undefined }>(undefined);
  if (operations || isEmpty || last.current?.tab !== tab) {
    const operation = operations?.find(({ name }) => name?.value === operationName) ?? operations?.[0];
    last.current = { tab, operation };
  }
  return last.current?.operation;
}
