import type { ApolloClient } from "@apollo/client";
import { useState } from "react";

/**
 * Forgets all that was read, and reads what the screen shows anew. For after a write, whatever its outcome: an error, too, may have
 * changed something, and access reaches into every list and answer.
 */
export function readAnew(client: ApolloClient): void {
  void client.refetchQueries({
    updateCache: (cache) => {
      cache.evict({ id: "ROOT_QUERY" });
      cache.gc();
    },
  });
}

/** Whether something has ever been so. What is shown for it then stays, with the outcome of its write, while the rest is read anew. */
export function useEver(now: boolean): boolean {
  const [ever, setEver] = useState(now);
  if (now && !ever) setEver(true);
  return ever || now;
}
