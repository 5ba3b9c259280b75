import { duration } from "./values.ts";

/** Settings of how the process ends. */
export const shutdownSettings = {
  SHUTDOWN_DELAY: duration(0)
    .prefault("0s")
    .describe("Time after SIGTERM or SIGINT during which new connections are still accepted."),
  SHUTDOWN_GRACE: duration()
    .prefault("60s")
    .describe(
      "Time after `SHUTDOWN_DELAY` in which requests under way are answered; then the process ends with exit code 1. At least `OPERATION_TIMEOUT` and two `CALL_TIMEOUT` together, which is the default where it is longer.",
    ),
};

/** What decides how long an operation can take. */
interface Times {
  SHUTDOWN_GRACE: number;
  OPERATION_TIMEOUT: number;
  CALL_TIMEOUT: number;
}

/** A write may begin when the time for reads is up: it has a `CALL_TIMEOUT` for its turn, and one for its answer. */
export function leastGrace({ OPERATION_TIMEOUT, CALL_TIMEOUT }: Omit<Times, "SHUTDOWN_GRACE">): number {
  return OPERATION_TIMEOUT + 2 * CALL_TIMEOUT;
}

/** Why a time is too short in which operations have to end, as a sentence. */
export function graceProblems(times: Times): string[] {
  const least = leastGrace(times);
  if (times.SHUTDOWN_GRACE >= least) return [];
  return [
    `SHUTDOWN_GRACE is too short: OPERATION_TIMEOUT + 2 × CALL_TIMEOUT are ${least}ms, and writes would be cut off.`,
  ];
}
