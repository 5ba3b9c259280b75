import type { ExecutionArgs } from "graphql";
import type { OperationUsage, PlannedCalls } from "../upstream/usage.ts";

/** Executes an operation to its end. */
export type ExecuteFn = (args: ExecutionArgs) => unknown;

/** A context in which nothing is sent, and what of it tells which reads are remembered. */
export interface Rehearsal {
  usage: OperationUsage;
}

/**
 * The calls that an operation would make now, where it is planned to make so many with nothing remembered: it is executed without
 * making any call. What follows from a read that is missing is not known, and counts as it is planned.
 *
 * @param context in which nothing is sent
 */
export async function callsNow(
  planned: PlannedCalls,
  execute: ExecuteFn,
  args: ExecutionArgs,
  context: Rehearsal,
): Promise<PlannedCalls> {
  await execute({ ...args, contextValue: context });
  const { cached, missing } = context.usage;
  if (missing === 0) return { min: 0, max: 0 };
  const min = Math.max(1, planned.min - cached);
  return { min, max: planned.max === null ? null : Math.max(min, planned.max - cached) };
}
