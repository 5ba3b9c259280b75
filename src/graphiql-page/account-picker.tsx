import { useGraphiQL } from "@graphiql/react";
import { useEffect } from "react";
import { pickAccount, readAccounts, useAccounts } from "./accounts.ts";
import { data } from "./data.ts";
import { useOperation } from "./operation.ts";
import { declaresAccount, variablesOf, withAccount } from "./variables.ts";

/** Picks an account, and puts it into the variables of the tab. Reading the accounts costs a REST call. */
export function AccountPicker() {
  const { accounts: list, more, problem, picked } = useAccounts();
  const operation = useOperation();
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  useEffect(() => {
    if (!data.credential) void readAccounts();
  }, []);
  const pick = (id: string) => {
    pickAccount(id);
    if (!id || !variableEditor) return;
    const variables = variablesOf(variableEditor.getValue());
    const filled = withAccount(variables, id, declaresAccount(operation));
    // What the reader wrote stays where there is nothing to fill.
    if (JSON.stringify(filled) !== JSON.stringify(variables)) variableEditor.setValue(JSON.stringify(filled, null, 2));
  };
  return (
    <div className="field">
      <label>
        Account
        <select
          value={picked}
          title="Fills $account, and the accountId of inputs"
          onChange={({ target }) => pick(target.value)}
        >
          <option value="">{list.length > 0 ? "pick one" : "none known"}</option>
          {list.map(({ cloudflareId, name }) => (
            <option key={cloudflareId} value={cloudflareId}>
              {name}
            </option>
          ))}
          {more > 0 && <option disabled>and {more} more: write the ID yourself</option>}
        </select>
      </label>
      {problem && (
        <span className="problem" role="status">
          {problem}
        </span>
      )}
    </div>
  );
}
