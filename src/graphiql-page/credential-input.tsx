import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect, useState } from "react";
import { readAccounts } from "./accounts.ts";
import { authorization, authorizationProblem, rejection } from "./credential.ts";
import { data } from "./data.ts";

/** The one credential of the page. */
export function CredentialInput({ name }: { name: string }) {
  const value = authorization.use();
  const rejected = rejection.use();
  const [asked, setAsked] = useState(false);
  // A placeholder, or the token of the sandbox, is for everybody to see.
  const shown = asked || value === `Bearer ${data.credential?.value}`;
  const problem = authorizationProblem(value);
  // Half a token is not sent: what is typed counts when the reader leaves the field, what is pasted at once.
  const [entered, enter] = useState(value);
  useSchemaOf(entered);
  return (
    <form
      className="field credential"
      onSubmit={(event) => {
        event.preventDefault();
        enter(value);
      }}
    >
      <label>
        Authorization
        <input
          type={shown ? "text" : "password"}
          value={value}
          aria-label={`Authorization: Bearer and your ${name}`}
          aria-describedby="credential-problem"
          aria-invalid={problem !== null || rejected !== null}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target, nativeEvent }) => {
            rejection.set(null);
            authorization.set(target.value);
            const pasted = (nativeEvent as InputEvent).inputType === "insertFromPaste";
            if (pasted || Math.abs(target.value.length - value.length) > 1) enter(target.value);
          }}
          onBlur={() => enter(value)}
        />
      </label>
      <button type="button" aria-pressed={shown} onClick={() => setAsked(!asked)}>
        {shown ? "Hide" : "Show"}
      </button>
      <span id="credential-problem" className="problem" role="status">
        {problem ?? rejected}
      </span>
    </form>
  );
}

/** With another credential the accounts are others, and a schema that was refused may be given. */
function useSchemaOf(credential: string): void {
  const hasSchema = useGraphiQL((state) => Boolean(state.schema));
  const { introspect } = useGraphiQLActions();
  useEffect(() => {
    void readAccounts();
    if (!hasSchema && !authorizationProblem(credential)) introspect();
    // The schema alone is no reason to read the accounts again.
  }, [credential]);
}
