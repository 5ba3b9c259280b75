import type { Fetcher } from "@graphiql/toolkit";
import { keepAnswer } from "./answers.ts";
import { chosenOf } from "./chosen-operation.ts";
import { confirmed } from "./confirmation.tsx";
import { authorization, authorizationProblem } from "./credential.ts";
import { data } from "./data.ts";
import { answersOf } from "./event-stream.ts";
import { activeTab } from "./open-tab.ts";
import { plan } from "./plan.ts";
import { answerOf, isEventStream, type Operation, send } from "./request.ts";
import { Store } from "./store.ts";

/** Whether the next operation is to tell each of its calls. */
export const analyzes = new Store(false);

/** How GraphiQL sends what the reader runs, and asks for the schema. */
export const fetcher: Fetcher = async (operation) => {
  // A mutation of that name is none of GraphiQL's.
  const isSchema = operation.operationName === "IntrospectionQuery" && !chosenOf(operation).writes;
  if (isSchema) return (await answerOf(await send(operation))) as never;
  // GraphiQL would show the stack of an error that is thrown.
  return (await answered(operation).catch(({ message }: Error) => ({ errors: [{ message }] }))) as never;
};

async function answered(operation: Operation): Promise<unknown> {
  const explain = analyzes.get() ? "analyze" : undefined;
  analyzes.set(false);
  plan.set(null);
  const problem = authorizationProblem(authorization.get());
  if (problem) throw new Error(`Not sent. The credential: ${problem}`);
  const chosen = chosenOf(operation);
  if (chosen.writes && !data.sandbox && !(await confirmed(chosen.operationName)))
    throw new Error("Not sent: you did not confirm it.");

  const tab = activeTab.get();
  const response = await send({ ...operation, operationName: chosen.operationName }, explain);
  if (response.body && isEventStream(response)) {
    if (activeTab.get() === tab) return answersOf(response.body);
    await response.body.cancel();
    return new Promise(() => {});
  }
  const answer = await answerOf(response);
  if (activeTab.get() === tab) return answer;
  // GraphiQL would show it in the tab that is active by now.
  keepAnswer(tab, JSON.stringify(answer, null, 2));
  return new Promise(() => {});
}
