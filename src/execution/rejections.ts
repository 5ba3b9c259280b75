/**
 * Marks the promises in a list as handled. An executor comes to the items in later turns of the event loop, or not at all
 * where the answer is given up before; one that has failed by then would end the process, because nobody listens. Whoever
 * comes to it still gets the rejection.
 */
export function handleRejections(items: readonly unknown[]): void {
  for (const item of items) if (item instanceof Promise) item.catch(ignore);
}

function ignore(): void {}
