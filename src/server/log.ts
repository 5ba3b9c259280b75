import { createLogger, type YogaLogger } from "graphql-yoga";
import type { Hooks } from "./hooks.ts";

/** Levels of a log, the lowest first. */
export const logLevels = ["debug", "info", "warn", "error"] as const;

/** Lowest level that is logged; those after it in this list are logged, too. */
export type LogLevel = (typeof logLevels)[number] | "silent";

/** A log of the host's own: `console` is one. Levels below `logging` do not reach it. */
export type Logger = Record<(typeof logLevels)[number], (message: string, details?: LogDetails) => void>;

/** What a line of the log has beside its message. */
export interface LogDetails {
  requestId?: string;
  /** What was thrown. */
  error?: unknown;
  /** Of a request that was refused. */
  status?: number;
  code?: string;
  /** Where the process listens, and what it calls. */
  url?: string;
  api?: string;
}

/** The log of a gateway, and who is told of refused requests beside it. Yoga logs with it, too. */
export interface Log extends Logger, Pick<Hooks, "onRefusal"> {}

/** What a log is made of. */
export interface LogOptions extends Pick<Hooks, "onRefusal"> {
  /** Lowest level that is logged; `false` for nothing. */
  logging: LogLevel | false;
  /** Where lines go. @default the console */
  logger?: Logger | undefined;
}

/** Makes the log of a gateway. A hook that throws is logged. */
export function createLog({ logging, logger = onConsole, onRefusal }: LogOptions): Log {
  const lowest = logging === false || logging === "silent" ? logLevels.length : logLevels.indexOf(logging);
  const at = (level: (typeof logLevels)[number], index: number) => {
    if (index < lowest) return () => {};
    // Yoga gives an error in the place of a message.
    return (message: unknown, details?: LogDetails) =>
      typeof message === "string"
        ? logger[level](message, details)
        : logger[level]("Unexpected error:", { error: message });
  };
  const levels = Object.fromEntries(logLevels.map((level, index) => [level, at(level, index)])) as unknown as Logger;
  return { ...levels, ...(onRefusal && { onRefusal: safely(onRefusal, levels) }) };
}

/** A hook whose exceptions are logged, and disturb nothing. */
export function safely<Event>(hook: (event: Event) => void, log: Logger): (event: Event) => void {
  return (event) => {
    try {
      hook(event);
    } catch (error) {
      log.error("A hook has failed:", { error });
    }
  };
}

const yogas: YogaLogger = createLogger("debug");

/** Lines for people who read the console: errors with their stacks, and no other details, which the message tells. */
const onConsole = Object.fromEntries(
  logLevels.map((level) => [
    level,
    (message: string, details?: LogDetails) =>
      details?.error === undefined ? yogas[level](message) : yogas[level](message, details.error),
  ]),
) as unknown as Logger;
