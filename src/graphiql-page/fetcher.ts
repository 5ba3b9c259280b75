import type { Fetcher } from "@graphiql/toolkit";
import { chosenOf } from "./chosen-operation.ts";
import { confirmed } from "./confirmation.tsx";
import { authorization, authorizationProblem } from "./credential.ts";
import { data } from "./data.ts";
import { answersOf } from "./event-stream.ts";
import { activeTab } from "./open-tab.ts";
import { forgetPlan } from "./plan.ts";
import { type Answer, answerOf, isEventStream, type Operation, send } from "./request.ts";
import { Run } from "./runs.ts";

/** Whether what runs is to tell each of its calls. */
let analyzes = false;

/** Runs with each call told. GraphiQL's `run` calls the fetcher before it returns, or never. */
export function analyze(run: () => void): void {
  analyzes = true;
  run();
  analyzes = false;
}

/** How GraphiQL sends what the reader runs, and asks for the schema. */
export const fetcher: Fetcher = async (operation) => {
  // A mutation of that name is none of GraphiQL's.
  const isSchema = operation.operationName === "IntrospectionQuery" && !chosenOf(operation).writes;
  if (isSchema) return (await answerOf(await send(operation))) as never;
  const run = new Run(activeTab.get());
  // GraphiQL would show the stack of an error that is thrown.
  const answer = await answered(operation).catch(({ message }: Error) => ({ errors: [{ message }] }));
  if (!(Symbol.asyncIterator in answer)) run.answer(answer);
  else if (run.streams(activeTab.get())) return answer as never;
  else void answer.return(undefined);
  // GraphiQL would show it in the tab that is active by now, or not at all if another was run since.
  return new Promise(() => {});
};

async function answered(operation: Operation): Promise<Answer | AsyncGenerator<Answer>> {
  const explain = analyzes ? "analyze" : undefined;
  forgetPlan();
  const problem = authorizationProblem(authorization.get());
  if (problem) throw new Error(`Not sent. The credential: ${problem}`);
  const chosen = chosenOf(operation);
  if (chosen.writes && !data.sandbox && !(await confirmed(chosen.operationName)))
    throw new Error("Not sent: you did not confirm it.");

  const sent = await send({ ...operation, operationName: chosen.operationName }, explain);
  const { body } = sent.response;
  return body && isEventStream(sent.response) ? answersOf(body) : answerOf(sent);
}
