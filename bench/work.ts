import { readFileSync } from "node:fs";

/** What is asked, of everybody: `FullGraph`, as the example operations have it. */
const query = readFileSync(new URL("../schema/operations/03-full-graph.graphql", import.meta.url), "utf8");

/** Members of every group. */
export const MEMBERS = 20;

/** Groups of the accounts that the upstream plays. The second is what most figures are about. */
export const SIZES = [10, 100, 1000] as const;
export type Size = (typeof SIZES)[number];

/** The account with so many groups; its ID says how many. */
export function accountOf(groups: number): string {
  return String(groups).padStart(32, "0");
}

/** The request that reads one of the accounts whole: the same bytes for gateway and baseline. */
export function bodyFor(groups: number): string {
  return JSON.stringify({ query, operationName: "FullGraph", variables: { account: accountOf(groups), groups } });
}

/** REST calls without which the answer cannot be given: account, connectors, pages of groups, members of each. */
export function callsNeeded(groups: number): number {
  return 2 + Math.ceil(groups / 500) + groups;
}

/** Sixteen callers. */
export const CREDENTIALS = Array.from({ length: 16 }, (_, i) => `bench-${i + 1}`);
