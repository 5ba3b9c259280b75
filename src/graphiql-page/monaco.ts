// GraphiQL imports the editor when it is mounted. Imported here it comes with the page, and so do its styles, which a part that is
// loaded later would not bring.
import "monaco-graphql/esm/monaco-editor.js";
import "monaco-graphql/esm/lite.js";
import { data } from "./data.ts";

/** How the editor finds its workers. */
const environment = {
  getWorker(_module: string, label: string): Worker {
    const { editor, json, graphql } = data.workers;
    return new Worker(label === "json" ? json : label === "graphql" ? graphql : editor);
  },
};
Object.assign(self, { MonacoEnvironment: environment });
