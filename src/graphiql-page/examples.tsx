import { type GraphiQLPlugin, useGraphiQL } from "@graphiql/react";
import { type Example, exampleGroups } from "../server/graphiql/page-data.ts";
import { pickedAccount } from "./accounts.ts";
import { data } from "./data.ts";
import { useTabs } from "./open-tab.ts";
import { withAccount } from "./variables.ts";

/** The example operations, in groups: a plugin of GraphiQL. */
export const EXAMPLES_PLUGIN: GraphiQLPlugin = { title: "Examples", icon: ExamplesIcon, content: Examples };

function Examples() {
  const { open } = useTabs();
  const query = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.query?.trim());
  const openExample = (example: Example) => {
    const { variables } = example;
    const account = pickedAccount();
    const declares = variables !== undefined && "account" in variables;
    open({
      query: example.query,
      variables: variables && account ? withAccount(variables, account, declares) : variables,
    });
  };
  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      {exampleGroups.map((group) => {
        const examples = data.examples.filter((example) => example.group === group);
        if (examples.length === 0) return null;
        return (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <ul>
              {examples.map((example) => (
                <li key={example.title}>
                  <button
                    type="button"
                    aria-current={example.query.trim() === query}
                    onClick={() => openExample(example)}
                  >
                    <span className="title">
                      <span>{example.title}</span>
                      {/^mutation\b/m.test(example.query) && <span className="kind">mutation</span>}
                    </span>
                    <span className="shows">{withCode(example.shows)}</span>
                    <span className="costs">{withCode(example.costs)}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </section>
  );
}

/** A text in which what stands between backticks is code. */
function withCode(text: string) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? <code key={`${index} ${part}`}>{part}</code> : part));
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M5 6h14M5 12h14M5 18h9" />
    </svg>
  );
}
