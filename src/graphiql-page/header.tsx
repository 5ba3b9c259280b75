import { ExecuteButton, PrettifyIcon, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect } from "react";
import { AccountPicker } from "./account-picker.tsx";
import { CredentialInput } from "./credential-input.tsx";
import { data } from "./data.ts";
import { analyze } from "./fetcher.ts";
import { useOperation } from "./operation.ts";
import { plan, usePlan } from "./plan.ts";
import { maxAge } from "./request.ts";
import { ResetSandbox } from "./reset-sandbox.tsx";

/** What runs an operation, and for whom. It comes first, so that the button that runs is the first to be reached by keyboard. */
export function Header() {
  return (
    <header className="header">
      <span className="badge" title={`REST calls go to ${data.api}`}>
        {data.sandbox ? "Sandbox" : "Production"}
      </span>
      <Commands />
      {data.credential && <CredentialInput name={data.credential.name} />}
      <AccountPicker />
      {data.maxAge > 0 && <MaxAge />}
      {data.reset && <ResetSandbox url={data.reset} />}
      <ThemePicker />
    </header>
  );
}

function Commands() {
  const { run, prettifyEditors } = useGraphiQLActions();
  const operation = useOperation();
  const askPlan = usePlan();
  const asked = plan.use();
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id);
  const failed = asked?.tab === tab && asked?.problem;
  return (
    <div className={`commands ${operation?.operation ?? "query"}`} role="toolbar" aria-label="Run">
      <ExecuteButton />
      {operation?.operation === "mutation" && <span className="kind">mutation</span>}
      {data.explain && (
        <>
          <button type="button" title="What it would cost. Nothing runs." onClick={askPlan}>
            Plan
          </button>
          <button type="button" title="Runs it, and shows each REST call." onClick={() => analyze(run)}>
            Analyze
          </button>
        </>
      )}
      <button type="button" className="icon" aria-label="Format" title="Format" onClick={prettifyEditors}>
        <PrettifyIcon aria-hidden="true" />
      </button>
      {failed && (
        <span className="problem" role="status">
          {failed}
        </span>
      )}
    </div>
  );
}

/** How old reads may be that the gateway remembers. */
function MaxAge() {
  const value = maxAge.use();
  const ages = [10, 60, 300].filter((seconds) => seconds < data.maxAge);
  return (
    <label className="field">
      Reads
      <select value={value} onChange={({ target }) => maxAge.set(target.value)}>
        <option value="">default</option>
        <option value="0">fresh</option>
        {[...ages, data.maxAge].map((seconds) => (
          <option key={seconds} value={seconds}>
            up to {seconds} s old
          </option>
        ))}
      </select>
    </label>
  );
}

function ThemePicker() {
  const theme = useGraphiQL((state) => state.theme);
  const { setTheme } = useGraphiQLActions();
  // GraphiQL asks the system once.
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setTheme(theme);
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, [theme, setTheme]);
  const chosen = (value: string) => (value === "light" || value === "dark" ? value : null);
  return (
    <label className="field theme">
      Theme
      <select value={theme ?? ""} onChange={({ target }) => setTheme(chosen(target.value))}>
        <option value="">system</option>
        <option value="light">light</option>
        <option value="dark">dark</option>
      </select>
    </label>
  );
}
