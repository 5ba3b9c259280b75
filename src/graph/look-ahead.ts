import {
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  type SelectionNode,
} from "graphql";

/** The part of a resolver's `info` that every executor gives. */
export type Ahead = Pick<GraphQLResolveInfo, "fieldNodes" | "fragments" | "variableValues">;

/** Marks a field whose resolver looks at what is selected below it: compiled queries tell it, too. */
export const looksAhead = { looksAhead: true };

/** Whether a field of this name is selected on the resolver's result, directly or in fragments; conditions are honoured. */
export function selects({ fieldNodes, fragments, variableValues }: Ahead, field: string): boolean {
  const opened = new Set<string>();
  const included = (node: SelectionNode) =>
    getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false;
  const among = (selections: readonly SelectionNode[]): boolean =>
    selections.some((node) => {
      if (node.directives?.length && !included(node)) return false;
      if (node.kind === "Field") return node.name.value === field;
      if (node.kind === "InlineFragment") return among(node.selectionSet.selections);
      const { value: name } = node.name;
      if (opened.has(name)) return false;
      opened.add(name);
      return among(fragments[name]?.selectionSet.selections ?? []);
    });
  return fieldNodes.some(({ selectionSet }) => among(selectionSet?.selections ?? []));
}
