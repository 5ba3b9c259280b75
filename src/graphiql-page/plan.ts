import { useGraphiQL } from "@graphiql/react";
import { chosenOf } from "./chosen-operation.ts";
import { answerOf, send } from "./request.ts";
import { Store } from "./store.ts";
import { type Upstream, upstreamOf } from "./upstream.ts";
import { variablesOf } from "./variables.ts";

/** The plan that was asked for last, and the tab that it belongs to. */
export const plan = new Store<{ tab: string; upstream: Upstream } | null>(null);

/** Asks what the operation of the tab would cost. Nothing runs. Resolves to why that is not known, or to `null`. */
export function usePlan(): () => Promise<string | null> {
  const { queryEditor, variableEditor, operationName, tab } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
    operationName: state.operationName,
    tab: state.tabs[state.activeTabIndex]?.id ?? "",
  }));
  return async () => {
    plan.set(null);
    const query = queryEditor?.getValue() ?? "";
    const variables = variablesOf(variableEditor?.getValue() ?? "");
    try {
      const chosen = chosenOf({ query, operationName });
      const answer = await answerOf(await send({ query, variables, operationName: chosen.operationName }, "plan"));
      const upstream = upstreamOf(answer);
      if (answer.errors?.[0]) return answer.errors[0].message;
      if (!upstream) return "The answer has no plan.";
      plan.set({ tab, upstream });
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
}
