import "./monaco.ts";
import "@graphiql/react/font/fira-code.css";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "./page.css";
import "./bar.css";
import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from "@graphiql/plugin-doc-explorer";
import { HISTORY_PLUGIN, HistoryStore } from "@graphiql/plugin-history";
import { GraphiQLProvider, Tooltip } from "@graphiql/react";
import { createRoot } from "react-dom/client";
import { Confirmation } from "./confirmation.tsx";
import { data } from "./data.ts";
import { EXAMPLES_PLUGIN } from "./examples.tsx";
import { fetcher } from "./fetcher.ts";
import { Header } from "./header.tsx";
import { Session } from "./session.tsx";
import { Sidebar } from "./sidebar.tsx";
import { storage } from "./storage.ts";

const plugins = [EXAMPLES_PLUGIN, DOC_EXPLORER_PLUGIN, HISTORY_PLUGIN];
const [first] = data.examples;
const firstTab = first && {
  query: first.query,
  ...(first.variables && { variables: JSON.stringify(first.variables, null, 2) }),
};

document.body.dataset.environment = data.sandbox ? "sandbox" : "production";
createRoot(document.getElementById("root") as HTMLElement).render(
  <GraphiQLProvider
    fetcher={fetcher}
    plugins={plugins}
    visiblePlugin={EXAMPLES_PLUGIN}
    referencePlugin={DOC_EXPLORER_PLUGIN}
    storage={storage}
    defaultQuery=""
    {...(firstTab && { defaultTabs: [firstTab] })}
    schemaDescription
    dangerouslyAssumeSchemaIsValid
  >
    <HistoryStore maxHistoryLength={50}>
      <DocExplorerStore>
        <Tooltip.Provider>
          <div className="graphiql-container page">
            <Header />
            <Sidebar />
            <Session />
            <Confirmation />
          </div>
        </Tooltip.Provider>
      </DocExplorerStore>
    </HistoryStore>
  </GraphiQLProvider>,
);
