import type { Fetcher } from "@graphiql/toolkit";
import { Kind, type OperationDefinitionNode, parse } from "graphql";
import { keepAnswer } from "./answers.ts";
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
  const isSchema = operation.operationName === "IntrospectionQuery";
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

/**
 * Which operation of a document runs, and whether it writes. GraphiQL looks a tenth of a second after an edit what there is to run:
 * a document with one operation runs that, whatever GraphiQL takes it for.
 */
function chosenOf({ query, operationName }: Operation) {
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
