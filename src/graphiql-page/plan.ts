import { useGraphiQL } from "@graphiql/react";
import { chosenOf } from "./chosen-operation.ts";
import { answerOf, type Operation, send } from "./request.ts";
import { Store } from "./store.ts";
import { type Upstream, upstreamOf } from "./upstream.ts";
import { variablesOf } from "./variables.ts";

/** What an operation would cost, or why that is not known, and the tab that it belongs to. */
type Plan = { tab: string; upstream: Upstream; problem?: never } | { tab: string; upstream?: never; problem: string };

/** The plan that was asked for last, until something runs. */
export const plan = new Store<Plan | null>(null);

let turn = 0;

/** Forgets the plan, also one that is still to come. */
export function forgetPlan(): void {
  turn++;
  plan.set(null);
}

/** Asks what the operation of the tab would cost. Nothing runs. */
export function usePlan(): () => Promise<void> {
  const { queryEditor, variableEditor, operationName, tab } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
    operationName: state.operationName,
    tab: state.tabs[state.activeTabIndex]?.id ?? "",
  }));
  return async () => {
    forgetPlan();
    const asked = turn;
    const query = queryEditor?.getValue() ?? "";
    const variables = variablesOf(variableEditor?.getValue() ?? "");
    const chosen = chosenOf({ query, operationName });
    const planned = await planOf({ query, variables, operationName: chosen.operationName }).catch(
      ({ message }: Error) => ({ problem: message }),
    );
    if (asked === turn) plan.set({ tab, ...planned });
  };
}

async function planOf(operation: Operation): Promise<{ upstream: Upstream } | { problem: string }> {
  const answer = await answerOf(await send(operation, "plan"));
  const upstream = upstreamOf(answer);
  if (answer.errors?.[0]) return { problem: answer.errors[0].message };
  return upstream ? { upstream } : { problem: "The answer has no plan." };
}
