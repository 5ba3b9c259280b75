import { pino, stdTimeFunctions } from "pino";
import type { OperationEvent } from "./hooks.ts";
import type { LogDetails, Logger, LogLevel } from "./log.ts";
import { LogLines } from "./log-lines.ts";
import { withoutPersonalData } from "./personal-data.ts";
import { textLine } from "./text-line.ts";

/** What the log of a process is like. */
export interface ProcessLogOptions {
  level: Exclude<LogLevel, "silent">;
  /** `json` for what collects logs, `text` for people. */
  format: "json" | "text";
  /** Whether e-mail addresses may stand in it. */
  personal: boolean;
  /** Where lines go, instead of stdout and stderr. */
  write?: (line: string, level: string) => void;
}

/** The log of a process: its lines, the hook that writes one for each operation, and its end. */
export interface ProcessLog {
  logger: Logger;
  /** A line for an operation; `undefined` where the level leaves it out. */
  onOperation: ((event: OperationEvent) => void) | undefined;
  /** Resolves when all lines are written, or cannot be. */
  end(): Promise<void>;
}

/** Makes the log of a process. JSON is written in the background, warnings and errors at once and other lines within 20 ms. */
export function createProcessLog({ level, format, personal, write }: ProcessLogOptions): ProcessLog {
  const lines = write || format === "text" ? undefined : new LogLines();
  // What cannot be written is lost: an error that nobody handles would end the process.
  if (!write && !lines) for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const out = write ?? (lines ? (line: string, level: string) => lines.write(line, isUrgent(level)) : onTerminal);
  const sink = {
    lastLevel: 0,
    write(line: string) {
      const shown = format === "json" ? line : textLine(line);
      out(withoutPersonalData(shown, personal), pino.levels.labels[this.lastLevel] ?? level);
    },
    // pino tells the level of each line to a stream that has this.
    [Symbol.for("pino.metadata")]: true,
  };
  const log = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: shownError },
      messageKey: "message",
    },
    sink,
  );
  const at = (name: ProcessLogOptions["level"]) => (message: string, details?: LogDetails) =>
    log[name](details, message);
  return {
    logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    onOperation: log.isLevelEnabled("info") ? (event) => log.info(lineOf(event), "operation") : undefined,
    end: async () => lines?.end(),
  };
}

/** An operation as its line has it: times in tenths of a millisecond. */
function lineOf(event: OperationEvent): Record<string, unknown> {
  const { codes, accessQuestions } = event;
  // A property that is `undefined` is left out of the line.
  return {
    ...event,
    codes: codes.length > 0 ? codes : undefined,
    accessQuestions: accessQuestions.length > 0 ? accessQuestions : undefined,
    milliseconds: tenths(event.milliseconds),
    upstreamMilliseconds: tenths(event.upstreamMilliseconds),
    ownMilliseconds: tenths(event.ownMilliseconds),
  };
}

/** What is told of an error: its other properties may have been read, or sent. */
function shownError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause !== undefined && { cause: shownError(cause) }) };
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

function isUrgent(level: string): boolean {
  return level === "warn" || level === "error";
}

function onTerminal(line: string, level: string): void {
  (isUrgent(level) ? process.stderr : process.stdout).write(line);
}
