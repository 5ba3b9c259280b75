import { ApolloLink } from "@apollo/client";
import { useSyncExternalStore } from "react";
import { tap } from "rxjs";

/** What the gateway tells of one operation's calls, under `extensions.upstream` of its answer. */
export interface Upstream {
  /** Fewest and most calls that it could have needed; `max` is null where nothing bounds them, as in a whole list. */
  planned: { min: number; max: number | null };
  /** REST calls that it made. */
  calls: number;
  /** Calls of another operation whose answers it used, too. */
  shared: number;
  /** Reads that were remembered, and the age of the oldest in seconds. */
  cached: number;
  age: number | null;
  objects: { made: number };
  /** What is left of the quota, null where nothing limits it, and when some more of it is free again. */
  remaining: number | null;
  resetAt: string | null;
}

/** One answer: what it cost, if the gateway tells. */
export interface Cost {
  operation: string;
  upstream: Upstream | undefined;
}

let costs: readonly Cost[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Cost[]): void {
  costs = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Another address is another screen, or another search in one: its cost begins at zero. */
addEventListener("hashchange", () => set([]));

/** Notes the cost of each answer that comes. */
export const costLink = new ApolloLink((operation, forward) => {
  let told: Cost | undefined;
  return forward(operation).pipe(
    tap((result) => {
      const upstream = "extensions" in result ? (result.extensions?.upstream as Upstream | undefined) : undefined;
      const before = told;
      // Each event of a subscription tells what it has cost so far.
      told = { operation: operation.operationName ?? "", upstream };
      set([...costs.filter((each) => each !== before), told]);
    }),
  );
});

/** What the screen that is shown has cost so far, an entry for each answer. */
export function useCosts(): readonly Cost[] {
  return useSyncExternalStore(subscribe, () => costs);
}
