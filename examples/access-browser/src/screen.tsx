import { CombinedGraphQLErrors } from "@apollo/client";
import { type ReactNode, useEffect, useRef } from "react";
import { shownText } from "./shown-text";
import { Text } from "./text";

/** Whether the reader has just opened the page: then the focus is the browser's. */
let opened = true;

/** A screen with its heading, which takes the focus when the reader comes from another one. */
export function Screen({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${shownText(title)} · Access`;
  }, [title]);
  useEffect(() => {
    if (!opened) heading.current?.focus();
    opened = false;
  }, []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        <Text of={title} />
      </h1>
      {children}
    </>
  );
}

/** What a query has so far. */
interface Result<Data> {
  data?: Data | undefined;
  loading: boolean;
  error?: Error | undefined;
}

/** Shows an answer: that it is awaited, what failed in it, and the rest of it. */
export function Answer<Data>({
  of: { data, loading, error },
  children,
}: {
  of: Result<Data>;
  children: (data: NonNullable<Data>) => ReactNode;
}) {
  return (
    <div aria-busy={loading}>
      <p role="status" className={loading ? "" : "silent"}>
        {loading ? "Reading …" : ""}
      </p>
      {error && <Failure error={error} />}
      {data != null && children(data as NonNullable<Data>)}
    </div>
  );
}

/** What failed, in words: that one part could not be read says nothing of what is in it. */
export function Failure({ error }: { error: Error }) {
  const errors = CombinedGraphQLErrors.is(error)
    ? error.errors.map(({ message, extensions }) => ({ message, code: extensions?.code }))
    : [{ message: `The gateway could not be asked: ${error.message}`, code: undefined }];
  const distinct = [...new Map(errors.map((each) => [each.message, each])).values()];
  return (
    <div role="alert" className="failure">
      <ul>
        {distinct.map(({ message, code }) => (
          <li key={message}>
            <Text of={message} />
            {code === "UNAUTHENTICATED" && " Give a credential at the top of the page."}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** In place of a value that is null because it could not be read. */
export function NotRead() {
  return <em className="quiet">could not be read</em>;
}
