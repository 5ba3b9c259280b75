import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { forgetAnswer, keepAnswer } from "./answers.ts";
import { operationFactsOf } from "./chosen-operation.ts";
import { forgetPlan } from "./plan.ts";
import { forgetTab, isRunning } from "./runs.ts";
import { Store } from "./store.ts";

/** Id of the tab that is shown. */
export const activeTab = new Store("");

/** What a tab opens with. */
export interface Opened {
  query: string;
  variables?: object | undefined;
}

/** How tabs are opened and shown, with nothing of the one that is left being lost. */
export function useTabs() {
  const { addTab, changeTab, closeTab, stop, setOperationFacts, updateActiveTabValues } = useGraphiQLActions();
  const { tabs, activeTabIndex, queryEditor, variableEditor, responseEditor } = useGraphiQL((state) => ({
    tabs: state.tabs,
    activeTabIndex: state.activeTabIndex,
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
    responseEditor: state.responseEditor,
  }));

  /** GraphiQL notes an edit a tenth of a second after it, in the tab that is shown by then. */
  function keep(): void {
    if (!queryEditor || !variableEditor || !responseEditor) return;
    const response = responseEditor.getValue();
    updateActiveTabValues({ query: queryEditor.getValue(), variables: variableEditor.getValue(), response });
    const { id } = tabs[activeTabIndex] ?? {};
    if (id && response) keepAnswer(id, response);
  }

  /** GraphiQL looks as late which operations the tab has, and would give the next one the name of the last. */
  function noteOperations(operationName?: string): void {
    const facts = operationFactsOf({ query: queryEditor?.getValue() ?? "", operationName });
    // Its types leave out `undefined`, which it passes itself for what is no GraphQL.
    setOperationFacts(facts as Parameters<typeof setOperationFacts>[0]);
  }

  function show(index: number): void {
    keep();
    changeTab(index);
    noteOperations(tabs[index]?.operationName ?? undefined);
  }

  /** Puts a document into a tab of its own; one that is open already is shown. */
  function open({ query, variables }: Opened): void {
    const there = tabs.findIndex((tab) => tab.query?.trim() === query.trim());
    if (there >= 0) {
      show(there);
      document.querySelector(".session")?.scrollIntoView();
      return;
    }
    keep();
    stop();
    const { id } = tabs[activeTabIndex] ?? {};
    // One that was emptied is taken, unless its answer is still to come.
    if (!id || isRunning(id) || queryEditor?.getValue().trim()) addTab();
    else {
      forgetAnswer(id);
      forgetPlan();
    }
    const text = variables ? JSON.stringify(variables, null, 2) : "";
    queryEditor?.setValue(query);
    variableEditor?.setValue(text);
    responseEditor?.setValue("");
    updateActiveTabValues({ query, variables: text, response: "" });
    noteOperations();
    // On a phone the tabs are below the examples.
    document.querySelector(".session")?.scrollIntoView();
  }

  function add(): void {
    keep();
    stop();
    addTab();
    noteOperations();
  }

  function close(index: number): void {
    const { id } = tabs[index] ?? {};
    if (id) forgetTab(id);
    if (index !== activeTabIndex) keep();
    closeTab(index);
    if (index === activeTabIndex) noteOperations();
  }

  const ready = Boolean(queryEditor && variableEditor && responseEditor);
  return { tabs, activeTabIndex, ready, show, open, add, close, keep };
}
