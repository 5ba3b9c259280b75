import { inspect } from "node:util";
import { SettingsError } from "./settings.ts";

/** Why a process does not start, as its log would have it. The log itself may be what its settings do not make. */
export function failureLine(
  error: unknown,
  { LOG_FORMAT: format, NODE_ENV: mode }: Record<string, string | undefined>,
): string {
  const message = error instanceof SettingsError ? error.message : inspect(error);
  const isJson = format ? format === "json" : mode === "production";
  return isJson ? JSON.stringify({ level: "error", time: new Date().toISOString(), message }) : message;
}
