/**
 * The end of the page's script: opens GraphiQL with the options that are in the page.
 *
 * GraphiQL keeps its tabs in the browser. On its own it would show them even when the page has others by now, open an
 * empty one beside them after a reload, and write the query into the address.
 */
export const start = `
const { version, workers, options } = JSON.parse(document.getElementById("options").textContent);
self.MonacoEnvironment = { getWorkerUrl: (_module, label) => workers[label] };

if (localStorage.getItem("graphiql:version") !== version) {
  for (const key of ["tabState", "query", "variables"]) localStorage.removeItem("graphiql:" + key);
  localStorage.setItem("graphiql:version", version);
}
const kept = JSON.parse(localStorage.getItem("graphiql:tabState"));
const { query, variables } = kept?.tabs[kept.activeTabIndex] ?? options.defaultTabs[0] ?? {};
YogaGraphiQL.renderYogaGraphiQL(document.getElementById("root"), {
  ...options,
  query: query ?? "",
  variables: variables ?? "",
  onEditQuery: undefined,
});
`;

/**
 * The end of the page's style. With more tabs than fit, one that gets the focus would jump to where an animation of the
 * start left it, and the click that was to open it would miss.
 */
export const style = ".graphiql-tab { transform: none !important }\n";
