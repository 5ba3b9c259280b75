/**
 * Marks the promises in a list as handled. An executor awaits the items in later turns of the event loop, or not at all where
 * the answer is given up before. One that has failed by then would end the process. A later `await` still gets the rejection.
 */
export function handleRejections(items: readonly unknown[]): void {
  for (const item of items) if (item instanceof Promise) item.catch(ignore);
}

function ignore(): void {}
