import { useState } from "react";

/** Makes the sandbox what it was at its start. */
export function ResetSandbox({ url }: { url: string }) {
  const [told, setTold] = useState("");
  const reset = async () => {
    setTold("");
    const request = { method: "POST", headers: { "content-type": "application/json" } };
    const done = await fetch(url, request).then(
      ({ ok }) => ok,
      () => false,
    );
    setTold(done ? "The sandbox is as at its start." : "The sandbox could not be reset.");
  };
  return (
    <div className="field">
      <button type="button" onClick={reset}>
        Reset sandbox
      </button>
      <span className="note" role="status">
        {told}
      </span>
    </div>
  );
}
