import { useEffect, useRef } from "react";
import { data } from "./data.ts";
import { Store } from "./store.ts";

interface Question {
  operation: string;
  answer: (yes: boolean) => void;
}

const question = new Store<Question | null>(null);

/** Asks whether a mutation is to be sent to the real API. */
export function confirmed(operation: string | null | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      question.set(null);
      resolve(yes);
    };
    question.set({ operation: operation ?? "This mutation", answer });
  });
}

/** The dialog in which that is asked. */
export function Confirmation() {
  const asked = question.use();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (asked) dialog.current?.showModal();
    else dialog.current?.close();
  }, [asked]);
  return (
    <dialog ref={dialog} className="confirmation" aria-labelledby="confirmation" onCancel={() => asked?.answer(false)}>
      <h2 id="confirmation">Change production?</h2>
      <p>
        <strong>{asked?.operation}</strong> writes to {data.api}, with your credential.
      </p>
      <div className="buttons">
        <button type="button" onClick={() => asked?.answer(false)}>
          Cancel
        </button>
        <button type="button" className="danger" onClick={() => asked?.answer(true)}>
          Send the mutation
        </button>
      </div>
    </dialog>
  );
}
