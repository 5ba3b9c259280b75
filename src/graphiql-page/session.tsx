import {
  QueryEditor,
  ResponseEditor,
  Spinner,
  useDragResize,
  useGraphiQL,
  useGraphiQLActions,
  VariableEditor,
} from "@graphiql/react";
import { useEffect, useRef } from "react";
import { answerOf, keepAnswer } from "./answers.ts";
import { CostBar } from "./cost-bar.tsx";
import { activeTab, useTabs } from "./open-tab.ts";
import { useOperation } from "./operation.ts";
import { answered } from "./runs.ts";
import { TabStrip } from "./tab-strip.tsx";

/** The tabs, and in the one that is shown its variables, its document, its answer and the cost of that. */
export function Session() {
  const operation = useOperation();
  const variables = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.variables);
  const isFetching = useGraphiQL((state) => state.isFetching);
  const id = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id ?? "");
  useKeptTabs();
  const { firstRef, dragBarRef, secondRef } = useDragResize({ direction: "horizontal", storageKey: "editorFlex" });
  const hasVariables = Boolean(operation?.variableDefinitions?.length || variables?.trim());
  return (
    <main className="session">
      <TabStrip />
      <div className="panes" role="tabpanel" id="session" aria-labelledby={`tab-${id}`}>
        <div ref={firstRef} className="editors">
          <section className="variables" aria-label="Variables" hidden={!hasVariables}>
            <h2>Variables</h2>
            <VariableEditor />
          </section>
          <section className="document" aria-label="Operation">
            <QueryEditor />
          </section>
        </div>
        <div ref={dragBarRef} className="drag-bar" />
        <div ref={secondRef} className="answer">
          <section className="response" aria-label="Answer" aria-busy={isFetching}>
            {isFetching && <Spinner />}
            <ResponseEditor />
          </section>
          <CostBar />
        </div>
      </div>
    </main>
  );
}

/** Tabs and answers outlive a reload, also one that comes right after an edit. */
function useKeptTabs(): void {
  const { tabs, activeTabIndex, ready } = useTabs();
  const state = useGraphiQL(({ queryEditor, variableEditor, responseEditor }) => ({
    queryEditor,
    variableEditor,
    responseEditor,
  }));
  const { stop, updateActiveTabValues } = useGraphiQLActions();
  const last = answered.use();
  const tab = tabs[activeTabIndex];
  const id = tab?.id ?? "";
  const restored = useRef(false);
  activeTab.set(id);

  useEffect(() => {
    if (!ready) return;
    // GraphiQL fills its editors from the first tab, whichever is active.
    if (!restored.current && tab) {
      restored.current = true;
      state.queryEditor?.setValue(tab.query ?? "");
      state.variableEditor?.setValue(tab.variables ?? "");
    }
    if (last?.tab === id) stop();
    const answer = answerOf(id);
    if (!answer || answer === tab?.response) return;
    state.responseEditor?.setValue(answer);
    updateActiveTabValues({ response: answer });
  }, [ready, id, last]);

  useEffect(() => {
    if (ready && tab?.response) keepAnswer(id, tab.response);
  }, [ready, id, tab?.response]);

  const latest = useRef({ tabs, activeTabIndex, state });
  latest.current = { tabs, activeTabIndex, state };
  useEffect(() => {
    const leave = () => {
      const { tabs, activeTabIndex, state } = latest.current;
      const query = state.queryEditor?.getValue();
      if (query === undefined) return;
      const variables = state.variableEditor?.getValue() ?? null;
      const kept = tabs.map((each, index) => ({
        ...each,
        ...(index === activeTabIndex && { query, variables }),
        headers: null,
        response: null,
      }));
      localStorage.setItem("graphiql:tabState", JSON.stringify({ tabs: kept, activeTabIndex }));
    };
    addEventListener("pagehide", leave);
    return () => removeEventListener("pagehide", leave);
  }, []);
}
