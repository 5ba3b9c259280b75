import { destination, pino, stdTimeFunctions } from "pino";
import type { OperationEvent } from "./hooks.ts";
import type { LogDetails, Logger, LogLevel } from "./log.ts";
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

/** Bytes of lines that wait while nobody reads; further lines are lost then, so that requests are still answered. */
const MOST_WAITING = 16 * 1024 * 1024;

/** Milliseconds that the end of the process waits for lines to be written. */
const LAST_LINES = 1_000;

/** Makes the log of a process. JSON is written in the background: a reader that is stuck stops nothing. */
export function createProcessLog({ level, format, personal, write }: ProcessLogOptions): ProcessLog {
  const background =
    write || format === "text" ? undefined : destination({ dest: 1, sync: false, maxLength: MOST_WAITING });
  const streams: NodeJS.EventEmitter[] = background ? [background] : write ? [] : [process.stdout, process.stderr];
  // What cannot be written is lost: an error that nobody handles would end the process.
  for (const stream of streams) stream.on("error", () => {});
  const out = write ?? (background ? (line: string) => background.write(line) : onTerminal);
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
    end: async () => {
      if (!background) return;
      const written = new Promise((resolve) => background.once("finish", resolve).once("error", resolve).end());
      await Promise.race([written, new Promise((resolve) => setTimeout(resolve, LAST_LINES).unref())]);
    },
  };
}

/** An operation as its line has it: times in tenths of a millisecond. */
function lineOf(event: OperationEvent): Record<string, unknown> {
  const { milliseconds, upstreamMilliseconds, ownMilliseconds, accessQuestions, codes, ...rest } = event;
  return {
    ...rest,
    ...(codes.length > 0 && { codes }),
    ...(accessQuestions.length > 0 && { accessQuestions }),
    milliseconds: tenths(milliseconds),
    upstreamMilliseconds: tenths(upstreamMilliseconds),
    ownMilliseconds: tenths(ownMilliseconds),
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

function onTerminal(line: string, level: string): void {
  (level === "warn" || level === "error" ? process.stderr : process.stdout).write(line);
}
