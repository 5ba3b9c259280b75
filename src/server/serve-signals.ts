import type { Logger } from "./log.ts";

/** Milliseconds in which one Ctrl-C may arrive twice: from the terminal, and from npm or the watcher of `npm run dev`. */
const DOUBLED = 500;

/** Ends the process in good order at its first signal, and at once when a Ctrl-C comes later than one that is doubled. */
export function endOnSignals(end: (signal: string) => Promise<void>, log: Logger): void {
  let impatient = false;
  let first = true;
  const stop = (signal: NodeJS.Signals) => {
    // The code of a process that SIGINT has ended.
    if (impatient && signal === "SIGINT") process.exit(130);
    if (!first) return;
    first = false;
    void end(signal);
    const arm = () => {
      impatient = true;
      if (signal === "SIGINT") log.info("Press Ctrl-C again to exit at once.");
    };
    setTimeout(arm, DOUBLED).unref();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
}
