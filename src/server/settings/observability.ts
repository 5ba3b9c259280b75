import * as z from "zod";
import { flag, portOrNone, words } from "./values.ts";

/** Settings of what can be seen of the process: its logs, its metrics, its traces. */
export const observabilitySettings = {
  METRICS_PORT: portOrNone()
    .prefault("off")
    .describe("TCP port of `/metrics` for Prometheus, on `HOST`, with `/health/live` and `/health/ready` beside it."),
  TRACING: flag()
    .prefault("false")
    .describe("Make OpenTelemetry spans of operations and REST calls, for an SDK that is loaded before the process."),
  LOG_FORMAT: words("text", "json")
    .prefault("text")
    .describe(
      "Form of the log: lines for people, or JSON for what collects logs. `json` by default with `NODE_ENV=production`.",
    ),
  LOG_PERSONAL: flag()
    .prefault("false")
    .describe("Let e-mail addresses stand in the log. Otherwise each is replaced by a word of its own."),
  /** Empty for none. */
  AUDIT_LOG: z
    .string("a path, or stdout")
    .default("")
    .describe(
      "File for an audit log, or `stdout`: a line before and after each REST write. A write whose line cannot be written is not sent.",
    ),
  LOG_LEVEL: words("debug", "info", "warn", "error", "silent")
    .prefault("info")
    .describe(
      "Lowest level that is logged: each operation and each rejected request (`info`), upstream outages (`warn`), unexpected errors with their request ID (`error`). Credentials are never logged.",
    ),
};
