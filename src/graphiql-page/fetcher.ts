import type { Fetcher } from "@graphiql/toolkit";
import { type DocumentNode, getOperationAST } from "graphql";
import { keepAnswer } from "./answers.ts";
import { confirmed } from "./confirmation.tsx";
import { authorization, authorizationProblem } from "./credential.ts";
import { data } from "./data.ts";
import { activeTab } from "./open-tab.ts";
import { plan } from "./plan.ts";
import { answerOf, send } from "./request.ts";
import { Store } from "./store.ts";

/** Whether the next operation is to tell each of its calls. */
export const analyzes = new Store(false);

/** How GraphiQL sends what the reader runs, and asks for the schema. */
export const fetcher: Fetcher = async (operation, options) => {
  const isSchema = operation.operationName === "IntrospectionQuery";
  if (isSchema) return (await answerOf(await send(operation))) as never;

  const explain = analyzes.get() ? "analyze" : undefined;
  analyzes.set(false);
  plan.set(null);
  const problem = authorizationProblem(authorization.get());
  if (problem) throw new Error(`Not sent. The credential: ${problem}`);
  const kind = kindOf(options?.documentAST, operation.operationName);
  if (kind === "mutation" && !data.sandbox && !(await confirmed(operation.operationName)))
    throw new Error("Not sent: you did not confirm it.");

  const tab = activeTab.get();
  const answer = await answerOf(await send(operation, explain));
  if (activeTab.get() === tab) return answer as never;
  // GraphiQL would show it in the tab that is active by now.
  keepAnswer(tab, JSON.stringify(answer, null, 2));
  return new Promise(() => {});
};

/** What an operation of a document does; `undefined` where it has none of that name. */
export function kindOf(document: DocumentNode | undefined, name: string | null | undefined) {
  return document && getOperationAST(document, name)?.operation;
}
